"""Tables by month or year in a scenario's file: what lies outside the clock would change nothing, and is a slip of the pen."""

from __future__ import annotations

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.scenario import Scenario

HOLDS_FROM = (
    "decisions.refused_from",
    "advice.in_post",
    "assessment_team.in_post",
    "assessment_team.writers_in_post",
    "assessment_team.backlog_share_from",
)
"""Tables of what holds from a month on: months before the start count too, because they hold already."""
HAPPENED_IN = ("assessment_team.plans_by_month", "demand.known_requests", "demand.alternative.pupils_from")
"""Tables of what happened in a month or year, or changes in it."""


def check_dates(scenario: Scenario, where: str) -> Scenario:
    """The scenario as it is; raises InputProblem where a table names a month or year that its clock does not reach.

    Asked of what people write, not of every scenario: a shorter horizon of the same figures is a scenario too.
    """
    months = scenario.calendar.months
    first, last = months[0], months[-1]
    figures = dict(scenario.figures())
    for path in (*HOLDS_FROM, *HAPPENED_IN):
        for period in sorted(figures[path].value) if path in figures else ():
            late = period > last[: len(period)]
            early = path in HAPPENED_IN and period < first[: len(period)]
            if late or early:
                from_start = f"{first} to " if path in HAPPENED_IN else "up to "
                raise InputProblem(
                    f"the {'month' if len(period) == 7 else 'year'} lies {'after the horizon' if late else 'before the start'}",
                    where=f"{where}, {path}.value",
                    value=period,
                    allowed=f"{from_start}{last}",
                    mend="correct the date, or move the scenario's horizon" if late else "correct the date, or leave it out",
                )
    return scenario
