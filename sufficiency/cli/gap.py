"""The gap by area, need and phase, what it rests on, the commitment, and what to ask schools for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sufficiency.cli.chain import beside
from sufficiency.cli.options import SEED, Eois, Futures, Jobs, Out, Overrides, ScenarioName, Seed
from sufficiency.cli.working import progress_bars, say, simulated, workers, written
from sufficiency.domain.problem import InputProblem, suggestion

if TYPE_CHECKING:
    from sufficiency.experiment.run import Run
    from sufficiency.scenario.scenario import Scenario


def gap(
    scenario: ScenarioName,
    out: Out,
    override: Overrides = None,
    futures: Futures = 200,
    seed: Seed = SEED,
    jobs: Jobs = None,
    year: Annotated[str | None, typer.Option("--year", help="Academic year (2024/25; default: that of the commitment).")] = None,
    confidence: Annotated[int, typer.Option("--confidence", help="Futures in ten that lack the places asked for, 5 to 9.")] = 7,
    kind: Annotated[str, typer.Option("--gap", help="What the invitation counts: gap_all or gap_waiting.")] = "gap_all",
    spread_futures: Annotated[
        int,
        typer.Option("--spread-futures", help="Futures by which the spread is taken apart, four times over; 0 leaves it out."),
    ] = 60,
    eois: Eois = None,
    no_shortlist: Annotated[bool, typer.Option("--no-shortlist", help="Leave the shortlist out.")] = False,
) -> None:
    """Gap by area, need, phase and year before and after pipeline and shortlist: gap.csv, commitment.csv, invitation.csv."""
    from sufficiency.experiment.runner import check_count
    from sufficiency.places.gap import GAPS
    from sufficiency.places.invitation import check_confidence, invitation
    from sufficiency.places.spread import measure_spread
    from sufficiency.places.tracker import tracker
    from sufficiency.report.gap_files import write_gap
    from sufficiency.report.gap_tables import invitation_rows
    from sufficiency.report.gap_words import commitment_lines, gap_lines, invitation_lines
    from sufficiency.report.results import out_folder
    from sufficiency.report.summary import headline_year
    from sufficiency.scenario.library import load

    chosen = load(scenario, override or ())
    asked_year = _year(chosen, year)
    if kind not in GAPS:
        mend = suggestion(kind, GAPS, "name one of them")
        raise InputProblem("there is no gap of that name", where="--gap", value=kind, allowed=" or ".join(GAPS), mend=mend)
    check_confidence(confidence)
    check_count(spread_futures, "number of futures of the spread", 0, 10_000)
    folder = out_folder(out)
    runs = _versions(chosen, eois, scenario, futures, seed, jobs, no_shortlist=no_shortlist)
    run = runs["with_pipeline"]
    with workers(jobs) as executor, progress_bars() as tell:
        spread = measure_spread(
            run, spread_futures, executor=executor, progress=lambda done, of: tell("What the spread is made of", done, of)
        )
    shown = asked_year or headline_year(run)
    asked = invitation(run, shown, kind, confidence)
    found = tracker({version: each for version, each in runs.items() if version != "without_pipeline"})
    names = write_gap(runs, spread, found, asked, folder)
    for lines in (
        gap_lines(runs, spread, shown),
        commitment_lines(found),
        invitation_lines(chosen, asked, invitation_rows(run, asked, spread)),
    ):
        for line in lines:
            say(line.strip(), "  " if line.startswith(" ") else "")
        typer.echo()
    written(folder, *names)


def _year(scenario: Scenario, year: str | None) -> str | None:
    """The academic year asked for, where the scenario simulates its January census."""
    from sufficiency.experiment.run import axis_labels

    years = axis_labels(scenario, "academic_year")
    if year is None or year in years:
        return year
    allowed = f"{years[0]} to {years[-1]}"
    mend = suggestion(year, years, "write it as 2024/25, or move the scenario's horizon")
    raise InputProblem("the scenario simulates no such academic year", where="--year", value=year, allowed=allowed, mend=mend)


def _versions(
    chosen: Scenario, eois: str | None, name: str, futures: int, seed: int, jobs: int | None, *, no_shortlist: bool
) -> dict[str, Run]:
    """Paired runs by version. The shortlist is the bids that the scenario holds already, or those chosen from its list."""
    from sufficiency.places.versions import has_bids, without_bids, without_pipeline
    from sufficiency.scenario.eoi_list import load_eois
    from sufficiency.shortlist import adopt, solve_shortlist

    held = has_bids(chosen)
    bids = () if no_shortlist or held else load_eois(chosen, eois, beside=beside(name))
    pipeline = without_bids(chosen)
    bare = without_pipeline(pipeline)
    first = [pipeline] if bare is pipeline else [bare, pipeline]
    if held and not no_shortlist:
        first.append(chosen)
    runs = simulated(first, futures, seed, jobs)
    found = {"without_pipeline": runs[0], "with_pipeline": runs[0 if bare is pipeline else 1]}
    if held and not no_shortlist:
        found["with_shortlist"] = runs[-1]
    elif bids:
        run = found["with_pipeline"]
        with progress_bars() as tell:
            plan = solve_shortlist(
                pipeline, bids, run, progress=lambda done, of, what: tell("Choosing expressions of interest", done, of)
            )
        adopted = adopt(pipeline, bids, plan)
        found["with_shortlist"] = simulated([adopted], futures, seed, jobs)[0] if plan.chosen else run
    return found
