"""The waiting list: in whose turn, when children give up, and who asks to come back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.caseload import NO_PROVISION, NO_SETTING, NOT_YET, OUT_OF_AREA, S
from sufficiency.simulation.estate import Estate
from sufficiency.simulation.joining import Joining
from sufficiency.simulation.matching import offers_of
from sufficiency.simulation.placements import PlacementPanel
from sufficiency.simulation.waiting_list import LEFT, PLACED, TO_INDEPENDENT, TO_OUT_OF_AREA, WaitingList


def ruled(scenario: Scenario, **figures: Any) -> Scenario:
    """The scenario with figures of ``placements`` set to one value each (dots as double underscores)."""
    for name, value in figures.items():
        path = f"placements.{name.replace('__', '.')}"
        scenario = scenario.changed(path, value=value, low=None, high=None)
    return scenario


def still(scenario: Scenario, **figures: Any) -> Scenario:
    """Nobody gives up unless ``figures`` say so."""
    nobody = dict.fromkeys(("to_independent", "to_alternative", "to_elsewhere", "to_out_of_area"), 0.0)
    return ruled(scenario, **{**nobody, **figures})


def panel_of(council: Any) -> PlacementPanel:
    estate = Estate(council)
    return PlacementPanel(council, estate, offers_of(council.scenario, estate))


def test_the_longest_waiting_come_first_and_dating_back_counts(two_years: Scenario, make_council: Any) -> None:
    council = make_council(still(two_years, panel__in_care=0.0, panel__first=("in_care",)), 6)
    waiting = WaitingList(council)
    waiting.start(3, np.array([4, 2]))
    waiting.enter(3)
    waiting.start(5, np.array([0, 5]), since=-2)
    waiting.start(5, np.array([1]))
    waiting.enter(5)
    assert waiting.rows.tolist() == [0, 5, 2, 4, 1]
    assert np.concatenate([*waiting.turns(waiting.rows, september=False)]).tolist() == [0, 5, 2, 4, 1]


def test_who_is_placed_and_asks_again_a_week_later_is_on_the_list_once(two_years: Scenario, make_council: Any) -> None:
    """A place given in the last week of August may not serve the phase that begins in September."""
    council = make_council(still(two_years, panel__in_care=0.0, panel__first=("in_care",)), 6)
    waiting = WaitingList(council)
    waiting.start(3, np.array([1, 2]))
    waiting.enter(3)
    waiting.end(3, np.array([1]), PLACED)
    waiting.giving_up(3)
    waiting.start(4, np.array([1]), since=-3)
    waiting.enter(4)
    assert waiting.rows.tolist() == [1, 2]


def test_children_in_care_and_out_of_school_go_before_those_who_waited_longer(two_years: Scenario, make_council: Any) -> None:
    rules = still(two_years, panel__first=("in_care", "out_of_school"), panel__in_care=0.2)
    setting = np.where(np.arange(400) % 4 == 0, S["elsewhere"], S["mainstream"])
    council = make_council(rules, 400, setting=setting)
    waiting = WaitingList(council)
    waiting.start(0, np.arange(400), since=-1)  # as on the first day: some are out of school already
    waiting.enter(0)
    order = np.concatenate([*waiting.turns(waiting.rows, september=False)])
    in_care = council.uniforms("in-care", slice(None)) < 0.2
    first = in_care | (setting == S["elsewhere"])
    assert 0.1 < in_care.mean() < 0.3
    assert first[order].tolist() == sorted(first.tolist(), reverse=True)
    assert (np.diff(order[: first.sum()]) > 0).all()  # within the group as before
    assert sorted(order.tolist()) == list(range(400))


def test_without_rules_nobody_goes_before_others(two_years: Scenario, make_council: Any) -> None:
    plain = two_years.model_copy(update={"placements": two_years.placements.model_copy(update={"panel": None})})
    council = make_council(plain, 50, setting=S["elsewhere"])
    waiting = WaitingList(council)
    waiting.start(0, np.arange(50))
    waiting.enter(0)
    assert np.concatenate([*waiting.turns(waiting.rows, september=False)]).tolist() == list(range(50))


def test_in_september_those_who_change_school_go_first(two_years: Scenario, make_council: Any) -> None:
    home, out = S["mainstream"], S["elsewhere"]
    council = make_council(
        still(two_years, panel__first=("out_of_school",)),
        6,
        reception_year=[2021, 2018, 2014, 2018, 2014, 2018],
        setting=[home, out, home, home, out, home],
    )
    waiting = WaitingList(council)
    waiting.start(0, np.arange(6), since=-1)
    waiting.enter(0)
    # NCY 0, 3, 7, 3, 7, 3: transfers before others, within both those out of school.
    assert np.concatenate([*waiting.turns(waiting.rows, september=True)]).tolist() == [4, 0, 2, 1, 3, 5]


@pytest.mark.parametrize(
    ("hazards", "destination"), [({"to_independent": 0.5}, "independent"), ({"to_out_of_area": 0.5}, "special")]
)
def test_who_gives_up_leaves_the_list_by_an_exponential_clock(
    two_years: Scenario, make_council: Any, hazards: dict[str, float], destination: str
) -> None:
    """Of children who wait from week 0 and are never offered a place, 1 - exp(-h t) are gone by t."""
    scenario = still(two_years, **hazards)
    scenario = scenario.model_copy(update={"interventions": {}})
    council = make_council(scenario, 20_000)
    panel = panel_of(council)
    panel._estate.room.places[:] = [0] * len(panel._estate)
    panel._estate.room.vacant = 0
    panel.list.start(0, np.arange(20_000))
    for week in range(52):
        panel.step(week)
    gone = (~council.caseload.waiting).mean()
    assert gone == pytest.approx(1 - np.exp(-0.5 * 51 / (365.25 / 7)), abs=4 * np.sqrt(0.24 / 20_000))
    moved = ~council.caseload.waiting
    assert (council.caseload.setting[moved] == S[destination]).all()
    assert (council.caseload.provision[moved] == (OUT_OF_AREA if destination == "special" else NO_PROVISION)).all()
    outcomes = {outcome for _, outcome, rows, _ in council.waits if rows.size}
    assert outcomes == {TO_OUT_OF_AREA if destination == "special" else TO_INDEPENDENT}


@pytest.mark.parametrize(("only", "destination"), [("to_alternative", "alternative"), ("to_elsewhere", "elsewhere")])
def test_a_placement_that_breaks_down_leads_where_its_hazard_says(
    two_years: Scenario, make_council: Any, only: str, destination: str
) -> None:
    """They wait on; and where the panel takes those out of school first, they are taken first from then on."""
    council = make_council(still(two_years, panel__in_care=0.0, panel__first=("out_of_school",), **{only: 2.0}), 600)
    panel = panel_of(council)
    for provision, places in enumerate(list(panel._estate.room.places)):
        panel._estate.room.change(provision, -places)
    panel.list.start(0, np.arange(600))
    for week in range(30):
        panel.step(week)
    broken = council.caseload.setting != S["mainstream"]
    assert 0.5 < broken.mean() < 0.9  # 1 - exp(-2 x 29 / 52) = 0.67
    assert (council.caseload.setting[broken] == S[destination]).all()
    assert council.caseload.waiting.all()
    order = np.concatenate([*panel.list.turns(panel.list.rows, september=False)])
    assert broken[order].tolist() == sorted(broken.tolist(), reverse=True)


def test_who_moves_in_from_a_special_school_asks_for_a_place_and_others_do_not(two_years: Scenario, make_council: Any) -> None:
    """From their own week on; at 19 nobody asks for a school place any more."""
    held = ["special", "resourced", "mainstream", "independent", "special"]
    council = make_council(
        still(two_years), 5, setting=[S[code] for code in held], state=NOT_YET, reception_year=[2015, 2015, 2015, 2015, 2004]
    )
    panel = panel_of(council)
    joining = Joining(council, panel, np.arange(5), np.array([3, 5, 5, 5, 5]))
    joining.begin()
    assert (council.caseload.setting == NO_SETTING).all()
    assert joining.week.tolist() == [3, 5, 5, 5, 5]
    waiting = []
    for week in range(7):
        joining.step(week)
        waiting.append(np.flatnonzero(council.caseload.waiting).tolist())
    assert waiting == [[], [], [], [0], [0], [0, 1], [0, 1]]
    starts = ["mainstream", "mainstream", "mainstream", "independent", "further_education"]
    assert council.caseload.setting.tolist() == [S[code] for code in starts]
    assert council.caseload.wait_since[:2].tolist() == [3, 5]
    week, rows, before, after = council.ledger.entries()
    assert (week.tolist(), rows.tolist()) == ([3, 5, 5, 5, 5], [0, 1, 2, 3, 4])
    assert (before == NO_SETTING).all()
    assert after.tolist() == council.caseload.setting.tolist()


def test_who_asks_to_return_keeps_their_place_until_there_is_one_here(two_years: Scenario, make_council: Any) -> None:
    scenario = still(two_years, to_independent=5.0, to_elsewhere=5.0)
    council = make_council(scenario, 40, setting=S["independent"], reception_year=2014)
    panel = panel_of(council)
    estate = panel._estate
    rows = np.arange(40)
    room = list(estate.room.places)
    for provision in range(len(estate)):
        estate.room.change(provision, -room[provision])
    panel.list.ask_to_return(0, rows, since=-28)
    for week in range(30):
        panel.step(week)
    caseload = council.caseload
    assert caseload.waiting.all()
    assert (caseload.setting == S["independent"]).all()  # they neither give up nor break down
    assert panel.list.without_a_place().size == 0
    assert not council.waits
    school = next(p for p in range(len(estate)) if estate.admits[p, 0, 2] and estate.setting[p] == S["special"])
    estate.room.change(school, 3)
    panel.step(30)
    placed = np.flatnonzero(caseload.provision == school)
    assert placed.tolist() == [0, 1, 2]
    assert (caseload.setting[placed] == S["special"]).all()
    assert not caseload.waiting[placed].any()
    assert [(outcome, done.tolist()) for _, outcome, done, _ in council.waits if done.size] == [(PLACED, [0, 1, 2])]


def test_a_child_out_of_the_area_who_moves_on_frees_nothing_here(two_years: Scenario, make_council: Any) -> None:
    council = make_council(still(two_years), 3, setting=S["special"])
    panel = panel_of(council)
    council.caseload.provision[:] = OUT_OF_AREA
    before = panel._estate.vacancies
    panel.leave(4, np.arange(2))
    assert (panel._estate.vacancies == before).all()
    assert council.caseload.provision.tolist() == [NO_PROVISION, NO_PROVISION, OUT_OF_AREA]


def test_a_wait_ends_when_the_plan_does(two_years: Scenario, make_council: Any) -> None:
    council = make_council(still(two_years), 5)
    panel = panel_of(council)
    panel.list.start(2, np.array([1, 3]))
    panel.list.enter(2)
    panel.leave(9, np.arange(5))
    ((week, outcome, rows, since),) = council.waits
    assert (week, outcome, rows.tolist(), since.tolist()) == (9, LEFT, [1, 3], [2, 2])


def test_a_phase_transfer_is_dated_back_to_the_day_of_the_law(two_years: Scenario, make_council: Any) -> None:
    """15 February where a school follows, 31 March where post-16 provision does (SEND Regulations 2014, regulation 18)."""
    council = make_council(still(two_years), 3, setting=S["resourced"], reception_year=[2015, 2010, 2018])
    panel = panel_of(council)
    estate, caseload = panel._estate, council.caseload
    primary = estate.admits[:, 0, 1] & ~estate.admits[:, 0, 2] & (estate.setting == S["resourced"])
    base = int(np.flatnonzero(primary)[0])
    caseload.provision[:] = base
    for _ in range(3):
        estate.room.change(base, -1)
    caseload.age_to(2022)  # NCY 7, 12 and 4
    panel.change_phases()
    panel.give_up_places(35, 35 - 28, 35 - 22)
    assert caseload.waiting.tolist() == [True, True, False]
    assert caseload.wait_since[:2].tolist() == [7, 13]
