"""The estate: places open on their day or late, or not at all, and close behind the children they have."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from sufficiency.domain.calendar import terms_later
from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.arrivals import NCYS
from sufficiency.simulation.caseload import NEVER, S, phase_of
from sufficiency.simulation.estate import Estate, vacancy_weights
from sufficiency.simulation.opening import joint

FUTURES = 600
KEY = "pipeline-2022-09-south"


def estate_of(scenario: Scenario, make_council: Any, replication: int = 0) -> Estate:
    """The estate of a future in which there are no children."""
    return Estate(make_council(scenario, 1, replication=replication))


def test_places_open_at_the_start_are_those_of_residents(two_years: Scenario, make_council: Any) -> None:
    estate = estate_of(two_years, make_council)
    share = two_years.estate.resident_share.value
    for i, (key, provision) in enumerate(two_years.supply.items()):
        assert estate.ids[i] == key
        assert estate.setting[i] == S[provision.setting]
        assert estate.commissioned[i] == provision.places.value
        assert abs(estate.residents[i] - share * provision.places.value) <= 0.5
        assert estate.number[i] == (estate.residents[i] if provision.status == "open" else 0)
        admitted = {NEEDS.codes[n] for n in np.flatnonzero(estate.admits[i].any(axis=1))}
        assert admitted == set(provision.needs)
        assert {PHASES.codes[p] for p in np.flatnonzero(estate.admits[i].any(axis=0))} == set(provision.phases)


def test_planned_places_are_late_by_so_many_terms_as_often_as_slippage_says(two_years: Scenario, make_council: Any) -> None:
    due = two_years.calendar.week_of(dt.date(2022, 9, 1))
    position = list(two_years.supply).index(KEY)
    opens = np.array([estate_of(two_years, make_council, r).opens[position] for r in range(FUTURES)])
    day = dt.date(2022, 9, 1)
    late = {terms: two_years.calendar.week_of(terms_later(day, terms)) - due for terms in range(7)}
    assert late == {0: 0, 1: 17, 2: 30, 3: 52, 4: 69, 5: 82, 6: 104}
    assert set(opens - due) == set(late.values())
    for terms, p in two_years.estate.slippage.value.items():
        share = (opens - due == late[int(terms)]).mean()
        assert abs(share - p) < 4 * np.sqrt(p * (1 - p) / FUTURES), terms


def test_firm_places_open_on_their_day_and_open_ones_at_the_start(two_years: Scenario, make_council: Any) -> None:
    firm = two_years.changed(f"supply.{KEY}", status="firm")
    position = list(firm.supply).index(KEY)
    for replication in range(20):
        assert estate_of(firm, make_council, replication).opens[position] == firm.calendar.week_of(dt.date(2022, 9, 1))
    assert estate_of(two_years, make_council).opens[list(two_years.supply).index("special-north")] == 0


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_bids_open_as_often_as_their_chance_says(two_years: Scenario, make_council: Any, chance: float) -> None:
    scenario = two_years.changed(f"supply.{KEY}", chance_of_opening=chance)
    position = list(scenario.supply).index(KEY)
    opens = np.array([estate_of(scenario, make_council, r).opens[position] for r in range(FUTURES)])
    assert abs((opens < NEVER).mean() - chance) <= 4 * np.sqrt(chance * (1 - chance) / FUTURES)
    certain = np.array([estate_of(two_years, make_council, r).opens[position] for r in range(FUTURES)])
    assert (opens[opens < NEVER] == certain[opens < NEVER]).all()  # lateness has a stream of its own


def test_the_parts_of_one_bid_open_together_with_its_own_lateness(two_years: Scenario, make_council: Any) -> None:
    data = two_years.model_dump(mode="python")
    part = data["supply"][KEY] | {"eoi": "E9", "chance_of_opening": 0.5, "slippage": {"0": 0.5, "2": 0.5}}
    data["supply"] |= {"eoi-e9-primary": part, "eoi-e9-secondary": part}
    scenario = Scenario.model_validate(data)
    at = [list(scenario.supply).index(key) for key in ("eoi-e9-primary", "eoi-e9-secondary")]
    opens = np.array([estate_of(scenario, make_council, r).opens[at] for r in range(FUTURES)])
    assert (opens[:, 0] == opens[:, 1]).all()
    day = dt.date(2022, 9, 1)
    on_time, late = (scenario.calendar.week_of(terms_later(day, terms)) for terms in (0, 2))
    assert set(opens[:, 0].tolist()) == {NEVER, on_time, late}
    for week, share in ((NEVER, 0.5), (on_time, 0.25), (late, 0.25)):
        assert abs((opens[:, 0] == week).mean() - share) < 4 * np.sqrt(share * (1 - share) / FUTURES)


def test_places_open_in_their_week_and_close_behind_their_children(two_years: Scenario, make_council: Any) -> None:
    scenario = two_years.changed("supply.special-north", closes=dt.date(2022, 9, 1))
    estate = estate_of(scenario, make_council)
    closing = list(scenario.supply).index("special-north")
    week = scenario.calendar.week_of(dt.date(2022, 9, 1))
    estate.take([closing] * 40)
    for day in range(week + 1):
        estate.open_and_close(day)
    assert estate.number[closing] == estate.held[closing] == 40
    assert estate.vacancies[closing] == 0
    estate.release([closing] * 3, week + 5)
    assert estate.number[closing] == estate.held[closing] == 37  # the place goes with the child
    assert estate.closes[closing] == week


def test_a_place_that_is_freed_in_a_school_that_stays_is_vacant_again(two_years: Scenario, make_council: Any) -> None:
    estate = estate_of(two_years, make_council)
    before = estate.vacancies
    estate.take([0, 0, 4])
    assert (estate.vacancies - before)[[0, 4]].tolist() == [-2, -1]
    estate.release([0, 4], 3)
    assert (estate.vacancies - before).sum() == -1


def test_a_school_that_has_more_than_its_number_keeps_them(two_years: Scenario, make_council: Any) -> None:
    estate = estate_of(two_years, make_council)
    estate.take([1] * int(estate.number[1] + 5))
    estate.raise_to_held()
    assert estate.vacancies[1] == 0
    assert (estate.vacancies >= 0).all()


def test_places_so_late_that_they_would_have_closed_never_open(two_years: Scenario, make_council: Any) -> None:
    scenario = two_years.changed(f"supply.{KEY}", closes=dt.date(2023, 1, 1))
    scenario = scenario.changed("estate.slippage", value={"3": 1.0}, low=None, high=None)
    estate = estate_of(scenario, make_council)
    position = list(scenario.supply).index(KEY)
    for week in range(scenario.calendar.weeks):
        estate.open_and_close(week)
        assert estate.number[position] == 0
    assert estate.opens[position] == NEVER


def test_an_empty_place_is_counted_among_those_it_admits(two_years: Scenario, make_council: Any) -> None:
    estate = estate_of(two_years, make_council)
    weights = vacancy_weights(estate, joint(two_years), phase_of(NCYS))
    assert np.allclose(weights.sum(axis=(1, 2)), 1.0)
    assert (weights >= 0).all()
    assert (weights[~estate.admits] == 0).all()


def test_the_tie_between_equally_near_places_does_not_depend_on_the_order_of_the_file(
    two_years: Scenario, make_council: Any
) -> None:
    turned = two_years.model_copy(update={"supply": dict(reversed(two_years.supply.items()))})
    here, there = (estate_of(s, make_council) for s in (two_years, turned))
    assert dict(zip(here.ids, here.tie.tolist(), strict=True)) == dict(zip(there.ids, there.tie.tolist(), strict=True))
    assert sorted(here.tie) == list(range(len(here)))
