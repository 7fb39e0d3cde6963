"""Finds the least staff that reaches a timeliness target: a frontier over psychologists and assessment team.

For each size of the team the fewest psychologists are found by bisection, on the same futures throughout (common random
numbers), so that a difference between two staffings is never chance. Published figures cannot tell the two bottlenecks apart;
the frontier shows both.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.calibration.calibrate import until
from sufficiency.experiment.pathway_runs import Item, failed, observed_futures
from sufficiency.experiment.runner import MOST_FUTURES, check_count
from sufficiency.experiment.staffing.cost import Extra, drawn_staffing, extra
from sufficiency.experiment.staffing.question import POLICIES, Question, ruled, staffed
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.results import DEFAULT_BASE_SEED

TEAMS = (1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 2.0, 2.5, 3.0)
"""Sizes of the assessment team tried, in multiples of what the scenario has."""
MOST = 3.0
"""Most psychologists tried, in multiples of what the scenario has."""
STEP = 0.05
"""How closely psychologists are found."""
DEFAULT_STAFFING_FUTURES = 100
USUAL_RUNS = 50
"""Staffings that a search usually simulates, for progress bars."""

Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """What one staffing and rule gives, by future."""

    psychologists: float
    """Multiple of the psychologists that the scenario has."""
    team: float
    timeliness: NDArray[np.float64]
    """NaN in futures that issue no plan in the window: those have not reached the target, nor a timeliness of 0."""
    still_open: NDArray[np.float64]
    """Open assessments at the window's end."""
    over_a_year: NDArray[np.float64]
    probability: float
    """Share of all futures that reach the target; those without plans do not."""
    extra: Extra

    @property
    def without_plans(self) -> int:
        """Futures that issue no plan (of DfE's cohort) in the window."""
        return int(np.isnan(self.timeliness).sum())


@dataclass(frozen=True)
class Answer:
    """The frontier of staffings that reach the target, the cheapest of them, and what other backlog rules do."""

    question: Question
    scenario: Scenario
    base_seed: int
    futures: int
    now: Outcome
    """The scenario as it is."""
    frontier: tuple[Outcome, ...]
    """By size of the team, where the target can be reached: the fewest psychologists that reach it."""
    best: Outcome
    """The cheapest of the frontier by the median cost."""
    alone: tuple[Outcome, Outcome]
    """The most psychologists tried with the team as it is, and the largest team with the psychologists as they are."""
    policies: dict[str, tuple[Outcome, Outcome]]
    """By share reserved for the backlog: with the staff of now, and with the best."""


def search(
    scenario: Scenario,
    question: Question,
    futures: int = DEFAULT_STAFFING_FUTURES,
    *,
    base_seed: int = DEFAULT_BASE_SEED,
    executor: Executor | None = None,
    progress: Told | None = None,
) -> Answer:
    """Answer ``question``; raises InputProblem, which says the best that can be reached, where no staffing tried reaches it."""
    check_count(futures, "number of futures", 2, MOST_FUTURES)
    trial = _Trial(scenario, question, futures, base_seed, executor, progress)
    now = trial.outcome(1.0, 1.0)
    frontier: list[Outcome] = []
    least = 1.0
    # A larger team never needs more psychologists: each bisection begins where that of the next larger team ended.
    for team in reversed(TEAMS):
        found = _fewest(trial, team, least)
        if found is None:
            break
        frontier.append(found)
        least = found.psychologists
    if not frontier:
        raise _out_of_reach(trial, question)
    best = min(frontier, key=lambda outcome: (float(np.median(outcome.extra.cost)), outcome.team))
    policies = {}
    for name, share in POLICIES.items():
        sizes = ((1.0, 1.0), (best.psychologists, best.team))
        with_now, with_best = (trial.outcome(*size, share=share) for size in sizes)
        policies[name] = (with_now, with_best)
    alone = trial.outcome(MOST, 1.0), trial.outcome(1.0, TEAMS[-1])
    return Answer(question, scenario, base_seed, futures, now, _worth(frontier), best, alone, policies)


def _worth(frontier: list[Outcome]) -> tuple[Outcome, ...]:
    """Smallest team first, without those whose larger team saves no psychologist."""
    ordered = frontier[::-1]
    return tuple(o for i, o in enumerate(ordered) if all(o.psychologists < smaller.psychologists for smaller in ordered[:i]))


def _fewest(trial: _Trial, team: float, least: float) -> Outcome | None:
    """The fewest psychologists from ``least`` on with which a team of that size reaches the target, or None."""
    wanted = trial.question.probability
    low = trial.outcome(least, team)
    if low.probability >= wanted:
        return low
    found = trial.outcome(MOST, team)
    if found.probability < wanted:
        return None
    below, above = 0, round((MOST - least) / STEP)
    stride: int | None = 1  # first ever longer strides from the last team's number, which is seldom far off; then halving
    while above - below > 1:
        middle = min(below + stride, above - 1) if stride else (below + above) // 2
        tried = trial.outcome(round(least + middle * STEP, 6), team)
        if tried.probability >= wanted:
            above, found, stride = middle, tried, None
        else:
            below = middle
            stride = stride * 2 if stride else None
    return found


@dataclass
class _Trial:
    """Simulates staffings, each once."""

    scenario: Scenario
    question: Question
    futures: int
    base_seed: int
    executor: Executor | None
    progress: Told | None
    _seen: dict[tuple[float, float, float | None], Outcome] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._short = until(self.scenario, self.question.window.last)
        self._staffing = drawn_staffing(self.scenario, self.futures, self.base_seed)
        self._years = len(self.question.year.months) / 12

    @property
    def outcomes(self) -> list[Outcome]:
        """Everything tried so far."""
        return list(self._seen.values())

    def outcome(self, psychologists: float, team: float, share: float | None = None) -> Outcome:
        """What a staffing gives, with another share reserved for the backlog if one is named."""
        key = (psychologists, team, share)
        if key not in self._seen:
            found = self._simulated(key)
            base = found if key == (1.0, 1.0, None) else self._raw
            timeliness, still_open, over_a_year, advice, cases = found.T
            more = extra(self._staffing, advice - base[:, 3], cases - base[:, 4], self._years)
            probability = float((timeliness >= self.question.target).mean())
            self._seen[key] = Outcome(psychologists, team, timeliness, still_open, over_a_year, probability, more)
            if self.progress:
                self.progress(min(len(self._seen), USUAL_RUNS), USUAL_RUNS)
        return self._seen[key]

    def _simulated(self, key: tuple[float, float, float | None]) -> NDArray[np.float64]:
        psychologists, team, share = key
        changed = staffed(self._short, self.question.begins, psychologists, team)
        if share is not None:
            changed = ruled(changed, self.question.begins, share)
        items = [Item({}, replication) for replication in range(self.futures)]
        found = observed_futures(changed, items, self.question.targets, base_seed=self.base_seed, executor=self.executor)
        if failed(found).any():
            raise RuntimeError("a future of the staffing question could not be simulated")
        if key == (1.0, 1.0, None):
            self._raw = found
        return found


def _out_of_reach(trial: _Trial, question: Question) -> InputProblem:
    """The target cannot be reached with what was tried: how near one comes, and with what."""
    # A future without plans reaches nothing, however low: it stands below all others.
    reached = [(float(np.quantile(np.nan_to_num(o.timeliness), 1 - question.probability)), o) for o in trial.outcomes]
    share, outcome = max(reached, key=lambda pair: (pair[0], -pair[1].psychologists, -pair[1].team))
    none = f"; {outcome.without_plans} of {trial.futures} futures then issue no plan" if outcome.without_plans else ""
    return InputProblem(
        "no staffing tried reaches the target",
        where="--target",
        value=f"{question.target:.1%} in {question.window.months[0]} to {question.window.months[-1]}",
        allowed=(
            f"at best {share:.1%} with a probability of {question.probability:.0%}, from {outcome.psychologists:g} times the "
            f"psychologists and {outcome.team:g} times the team from {question.begins}{none}; up to {MOST:g} times each tried"
        ),
        mend="choose a lower target, a later date or a lower probability, or look at what holds cases up",
    )
