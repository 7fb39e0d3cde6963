"""What interventions do to prices, lines, income and pupil-years of the account, and what they cost.

Those that change what happens to children act in the simulation and reach the account through its pupil-years, so none is
applied twice; of them only the costs are here. The weekly factor is the simulation's own, so that a ramp means the same wherever
an intervention acts; a year's factor is the mean of its weeks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sufficiency.domain.calendar import Calendar, financial_year
from sufficiency.domain.dictionaries import SETTINGS
from sufficiency.dsg.prices import Array
from sufficiency.scenario.figures import Figure
from sufficiency.scenario.money import Intervention
from sufficiency.scenario.programmes import Programme
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.effects import multiplier


@dataclass(frozen=True)
class Move:
    """Pupil-years that leave a setting for another, or for none."""

    moves_from: str
    moves_to: str | None
    share: Array
    """[future, financial_year]: share of the pupil-years in ``moves_from``."""


@dataclass(frozen=True)
class Cost:
    """What an intervention or programme costs: years in which it runs at £ a year of the first year's prices."""

    code: str
    quantity: Array
    """[future, financial_year]."""
    unit_cost: Array
    """[future]."""


@dataclass(frozen=True)
class Policy:
    """What the interventions that are on do in the account; factors are exactly 1 where nothing acts."""

    independent_fee: Array
    """[future, financial_year]."""
    top_up: Array
    """[future, financial_year, setting]."""
    no_plan_top_ups: Array
    """[future, financial_year]."""
    other_lines: Array
    """[future, financial_year, line]."""
    income: Array
    """[future, financial_year]."""
    moves: tuple[Move, ...]
    costs: tuple[Cost, ...]


def enabled(scenario: Scenario) -> tuple[str, ...]:
    """Ids of the interventions that the mitigated scenario contains."""
    return tuple(key for key, intervention in scenario.interventions.items() if intervention.enabled)


class Effects:
    """What each intervention does and costs in every future, whether it is on or not; worked out once, when first asked for."""

    def __init__(self, scenarios: Sequence[Scenario], lines: Sequence[str], years: Sequence[int]) -> None:
        """``scenarios`` are drawn, one a future, with one calendar; ``lines`` are the codes of the other lines."""
        self._scenarios, self._lines, self._years = scenarios, tuple(lines), tuple(years)
        self._calendar: Calendar = scenarios[0].calendar
        self._interventions = scenarios[0].interventions
        self._factors: dict[str, Array] = {}

    def policy(self, on: Collection[str]) -> Policy:
        """What the interventions named in ``on`` do together."""
        shape = (len(self._scenarios), len(self._years))
        top_up, lines = np.ones((*shape, len(SETTINGS))), np.ones((*shape, len(self._lines)))
        plain = {name: np.ones(shape) for name in ("independent_fee", "no_plan_top_ups", "income")}
        moves = []
        # In the order of their ids, so that those on the same pupils act in turn whatever their order in the file.
        for key in sorted(on):
            intervention = self._interventions[key]
            if intervention.is_simulated:
                continue
            factor = self.factor(key)
            if intervention.quantity == "top_up":
                for setting in intervention.settings or SETTINGS.codes:
                    top_up[:, :, SETTINGS.index(setting)] *= factor
            elif intervention.quantity == "other_lines":
                lines[:, :, self._lines.index(str(intervention.line))] *= factor
            elif intervention.quantity == "pupils":
                moves.append(Move(str(intervention.moves_from), intervention.moves_to, 1 - factor))
            else:
                plain[intervention.quantity] *= factor
        costs = tuple(cost for cost in self._costs(on) if cost.unit_cost.any())
        return Policy(top_up=top_up, other_lines=lines, moves=tuple(moves), costs=costs, **plain)

    def factor(self, key: str) -> Array:
        """What one intervention leaves of its quantity, [future, financial_year]: the mean of the weeks."""
        if key not in self._factors:
            weekly = []
            for scenario in self._scenarios:
                intervention = scenario.interventions[key].model_copy(update={"enabled": True})
                alone = scenario.model_copy(update={"interventions": {key: intervention}})
                weekly.append(multiplier(alone, intervention.quantity))
            self._factors[key] = _year_means(np.array(weekly), self._calendar)
        return self._factors[key]

    def _costs(self, on: Collection[str]) -> Iterator[Cost]:
        """Costs of the interventions that are on, and of the programmes that they are part of."""
        for key in sorted(on):
            of = [scenario.interventions[key] for scenario in self._scenarios]
            yield from self._both(f"intervention/{key}", [i.starts for i in of], of)
        for name in self._scenarios[0].programmes:
            members = [key for key in sorted(on) if self._interventions[key].programme == name]
            if members:
                starts = [min(s.interventions[key].starts for key in members) for s in self._scenarios]
                yield from self._both(f"programme/{name}", starts, [s.programmes[name] for s in self._scenarios])

    def _both(self, code: str, starts: Sequence[dt.date], of: Sequence[Intervention | Programme]) -> Iterator[Cost]:
        """The yearly cost for the share of each year that runs, and the one-off cost whole in the year of the start."""
        begins = np.array([self._calendar.week_of(day) for day in starts])
        running = (np.arange(self._calendar.weeks) >= begins[:, np.newaxis]).astype(np.float64)
        start_years = np.array([financial_year(day) for day in starts])
        once = (start_years[:, np.newaxis] == np.array(self._years)).astype(np.float64)
        yield Cost(code, _year_means(running, self._calendar), _values([x.yearly_cost for x in of]))
        yield Cost(f"{code}/set-up", once, _values([x.one_off_cost for x in of]))


def moved(pupil_years: Array, moves: Sequence[Move]) -> Array:
    """Pupil-years [future, financial_year, setting] after ``moves``, each acting on what those before it left."""
    if not moves:
        return pupil_years
    after = pupil_years.copy()
    for move in moves:
        going = after[:, :, SETTINGS.index(move.moves_from)] * move.share
        after[:, :, SETTINGS.index(move.moves_from)] -= going
        if move.moves_to is not None:
            after[:, :, SETTINGS.index(move.moves_to)] += going
    return after


def _values(figures: Sequence[Figure[float] | None]) -> Array:
    return np.array([0.0 if figure is None else figure.value for figure in figures])


def _year_means(weekly: Array, calendar: Calendar) -> Array:
    """Means of the whole financial years, [..., financial_year], of values [..., week].

    Summed before they are divided, so that what is 1 in every week is exactly 1 in the year.
    """
    years = np.array(calendar.whole_financial_years)
    member = (calendar.financial_years[:, np.newaxis] == years).astype(np.float64)
    means: Array = (weekly @ member) / member.sum(axis=0)
    return means
