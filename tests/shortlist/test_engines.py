"""What is known to go wrong in solvers, and the model as text."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistProblem, Status, Stops, net_demand, shortlist_problem, solve_problem
from sufficiency.shortlist.levels import COMMITMENT, COST, POUNDS, UNMET, Held, Level, model_for
from sufficiency.shortlist.plan import Stage, status_of
from sufficiency.shortlist.prices import Tail

Bid = Callable[..., ExpressionOfInterest]
GOLDEN = Path(__file__).parent / "golden"


def two_bids(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, futures: int = 2) -> ShortlistProblem:
    """Two bids, two futures: small enough to read as a whole, with delays of their own whatever is learned of the bundled."""
    late = {"0": 0.4, "1": 0.3, "2": 0.2, "3": 0.1}
    scenario = bristol.changed("", horizon=bristol.horizon.replace(year=2025))
    scenario = scenario.changed("estate.slippage", value=late, low=None, high=None)
    children = {("south", "ASD", "secondary"): [30.0, 4.0, 9.0], ("south", "VI", "primary"): [1.0, 2.0, 1.0]}
    children = {cell: lack[:futures] for cell, lack in children.items()}
    bids = [make_bid("A-1"), make_bid("A_1", setting="special", lead_months=18, capital=900_000.0)]
    return shortlist_problem(scenario, bids, net_demand(lacking(scenario, children)))


@pytest.mark.parametrize("level", [COMMITMENT, UNMET, COST, POUNDS], ids=lambda level: level.name.replace(" ", "-"))
def test_the_model_reads_as_the_golden_file(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, tmp_path: Path, level: Level
) -> None:
    """To write it anew after a change that is meant: SUFFICIENCY_GOLDEN=write, run this test, read the difference in git."""
    problem = two_bids(bristol, lacking, make_bid)
    if level is POUNDS:  # with every family of the second stage
        prices = replace(problem.prices, independent_places=3.0)
        problem = replace(problem, prices=prices, tail=Tail(0.5, 0.25))
    held = {UNMET: Held(300.0), COST: Held(300.0, 90.0)}.get(level, Held())
    model, objective = model_for(level, problem, held)
    model.prob.setObjective(objective)
    written, golden = tmp_path / "model.lp", GOLDEN / f"{level.name.replace(' ', '-')}.lp"
    model.prob.writeLP(str(written))
    if os.environ.get("SUFFICIENCY_GOLDEN") == "write":
        golden.write_text(written.read_text())
    assert written.read_text() == golden.read_text()


def test_ids_that_differ_only_in_rewritten_characters_stay_apart(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid
) -> None:
    from sufficiency.shortlist import formulation
    from sufficiency.shortlist.framing import program_of

    model = formulation.build(program_of(two_bids(bristol, lacking, make_bid)))
    names = [variable.name for variable in model.prob.variables()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("finished", "bound", "status"),
    [
        (True, 100.0, Status.PROVEN),
        (True, 99.5, Status.WITHIN_GAP),
        (True, 90.0, Status.AT_LIMIT),
        (False, 100.0, Status.AT_LIMIT),
        (False, 99.5, Status.AT_LIMIT),
    ],
)
def test_only_an_end_by_itself_and_our_own_gap_are_proof(finished: bool, bound: float, status: Status) -> None:
    stage = Stage("cost", "£", 100.0, bound, 200.0, finished, gap_asked=0.01)
    assert stage.status is status
    assert status_of([Stage("x", "places", 1.0, 1.0, 1.0, True, 0.0), stage]) is status


def test_the_gap_is_a_share_of_what_can_be_saved() -> None:
    stage = Stage("cost", "£", 1_000_000.0, 999_000.0, 1_009_000.0, True, 0.01)
    assert (stage.gap, stage.saving, stage.share_of_saving) == (1_000.0, 10_000.0, 0.1)
    assert stage.status is Status.AT_LIMIT
    nothing_to_save = Stage("cost", "£", 5.0, 5.0, 5.0, True, 0.0)
    assert (nothing_to_save.share_of_saving, nothing_to_save.status) == (0.0, Status.PROVEN)


@pytest.mark.parametrize("engine", ["highs", "cbc"])
@pytest.mark.parametrize("stops", [Stops(nodes=0, gap=0), Stops(seconds=0.01, gap=0)])
def test_a_solve_stopped_at_a_limit_is_never_called_proven(problem: ShortlistProblem, engine: str, stops: Stops) -> None:
    plan = solve_problem(problem, stops=stops, engines=(engine,))
    assert plan.status is Status.AT_LIMIT
    assert plan.gap > 0
    assert plan.capital <= problem.capital


def test_nearly_whole_numbers_are_rounded_and_then_evaluated(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sufficiency.shortlist.master import Master

    problem = two_bids(bristol, lacking, make_bid, futures=3)
    exact = solve_problem(problem)
    copied = Master.whole

    class Blurred:
        def __init__(self, highs: Any) -> None:
            self._highs = highs

        def __getattr__(self, name: str) -> Any:
            return getattr(self._highs, name)

        def getSolution(self) -> Any:
            solution = self._highs.getSolution()
            return SimpleNamespace(col_value=[x + (1e-6 if x < 0.5 else -1e-6) for x in solution.col_value])

    monkeypatch.setattr(Master, "whole", lambda self: Blurred(copied(self)))
    assert solve_problem(problem) == exact
    assert exact.chosen


def test_an_answer_that_the_data_contradict_is_replaced_by_the_other_solver(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a solver leaves that never ran: zeros everywhere, here under a good status."""
    from sufficiency.shortlist import decomposed

    problem = two_bids(bristol, lacking, make_bid, futures=3)
    honest = solve_problem(problem)
    monkeypatch.setattr(decomposed, "whole_choice", lambda master, *_: (np.zeros(len(master.z)), 0.0, True))
    monkeypatch.setattr("sufficiency.shortlist.search.Search.better", lambda self, start, *_: start)
    monkeypatch.setattr("sufficiency.shortlist.master.Master.relax", lambda self, *_: (0.0, np.zeros(len(self.z))))
    replaced = solve_problem(problem)
    assert replaced.solver == "cbc"
    assert "the data give" in replaced.notes[0]
    assert replaced.chosen == honest.chosen


def test_an_answer_to_the_whole_model_that_the_data_contradict_is_replaced_too(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sufficiency.shortlist import engines

    problem = two_bids(bristol, lacking, make_bid)
    honest = solve_problem(problem)

    def zeroed(model: Any, *_: Any) -> tuple[float, float, int]:
        for variable in model.prob.variables():
            variable.varValue = 0.0
        return 0.0, 0.0, 1

    monkeypatch.setattr(engines, "_highs", zeroed)
    replaced = solve_problem(problem)
    assert replaced.solver == "cbc"
    assert "the data give" in replaced.notes[0]
    assert replaced.chosen == honest.chosen


def test_without_any_solver_a_person_is_told(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sufficiency.shortlist import engines

    def broken(*_: Any) -> Any:
        raise engines.EngineFailed("highspy failed its start-up check: 15 instead of 9")

    monkeypatch.setattr(engines, "check_highs", broken)
    problem = two_bids(bristol, lacking, make_bid)
    assert solve_problem(problem).solver == "cbc"
    with pytest.raises(InputProblem, match="15 instead of 9"):
        solve_problem(problem, engines=("highs",))


def test_highs_used_elsewhere_with_more_threads_does_no_harm() -> None:
    """In one process HiGHS keeps its first number of threads; a later solve that asks for another returns zeros."""
    code = """
import highspy, pulp
first = pulp.LpProblem("first", pulp.LpMinimize)
x = first.add_variable("x", 1, 9, pulp.LpInteger)
first.setObjective(pulp.LpAffineExpression([(x, 1)]))
first.solve(pulp.HiGHS(msg=False, threads=2))
from sufficiency.scenario.library import load
from sufficiency.shortlist import engines
try:
    engines.check_highs()
    print("solved")
except engines.EngineFailed:
    print("refused")
"""
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert out.stdout.strip().splitlines()[-1] in ("solved", "refused")


def test_importing_the_shortlist_does_not_import_a_solver() -> None:
    code = "import sys, sufficiency.shortlist; print([m for m in ('pulp', 'highspy', 'pandas') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert out.stdout.strip() == "[]"


def test_versions_known_to_be_wrong_are_kept_out(repo: Path) -> None:
    """highspy 1.14.0 returns wrong optima; PuLP 4 has another API."""
    dependencies = tomllib.loads((repo / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    named = {each.split(">")[0].split(",")[0]: each for each in dependencies}
    assert "!=1.14.0" in named["highspy"]
    assert named["pulp"].startswith("pulp>=3.3.1,<4")
