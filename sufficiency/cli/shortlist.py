"""Expressions of interest: which to take forward, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sufficiency.cli.chain import beside
from sufficiency.cli.options import SEED, Eois, Futures, Jobs, Out, Overrides, ScenarioName, Seed
from sufficiency.cli.working import progress_bars, say, simulated, written
from sufficiency.domain.problem import InputProblem

if TYPE_CHECKING:
    from sufficiency.experiment.run import Run
    from sufficiency.report.loop import Loop
    from sufficiency.scenario.scenario import Scenario
    from sufficiency.shortlist import ShortlistPlan


def shortlist(
    scenario: ScenarioName,
    out: Out,
    eois: Eois = None,
    override: Overrides = None,
    futures: Futures = 100,
    seed: Seed = SEED,
    jobs: Jobs = None,
    sample: Annotated[
        int, typer.Option("--sample", help="Futures, of those simulated, over which the shortlist is chosen.")
    ] = 20,
    reduce: Annotated[
        str, typer.Option("--reduce", help="How they are taken: evenly, or the most telling with weights (telling).")
    ] = "evenly",
    force_in: Annotated[
        list[str] | None, typer.Option("--force-in", help="Id of a bid that must be in; may be repeated.")
    ] = None,
    force_out: Annotated[
        list[str] | None, typer.Option("--force-out", help="Id of a bid that must stay out; may be repeated.")
    ] = None,
    gap: Annotated[
        float, typer.Option("--gap", help="Gap to stop at, as a share of what the shortlist can save in each stage.")
    ] = 0.01,
    limit_seconds: Annotated[
        float, typer.Option("--limit-seconds", help="Guard of each solve: an answer stopped by it is marked.")
    ] = 60.0,
    growth: Annotated[
        list[str] | None,
        typer.Option("--growth", help="Override with another growth of need, for the table of regrets; may be repeated."),
    ] = None,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="Simulate the scenario with the plan in the same futures: simulated.csv.")
    ] = False,
    quick: Annotated[bool, typer.Option("--quick", help="The plan alone, without the study of it.")] = False,
) -> None:
    """Choose expressions of interest: shortlist.csv, reasons.csv, commitment.csv, frontier.csv, result.json and more."""
    from sufficiency.report.loop import loop_words, write_loop
    from sufficiency.report.results import out_folder
    from sufficiency.report.shortlist_files import shortlist_words, write_shortlist
    from sufficiency.report.shortlist_information import shortlist_information
    from sufficiency.scenario.eoi_list import load_eois
    from sufficiency.scenario.library import load
    from sufficiency.shortlist import Status, Stops, adopt, net_demand, shortlist_problem, solve_problem
    from sufficiency.shortlist.futures import check_sample
    from sufficiency.shortlist.screening import forced_ids
    from sufficiency.shortlist.study import study

    if not 0 <= gap <= 1:
        raise InputProblem("the gap is out of range", where="--gap", value=gap, allowed="0 to 1", mend="write 0.01 for 1 %")
    if not 0 < limit_seconds < 1e7:
        raise InputProblem("the limit of time is out of range", where="--limit-seconds", value=limit_seconds, allowed="above 0")
    check_sample(sample, reduce)
    chosen = load(scenario, override or ())
    others = [_grown(scenario, override or [], name) for name in growth or []]
    bids = load_eois(chosen, eois, beside=beside(scenario))
    forced = (force_in or (), force_out or ())
    forced_ids(bids, *forced)
    folder = out_folder(out)
    stops = Stops(seconds=limit_seconds, gap=gap)
    done, *grown = simulated([chosen, *others], futures, seed, jobs)
    demand = net_demand(done, sample, reduce=reduce)
    problem = shortlist_problem(chosen, bids, demand, force_in=forced[0], force_out=forced[1])
    with progress_bars() as tell:
        found = solve_problem(
            problem, stops=stops, progress=lambda step, of, what: tell("Choosing expressions of interest", step, of)
        )
        studied = None
        if found.status is not Status.INFEASIBLE and not quick:
            growths = {run.scenario.title: run for run in [done, *grown]} if grown else None
            studied = study(
                chosen, bids, done, demand, problem, found, stops=stops, forced=forced, growths=growths, progress=tell
            )
    known = None if studied is None else shortlist_information(studied, done)
    names = write_shortlist(chosen, bids, found, done, folder, studied, known)
    for line in shortlist_words(found, bids, studied, known):
        say(line)
    if simulate and found.chosen:
        closed = _simulated(adopt(chosen, bids, found), done, found, seed, jobs)
        names = (*names, *write_loop(closed, folder))
        for line in loop_words(closed):
            say(line)
    written(folder, *names)


def _simulated(adopted: Scenario, before: Run, plan: ShortlistPlan, seed: int, jobs: int | None) -> Loop:
    """The loop closed: the scenario with the plan in the same futures, beside the run without it."""
    from sufficiency.dsg.account import account
    from sufficiency.report.loop import BALANCE, loop, measured, of_account

    runs = (before, simulated([adopted], before.futures + len(before.failed), seed, jobs)[0])
    measures = ({**measured(run), BALANCE: of_account(account(run, mitigated=True))} for run in runs)
    one, other = ((run.replications, found) for run, found in zip(runs, measures, strict=True))
    return loop(plan, one, other)


def _grown(scenario: str, overrides: list[str], name: str) -> Scenario:
    """The scenario with another growth laid over it."""
    from sufficiency.scenario.library import load

    return load(scenario, [*overrides, name])
