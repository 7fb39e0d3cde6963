"""The statutory returns: the School Capacity survey, the DSG plan's pupil tables and the Local SEND Reform Plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sufficiency.cli.options import SEED, Futures, Jobs, Out, Overrides, ScenarioName, Seed
from sufficiency.cli.working import simulated, written


def returns(
    scenario: ScenarioName,
    out: Out,
    override: Overrides = None,
    futures: Futures = 200,
    seed: Seed = SEED,
    jobs: Jobs = None,
    labels: Annotated[Path | None, typer.Option("--labels", help="TOML file of labels, columns, years and shares.")] = None,
) -> None:
    """Write the returns a council hands in: scap.csv, dsg-pupils.csv and reform-plan.xlsx."""
    import datetime as dt

    from sufficiency.report.results import out_folder
    from sufficiency.report.returns.files import write_returns
    from sufficiency.report.returns.reform_plan import check_years
    from sufficiency.report.returns.settings import return_settings
    from sufficiency.scenario.library import load

    settings = return_settings(labels)
    chosen = load(scenario, override or ())
    check_years(chosen, settings)
    folder = out_folder(out)
    without = chosen.unmitigated()
    versions = {"unmitigated": without} if without.digest == chosen.digest else {"unmitigated": without, "mitigated": chosen}
    runs = dict(zip(versions, simulated(list(versions.values()), futures, seed, jobs), strict=True))
    names, lines, left_out = write_returns(runs, settings, folder, dt.date.today())
    for words in left_out:
        typer.echo(words, err=True)
    for line in lines:
        typer.echo(line)
    written(folder, *names)
