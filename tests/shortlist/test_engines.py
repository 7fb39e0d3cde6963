"""What is known to go wrong in solvers, and the model as text."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistProblem, Status, Stops, net_demand, shortlist_problem, solve_problem
from sufficiency.shortlist.plan import Stage, status_of

Bid = Callable[..., ExpressionOfInterest]
GOLDEN = Path(__file__).parent / "golden" / "two-bids.lp"


def two_bids(bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid) -> ShortlistProblem:
    """Two bids, two futures: small enough to read as a whole."""
    scenario = bristol.changed("", horizon=bristol.horizon.replace(year=2025))
    scenario = scenario.changed("estate.slippage", value={"0": 0.4, "1": 0.3, "2": 0.2, "3": 0.1}, low=None, high=None)
    children = {("south", "ASD", "secondary"): [30.0, 4.0], ("south", "VI", "primary"): [1.0, 2.0]}
    bids = [make_bid("A-1"), make_bid("A_1", setting="special", lead_months=18, capital=900_000.0)]
    return shortlist_problem(scenario, bids, net_demand(lacking(scenario, children)))


def test_the_model_reads_as_the_golden_file(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, tmp_path: Path
) -> None:
    """To write it anew after a change that is meant: SUFFICIENCY_GOLDEN=write, run this test, read the difference in git."""
    from sufficiency.shortlist import formulation
    from sufficiency.shortlist.framing import program_of

    model = formulation.build(program_of(two_bids(bristol, lacking, make_bid)))
    model.prob.setObjective(formulation.unmet_of(model))
    formulation.pin(model, "shortfall_kept", formulation.shortfall_of(model), 300.0)
    written = tmp_path / "model.lp"
    model.prob.writeLP(str(written))
    if os.environ.get("SUFFICIENCY_GOLDEN") == "write":
        GOLDEN.write_text(written.read_text())
    assert written.read_text() == GOLDEN.read_text()


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
    stage = Stage("cost", "£", 100.0, bound, finished, gap_asked=0.01)
    assert stage.status is status
    assert status_of([Stage("x", "places", 1.0, 1.0, True, 0.0), stage]) is status


@pytest.mark.parametrize("engine", ["highs", "cbc"])
@pytest.mark.parametrize("stops", [Stops(nodes=0, relative_gap=0, cost_gap=0), Stops(seconds=0.01, relative_gap=0, cost_gap=0)])
def test_a_solve_stopped_at_a_limit_is_never_called_proven(problem: ShortlistProblem, engine: str, stops: Stops) -> None:
    plan = solve_problem(problem, stops=stops, engines=(engine,))
    assert plan.status is Status.AT_LIMIT
    assert plan.gap > 0
    assert plan.capital <= problem.capital


def test_nearly_whole_numbers_are_rounded_and_then_evaluated(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sufficiency.shortlist import engines

    solved = engines._highs

    def blurred(model: Any, *args: Any) -> Any:
        answer = solved(model, *args)
        for variable in model.open.values():
            variable.varValue += 1e-6 if variable.varValue < 0.5 else -1e-6
        return answer

    problem = two_bids(bristol, lacking, make_bid)
    exact = solve_problem(problem)
    monkeypatch.setattr(engines, "_highs", blurred)
    assert solve_problem(problem) == exact
    assert exact.chosen


def test_an_answer_that_the_data_contradict_is_replaced_by_the_other_solver(
    bristol: Scenario, lacking: Callable[..., Run], make_bid: Bid, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sufficiency.shortlist import engines

    problem = two_bids(bristol, lacking, make_bid)
    honest = solve_problem(problem)
    monkeypatch.setattr(engines, "_highs", _zeroed)
    replaced = solve_problem(problem)
    assert replaced.solver == "cbc"
    assert "the data give" in replaced.notes[0]
    assert replaced.chosen == honest.chosen


def _zeroed(model: Any, *_: Any) -> tuple[float, float, int]:
    """What a solver leaves that never ran: zeros everywhere, here under a good status."""
    for variable in model.prob.variables():
        variable.varValue = 0.0
    return 0.0, 0.0, 1


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
