"""Learned rates, the expectation and futures: small cases worked out by hand, and what every projection must keep."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sufficiency.evidence.transitions import History, read_history
from sufficiency.experiment.projection.expectation import cost_of_pairs, expectation, measures
from sufficiency.experiment.projection.futures import ProjectedFutures, project_futures
from sufficiency.experiment.projection.learn import learned, start
from sufficiency.experiment.projection.project import Projection, from_history, project
from sufficiency.experiment.projection.rates import Rates

Histories = Callable[..., History]

VALID = """A,g,0,6,"N,M","A,B,C"
B,g,3,12,N,"A,B"
C,g,5,6,"N,M","C"
"""
PLAIN = """2020,A,N,3,NONSEND,NONSEND,4
2020,A,N,3,NONSEND,NONSEND,4
2020,A,N,3,A,N,4
2020,A,N,3,A,N,4
2020,A,N,3,B,N,4
2020,B,N,3,NONSEND,NONSEND,4
2020,B,N,3,B,N,4
2020,B,N,3,B,N,4
2020,B,N,3,C,M,4
2021,B,N,3,A,N,4
2021,NONSEND,NONSEND,2,A,N,3
2020,NONSEND,NONSEND,2,A,M,3
2020,NONSEND,NONSEND,2,A,M,3
2020,NONSEND,NONSEND,4,B,M,5
"""


@pytest.fixture
def history(tmp_path: Path) -> Histories:
    """Makes a history of rows, valid states and population (100 of each NCY unless given)."""

    def make(
        rows: str = PLAIN, valid: str = VALID, horizon: int = 2024, population: str | None = None, costs: str = ""
    ) -> History:
        years = range(min(int(line[:4]) for line in rows.splitlines()), horizon + 1)
        people = population or "".join(f"{year},{ncy},100\n" for year in years for ncy in range(-4, 26))
        paths = {name: tmp_path / f"{name}.csv" for name in ("transitions", "population", "valid", "costs")}
        header = "calendar-year,setting-1,need-1,academic-year-1,setting-2,need-2,academic-year-2\n"
        paths["transitions"].write_text(header + rows, encoding="utf-8")
        paths["population"].write_text(f"calendar-year,academic-year,population\n{people}", encoding="utf-8")
        header = "setting,setting-group,min-academic-year,max-academic-year,needs,setting->setting\n"
        paths["valid"].write_text(header + valid, encoding="utf-8")
        paths["costs"].write_text(f"need,setting,cost\n{costs}", encoding="utf-8")
        # The rules also say what becomes of children in states that are not valid: they are taken as they are.
        files = paths["transitions"], paths["population"], paths["valid"], paths["costs"] if costs else None
        return read_history(*files, accept_invalid=True)

    return make


def projected(found: History, futures: int, *, base_seed: int, legacy_states: bool = False) -> Projection:
    return project(from_history(found, legacy_states=legacy_states), futures, base_seed=base_seed)


def at(rates: Rates, ncy: int, need: str, setting: str) -> tuple[int, int]:
    return ncy - rates.space.first_ncy, rates.space.labels.index((need, setting))


def destinations(rates: Rates, ncy: int, need: str, setting: str) -> dict[tuple[str, str], float]:
    row, pair = at(rates, ncy, need, setting)
    targets, weights = rates.destination.of(row * rates.space.pairs + pair)
    return {rates.space.labels[to]: float(weight) for to, weight in zip(targets, weights, strict=True)}


def test_leavers_and_others_are_smoothed_by_those_of_the_ncy(history: Histories) -> None:
    rates = learned(history())
    # At NCY 3: A, N has 2 leavers and 3 others; B, N has 1 and 4. L = 3, S = 7.
    state = at(rates, 3, "N", "A")
    assert rates.leave.alpha[state] == pytest.approx(2 + 3.5 / 11)
    assert rates.leave.beta[state] == pytest.approx(3 + 7.5 / 11)
    state = at(rates, 3, "M", "A")
    assert rates.leave.alpha[state] == pytest.approx(3.5 / 11)
    assert rates.leave.beta[state] == pytest.approx(7.5 / 11)


def test_moves_are_those_of_non_leavers_who_change_setting(history: Histories) -> None:
    rates = learned(history())
    # At NCY 3: A, N has 1 mover and 2 stayers; B, N has 2 and 2. M = 3, T = 4.
    state = at(rates, 3, "N", "B")
    assert rates.move.alpha[state] == pytest.approx(2 + 3.5 / 8)
    assert rates.move.beta[state] == pytest.approx(2 + 4.5 / 8)


def test_a_change_of_need_alone_is_no_move(history: Histories) -> None:
    rates = learned(history("2020,A,N,3,A,M,4\n"))
    state = at(rates, 3, "N", "A")
    assert rates.move.alpha[state] == pytest.approx(0.5 / 2)
    assert rates.move.beta[state] == pytest.approx(1 + 1.5 / 2)


def test_an_ncy_never_seen_has_the_stated_pairs(history: Histories) -> None:
    rates = learned(history())
    state = at(rates, 5, "N", "A")
    assert (rates.leave.alpha[state], rates.leave.beta[state]) == (0.5, 0.5)
    assert (rates.move.alpha[state], rates.move.beta[state]) == (1, 1)


def test_an_ncy_that_everyone_left_is_never_seen_for_moves(history: Histories) -> None:
    rates = learned(history("2020,A,N,5,NONSEND,NONSEND,6\n2020,A,N,3,A,N,4\n"))
    state = at(rates, 5, "N", "A")
    assert rates.leave.alpha[state] == pytest.approx(1 + 1.5 / 2)
    assert (rates.move.alpha[state], rates.move.beta[state]) == (1, 1)


def test_destinations_are_allowed_at_the_next_ncy_and_the_own_setting_is_dropped(history: Histories) -> None:
    # From A at NCY 3: A and B serve N at 4, C does not: w = ½ each. Moves at NCY 3 into A 1, B 1, C 1: A 1½, B 1½. A is dropped.
    assert destinations(learned(history()), 3, "N", "A") == pytest.approx({("N", "B"): 1 + 1.0})


def test_legacy_destinations_count_moves_into_settings_that_are_not_allowed(history: Histories) -> None:
    # At NCY 3 itself A and B serve N: ½ each; moves add 1 to each of A, B and C; A is dropped: B 1½ and C 1, over 2½.
    found = destinations(learned(history(), legacy_states=True), 3, "N", "A")
    assert found == pytest.approx({("N", "B"): 1 + 1.5 / 2.5, ("N", "C"): 1 / 2.5})


def test_an_observed_destination_counts_whatever_is_allowed(history: Histories) -> None:
    # From B at NCY 3: A and B serve N at 4; w on A alone. Seen: once to A with N, once to C with M.
    assert destinations(learned(history()), 3, "N", "B") == pytest.approx({("N", "A"): 2.0, ("M", "C"): 1.0})


def test_an_ncy_without_moves_borrows_those_below(history: Histories) -> None:
    # From A at NCY 5: all serve N at 6, ⅓ each; NCY 3's moves cascade through NCY 4: B 1⅓ and C 1⅓ after A is dropped.
    assert destinations(learned(history()), 5, "N", "A") == pytest.approx({("N", "B"): 0.5, ("N", "C"): 0.5})
    # NCY 2 has none below: ½ each on A and B, which are valid at 3.
    assert destinations(learned(history()), 2, "N", "A") == pytest.approx({("N", "B"): 1.0})


def test_the_chance_to_join_is_one_years_evidence(history: Histories) -> None:
    rates = learned(history())
    row = 3 - rates.space.first_ncy
    assert rates.join.alpha[row] == pytest.approx(2 / 2 + 1 / 2)
    assert rates.join.beta[row] == pytest.approx(98 / 2 + 99 / 2)
    row = 5 - rates.space.first_ncy
    assert rates.join.alpha[row] == pytest.approx(1 / 2 + 0.001)
    assert rates.join.beta[row] == pytest.approx(99 / 2 + 100 / 2)


def test_joiners_states_are_spread_over_the_valid_ones(history: Histories) -> None:
    rates = learned(history())
    found = {label: float(rates.joiner_state[at(rates, 3, *label)]) for label in rates.space.labels}
    third = pytest.approx(1 / 3)
    # Valid at 3: A with N, A with M, B with N.
    assert found[("N", "A")] == pytest.approx(1 + 1 / 3)
    assert found[("M", "A")] == pytest.approx(2 + 1 / 3)
    assert found[("N", "B")] == third
    # At 5 somebody joined in a state that is not valid.
    assert rates.joiner_state[at(rates, 5, "M", "B")] == 1
    assert not rates.joiner_state[4 - rates.space.first_ncy].any()


def test_the_start_is_side_2_of_the_last_year(history: Histories) -> None:
    found = history()
    rates = learned(found)
    children = start(found, rates.space)
    assert found.start_census == 2022
    assert children.sum() == 2
    assert children[at(rates, 4, "N", "A")] == 1
    assert children[at(rates, 3, "N", "A")] == 1


def test_whose_setting_ends_moves_or_leaves_and_is_counted(history: Histories) -> None:
    # NCY 6 is A's last and C's; at 7 only B is left, for N; C lists nothing but itself.
    rows = "2020,A,N,5,A,N,6\n2020,A,N,5,A,N,6\n2020,C,N,5,C,N,6\n2020,A,M,5,A,M,6\n"
    found = projected(history(rows, horizon=2022), 0, base_seed=1)
    flows = {name: values[1].sum() for name, values in found.expected.flows.items()}
    stays = 1 - 0.5  # NCY 6 was never seen on side 1
    assert flows["forced_movers"] == pytest.approx(2 * stays)
    assert flows["forced_leavers"] == pytest.approx(2 * stays)  # C has no destination, and nobody serves M at 7
    assert flows["leavers"] == pytest.approx(4 * (1 - stays))
    assert found.expected.stock[1][at(found.rates, 7, "N", "B")] == pytest.approx(2 * stays)


def test_legacy_states_drop_them_at_the_next_step(history: Histories) -> None:
    rows = "2020,A,N,5,A,N,6\n2020,A,M,5,A,M,6\n"
    found = projected(history(rows, horizon=2023), 0, base_seed=1, legacy_states=True)
    assert found.expected.stock[1, 7 - found.rates.space.first_ncy].sum() == pytest.approx(2 * 0.5)
    # Of all that is there at 7 only B with N is valid: half of the N that move (half of those who do not leave) went there.
    assert found.expected.stock[1][at(found.rates, 7, "N", "B")] == pytest.approx(0.5 * 0.5 * 0.5)
    assert found.expected.flows["dropped"][2].sum() == pytest.approx(1 - 0.125)


def test_legacy_states_carry_nobody_on_from_21(history: Histories) -> None:
    rows = "2020,A,N,19,A,N,20\n2020,A,N,20,A,N,21\n"
    valid = 'A,g,0,25,N,"A,B"\nB,g,0,25,N,"A,B"\n'
    found = projected(history(rows, valid, horizon=2022), 0, base_seed=1, legacy_states=True)
    by_ncy = found.expected.stock[1].sum(axis=1)
    leave = float(found.rates.leave.mean[at(found.rates, 20, "N", "A")])
    assert by_ncy[21 - found.rates.space.first_ncy] == pytest.approx(1 - leave)
    assert by_ncy[22 - found.rates.space.first_ncy] == 0
    assert found.expected.flows["dropped"][1].sum() == 1
    # Without legacy states they are.
    carried = projected(history(rows, valid, horizon=2022), 0, base_seed=1).expected.stock[1, 22 - found.rates.space.first_ncy]
    assert carried.sum() > 0


@pytest.mark.parametrize(
    ("valid", "moves"),
    [
        ('A,g,0,9,N,"A,B"\nB,g,0,9,N,B\n', True),
        ("A,g,0,9,N,B\nB,g,0,9,N,B\n", False),  # one entry in the list
        ('A,g,0,9,N,"A,B"\nB,g,0,5,N,B\n', False),  # B is not valid two NCYs on
        ('A,g,0,9,N,"A,B"\nB,g,0,5,N,B\nC,g,6,9,M,C\n', True),  # C is, though for another need
    ],
)
def test_who_can_move_with_legacy_states(history: Histories, valid: str, moves: bool) -> None:
    found = projected(history("2020,A,N,3,A,N,4\n", valid, horizon=2022), 0, base_seed=1, legacy_states=True)
    assert (found.expected.flows["movers"][1].sum() > 0) == moves


def test_movers_without_a_destination_stay(history: Histories) -> None:
    found = projected(history("2020,C,N,4,C,N,5\n", horizon=2022), 0, base_seed=1)
    assert found.expected.flows["movers"][1].sum() == 0
    assert found.expected.stock[1].sum() == pytest.approx(0.5)


def test_a_setting_may_have_a_row_for_each_part_of_its_ncys(history: Histories) -> None:
    valid = 'A,g,0,3,N,"A,B"\nA,g,4,9,N,"A,C"\nB,g,0,9,N,B\nC,g,0,9,N,C\n'
    rates = learned(history("2020,A,N,3,A,N,4\n", valid))
    assert destinations(rates, 2, "N", "A") == {("N", "B"): 1.0}
    assert destinations(rates, 4, "N", "A") == {("N", "C"): 1.0}


def test_joiners_are_the_population_of_the_projected_census_times_the_chance(history: Histories) -> None:
    rows = "2020,NONSEND,NONSEND,2,A,N,3\n"
    found = projected(history(rows, horizon=2022, population="2020,3,100\n2021,3,1\n2022,3,700\n"), 0, base_seed=1)
    assert found.expected.flows["joiners"][1].sum() == pytest.approx(700 * 1 / 100)


def test_a_missing_cost_counts_as_0_and_is_named(history: Histories) -> None:
    found = projected(history(horizon=2022, costs="N,A,1000\n"), 0, base_seed=1)
    assert measures(found.expected, found.cost)["cost"][0, 0] == 2000
    assert set(found.missing_costs) == set()
    later = projected(history(horizon=2023, costs="N,A,1000\n"), 0, base_seed=1)
    assert ("N", "B") in later.missing_costs
    assert ("N", "A") not in later.missing_costs


def drawn(found: History, number: int, *, legacy: bool = False, redraw: bool = False, seed: int = 1) -> ProjectedFutures:
    rates = learned(found, legacy_states=legacy)
    return project_futures(
        rates, start(found, rates.space), found.start_census, found.horizon, found.population, number,
        base_seed=seed, redraw_yearly=redraw, cost=cost_of_pairs(rates.space, found.costs),
    )  # fmt: skip


MANY = PLAIN + "2021,A,N,3,A,N,4\n" * 60 + "2021,B,N,8,B,N,9\n" * 50 + "2021,A,M,5,A,M,6\n" * 20


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("redraw", [False, True])
def test_the_mean_of_futures_is_the_expectation(history: Histories, legacy: bool, redraw: bool) -> None:
    found = history(MANY, horizon=2027, costs="N,A,1000\nN,B,20\nM,A,3\n")
    rates = learned(found, legacy_states=legacy)
    expected = expectation(rates, start(found, rates.space).astype(float), 2022, 2027, found.population)
    futures = drawn(found, 4000, legacy=legacy, redraw=redraw)
    for name, exact in measures(expected, cost_of_pairs(rates.space, found.costs)).items():
        values = futures.measures[name]
        error = values.std(axis=0) / np.sqrt(len(values))
        assert (np.abs(values.mean(axis=0) - exact) <= 4.5 * error + 1e-9).all(), name
    for name, exact in expected.flows.items():
        flow = futures.flows[name]
        error = flow.std(axis=0) / np.sqrt(len(flow))
        assert (np.abs(flow.mean(axis=0) - exact.sum(axis=(1, 2))) <= 4.5 * error + 1e-9).all(), name


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("redraw", [False, True])
def test_stock_and_flows_agree_in_every_future_and_year(history: Histories, legacy: bool, redraw: bool) -> None:
    futures = drawn(history(MANY, horizon=2027), 200, legacy=legacy, redraw=redraw)
    total, flows = futures.measures["total"][:, :, 0], futures.flows
    out = flows["leavers"] + flows["forced_leavers"] + flows["dropped"]
    np.testing.assert_array_equal(total[:, 1:], total[:, :-1] + flows["joiners"][:, 1:] - out[:, 1:])
    for name in ("ncy", "need", "setting"):
        np.testing.assert_array_equal(futures.measures[name].sum(axis=2), total)
    assert (total >= 0).all()
    assert (total == np.floor(total)).all()
    assert flows["dropped"].any() == legacy


@pytest.mark.parametrize("legacy", [False, True])
def test_stock_and_flows_agree_in_the_expectation(history: Histories, legacy: bool) -> None:
    found = projected(history(MANY, horizon=2027), 0, base_seed=1, legacy_states=legacy).expected
    total = found.stock.sum(axis=(1, 2))
    flow = {name: values.sum(axis=(1, 2)) for name, values in found.flows.items()}
    out = flow["leavers"] + flow["forced_leavers"] + flow["dropped"]
    np.testing.assert_allclose(total[1:], total[:-1] + flow["joiners"][1:] - out[1:], rtol=1e-12)


def test_the_same_seed_gives_the_same_futures_and_another_gives_others(history: Histories) -> None:
    found = history(MANY, horizon=2026)
    one, same, other = drawn(found, 50), drawn(found, 50), drawn(found, 50, seed=2)
    np.testing.assert_array_equal(one.measures["ncy"], same.measures["ncy"])
    assert (one.measures["ncy"] != other.measures["ncy"]).any()


def test_a_future_does_not_depend_on_how_many_there_are(history: Histories) -> None:
    found = history(MANY, horizon=2026)
    few, many = drawn(found, 30), drawn(found, 1030)
    for name, values in few.measures.items():
        np.testing.assert_array_equal(values, many.measures[name][:30])


def test_another_setting_leaves_the_streams_of_the_others_as_they_were(history: Histories) -> None:
    valid = 'B,g,3,12,N,B\nA,g,0,2,N,"A,B"\n'
    rows = "2020,B,N,8,B,N,9\n" * 50
    before = drawn(history(rows, valid, horizon=2023), 40)
    after = drawn(history(rows, valid + "ANEW,g,20,22,N,ANEW\n", horizon=2023), 40)
    np.testing.assert_array_equal(before.measures["total"], after.measures["total"])


def test_redrawing_every_year_makes_the_long_run_band_too_narrow(history: Histories) -> None:
    # NCYs 0 to 10 of one setting, each learned from few children and used by many, year after year.
    rows = "".join(f"2020,A,N,{ncy},A,N,{ncy + 1}\n" * 5 + f"2020,A,N,{ncy},NONSEND,NONSEND,{ncy + 1}\n" for ncy in range(11))
    rows += "2020,NONSEND,NONSEND,-1,A,N,0\n" * 40
    found = history(rows, "A,g,0,12,N,A\n", horizon=2030)
    once, yearly = drawn(found, 2000), drawn(found, 2000, redraw=True)
    wide, narrow = (one.measures["total"][:, -1, 0].std() for one in (once, yearly))
    assert wide > 1.3 * narrow


def test_a_population_that_is_no_whole_number_keeps_its_mean(history: Histories) -> None:
    rows = "2020,NONSEND,NONSEND,2,A,N,3\n" * 3
    found = history(rows, horizon=2022, population="2020,3,4\n2021,3,9\n2022,3,2.5\n")
    joiners = drawn(found, 4000).flows["joiners"][:, 1]
    assert joiners.mean() == pytest.approx(2.5 * 3 / 4, abs=0.05)
    assert joiners.max() == 3


def test_everyone_may_join(history: Histories) -> None:
    found = history("2020,NONSEND,NONSEND,2,A,N,3\n", horizon=2022, population="2020,3,1\n2021,3,9\n2022,3,5\n")
    assert (drawn(found, 5).flows["joiners"][:, 1] == 5).all()
