"""Rates by NCY, need and setting from the Department for Education's published tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sufficiency.cli.options import EnglandThrough, Out, Releases
from sufficiency.cli.working import own_or_bundled, say, written

if TYPE_CHECKING:
    from sufficiency.evidence.dfe.placed import Placed
    from sufficiency.evidence.dfe.published import Published
    from sufficiency.experiment.published_rates.learn import PublishedRates


def rates(
    dfe: Releases,
    la: Annotated[str, typer.Option("--la", help="Authority as DfE spells it.")],
    census: Annotated[int, typer.Option("--census", help="Year of the January census: nothing later of the authority is used.")],
    out: Out,
    england_through: EnglandThrough = None,
    population: Annotated[
        Path | None, typer.Option("--population", help="CSV of the population by year and NCY: joiners as chances too.")
    ] = None,
) -> None:
    """Learn an authority's leave, move and join rates from published tables; project --dfe projects with them."""
    from sufficiency.experiment.published_rates.limits import open_ends
    from sufficiency.report.rates_files import rates_words, source_of, write_rates
    from sufficiency.report.results import out_folder

    found, placed, published = from_releases(dfe or [], la, census, england_through, population)
    folder = out_folder(out)
    names = write_rates(found, placed, published, source_of(found, hashes(dfe or []), published), folder)
    typer.echo(f"Note: {open_ends(found)}", err=True)
    for line in rates_words(found):
        say(line)
    written(folder, *names)


def from_releases(
    dfe: list[Path], la: str, census: int, england_through: int | None, population: Path | None
) -> tuple[PublishedRates, Placed, Published]:
    """The rates of an authority, and what they were learned from."""
    from sufficiency.evidence.dfe.placed import read_placed
    from sufficiency.evidence.dfe.published import read_published
    from sufficiency.evidence.transitions import read_population
    from sufficiency.experiment.published_rates.learn import published_rates

    people = None if population is None else read_population(own_or_bundled(population))
    published, placed = read_published(*dfe), read_placed(*dfe)
    found = published_rates(placed, published, la, census, england_through=england_through, population=people)
    return found, placed, published


def hashes(dfe: list[Path]) -> dict[str, Any]:
    """SHA-256 of each release, or of each zip or table in its folder, by name."""
    import hashlib

    files = [
        file
        for path in dfe
        for file in ([path] if path.is_file() else sorted(path.rglob("*")))
        if file.is_file() and file.suffix.lower() in (".zip", ".csv")
    ]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
