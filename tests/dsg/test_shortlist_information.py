"""What it is worth to know a number before choosing a shortlist: all of it where need hangs on that number alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sufficiency.experiment.run import Run, axis_labels
from sufficiency.report.shortlist_information import (
    FEWEST_FUTURES,
    information_rows,
    information_words,
    shortlist_information,
)
from sufficiency.scenario.eoi_list import load_eois
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import shortlist_problem
from sufficiency.shortlist.futures import fresh_demand
from sufficiency.shortlist.levels import UNMET
from sufficiency.shortlist.problem import ShortlistProblem
from sufficiency.shortlist.worth import by_future

FUTURES = 80


@pytest.fixture(scope="module")
def run(bristol: Scenario, make_run: Callable[..., Run]) -> Run:
    """Children with one need are short of places where latent need is high, with another where it is low."""
    plain = make_run(bristol, futures=FUTURES)
    latent = np.array([s.placements.latent.value for s in plain.drawn_scenarios()])
    rank = np.argsort(np.argsort(latent)) / (FUTURES - 1)
    axes = ("academic_year", "area", "need", "phase")
    need = np.zeros((FUTURES, *(len(axis_labels(bristol, axis)) for axis in axes)))
    of = {name: axis_labels(bristol, "need").index(name) for name in ("ASD", "SEMH")}
    need[:, :, :, of["ASD"]] = 60 * rank[:, None, None, None]
    need[:, :, :, of["SEMH"]] = 60 * (1 - rank)[:, None, None, None]
    return replace(plain, tallies=plain.tallies | {"need": need, "places": np.zeros_like(need)})


def study(problem: ShortlistProblem, *plans: dict[int, int]) -> Any:
    first, *others = plans
    return SimpleNamespace(
        fresh=problem,
        re_check=SimpleNamespace(chosen=first),
        near=(),
        worth=SimpleNamespace(unit=UNMET.unit, by_future=tuple(others)),
    )


@pytest.fixture(scope="module")
def found(bristol: Scenario, run: Run) -> tuple[ShortlistProblem, dict[str, dict[int, int]]]:
    """The problem, and for each of the two needs every bid that serves it and not the other."""
    demand = fresh_demand(run, ())
    assert demand is not None
    problem = shortlist_problem(bristol, load_eois(bristol), demand)
    serving = {
        name: {e: 0 for e, c in enumerate(problem.candidates) if name in c.eoi.needs and other not in c.eoi.needs}
        for name, other in (("ASD", "SEMH"), ("SEMH", "ASD"))
    }
    assert all(serving.values())
    return problem, serving


@pytest.mark.theory
def test_the_number_that_decides_is_worth_nearly_all_and_no_other_is_worth_anything(
    run: Run, found: tuple[ShortlistProblem, dict[str, dict[int, int]]]
) -> None:
    problem, serving = found
    asked = study(problem, serving["ASD"], serving["SEMH"])
    known = shortlist_information(asked, run)
    assert known is not None
    values = -np.column_stack([by_future(problem, UNMET, chosen) for chosen in (*serving.values(), {})])
    assert known.perfect == pytest.approx(values.max(axis=1).mean() - values.mean(axis=0).max())
    assert known.perfect > 0
    assert list(known.numbers) == ["placements.latent"]
    assert 0.8 * known.perfect < known.numbers["placements.latent"] <= known.perfect
    rows = information_rows(asked, run, known)
    assert [row[0] for row in rows] == ["everything", "placements.latent"]
    assert {row[3] for row in rows} == {"child-years"}
    assert "placements.latent" in information_words(known)


@pytest.mark.law
def test_with_one_plan_better_throughout_nothing_is_worth_knowing(
    run: Run, found: tuple[ShortlistProblem, dict[str, dict[int, int]]]
) -> None:
    problem, serving = found
    known = shortlist_information(study(problem, serving["ASD"] | serving["SEMH"], serving["SEMH"]), run)
    assert known is not None
    assert known.perfect == pytest.approx(0, abs=1e-9) and known.numbers == {}
    assert "No single assumption" in information_words(known)


def test_of_few_futures_nothing_is_said(bristol: Scenario, run: Run) -> None:
    demand = fresh_demand(run, run.replications[FEWEST_FUTURES - 1 :])
    assert demand is not None
    problem = shortlist_problem(bristol, load_eois(bristol), demand)
    assert shortlist_information(study(problem, {}), run) is None
    assert shortlist_information(SimpleNamespace(fresh=None), run) is None  # type: ignore[arg-type]
