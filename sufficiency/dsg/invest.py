"""Invest to save: what each option of a proposal pays back, and when, against doing nothing.

An option is a programme with its interventions. Each is simulated in the same futures as doing nothing, so that the difference
is the option's. Net present value discounts real £ at the Green Book's 3.5 % a year; its optimism bias adds to cost and duration.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sufficiency.domain.problem import InputProblem, suggestion
from sufficiency.dsg.account import draw_up
from sufficiency.dsg.basis import Basis, basis
from sufficiency.dsg.interventions import Effects
from sufficiency.dsg.players import Player, players, with_only
from sufficiency.dsg.prices import Array, growth
from sufficiency.dsg.pupil_runs import Pupils, of_run, pupils_of
from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import Progress
from sufficiency.scenario.figures import Figure
from sufficiency.scenario.scenario import Scenario

DISCOUNT_RATE = 0.035
"""The Green Book's real discount rate a year, for up to 30 years."""
ALL_OPTIONS = "all"
AMPLE = 2.0
"""Times its capacity that the assessment service has where staff is to limit nothing."""
LONGEST_RAMP = 260
"""Weeks: a ramp is longer in no scenario."""


@dataclass(frozen=True)
class Bias:
    """Shares by which costs and durations are put up, and savings put down, against optimism."""

    name: str
    label: str
    cost: float = 0.0
    duration: float = 0.0
    benefit: float = 0.0


BIASES = {
    bias.name: bias
    for bias in (
        Bias("none", "None"),
        Bias("standard", "Green Book, standard buildings: costs 24 % and duration 4 % higher", 0.24, 0.04),
        Bias("non-standard", "Green Book, non-standard buildings: costs 51 % and duration 39 % higher", 0.51, 0.39),
        Bias("cautious", "Costs 24 % and duration 39 % higher, effects a quarter smaller", 0.24, 0.39, 0.25),
    )
}
"""Switches. The Green Book's bounds are for buildings; none is published for programmes, for which they stand in."""


@dataclass(frozen=True)
class Option:
    """What one option does to the balance, £ at the prices of each year; arrays are [future, financial_year]."""

    player: Player
    cost: Array
    """What it costs."""
    gross: Array
    """What it saves, before its cost (negative: it costs more elsewhere)."""
    real: Array
    """[future, financial_year]: factor that turns £ of a year into £ of the first, discounted."""
    transport: Array
    """What it saves on home-to-school transport: the General Fund's, in no other number here."""

    @property
    def net(self) -> Array:
        """Savings less cost."""
        return self.gross - self.cost

    @property
    def net_present_value(self) -> Array:
        """[future]: discounted real savings less cost over the years simulated."""
        value: Array = (self.net * self.real).sum(axis=1)
        return value

    @property
    def saved_per_pound(self) -> float:
        """Mean present value of savings over that of costs; below 1 the option does not pay."""
        cost = float((self.cost * self.real).sum(axis=1).mean())
        return float((self.gross * self.real).sum(axis=1).mean()) / cost if cost else float("inf")

    @property
    def paid_back(self) -> Array:
        """[financial_year]: share of the futures in which savings to the year's end have made up for what was paid."""
        paid, net = np.cumsum(self.cost, axis=1), np.cumsum(self.net, axis=1)
        share: Array = ((paid > 0) & (net >= 0)).mean(axis=0)
        return share


@dataclass(frozen=True)
class Investment:
    """The options of a proposal, each alone and all together, against doing nothing."""

    scenario: Scenario
    bias: Bias
    replications: tuple[int, ...]
    financial_years: tuple[str, ...]
    options: tuple[Option, ...]
    """The last is all of them together, where there are several."""
    on: frozenset[str]
    """Interventions that are on in some option or in doing nothing."""
    drawn: tuple[Scenario, ...]
    """The scenario as drawn in each future: what the values hang on."""


def options_of(scenario: Scenario) -> tuple[Player, ...]:
    """The options put forward in a scenario, whether they are switched on or not, in its order."""
    named = [name for name, programme in scenario.programmes.items() if programme.option]
    keys = [key for key, intervention in scenario.interventions.items() if intervention.programme in named]
    return players(scenario, keys)


def check_options(scenario: Scenario) -> None:
    """Raise InputProblem where the scenario puts no option forward."""
    if not options_of(scenario):
        raise InputProblem(
            "the scenario puts no option forward",
            where=scenario.title,
            allowed="programmes with option = true",
            mend="add [programmes.NAME] with option = true and name it in its interventions",
        )


def do_nothing(scenario: Scenario) -> Scenario:
    """The scenario with none of its options on; its other interventions stay as they are."""
    taken = {key for option in options_of(scenario) for key in option.interventions}
    return with_only(scenario, {key for key, i in scenario.interventions.items() if i.enabled and key not in taken})


def invest(
    scenario: Scenario,
    nothing: Run,
    *,
    bias: Bias = BIASES["none"],
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Investment:
    """What the options of ``scenario`` are worth; ``nothing`` is a run of :func:`do_nothing` of it.

    Raises InputProblem where the scenario puts no option forward, and Cancelled.
    """
    check_options(scenario)
    found = options_of(scenario)
    if len(found) > 1:
        keys = tuple(key for option in found for key in option.interventions)
        whole = Player(ALL_OPTIONS, "All options together", "", "", "", keys, any(o.is_simulated for o in found))
        found = (*found, whole)
    biased = with_bias(scenario, bias)
    on = {key for key, i in nothing.scenario.interventions.items() if i.enabled}
    variants = [with_only(biased, on | set(option.interventions)) for option in found]
    work = [(variant, nothing.replications) for variant in variants]
    done = pupils_of(work, nothing.base_seed, executor=executor, progress=progress, cancelled=cancelled)
    common = [r for r in nothing.replications if all(r in of for of in done)]
    some = replace(nothing, scenario=biased, replications=tuple(common), tallies=_of(nothing, common))
    scenarios = some.drawn_scenarios()
    prices = basis(some, scenarios)
    effects = Effects(scenarios, prices.prices.other_line_codes, prices.years)
    before = _change(prices, effects, on, of_run(some), common)
    options = [_option(prices, effects, before, on, option, of, common) for option, of in zip(found, done, strict=True)]
    every = frozenset(on).union(*(option.interventions for option in found))
    return Investment(scenario, bias, tuple(common), prices.financial_years, tuple(options), every, tuple(scenarios))


def with_ample_staff(scenario: Scenario) -> Scenario:
    """The scenario with twice the capacity of decisions, advice, cases and drafts, which is not paid for here.

    Where staff limits how many plans are issued, fewer requests shorten the queue and save next to nothing: whether an option
    that spares requests pays hangs on this, so both are looked at.
    """
    sections = {
        "decisions": ("decisions_per_week",),
        "advice": ("advice_per_week",),
        "assessment_team": ("cases_per_week", "drafts_per_week"),
    }
    changes = {
        section: getattr(scenario, section).model_copy(
            update={name: _times(getattr(getattr(scenario, section), name), AMPLE) for name in names}
        )
        for section, names in sections.items()
    }
    return scenario.model_copy(update=changes)


def with_bias(scenario: Scenario, bias: Bias) -> Scenario:
    """The scenario with costs and ramps of its options put up, and their effects put down, by the switch."""
    if not (bias.cost or bias.duration or bias.benefit):
        return scenario
    interventions = dict(scenario.interventions)
    for key in {key for option in options_of(scenario) for key in option.interventions}:
        intervention = interventions[key]
        ramp = min(LONGEST_RAMP, round(intervention.ramp * (1 + bias.duration)))
        changes: dict[str, Any] = {"ramp": ramp, "effect": _times(intervention.effect, 1 - bias.benefit)}
        changes |= {name: _times(getattr(intervention, name), 1 + bias.cost) for name in ("yearly_cost", "one_off_cost")}
        interventions[key] = intervention.model_copy(update=changes)
    programmes = {
        name: programme.model_copy(
            update={cost: _times(getattr(programme, cost), 1 + bias.cost) for cost in ("yearly_cost", "one_off_cost")}
        )
        if programme.option
        else programme
        for name, programme in scenario.programmes.items()
    }
    return scenario.model_copy(update={"interventions": interventions, "programmes": programmes})


def bias_named(name: str, where: str = "") -> Bias:
    """The switch of that name; raises InputProblem."""
    if name not in BIASES:
        raise InputProblem(
            "unknown optimism bias", where=where, value=name, allowed=", ".join(BIASES),
            mend=suggestion(name, BIASES, "use one of these"),
        )  # fmt: skip
    return BIASES[name]


def _times(figure: Figure[float] | None, factor: float) -> Figure[float] | None:
    if figure is None or factor == 1:
        return figure
    ends = {end: None if (value := getattr(figure, end)) is None else value * factor for end in ("value", "low", "high")}
    return figure.model_copy(update=ends)


def _of(run: Run, replications: Sequence[int]) -> dict[str, Any]:
    at = [run.replications.index(r) for r in replications]
    return {name: run.tallies[name][at] for name in ("pupil_years", "place_years")}


def _change(
    prices: Basis, effects: Effects, on: set[str], of: dict[int, Pupils], replications: Sequence[int]
) -> tuple[Array, Array, Array]:
    """Yearly change of the balance, costs of interventions, and transport, with the interventions that are on."""
    policy = effects.policy(on)
    here = replace(
        prices,
        policy=policy,
        pupil_years=np.array([of[r].pupil_years for r in replications]),
        place_years=np.array([of[r].place_years for r in replications]),
    )
    account = draw_up(here, mitigated=True)
    inflation = growth(prices.prices.inflation, len(prices.years))
    nothing = np.zeros_like(inflation)
    costs = sum((cost.quantity * cost.unit_cost[:, np.newaxis] * inflation for cost in policy.costs), start=nothing)
    return account.in_year_balance + account.deficit_grants, costs, account.transport


def _option(
    prices: Basis,
    effects: Effects,
    before: tuple[Array, Array, Array],
    on: set[str],
    option: Player,
    of: dict[int, Pupils],
    replications: Sequence[int],
) -> Option:
    balance, costs, transport = _change(prices, effects, on | set(option.interventions), of, replications)
    cost = costs - before[1]
    deflator = growth(prices.prices.inflation, len(prices.years))
    discount = (1 + DISCOUNT_RATE) ** np.arange(len(prices.years))
    return Option(
        player=option,
        cost=cost,
        gross=balance - before[0] + cost,
        real=1 / (deflator * discount),
        transport=before[2] - transport,
    )
