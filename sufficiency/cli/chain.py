"""The chain from request to place: plan, run, compare.

Everything but the command line itself is imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sufficiency.cli.options import SEED, Eois, Futures, Jobs, Out, Overrides, ScenarioName, Seed
from sufficiency.cli.working import progress_bars, say, simulated, workers, written
from sufficiency.domain.problem import InputProblem

if TYPE_CHECKING:
    from sufficiency.scenario.scenario import Scenario


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
    from sufficiency.scenario.eoi_list import load_eois
    from sufficiency.scenario.library import load

    chosen = load(scenario, override or ())
    bids = load_eois(chosen, eois, beside=beside(scenario))
    with workers(jobs) as executor, progress_bars() as tell:
        chain = whole_chain(chosen, bids, futures, base_seed=seed, executor=executor, progress=tell)
    say(f"{chosen.title}. {chosen.note}")
    for section in sections(chain):
        typer.echo(f"\n{section.heading}")
        say(section.answer, "  ")
        for line in section.lines:
            say(line.strip(), "      " if line.startswith(" ") else "    ")


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
    done = simulated([chosen], futures, seed, jobs)[0]
    write_table(results(done), folder / "results.csv")
    write_json(manifest(done), folder / "manifest.json")
    written(folder, "results.csv", "manifest.json")


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
    base, *others = simulated(chosen, futures, seed, jobs)
    write_table(comparison(base, others), folder / "comparison.csv")
    write_json({"less": manifest(base), "scenarios": [manifest(other) for other in others]}, folder / "manifest.json")
    for line in compared(base, others):
        typer.echo(line)
    written(folder, "comparison.csv", "manifest.json")


def beside(scenario: str) -> Path | None:
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
