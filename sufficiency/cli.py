"""The command line: the whole chain in the terminal, results as files, and the app.

Everything but the command line itself is imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sufficiency.domain.problem import InputProblem

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from sufficiency.experiment.run import Run
    from sufficiency.scenario.scenario import Scenario

app = typer.Typer(
    help="Plan specialist (SEND) places: requests, plans, placements, places and money from one simulation.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

ScenarioName = Annotated[str, typer.Argument(help="A bundled scenario's name (bristol-2022) or a .toml file.")]
Overrides = Annotated[list[str] | None, typer.Option("--override", help="Override laid over the scenario; may be repeated.")]
Futures = Annotated[int, typer.Option("--futures", envvar="SUFFICIENCY_FUTURES", help="Number of futures.")]
Seed = Annotated[int, typer.Option("--seed", help="Base seed; scenarios with the same seed are paired.")]
Jobs = Annotated[int | None, typer.Option("--jobs", help="Worker processes (default: all cores). Results never depend on it.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for the results; made where it is missing.")]
Eois = Annotated[str | None, typer.Option("--eois", help="CSV list of expressions of interest (default: the scenario's).")]

SEED = 20220307


@app.command()
def plan(
    scenario: ScenarioName,
    override: Overrides = None,
    futures: Futures = 100,
    seed: Seed = SEED,
    jobs: Jobs = None,
    eois: Eois = None,
) -> None:
    """Answer the whole question: requests, plans, gap, shortlist and DSG balance."""
    from sufficiency.report.chain import whole_chain
    from sufficiency.report.summary import sections
    from sufficiency.scenario.eois import load_eois
    from sufficiency.scenario.library import load

    chosen = load(scenario, override or ())
    bids = load_eois(chosen, eois, beside=_beside(scenario))
    with _workers(jobs) as executor, _progress() as tell:
        chain = whole_chain(chosen, bids, futures, base_seed=seed, executor=executor, progress=tell)
    _say(f"{chosen.title}. {chosen.note}")
    for section in sections(chain):
        typer.echo(f"\n{section.heading}")
        _say(section.answer, "  ")
        for line in section.lines:
            _say(line.strip(), "      " if line.startswith(" ") else "    ")


@app.command()
def run(
    scenario: ScenarioName,
    out: Out,
    override: Overrides = None,
    futures: Futures = 200,
    seed: Seed = SEED,
    jobs: Jobs = None,
) -> None:
    """Simulate a scenario and write results.csv and manifest.json."""
    from sufficiency.report.results import manifest, out_folder, results, write_json, write_table
    from sufficiency.scenario.library import load

    chosen = load(scenario, override or ())
    folder = out_folder(out)
    done = _simulated([chosen], futures, seed, jobs)[0]
    write_table(results(done), folder / "results.csv")
    write_json(manifest(done), folder / "manifest.json")
    _written(folder, "results.csv", "manifest.json")


@app.command()
def compare(
    scenarios: Annotated[list[str], typer.Argument(help="Two or more: scenarios, NAME+OVERRIDE, or overrides of the first.")],
    out: Out,
    futures: Futures = 200,
    seed: Seed = SEED,
    jobs: Jobs = None,
) -> None:
    """Compare scenarios with the first, future by future, and write comparison.csv and manifest.json."""
    from sufficiency.experiment.comparison import check_comparable
    from sufficiency.report.results import comparison, manifest, out_folder, write_json, write_table
    from sufficiency.report.summary import compared

    chosen = _to_compare(scenarios)
    for other in chosen[1:]:
        check_comparable(chosen[0], other)
    folder = out_folder(out)
    base, *others = _simulated(chosen, futures, seed, jobs)
    write_table(comparison(base, others), folder / "comparison.csv")
    write_json({"less": manifest(base), "scenarios": [manifest(other) for other in others]}, folder / "manifest.json")
    for line in compared(base, others):
        typer.echo(line)
    _written(folder, "comparison.csv", "manifest.json")


@app.command()
def shortlist(
    scenario: ScenarioName,
    out: Out,
    eois: Eois = None,
    override: Overrides = None,
    futures: Futures = 100,
    seed: Seed = SEED,
    jobs: Jobs = None,
) -> None:
    """Choose expressions of interest and write shortlist.csv, result.json and the scenario with them as supply."""
    from sufficiency.report.results import out_folder
    from sufficiency.report.shortlist_files import shortlist_words, write_shortlist
    from sufficiency.scenario.eois import load_eois
    from sufficiency.scenario.library import load
    from sufficiency.shortlist import solve_shortlist

    chosen = load(scenario, override or ())
    bids = load_eois(chosen, eois, beside=_beside(scenario))
    folder = out_folder(out)
    done = _simulated([chosen], futures, seed, jobs)[0]
    with _progress() as tell:
        found = solve_shortlist(
            chosen, bids, done, progress=lambda step, of, what: tell("Choosing expressions of interest", step, of)
        )
    names = write_shortlist(chosen, bids, found, done, folder)
    for line in shortlist_words(found, bids):
        typer.echo(line)
    _written(folder, *names)


@app.command()
def dsg(
    scenario: ScenarioName,
    out: Out,
    override: Overrides = None,
    futures: Futures = 200,
    seed: Seed = SEED,
    jobs: Jobs = None,
    percent: Annotated[float, typer.Option("--percent", help="Size of the change in the sensitivity table, %.")] = 10.0,
) -> None:
    """Draw up the Dedicated Schools Grant account and its sensitivity: account.csv, savings.csv, sensitivity.csv."""
    from sufficiency.report.dsg_files import check_percent, write_dsg
    from sufficiency.report.results import out_folder
    from sufficiency.scenario.library import load

    check_percent(percent)
    chosen = load(scenario, override or ())
    folder = out_folder(out)
    without = chosen.unmitigated()
    runs = _simulated([without] if without.digest == chosen.digest else [without, chosen], futures, seed, jobs)
    names, lines = write_dsg(runs[0], runs[-1], folder, percent)
    for line in lines:
        typer.echo(line)
    _written(folder, *names)


@app.command()
def scenarios() -> None:
    """List the bundled scenarios and overrides."""
    from sufficiency.scenario.library import bundled

    for name, kind in bundled().items():
        typer.echo(f"{name:20} {kind}")


@app.command()
def assumptions(scenario: ScenarioName, override: Overrides = None) -> None:
    """List every figure of a scenario: value, range, source, date, and whether it is verified."""
    from sufficiency.report.assumption_lines import assumption_lines
    from sufficiency.scenario.library import load

    for line in assumption_lines(load(scenario, override or ())):
        typer.echo(line)


@app.command("app")
def open_app(
    port: Annotated[int, typer.Option("--port", help="Port on this machine.", min=1, max=65535)] = 8501,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Open the planner's app in the browser."""
    from sufficiency.ui.server import serve

    raise typer.Exit(serve(port, open_browser=browser))


def _beside(scenario: str) -> Path | None:
    """The folder of a scenario's own file, in which its list of bids is looked for first."""
    return Path(scenario).parent if scenario.lower().endswith(".toml") else None


def _to_compare(names: list[str]) -> list[Scenario]:
    """The scenarios meant; a bare override's name is laid over the first."""
    from sufficiency.scenario.library import bundled, load

    if len(names) < 2:
        mend = "name two or more, the one to compare with first"
        raise InputProblem("one scenario cannot be compared", value=names[0], mend=mend)
    kinds = bundled()
    first = names[0]
    return [load(first), *(load(f"{first}+{n}" if kinds.get(n) == "override" else n) for n in names[1:])]


def _simulated(chosen: list[Scenario], futures: int, seed: int, jobs: int | None) -> list[Run]:
    from sufficiency.experiment.runner import run_futures

    with _workers(jobs) as executor, _progress() as tell:
        runs = []
        for one in chosen:

            def progress(done: int, of: int, title: str = one.title) -> None:
                tell(title, done, of)

            runs.append(run_futures(one, futures, base_seed=seed, executor=executor, progress=progress))
    for done in runs:
        if done.failed:
            what = f"{len(done.failed)} futures of {done.scenario.title} failed and are left out"
            typer.echo(f"{what}: {done.failed[0].message}", err=True)
    return runs


@contextmanager
def _workers(jobs: int | None) -> Iterator[Executor | None]:
    from sufficiency.experiment.runner import local_executor, usable_cores

    with local_executor(usable_cores() if jobs is None else jobs) as executor:
        yield executor


@contextmanager
def _progress() -> Iterator[Any]:
    """Progress bars on the terminal's error stream; silent where that is not a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def tell(stage: str, done: int, of: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=of)
            bars.update(tasks[stage], completed=done, total=of)

        yield tell


def _say(text: str, indent: str = "") -> None:
    """Print a sentence, wrapped to the terminal (at most 110 columns)."""
    width = min(shutil.get_terminal_size((100, 24)).columns, 110)
    typer.echo(textwrap.fill(text, max(width, 40), initial_indent=indent, subsequent_indent=f"{indent}  "))


def _written(folder: Path, *names: str) -> None:
    typer.echo(f"Written to {folder}: {', '.join(names)}")


def main() -> None:
    """Entry point: a person's mistake is one line and exit code 2; a bug is named, without a traceback unless asked for."""
    try:
        app()
    except InputProblem as problem:
        typer.echo(f"Error: {problem}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo("Cancelled; nothing was written.", err=True)
        sys.exit(130)
    except BrokenPipeError:  # whoever read the output has left
        os._exit(1)
    except Exception as bug:
        if os.environ.get("SUFFICIENCY_DEBUG"):
            raise
        typer.echo(
            f"Something went wrong inside the program ({type(bug).__name__}: {str(bug)[:200]}). "
            "This is a defect, not your mistake; set SUFFICIENCY_DEBUG=1 to see where it arose.",
            err=True,
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
