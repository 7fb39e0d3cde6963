"""Draws a scenario's unverified ranges, once a future.

Each number of each range has a stream of its own, named after the figure's path: adding a figure, an area or a provision leaves
every other draw as it was. A posterior draws one of its particles, which then replaces the draws of the numbers it names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel

from sufficiency.scenario.delivery import delivered
from sufficiency.scenario.figures import Figure, Spans
from sufficiency.scenario.numbers import numbers, with_numbers
from sufficiency.scenario.scenario import DISTRIBUTIONS, Scenario

Uniforms = Callable[[str], float]
"""Gives the uniform on (0, 1) of a named stream in the future at hand."""

NOT_DRAWN = ("shortlist", "posterior")
"""Sections whose ranges are not drawn: those of decisions inform, and the posterior replaces other figures' draws."""
PARTICLE_STREAM = "posterior/particle"


def drawn(scenario: Scenario, uniform: Uniforms) -> Scenario:
    """The scenario as it holds in one future, where ``uniform(name)`` gives the uniform of a stream.

    Every range is replaced by one draw, and the numbers of the posterior, where there is one, by those of one of its particles. A
    rule that begins later becomes shares month by month, and interventions are as they are delivered.
    """
    future = _sections(scenario, uniform, lambda path: True)
    if scenario.posterior:
        future = with_numbers(future, scenario.posterior.drawn(uniform(PARTICLE_STREAM)))
    return delivered(_with_rule(future))


def settled(scenario: Scenario) -> Scenario:
    """A drawn scenario as certain: its figures lose their ranges and its posterior goes, so that it is not drawn again."""
    settled_scenario: Scenario = _settled(scenario)
    return settled_scenario.model_copy(update={"posterior": None})


def _settled(node: Any) -> Any:
    if isinstance(node, Figure):
        return node.model_copy(update={"low": None, "high": None}) if node.is_range else node
    if isinstance(node, dict):
        return {key: _settled(value) for key, value in node.items()}
    if isinstance(node, BaseModel):
        held = {name: getattr(node, name) for name in type(node).model_fields}
        changes = {name: _settled(value) for name, value in held.items() if isinstance(value, BaseModel | dict)}
        return node.model_copy(update={name: value for name, value in changes.items() if value is not held[name]})
    return node


def fixed(scenario: Scenario, uniform: Uniforms, paths: Collection[str]) -> Scenario:
    """The scenario with the ranges of the figures at ``paths`` fixed at their draw of the future of ``uniform``.

    Every other range is still to be drawn, in whatever future is simulated. ``posterior`` stands for the numbers of the particle.
    """
    known = _sections(scenario, uniform, paths.__contains__)
    certain = {n.path: n.value for n in numbers(known) if n.span and n.figure_path in paths}
    if scenario.posterior and "posterior" in paths:
        known = known.model_copy(update={"posterior": None})
        certain |= scenario.posterior.drawn(uniform(PARTICLE_STREAM))
    found: Scenario = with_numbers(known, certain)
    return found


class _Range(NamedTuple):
    """A figure that is drawn, with what is asked of it each time."""

    figure: Figure[Any]
    path: str
    streams: tuple[str, ...]
    spans: Spans


_plans: dict[int, tuple[Scenario, dict[str, Any]]] = {}
_MOST = 8


def _plan_of(scenario: Scenario) -> dict[str, Any]:
    """The ranges to draw, in tables nested as the scenario is; the last ones used are kept, because a run asks for the same
    ones for every future."""
    kept = _plans.get(id(scenario))
    if kept is None:
        if len(_plans) >= _MOST:
            _plans.clear()
        sections = {name: getattr(scenario, name) for name in type(scenario).model_fields if name not in NOT_DRAWN}
        plans = {name: _planned(section, name) for name, section in sections.items()}
        # The scenario is kept with its plan, so that no other can come to have its identity.
        kept = _plans[id(scenario)] = scenario, {name: plan for name, plan in plans.items() if plan}
    return kept[1]


def _planned(node: Any, path: str) -> _Range | dict[str, Any] | None:
    if isinstance(node, Figure):
        spans = node.spans
        return _Range(node, path, tuple(f"parameter/{path}/{leaf}" for leaf in spans), spans) if spans else None
    if isinstance(node, BaseModel):
        node = {name: getattr(node, name) for name in type(node).model_fields}
    if not isinstance(node, dict):
        return None
    plans = {key: _planned(value, f"{path}.{key}") for key, value in node.items()}
    return {key: plan for key, plan in plans.items() if plan}


def _sections(scenario: Scenario, uniform: Uniforms, chosen: Callable[[str], bool]) -> Scenario:
    whole: Scenario = _drawn(scenario, _plan_of(scenario), uniform, chosen)
    return whole


def _drawn(node: Any, plan: _Range | dict[str, Any], uniform: Uniforms, chosen: Callable[[str], bool]) -> Any:
    if isinstance(plan, _Range):
        figure, path, streams, spans = plan
        return figure.drawn(map(uniform, streams), distribution=path in DISTRIBUTIONS, spans=spans) if chosen(path) else figure
    if isinstance(node, dict):
        return node | {key: _drawn(node[key], part, uniform, chosen) for key, part in plan.items()}
    return node.model_copy(update={name: _drawn(getattr(node, name), part, uniform, chosen) for name, part in plan.items()})


def _with_rule(scenario: Scenario) -> Scenario:
    """The reserved share month by month where it begins after the start.

    The month in which it begins has the mean of its weeks, which reserves as many cases over the month.
    """
    team, calendar = scenario.assessment_team, scenario.calendar
    begins = min(team.backlog_share_begins.value, calendar.weeks) if team.backlog_share_begins else 0
    if begins <= 0:
        return scenario
    share = team.backlog_share.value
    before = team.backlog_share_before.value if team.backlog_share_before else 1.0
    if begins == calendar.weeks:
        return _with_shares(scenario, before, {})
    position = int(calendar.month_of_week[begins])
    weeks = np.flatnonzero(calendar.month_of_week == position)
    passed = int((weeks < begins).sum()) / weeks.size
    begun = calendar.months[position]
    shares = {begun: passed * before + (1 - passed) * share}
    if position + 1 < len(calendar.months):
        shares[calendar.months[position + 1]] = share
    later = team.backlog_share_from.value if team.backlog_share_from else {}
    return _with_shares(scenario, before, {**shares, **{month: value for month, value in later.items() if month > begun}})


def _with_shares(scenario: Scenario, first: float, shares: dict[str, float]) -> Scenario:
    team = scenario.assessment_team
    figure = team.backlog_share
    plain = {name: getattr(figure, name) for name in ("unit", "source", "known_from", "verified", "reason")}
    changes: dict[str, Any] = {"backlog_share": figure.model_copy(update={"value": first, "low": None, "high": None})}
    changes["backlog_share_from"] = Figure[dict[str, float]](value=shares, **plain) if shares else None
    changes |= {"backlog_share_begins": None, "backlog_share_before": None}
    return scenario.model_copy(update={"assessment_team": team.model_copy(update=changes)})
