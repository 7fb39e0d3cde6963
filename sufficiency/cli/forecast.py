"""The published panel: forecasts from a census, and the figures derived from the release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sufficiency.cli.options import SEED, Futures, Jobs, Seed
from sufficiency.cli.working import progress_bars, workers

Release = Annotated[Path, typer.Option("--dfe", help='DfE release "Education, health and care plans": zip, or folder.')]


def forecast(
    dfe: Release,
    census: Annotated[int, typer.Option("--census", help="Year of the January census at which the forecast stands.")],
    out: Annotated[Path, typer.Option("--out", help="CSV file for the forecast.")],
    horizon: Annotated[int, typer.Option("--horizon", help="Years ahead.")] = 3,
    la: Annotated[str, typer.Option("--la", help="Authority as DfE spells it, or all.")] = "all",
    futures: Futures = 100,
    seed: Seed = SEED,
    jobs: Jobs = None,
) -> None:
    """Forecast requests, new plans and plans of authorities from what was published by a January census."""
    from sufficiency.evidence.dfe.published import read_published
    from sufficiency.experiment.hindcast.forecast import counted
    from sufficiency.experiment.hindcast.forecast import forecast as project
    from sufficiency.report.forecast_files import out_file, write_forecast

    table = out_file(out, ".csv")
    published = read_published(dfe)
    with workers(jobs) as executor, progress_bars() as tell:
        found = project(
            published,
            census,
            horizon,
            () if la.strip().casefold() == "all" else (la,),
            futures=futures,
            seed=seed,
            executor=executor,
            progress=lambda done, of: tell("Authorities", done, of),
        )
    if found.set_aside:
        one = len(found.set_aside) == 1
        what = f"{counted(len(found.set_aside), 'published figure')} {'is' if one else 'are'} not believed"
        typer.echo(f"{what}; the manifest names {'it' if one else 'them'}.", err=True)
    for name, reason in found.left_out.items():
        typer.echo(f"{name} is left out: {reason}.", err=True)
    for projection in found.projections:
        if projection.failed:
            typer.echo(f"{projection.name}: {projection.failed}.", err=True)
    count, beside = write_forecast(found, table, _named(dfe))
    authorities = counted(len(found.projections), "authority", "authorities")
    typer.echo(f"Written to {table} ({counted(count, 'row')}, {authorities}) and {beside}.")


def evidence(
    dfe: Release,
    out: Annotated[Path, typer.Option("--out", help="TOML file for the figures.")],
) -> None:
    """Derive the panel's figures (growth, spread, new plans a request, leaving, ages) from the release's tables."""
    import datetime as dt

    from sufficiency.evidence.dfe.figures import as_toml, derive
    from sufficiency.evidence.dfe.published import read_published
    from sufficiency.report.forecast_files import out_file
    from sufficiency.report.results import write_atomically

    file = out_file(out, ".toml")
    published = read_published(dfe)
    through = max(published.censuses, default=0)
    text = as_toml(derive(published), release=_named(dfe), through=through, derived_on=dt.date.today().isoformat())
    write_atomically(file, lambda opened: opened.write(text))
    for _, words in published.set_aside:
        typer.echo(words, err=True)
    typer.echo(f"Written to {file}: figures through January {through}.")


def _named(dfe: Path) -> str:
    """The release's file, or the zips in its folder."""
    zips = sorted(file.name for file in dfe.iterdir() if file.suffix.lower() == ".zip") if dfe.is_dir() else []
    return ", ".join(zips) or dfe.resolve().name
