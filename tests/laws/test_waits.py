"""Law 1 for those who wait: every wait ends once or has not ended, and what is counted of places agrees with who holds them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sufficiency.domain.dictionaries import SETTINGS
from sufficiency.simulation.results import MONTHS_COUNTED, WAIT_OUTCOMES

REPLICATIONS = (0, 1, 2)


@pytest.fixture(scope="module", params=REPLICATIONS)
def watched(request: pytest.FixtureRequest, until: Any, fix: Any, witnessed: Any) -> Any:
    """A future in which some go out of the area and some are asked back, with the places given noted by a witness."""
    scenario = fix(fix(until(2026), "placements.to_out_of_area", 0.2), "placements.return_at_transfer", 0.6)
    scenario = scenario.changed("placements.return_in_year", value=0.2) if scenario.placements.return_in_year else scenario
    return scenario, *witnessed(scenario, request.param)


def test_every_wait_ends_once_or_goes_on(watched: Any) -> None:
    """Of those who began to wait since the clock started: outcomes and those still waiting add up to all beginnings."""
    _, future, witness = watched
    council = witness.council
    ended = [
        (row, began, week)
        for week, _, rows, since in council.waits
        for row, began in zip(rows.tolist(), since.tolist(), strict=True)
    ]
    assert all(began <= week for _, began, week in ended)
    assert len({(row, week) for row, _, week in ended}) == len(ended)  # nobody's wait ends twice in a week
    listed = witness.placements.list.without_a_place()
    assert np.unique(listed).size == listed.size
    began = [began for _, began, _ in ended] + council.caseload.wait_since[listed].tolist()
    years = council.calendar.academic_years
    counted = [week for week in began if week >= 0 and years[week] < future_years(council)]
    assert future.tallies["waits"].sum() == len(counted) > 0


def future_years(council: Any) -> int:
    """The first academic year that has no census in the clock."""
    return int(council.calendar.census_years[-1])


def test_nobody_waits_longer_than_the_clock_has_run(watched: Any) -> None:
    scenario, future, _ = watched
    waits = future.tallies["waits"]
    years = waits.shape[0]
    for year in range(years):
        longest = (years - year) * 12 + 12
        assert waits[year, :, :, min(longest, MONTHS_COUNTED) + 1 :].sum() == 0
    assert waits[:, :, WAIT_OUTCOMES.index("out_of_area")].sum() > 0
    assert scenario.placements.panel is not None


def test_places_given_are_the_moves_into_places_here(watched: Any) -> None:
    """By academic year and setting: places given less those seated on the first day are the moves that the panel made."""
    _, future, witness = watched
    council, estate = witness.council, witness.estate
    placed = future.tallies["placed"]
    by_setting = np.zeros((placed.shape[0], len(SETTINGS)), dtype=int)
    first = council.calendar.census_years[0] - 1
    for week, rows, provisions in council.placed:
        year = int(council.calendar.academic_years[week]) - first
        if year < placed.shape[0]:
            np.add.at(by_setting[year], estate.setting[provisions], 1)
            assert rows.size == provisions.size
    assert (placed.sum(axis=(1, 2)) == by_setting).all()
    assert set(np.flatnonzero(placed.sum(axis=(0, 1, 2)))) <= {SETTINGS.index("special"), SETTINGS.index("resourced")}


def test_reasons_are_given_for_all_who_wait(watched: Any) -> None:
    _, future, _ = watched
    tallies = future.tallies
    assert (tallies["unplaced_reason"].sum(axis=2) == tallies["waiting"].sum(axis=(1, 3))).all()


def test_out_of_area_places_are_need_and_not_supply(watched: Any, futures: Any, fix: Any) -> None:
    """Those in other authorities' schools are in state special schools, count as need, and hold no place here."""
    scenario, future, _ = watched
    away = future.tallies["out_of_area"].sum(axis=1)
    assert away[0] == 0
    assert away[-1] > 0
    special = future.tallies["caseload"].sum(axis=(1, 2, 3))[:, SETTINGS.index("special")]
    assert (away <= special).all()
    assert scenario.placements.to_out_of_area is not None


def test_routes_elsewhere_are_all_moves_there(watched: Any) -> None:
    """Every move into education elsewhere or none has one route, and who falls out of school was on the list."""
    _, future, witness = watched
    council = witness.council
    week, rows, before, after = council.ledger.entries()
    elsewhere = SETTINGS.index("elsewhere")
    moved = (after == elsewhere) & (before >= 0) & (before != elsewhere)
    first = council.calendar.census_years[0] - 1
    years = council.calendar.academic_years[week[moved]] - first
    routes = future.tallies["to_elsewhere"]
    assert routes.sum(axis=1).tolist() == np.bincount(years, minlength=len(routes))[: len(routes)].tolist()
    assert (routes >= 0).all()
    assert (routes.sum(axis=0) > 0).all()
    out = np.concatenate([rows for _, rows in council.out_of_school])
    assert np.isin(out, rows[moved]).all()
