"""Unverified ranges, drawn once a future: within their range, about their mode, each from a stream of its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from sufficiency.scenario.draws import drawn
from sufficiency.scenario.figures import Figure, triangular
from sufficiency.scenario.scenario import DISTRIBUTIONS, Scenario
from sufficiency.simulation.streams import Streams


def numbers(value: object) -> list[float]:
    if isinstance(value, dict):
        return [x for key in sorted(value) for x in numbers(value[key])]
    return [float(value)]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def futures(bristol: Scenario) -> list[Scenario]:
    return [drawn(bristol, Streams(11, replication).uniform) for replication in range(60)]


@given(
    low=st.floats(-1e6, 1e6),
    up=st.floats(0, 1e6),
    down=st.floats(0, 1e6),
    u=st.floats(1e-9, 1 - 1e-9),
)
def test_the_inverse_distribution_function_is_scipys(low: float, up: float, down: float, u: float) -> None:
    mode, high = low + up, low + up + down
    assume(high - low > 1e-3)
    expected = stats.triang.ppf(u, (mode - low) / (high - low), loc=low, scale=high - low)
    assert triangular(u, low, mode, high) == pytest.approx(expected, rel=1e-9, abs=1e-6 * (high - low))


@given(st.floats(0, 1), st.floats(-10, 10), st.floats(0, 10), st.floats(0, 10))
def test_a_draw_never_leaves_its_range(u: float, low: float, up: float, down: float) -> None:
    high = low + up + down
    assert low - 1e-12 <= triangular(u, low, min(low + up, high), high) <= high + 1e-12


def test_a_range_that_is_a_point_gives_the_point() -> None:
    assert triangular(0.3, 5, 5, 5) == 5


def test_the_mode_is_drawn_at_its_own_probability_and_is_the_most_likely() -> None:
    assert triangular(0.25, 0, 1, 4) == pytest.approx(1)
    draws = [triangular((i + 0.5) / 10_000, 0, 1, 4) for i in range(10_000)]
    density, edges = np.histogram(draws, bins=40)
    assert edges[density.argmax()] == pytest.approx(1, abs=0.1)


def test_each_draw_lies_within_low_and_high_and_whole_numbers_stay_whole(bristol: Scenario, futures: list[Scenario]) -> None:
    left_out = ("shortlist.", "interventions.")  # decisions are not drawn; what is delivered of interventions: test_delivery
    ranges = [(path, figure) for path, figure in bristol.figures() if figure.is_range and not path.startswith(left_out)]
    assert len(ranges) > 50
    for future in futures[:20]:
        after = dict(future.figures())
        for path, figure in ranges:
            value = after[path].value
            assert type(value) is type(figure.value)
            if path not in DISTRIBUTIONS:
                for low, x, high in zip(numbers(figure.low), numbers(value), numbers(figure.high), strict=True):
                    assert low <= x <= high, path


def test_distributions_still_sum_to_what_they_did(bristol: Scenario, futures: list[Scenario]) -> None:
    for future in futures:
        for path in DISTRIBUTIONS:
            before, after = bristol.figure(path).value, future.figure(path).value
            assert sum(after.values()) == pytest.approx(sum(before.values()), abs=1e-12)
            assert sum(after.values()) == pytest.approx(1, abs=2e-3)
            assert min(after.values()) >= 0


def test_what_is_no_range_is_left_as_it_is(bristol: Scenario, futures: list[Scenario]) -> None:
    for path, figure in bristol.figures():
        if not figure.is_range:
            assert futures[0].figure(path) == figure
    assert futures[0].start == bristol.start


def test_decisions_of_the_shortlist_are_not_drawn(bristol: Scenario, futures: list[Scenario]) -> None:
    assert bristol.shortlist.capital.is_range
    assert all(future.shortlist == bristol.shortlist for future in futures)


def test_draws_vary_and_are_the_same_again(bristol: Scenario, futures: list[Scenario]) -> None:
    growth = [future.demand.growth.value for future in futures]
    assert len(set(growth)) == len(growth)
    again = drawn(bristol, Streams(11, 3).uniform)
    assert again == futures[3]
    assert drawn(bristol, Streams(12, 3).uniform) != futures[3]


def test_one_more_provision_area_figure_leaves_every_other_draw_bit_identical(bristol: Scenario) -> None:
    extra = bristol.supply["special-north"].model_dump()
    more = bristol.changed("supply", **{"a-new-one": extra})
    before = dict(drawn(bristol, Streams(3, 5).uniform).figures())
    after = dict(drawn(more, Streams(3, 5).uniform).figures())
    assert set(after) - set(before) == {"supply.a-new-one.places"}
    assert all(after[path] == figure for path, figure in before.items())
    assert after["supply.a-new-one.places"].value != before["supply.special-north.places"].value


def test_narrowing_one_range_leaves_every_other_draw(bristol: Scenario) -> None:
    other = bristol.changed("demand.growth", value=0.1, low=0.1, high=0.1)
    before, after = (dict(drawn(s, Streams(3, 5).uniform).figures()) for s in (bristol, other))
    assert [path for path in before if before[path] != after[path]] == ["demand.growth"]


def test_an_entry_more_in_a_table_leaves_the_draws_of_the_others() -> None:
    def figure(**births: float) -> Figure[dict[str, float]]:
        low, high = ({k: v * f for k, v in births.items()} for f in (0.5, 1.5))
        content = {"unit": "births", "source": "assumption", "known_from": "2022-01-01", "verified": False, "reason": "made up"}
        return Figure[dict[str, float]].model_validate({**content, "value": births, "low": low, "high": high}, strict=False)

    one, two = figure(a=1.0, c=3.0), figure(a=1.0, b=2.0, c=3.0)
    draws = [f.drawn(np.array([Streams(1, 0).uniform(name) for name in f.leaves])).value for f in (one, two)]
    assert draws[0] == {key: draws[1][key] for key in ("a", "c")}
