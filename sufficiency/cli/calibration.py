"""Published figures and staff: calibrate, replay, staffing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sufficiency.cli.options import SEED, Futures, Jobs, Out, Overrides, ScenarioName, Seed
from sufficiency.cli.working import progress_bars, say, workers, written

ObservedName = Annotated[str, typer.Option("--observed", help="Published figures: a bundled name (bristol-2020) or a .csv file.")]


def calibrate(
    scenario: ScenarioName,
    observed: ObservedName,
    out: Out,
    override: Overrides = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--parameters", help="Figures to calibrate, by path; may be repeated (default: the pathway's ranges)."),
    ] = None,
    particles: Annotated[int, typer.Option("--particles", help="Size of the posterior.")] = 500,
    generations: Annotated[int, typer.Option("--generations", help="Generations at most.")] = 30,
    futures: Futures = 500,
    seed: Seed = SEED,
    jobs: Jobs = None,
) -> None:
    """Calibrate ranges of a scenario on published figures; a run that was stopped is taken up again in its folder."""
    from sufficiency.experiment.calibration.calibrate import calibrate as calibrated
    from sufficiency.experiment.calibration.parameters import parameters_of
    from sufficiency.experiment.observed import load_observed
    from sufficiency.experiment.replay import replay as replayed
    from sufficiency.experiment.runner import MOST_FUTURES, check_count
    from sufficiency.report.calibration_files import calibration_lines, write_calibration
    from sufficiency.report.replay_files import replay_lines
    from sufficiency.report.results import out_folder
    from sufficiency.scenario.library import load

    check_count(futures, "number of futures", 1, MOST_FUTURES)
    chosen, figures = load(scenario, override or ()), load_observed(observed)
    names = [name.strip() for group in parameters or () for name in group.split(",") if name.strip()]
    learnt = parameters_of(chosen, names)
    folder = out_folder(out)
    try:
        with workers(jobs) as executor, progress_bars() as bars:

            def tell(generation: int, done: int, of: int, tolerance: float) -> None:
                bars(f"Generation {generation + 1}, within {tolerance:.2f}", done, of)

            done = calibrated(
                chosen, figures, learnt, particles=particles, generations=generations, base_seed=seed, executor=executor,
                folder=folder, tell=tell,
            )  # fmt: skip
            after = chosen.model_copy(update={"posterior": done.posterior})
            checks = replayed(
                after, figures, futures, base_seed=seed, executor=executor, progress=lambda n, of: bars("Checking", n, of)
            )
    except KeyboardInterrupt:
        typer.echo(f"Stopped. The generations that were complete are kept in {folder}: run the same command to go on.", err=True)
        raise typer.Exit(130) from None
    names_written = write_calibration(done, checks, folder)
    for line in (*calibration_lines(done), "", *replay_lines(checks)):
        typer.echo(line)
    written(folder, *names_written)


def replay(
    scenario: ScenarioName = "bristol-2020",
    observed: Annotated[
        list[str] | None,
        typer.Option("--observed", help="Published figures; may be repeated (default: bristol-2020 and bristol-yearly)."),
    ] = None,
    override: Overrides = None,
    prior: Annotated[bool, typer.Option("--prior", help="Leave the scenario's posterior out.")] = False,
    futures: Futures = 500,
    seed: Seed = SEED,
    jobs: Jobs = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for replay.csv; made where it is missing.")] = None,
) -> None:
    """Replay history: what a scenario gives for each published figure, fitted or not, beside "as last time"."""
    from functools import reduce

    from sufficiency.experiment.observed import Observed, load_observed
    from sufficiency.experiment.replay import replay as replayed
    from sufficiency.report.replay_files import checks_table, replay_lines
    from sufficiency.report.results import out_folder, write_table
    from sufficiency.scenario.library import load

    chosen = load(scenario, override or ())
    if prior:
        chosen = chosen.model_copy(update={"posterior": None})
    figures = reduce(Observed.joined, [load_observed(name) for name in observed or ("bristol-2020", "bristol-yearly")])
    folder = out_folder(out) if out else None
    with workers(jobs) as executor, progress_bars() as bars:
        done = replayed(
            chosen, figures, futures, base_seed=seed, executor=executor, progress=lambda n, of: bars(chosen.title, n, of)
        )
    for line in replay_lines(done):
        typer.echo(line)
    if folder:
        write_table(checks_table(done), folder / "replay.csv")
        written(folder, "replay.csv")


def staffing(
    scenario: ScenarioName,
    by: Annotated[str, typer.Option("--by", help="Month (2023-12: the quarter to it) or calendar year (2023).")],
    out: Out,
    target: Annotated[float, typer.Option("--target", help="Share of plans within 20 weeks, such as 0.6.")] = 0.6,
    probability: Annotated[float, typer.Option("--probability", help="Share of futures in which it is to be reached.")] = 0.8,
    begins: Annotated[
        str | None, typer.Option("--from", help="First month of the new staff (default: after the knowledge date).")
    ] = None,
    override: Overrides = None,
    futures: Futures = 100,
    seed: Seed = SEED,
    jobs: Jobs = None,
) -> None:
    """Find the staff that reaches a timeliness target, what it costs, and what backlog rules do."""
    from sufficiency.experiment.staffing.question import asked
    from sufficiency.experiment.staffing.search import search
    from sufficiency.report.results import out_folder
    from sufficiency.report.staffing_files import staffing_lines, write_staffing
    from sufficiency.scenario.library import load

    chosen = load(scenario, override or ())
    question = asked(chosen, target, by, probability, begins)
    folder = out_folder(out)
    with workers(jobs) as executor, progress_bars() as bars:
        answer = search(
            chosen, question, futures, base_seed=seed, executor=executor, progress=lambda n, of: bars("Trying staffings", n, of)
        )
    names = write_staffing(answer, folder)
    for line in staffing_lines(answer):
        say(line.strip(), "  " if line.startswith(" ") else "")
    written(folder, *names)
