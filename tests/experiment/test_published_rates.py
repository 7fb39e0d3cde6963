"""Rates from published tables: synthetic authorities of known hazards, England's balance, the law of no later data."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sufficiency.domain.dictionaries import NEEDS, SETTINGS
from sufficiency.domain.problem import InputProblem
from sufficiency.evidence.dfe.placed import NEW, STOCK, Placed, read_placed
from sufficiency.evidence.dfe.published import ENGLAND, Published, read_published
from sufficiency.experiment.projection.expectation import FLOWS, expectation, measures
from sufficiency.experiment.projection.futures import project_futures
from sufficiency.experiment.projection.project import project
from sufficiency.experiment.projection.rates import Betas
from sufficiency.experiment.published_rates import limits, tables
from sufficiency.experiment.published_rates.arrays import FIRST_NCY, NCYS, SETTING, by_need, by_single_age, raked, recorded
from sufficiency.experiment.published_rates.balance import in_order, leavers_by_ncy, nation
from sufficiency.experiment.published_rates.basis import basis_of, whole_children
from sufficiency.experiment.published_rates.hazards import SCHOOL, hazards
from sufficiency.experiment.published_rates.learn import PublishedRates, published_rates
from sufficiency.experiment.published_rates.panel import net_moves
from sufficiency.experiment.published_rates.tables import balance_rows, placement_rows, scenario_figures

BRISTOL = "Bristol, City of"
MAIN, SPECIAL, COLLEGE, EARLY = (SETTING[code] for code in ("mainstream", "special", "further_education", "early_years"))
CENSUS = 2025


@dataclass(frozen=True)
class World:
    """Authorities in a steady state whose hazards are known, and what would be published of them."""

    need: np.ndarray[Any, Any]
    """Need effects, (needs,)."""
    base: np.ndarray[Any, Any]
    """Hazards by NCY in January, (NCYs,)."""
    multipliers: np.ndarray[Any, Any]
    placed: Placed
    published: Published


def year_on(stock: Any, joiners: Any, chance: Any, leave: Any) -> tuple[Any, Any, Any]:
    """A year of one authority, in plain steps: the next stock, leavers by NCY, and moves into special schools by NCY."""

    def moved(children: Any, at: int, part: float) -> tuple[Any, float]:
        after = children.copy()
        up = part * children[:, MAIN] * chance[:, at]
        after[:, MAIN] -= up
        after[:, SPECIAL] += up
        ncy = NCYS[at]
        if ncy == -1:  # whoever is in early years goes to school
            for_school = part * children[:, EARLY]
            after[:, EARLY] -= for_school
            after[:, MAIN] += for_school
        if ncy in (11, 14):  # most leave school, and then all do
            for setting in (MAIN, SPECIAL):
                out = part * (0.6 if ncy == 11 else 0.95) * (children[:, setting] - (up if setting == MAIN else 0))
                after[:, setting] -= out
                after[:, COLLEGE] += out
        return after, float(up.sum())

    found, left, ups = np.zeros(stock.shape), np.zeros(NCYS.size), np.zeros(NCYS.size)
    for at in range(NCYS.size):
        left[at] = (stock[:, at] * leave[at]).sum()
        if at < NCYS.size - 1:
            found[:, at + 1], ups[at] = moved(stock[:, at] * (1 - leave[at]), at, 1.0)
    for at in range(NCYS.size):
        if at == 0:
            found[:, 0] += joiners[:, 0]
            continue
        arrived, _ = moved(joiners[:, at], at - 1, 2 / 3 if NCYS[at - 1] in (-1, 6, 11, 14) else 0.5)
        found[:, at] += arrived
    return found, left, ups


@cache
def world(authorities: int = 40, spread: float = 0.3, noise: float = 0.0) -> World:
    """A country of ``authorities`` whose multipliers have the sd ``spread``; ``noise`` is the sd of what is published later."""
    draw = np.random.default_rng(5)
    need = np.linspace(0.5, 1.6, len(NEEDS))[draw.permutation(len(NEEDS))]
    base = np.zeros(NCYS.size)
    base[SCHOOL] = [0.09, 0.08, 0.08, 0.07, 0.06, 0.05, 0.22, 0.06, 0.05, 0.04, 0.03]
    leave = np.where(NCYS < 12, 0.01, np.where(NCYS < 15, 0.12, 0.35))
    leave[-1] = 1.0
    weights = draw.dirichlet(np.full(len(NEEDS), 8.0))
    by_ncy = np.interp(NCYS, [-2, -1, 0, 4, 9, 12, 16, 21], [4, 30, 150, 60, 70, 25, 2, 0])
    joiners = np.zeros((len(NEEDS), NCYS.size, len(SETTINGS)))
    special = 0.05 + 0.1 * draw.random(len(NEEDS))
    for at, ncy in enumerate(NCYS):
        start = EARLY if ncy < 0 else MAIN if ncy < 12 else COLLEGE
        joiners[:, at, start] = by_ncy[at] * weights * (1 - special * (ncy < 12))
        if ncy < 12:
            joiners[:, at, SPECIAL] = by_ncy[at] * weights * special
    multipliers = draw.gamma(1 / spread**2, spread**2, authorities)
    sizes = draw.uniform(5, 15, authorities)
    placed, totals, ages = Placed(), {}, {}
    sums: dict[str, Any] = {}
    for number, (multiplier, size) in enumerate(zip(multipliers, sizes, strict=True)):
        chance = -np.expm1(-multiplier * need[:, None] * base)
        stock = np.zeros(joiners.shape)
        for _ in range(40):
            stock, left, _ups = year_on(stock, size * joiners, chance, leave)
        seen = stock * np.exp(noise * draw.standard_normal(stock.shape)) if noise else stock
        told = {"before": stock, "after": seen, "new": size * joiners, "left": left}
        for key, value in told.items():
            sums[key] = sums.get(key, 0) + value
        publish(f"Authority {number:02}", told, placed, totals, ages)
    publish(ENGLAND, sums, placed, totals, ages)
    return World(need, base, multipliers, placed, Published(totals, ages))


def publish(name: str, told: dict[str, Any], placed: Placed, totals: Any, ages: Any) -> None:
    """Put what would be published of an authority into the tables: a plan at NCY a is of age a + 4, and ends at age a + 5."""

    def groups(table: Any, shift: int = 4) -> dict[tuple[int, int], Any]:
        return {(int(ncy) + shift, int(ncy) + shift): table[at] for at, ncy in enumerate(NCYS)}

    nobody = np.zeros(1)
    for measure, year, table in (
        (STOCK, CENSUS - 1, told["before"]),
        (STOCK, CENSUS, told["after"]),
        (NEW, CENSUS - 1, told["new"]),
    ):
        cells = table.sum(axis=0)
        split = {key: np.concatenate((value, nobody)) for key, value in groups(cells).items()}
        placed.by_age.setdefault(measure, {}).setdefault(name, {})[year] = split
        placed.by_setting.setdefault(measure, {}).setdefault(name, {})[year] = np.concatenate((cells.sum(axis=0), nobody))
        totals.setdefault(measure, {}).setdefault(name, {})[year] = round(float(cells.sum()))
        of_ages = {key: round(float(value.sum())) for key, value in groups(cells).items()}
        ages.setdefault(measure, {}).setdefault(name, {})[year] = of_ages
        if year == CENSUS or measure == NEW:
            by_need_and_age = groups(table.sum(axis=2).T, 4 if measure == STOCK else 3)  # as DfE's table by need counts ages
            placed.needs_by_age.setdefault(measure, {}).setdefault(name, {})[year] = by_need_and_age
            settings = np.concatenate((table.sum(axis=1), np.zeros((len(NEEDS), 1))), axis=1)
            placed.needs_by_setting.setdefault(measure, {}).setdefault(name, {})[year] = settings
    ended = {key: round(float(value)) for key, value in groups(told["left"], 5).items() if key[0] < 20}
    ended[20, 25] = round(float(told["left"][15 - FIRST_NCY :].sum()))
    ages.setdefault("ceased", {}).setdefault(name, {})[CENSUS - 1] = ended
    totals.setdefault("ceased", {}).setdefault(name, {})[CENSUS - 1] = sum(ended.values())
    totals.setdefault("transferred", {}).setdefault(name, {})[CENSUS - 1] = 0


def rates_of(name: str, **options: Any) -> PublishedRates:
    """Rates of an authority of the made-up country, with 2,000 children at every NCY."""
    people = {(year, ncy): 20000.0 for year in range(CENSUS - 1, CENSUS + 6) for ncy in NCYS.tolist()}
    return published_rates(world().placed, world().published, name, CENSUS, population=people, **options)


def certain(found: PublishedRates) -> PublishedRates:
    """The same rates with a multiplier that is known."""
    shared = found.rates.shared
    assert shared is not None
    scale = 1e10 / shared.shape
    known = replace(shared, shape=shared.shape * scale, rate=shared.rate * scale)
    return replace(found, rates=replace(found.rates, shared=known))


def pairs_of(found: PublishedRates, table: Any) -> Any:
    return np.moveaxis(table, 0, 1).reshape(found.rates.space.shape)


# What counts are made of


def test_placements_not_recorded_are_spread_in_proportion() -> None:
    np.testing.assert_allclose(recorded(np.array([[30.0, 10.0, 8.0], [0.0, 0.0, 5.0]])), [[36.0, 12.0], [0.0, 0.0]])


def test_groups_of_ages_are_parted_by_weights() -> None:
    within = np.zeros(26)
    within[[20, 21]] = 3.0, 1.0
    found = by_single_age({(19, 19): np.array(7.0), (20, 25): np.array(8.0)}, within)
    assert (found[19], found[20], found[21], found.sum()) == (7, 6, 2, 15)


def test_a_table_by_need_meets_its_published_margins() -> None:
    draw = np.random.default_rng(2)
    whole = draw.gamma(2.0, 10.0, (len(NEEDS), 5, len(SETTINGS)))
    found = by_need(whole.sum(axis=0), whole.sum(axis=2).T, whole.sum(axis=1))
    for axis in range(3):
        np.testing.assert_allclose(found.sum(axis=axis), whole.sum(axis=axis), rtol=1e-4)
    # Where need, age and setting do not interact all three at once the table itself comes back.
    product = raked(np.ones(whole.shape), [(1, whole.sum(axis=1)), (2, whole.sum(axis=2)), (0, whole.sum(axis=0))])
    again = by_need(product.sum(axis=0), product.sum(axis=2).T, product.sum(axis=1))
    np.testing.assert_allclose(again, product, rtol=1e-4)


def test_new_plans_keep_their_order_of_age() -> None:
    ages, ncys = np.zeros(26), np.zeros(NCYS.size)
    ages[[4, 5]] = 10.0, 30.0
    ncys[[-1 - FIRST_NCY, 0 - FIRST_NCY]] = 16.0, 24.0
    found = in_order(ages, ncys)
    # The 10 aged 4 and 6 of those aged 5 fill NCY -1.
    assert found[-1 - FIRST_NCY, 4] == 1
    assert found[-1 - FIRST_NCY, 5] == pytest.approx(0.2)
    assert found[0 - FIRST_NCY, 5] == pytest.approx(0.8)
    np.testing.assert_allclose(found.sum(axis=0), 1)


def test_leavers_were_an_ncy_younger_in_january_and_the_oldest_are_parted_as_cohorts_fell() -> None:
    fall = np.zeros(NCYS.size)
    fall[15 - FIRST_NCY], fall[16 - FIRST_NCY], fall[21 - FIRST_NCY] = 30.0, 10.0, 20.0
    found = leavers_by_ncy({(18, 18): 7, (20, 25): 120}, fall)
    assert found[13 - FIRST_NCY] == 7
    assert found[15 - FIRST_NCY] == pytest.approx(60)
    assert found[16 - FIRST_NCY] == pytest.approx(20)
    assert found[21 - FIRST_NCY] == pytest.approx(40)


def test_whole_children_keep_settings_and_their_ncys() -> None:
    draw = np.random.default_rng(3)
    expected = draw.gamma(0.3, 5.0, (12, 24, 8))
    found = whole_children(expected)
    assert (found >= 0).all()
    assert found.sum() == round(expected.sum())
    assert np.abs(found.sum(axis=(0, 1)) - expected.sum(axis=(0, 1))).max() <= 1
    assert np.abs(found.sum(axis=0) - expected.sum(axis=0)).max() <= 1


# Learned tables against a case worked out by hand


def a_year_of(name: str, placed: Placed, totals: Any, ages: Any) -> None:
    """100 children in Year 6: 80 in mainstream, 20 in special schools. 10 leave; 20 new ones start in mainstream, in Year 7; of
    the 110 then 36 are in special schools."""

    def cells(main: float, special: float) -> Any:
        row = np.zeros(len(SETTINGS) + 1)
        row[MAIN], row[SPECIAL] = main, special
        return row

    for measure, year, age, row in (
        (STOCK, CENSUS - 1, 10, cells(80, 20)),
        (STOCK, CENSUS, 11, cells(74, 36)),
        (NEW, CENSUS - 1, 11, cells(20, 0)),
    ):
        placed.by_age.setdefault(measure, {}).setdefault(name, {})[year] = {(age, age): row}
        placed.by_setting.setdefault(measure, {}).setdefault(name, {})[year] = row
        totals.setdefault(measure, {}).setdefault(name, {})[year] = int(row.sum())
        ages.setdefault(measure, {}).setdefault(name, {})[year] = {(age, age): int(row.sum())}
    totals.setdefault("ceased", {}).setdefault(name, {})[CENSUS - 1] = 10
    totals.setdefault("transferred", {}).setdefault(name, {})[CENSUS - 1] = 4
    ages.setdefault("ceased", {}).setdefault(name, {})[CENSUS - 1] = {(11, 11): 10}
    ages.setdefault("transferred", {}).setdefault(name, {})[CENSUS - 1] = {(11, 11): 4}


@pytest.fixture
def one_class() -> tuple[Placed, Published]:
    placed, totals, ages = Placed(), {}, {}
    for name in (ENGLAND, "One"):
        a_year_of(name, placed, totals, ages)
    return placed, Published(totals, ages)


def test_the_balance_of_a_class(one_class: tuple[Placed, Published]) -> None:
    whole = nation(*one_class, CENSUS)
    assert whole is not None
    at = 6 - FIRST_NCY
    assert whole.leave[at] == pytest.approx(10 / 100)
    assert whole.leave_without_transfers[at] == pytest.approx(6 / 100)
    assert whole.transfers_in.sum() == 0
    # Without new plans 54 of the 90 who stayed are in mainstream: of 72 and 18, 18 moved.
    assert whole.flows[at, MAIN, SPECIAL] == pytest.approx(18)
    # New plans were there for two thirds of the moves, most of which come in September.
    assert whole.exposed[:, at, MAIN].sum() == pytest.approx(72 + 20 * 2 / 3)
    assert hazards(whole).base[at, MAIN] == pytest.approx(-np.log(1 - 18 / (72 + 20 * 2 / 3)))


def test_the_rates_of_a_class(one_class: tuple[Placed, Published]) -> None:
    people = {(year, 7): 500.0 for year in (CENSUS - 1, CENSUS, CENSUS + 1)}
    found = published_rates(*one_class, "One", CENSUS, population=people)
    assert found.rates.space.needs == ("ALL",)
    at, pairs = 6 - FIRST_NCY, {code: SETTING[code] for code in ("mainstream", "special")}
    assert found.rates.leave.mean[at, pairs["mainstream"]] == pytest.approx(0.1)
    assert found.multiplier.mean == pytest.approx(1.0)
    moved = 20 * 2 / 3 * 18 / (72 + 20 * 2 / 3)
    assert found.joiners[0, at + 1, SPECIAL] == pytest.approx(moved)
    assert found.rates.join.mean[at + 1] == pytest.approx(20 / 500)
    assert found.rates.joiner_share[at + 1, SPECIAL] == pytest.approx(moved / 20)


# Hazards that are known are found again


def test_need_and_ncy_effects_are_recovered() -> None:
    whole = nation(world().placed, world().published, CENSUS)
    assert whole is not None
    found = hazards(whole)
    exposed = found.exposed[:, SCHOOL].sum(axis=1)
    mean = float((world().need * exposed).sum() / exposed.sum())
    np.testing.assert_allclose(found.need, world().need / mean, rtol=0.06)
    # Moves happen at the average multiplier of the children who are still there to move.
    level = found.base[SCHOOL, MAIN] / (world().base[SCHOOL] * mean)
    assert level.min() > 0.85 and level.max() < 1.0
    assert level.std() < 0.02
    np.testing.assert_allclose(whole.leave[13 - FIRST_NCY], 0.12, rtol=1e-3)


def test_an_authoritys_multiplier_is_recovered_and_drawn_towards_england() -> None:
    whole = nation(world().placed, world().published, CENSUS)
    assert whole is not None
    records = net_moves(world().placed, world().published, whole, hazards(whole))
    assert records is not None
    assert records.spread().between == pytest.approx(world().multipliers.var(), rel=0.25)
    true = world().multipliers / np.average(world().multipliers, weights=records.expected.sum(axis=1))
    own = np.array([np.divide(*records.of(name)) for name in records.names])
    learned = np.array([records.multiplier(name).mean for name in records.names])
    np.testing.assert_allclose(own, true, rtol=0.1)
    assert (np.abs(learned - 1) <= np.abs(own - 1) + 1e-9).all()
    assert np.corrcoef(learned, true)[0, 1] > 0.99


def test_a_noisy_record_counts_for_less() -> None:
    noisy = world(noise=0.1)
    whole = nation(noisy.placed, noisy.published, CENSUS)
    assert whole is not None
    records = net_moves(noisy.placed, noisy.published, whole, hazards(whole))
    plain = nation(world().placed, world().published, CENSUS)
    assert records is not None and plain is not None
    exact = net_moves(world().placed, world().published, plain, hazards(plain))
    assert exact is not None
    assert records.spread().dispersion > 2 * exact.spread().dispersion
    true = noisy.multipliers / noisy.multipliers.mean()
    own = np.array([np.divide(*records.of(name)) for name in records.names])
    learned = np.array([records.multiplier(name).mean for name in records.names])
    assert np.sqrt(((learned - true) ** 2).mean()) < np.sqrt(((own - true) ** 2).mean())


# What rates do when they are projected


def test_englands_rates_lead_from_one_census_to_the_next() -> None:
    found = certain(rates_of(ENGLAND))
    people = {(year, ncy): 1e7 for year in (CENSUS - 1, CENSUS) for ncy in NCYS.tolist()}
    found = certain(published_rates(world().placed, world().published, ENGLAND, CENSUS, population=people))
    before = pairs_of(found, found.nation.before.table)
    projected = expectation(found.rates, before, CENSUS - 1, CENSUS, people)
    reached = np.moveaxis(projected.stock[1].reshape(NCYS.size, len(NEEDS), -1), 0, 1)
    np.testing.assert_allclose(reached.sum(axis=0), found.nation.after.table.sum(axis=0), rtol=2e-3, atol=2.0)


@pytest.fixture(scope="module")
def small() -> PublishedRates:
    """An authority whose multiplier is far from certain, of a tenth of its children."""
    found = rates_of("Authority 03")
    shared = found.rates.shared
    assert shared is not None
    wide = replace(shared, shape=4.0, rate=4.0)
    return replace(found, rates=replace(found.rates, shared=wide))


def test_the_mean_of_futures_is_the_expectation(small: PublishedRates) -> None:
    start = np.moveaxis(whole_children(small.stock / 10), 0, 1).reshape(small.rates.space.shape)
    assert small.population is not None
    exact = expectation(small.rates, start.astype(float), CENSUS, CENSUS + 4, small.population)
    drawn = project_futures(small.rates, start, CENSUS, CENSUS + 4, small.population, 2000, base_seed=1)
    for name, value in measures(exact, None).items():
        futures = drawn.measures[name]
        error = futures.std(axis=0) / np.sqrt(len(futures))
        assert (np.abs(futures.mean(axis=0) - value) <= 4.5 * error + 1e-9).all(), name
    for name in FLOWS:
        flow = drawn.flows[name]
        error = flow.std(axis=0) / np.sqrt(len(flow))
        assert (np.abs(flow.mean(axis=0) - exact.flows[name].sum(axis=(1, 2))) <= 4.5 * error + 1e-9).all(), name
    # A multiplier that is shared keeps cohorts apart from their mean together: with its mean alone bands are narrower.
    narrow = project_futures(certain(small).rates, start, CENSUS, CENSUS + 4, small.population, 500, base_seed=1)
    special = [each.measures["setting"][:, -1, SPECIAL].std() for each in (drawn, narrow)]
    assert special[0] > 1.3 * special[1]


def test_stock_and_flows_agree_in_every_future_and_year(small: PublishedRates) -> None:
    done = project(basis_of(small, {}), 30, base_seed=4)
    assert done.futures is not None
    total, flows = done.futures.measures["total"][:, :, 0], done.futures.flows
    np.testing.assert_array_equal(total[:, 1:], total[:, :-1] + flows["joiners"][:, 1:] - flows["leavers"][:, 1:])
    for name in ("ncy", "need", "setting"):
        np.testing.assert_array_equal(done.futures.measures[name].sum(axis=2), total)
    assert not flows["forced_movers"].any() and not flows["dropped"].any()
    again = project(basis_of(small, {}), 30, base_seed=4).futures
    assert again is not None
    np.testing.assert_array_equal(again.measures["setting"], done.futures.measures["setting"])


def test_children_of_an_ncy_share_one_chance_to_leave(small: PublishedRates) -> None:
    leave = small.rates.leave
    unsure = replace(small.rates, leave=Betas(leave.mean * 50, (1 - leave.mean) * 50))
    start = np.zeros(unsure.space.shape, dtype=np.int64)
    start[5 - FIRST_NCY, [MAIN, len(SETTINGS) + MAIN]] = 10**6
    drawn = project_futures(unsure, start, CENSUS, CENSUS + 1, {}, 40, base_seed=1)
    assert np.corrcoef(drawn.measures["need"][:, 1, :2].T)[0, 1] > 0.99
    apart = project_futures(replace(unsure, pooled=False), start, CENSUS, CENSUS + 1, {}, 40, base_seed=1)
    assert abs(np.corrcoef(apart.measures["need"][:, 1, :2].T)[0, 1]) < 0.5


@pytest.mark.parametrize("shape", [0.7, 4.0, 60.0, 5000.0])
def test_the_mean_over_a_multiplier_is_exact(small: PublishedRates, shape: float) -> None:
    shared = small.rates.shared
    assert shared is not None
    values, weights = replace(shared, shape=shape, rate=shape * 1.3).nodes()
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    assert weights @ values == pytest.approx(1 / 1.3, rel=1e-12)
    for total in (0.1, 0.8, 2.0):  # E exp(-s M) = (1 + s / rate) ** -shape
        assert weights @ np.exp(-total * values) == pytest.approx((1 + total / (shape * 1.3)) ** -shape, rel=1e-6)


def test_what_tables_cannot_tell_is_in_the_result() -> None:
    rows = {what: stands_in for what, _, stands_in, _ in limits.not_identified(rates_of("Authority 03"))}
    assert {"interactions of need, NCY and setting", "gross moves between settings", "changes of primary need"} <= set(rows)
    assert "nobody moves back" in rows["gross moves between settings"]
    assert all(len(row) == len(limits.COLUMNS) for row in limits.not_identified(rates_of("Authority 03")))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"la": "Autority 03"}, ("no authority", "Authority 03")),
        ({"census": 1999}, ("no plans of any authority", "2024, 2025")),
        ({"england_through": CENSUS - 1}, ("end before the census",)),
    ],
)
def test_a_mistake_is_said(options: dict[str, Any], words: tuple[str, ...]) -> None:
    asked = {"la": "Authority 03", "census": CENSUS} | options
    with pytest.raises(InputProblem) as caught:
        published_rates(world().placed, world().published, **asked)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (None, ("needs a population",)),
        ({(CENSUS, 5): 9.0}, ("ends before the first projected census", str(CENSUS))),
        ({(CENSUS - 1, 5): 9.0, (CENSUS + 1, 5): 9.0}, ("lacks years or NCYs", f"NCY -2 in {CENSUS - 1}", "more to mend")),
        ({(y, ncy): 9.0 for y in (CENSUS - 1, CENSUS + 1) for ncy in NCYS.tolist()}, ("more children join",)),
    ],
)
def test_a_population_that_will_not_do(people: Any, words: tuple[str, ...]) -> None:
    found = published_rates(world().placed, world().published, "Authority 03", CENSUS, population=people)
    with pytest.raises(InputProblem) as caught:
        basis_of(found, {})
    for word in words:
        assert word in str(caught.value)


# The published tables


@pytest.fixture(scope="module")
def releases(dfe_data: Path) -> tuple[Placed, Published]:
    return read_placed(dfe_data), read_published(dfe_data)


@pytest.mark.integration
def test_the_published_identity_of_england_and_bristol(releases: tuple[Placed, Published]) -> None:
    rows = {(row[0], row[1]): row[2:] for row in balance_rows(releases[1], BRISTOL, 2025)}
    assert rows[ENGLAND, 2024] == (576474, 97747, 44862, 13953, 9386, 638745)
    assert rows[BRISTOL, 2024] == (4382, 778, 351, 146, 122, 4931)
    for before, new, ended, _, came, after in rows.values():
        assert before + new - ended + came == after


@pytest.mark.integration
def test_englands_rates_lead_from_january_2024_to_january_2025(releases: tuple[Placed, Published]) -> None:
    people = {(year, ncy): 6e5 for year in (2024, 2025) for ncy in NCYS.tolist()}
    found = certain(published_rates(*releases, ENGLAND, 2025, population=people))
    projected = expectation(found.rates, pairs_of(found, found.nation.before.table), 2024, 2025, people)
    reached = projected.stock[1].reshape(NCYS.size, len(NEEDS), -1).sum(axis=1)
    want = found.nation.after.table.sum(axis=0)
    assert projected.stock[0].sum() == pytest.approx(576474)
    assert reached.sum() == pytest.approx(638745, rel=1e-4)
    assert np.abs(reached.sum(axis=1) - want.sum(axis=1)).max() < 10
    assert np.abs(reached - want).max() < 60
    flows = {name: float(flow[1].sum()) for name, flow in projected.flows.items()}
    assert flows["joiners"] == pytest.approx(97747 + 9386, rel=1e-6)
    assert flows["leavers"] == pytest.approx(44862, rel=1e-3)


@pytest.mark.integration
def test_new_plans_are_at_the_ncys_at_which_their_table_by_need_has_them(releases: tuple[Placed, Published]) -> None:
    """The balance of plans by age places new plans; the table by need, read a year behind, was not used for it and agrees."""
    whole = nation(*(each.until(2025) for each in releases), 2025)
    assert whole is not None
    by_need_table = releases[0].needs_by_age[NEW][ENGLAND][2024]
    for ncy in range(13):
        ages = (ncy + 3, ncy + 3)
        counted = float(by_need_table[ages].sum()) * 97563 / (97563 - 1808)  # the need of 1,808 is not known
        assert whole.new[:, ncy - FIRST_NCY].sum() == pytest.approx(counted, rel=0.05), ncy


@pytest.mark.integration
def test_hazards_of_england_and_bristols_multiplier(releases: tuple[Placed, Published]) -> None:
    found = published_rates(*releases, BRISTOL, 2025)
    figures = scenario_figures(found)
    assert figures["placements.emergence_primary"] == pytest.approx(0.085, abs=0.002)
    assert figures["placements.emergence_secondary"] == pytest.approx(0.061, abs=0.002)
    assert figures["placements.jump_at_secondary"] == pytest.approx(0.18, abs=0.005)
    assert figures["placements.jump_at_reception"] == pytest.approx(0.17, abs=0.005)
    # 2,411, 2,082 and 2,838 moved back from 2019 to 2021, of those in special and independent schools.
    held = (119098 + 17532) + (125544 + 19641) + (132271 + 21746)
    assert figures["placements.step_down"] == pytest.approx((2411 + 2082 + 2838) / held)
    effects = dict(zip(NEEDS.codes, found.hazards.need, strict=True))
    assert effects["SLCN"] < effects["MLD"] < effects["ASD"] < effects["SLD"] < effects["PMLD"]
    low, high = found.multiplier.interval()
    assert 0.6 < low < found.multiplier.mean < 1 < high < 1.3
    assert found.records is not None and len(found.records.names) > 70
    assert found.leaving.mean[13 - FIRST_NCY] == pytest.approx(0.16, abs=0.03)
    rows = list(tables.hazard_rows(found))
    assert all(len(row) == len(tables.HAZARD_COLUMNS) for row in rows)
    assert {row[0] for row in rows} == {"multiplier", "ncy", "need", "scenario", "recorded"}
    assert all(len(row) == len(tables.EVIDENCE_COLUMNS) for row in tables.evidence_rows(found))


@pytest.mark.integration
def test_placements_that_are_not_to_be_believed(releases: tuple[Placed, Published]) -> None:
    rows = {row[0]: dict(zip(tables.PLACEMENT_COLUMNS, row, strict=True)) for row in placement_rows(releases[0], BRISTOL, 2025)}
    assert rows[2023]["not-recorded"] == 1657
    assert rows[2023]["used"] == "no"
    assert [year for year, row in rows.items() if row["used"] == "yes"] == [2018, 2019, 2020, 2021, 2022, 2024, 2025]
    assert "independent 166 between 64 and 64" in str(rows[2020]["remark"])
    assert "resourced 21" in str(rows[2020]["remark"])
    assert rows[2024]["remark"] == ""
    # At the census at which they are not recorded those of the year before stand in, scaled.
    found = published_rates(*releases, BRISTOL, 2023)
    assert found.stock.sum() == pytest.approx(3709)
    assert found.stock[:, :, COLLEGE].sum() == pytest.approx(607 * 3709 / (3424 - 28), rel=1e-6)


def perturbed(of: Any, kept: Any) -> Any:
    """The counts of a release with everything that is not ``kept`` (measure, name, year) tripled."""
    found = copy.deepcopy(of)
    parts = (found.totals, found.by_age) if isinstance(found, Published) else (
        found.by_setting, found.by_age, found.needs_by_age, found.needs_by_setting, found.flows
    )  # fmt: skip
    for part in parts:
        for measure, by_name in part.items():
            for name, by_year in by_name.items():
                for year, value in by_year.items():
                    if not kept(measure, name, year):
                        by_year[year] = {key: 3 * each for key, each in value.items()} if isinstance(value, dict) else 3 * value
    return found


@pytest.mark.integration
@pytest.mark.parametrize("england_through", [None, 2025])
def test_no_later_figure_is_used(releases: tuple[Placed, Published], england_through: int | None) -> None:
    def known(measure: str, name: str, year: int) -> bool:
        national = name == ENGLAND and england_through is not None
        return national or year <= (2022 if measure == STOCK else 2021)

    asked = (BRISTOL, 2022)
    found = published_rates(*releases, *asked, england_through=england_through)
    changed = [perturbed(each, known) for each in releases]
    again = published_rates(*changed, *asked, england_through=england_through)
    assert found.rates.shared is not None and again.rates.shared is not None
    for one, other in (
        (found.stock, again.stock),
        (found.joiners, again.joiners),
        (found.rates.leave.mean, again.rates.leave.mean),
        (found.rates.move.mean, again.rates.move.mean),
        (found.rates.shared.hazard, again.rates.shared.hazard),
        (np.array(found.multiplier.interval()), np.array(again.multiplier.interval())),
    ):
        np.testing.assert_array_equal(one, other)
    assert [list(rows(found)) == list(rows(again)) for rows in (tables.hazard_rows, limits.not_identified)] == [True, True]
    # And what was known matters: the same change to a figure of the census does change the result.
    touched = published_rates(perturbed(releases[0], lambda m, n, y: (n, y) != (BRISTOL, 2021)), releases[1], *asked)
    assert touched.multiplier.mean != found.multiplier.mean


@pytest.mark.integration
def test_before_ages_were_published_the_rates_say_what_is_assumed(releases: tuple[Placed, Published]) -> None:
    found = published_rates(*releases, BRISTOL, 2022)
    whats = [what for what, *_ in limits.not_identified(found)]
    assert "hazards by NCY, and the jump at Reception and Year 7" in whats
    assert "everything by primary need" in whats
    assert found.rates.space.needs == ("ALL",)
    assert len(set(found.hazards.base[SCHOOL, MAIN].round(12))) == 1
    assert found.stock.sum() == pytest.approx(3424)
    assert found.joining.counted == 579
    later = published_rates(*releases, BRISTOL, 2022, england_through=2025)
    assert "England's shapes as they were known at the census" in [what for what, *_ in limits.not_identified(later)]
    assert later.rates.space.needs == NEEDS.codes
    assert later.multiplier.mean == found.multiplier.mean
