"""Money: the management plan of the Dedicated Schools Grant, and what its balance is most sensitive to."""

from __future__ import annotations

from typing import Annotated

import typer

from sufficiency.cli.options import SEED, Futures, Jobs, Out, Overrides, ScenarioName, Seed
from sufficiency.cli.working import progress_bars, say, simulated, workers, written


def dsg(
    scenario: ScenarioName,
    out: Out,
    override: Overrides = None,
    futures: Futures = 100,
    seed: Seed = SEED,
    jobs: Jobs = None,
    percent: Annotated[float, typer.Option("--percent", help="Size of the change in the sensitivity table, %.")] = 10.0,
    category: Annotated[
        str, typer.Option("--category", help="Provision of break-even and two-way grid, such as independent or special.")
    ] = "independent",
    year: Annotated[str | None, typer.Option("--year", help="Financial year of the break-even (2026-27; default: all).")] = None,
    target: Annotated[float | None, typer.Option("--target", help="Balance to be reached, £ (a deficit is negative).")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Financial year by whose end it is to be reached (2028-29).")] = None,
) -> None:
    """Draw up the Dedicated Schools Grant account, unmitigated and mitigated, with savings, sensitivity and the plan in Excel."""
    from sufficiency.dsg.plan import plan
    from sufficiency.report.dsg_files import Asked, check_asked, write_dsg
    from sufficiency.report.results import out_folder
    from sufficiency.scenario.library import load

    chosen = load(scenario, override or ())
    asked = Asked(percent, category, year, target, by)
    check_asked(asked, chosen)
    folder = out_folder(out)
    without = chosen.unmitigated()
    runs = simulated([without] if without.digest == chosen.digest else [without, chosen], futures, seed, jobs)
    with workers(jobs) as executor, progress_bars() as tell:
        done = plan(runs[0], runs[-1], executor=executor, progress=lambda n, of: tell("What each workstream is worth", n, of))
    names, lines = write_dsg(done, runs[-1], folder, asked)
    for line in lines:
        say(line.strip(), "  " if line.startswith(" ") else "")
    written(folder, *names)
