"""Projects children from an authority's own transitions, or from rates of published tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sufficiency.cli.options import SEED, EnglandThrough, Futures, Out, Releases, Seed
from sufficiency.cli.rates import from_releases, hashes
from sufficiency.cli.working import own_or_bundled, say, written
from sufficiency.domain.problem import InputProblem

if TYPE_CHECKING:
    from sufficiency.experiment.projection.project import Basis
    from sufficiency.report.projection_files import Table


SENSITIVE = (
    "the learned tables (leave, move, destination, join, joiner_state) hold counts of your own children, small ones too: they "
    "are for work inside the authority, not to be published."
)


def project(
    population: Annotated[
        Path, typer.Option("--population", help="CSV of the population by year and NCY; its end is the horizon.")
    ],
    out: Out,
    transitions: Annotated[
        Path | None, typer.Option("--transitions", help="CSV of children by year, one row a child and year.")
    ] = None,
    valid_states: Annotated[
        Path | None, typer.Option("--valid-states", help="CSV of settings: NCYs, needs, where one may move.")
    ] = None,
    dfe: Releases = None,
    la: Annotated[str | None, typer.Option("--la", help="With --dfe: authority as DfE spells it.")] = None,
    census: Annotated[int | None, typer.Option("--census", help="With --dfe: year of the January census.")] = None,
    england_through: EnglandThrough = None,
    costs: Annotated[Path | None, typer.Option("--costs", help="CSV of £ a child and year by need and setting.")] = None,
    futures: Futures = 200,
    seed: Seed = SEED,
    accept_invalid_states: Annotated[
        bool, typer.Option("--accept-invalid-states", help="Take rows that the valid states contradict as they are.")
    ] = False,
    legacy_states: Annotated[bool, typer.Option("--legacy-states", help="Carry states on as older tools do.")] = False,
    redraw_yearly: Annotated[bool, typer.Option("--redraw-yearly", help="Draw rates every year, for comparison.")] = False,
) -> None:
    """Project children from child-level transitions (--transitions, --valid-states) or published tables (--dfe, --la, --census):
    expectation.csv, futures.csv (--futures 0: none) and the learned tables."""
    from sufficiency.experiment.projection.project import project as projected
    from sufficiency.report.disclosure import WORDS, threshold
    from sufficiency.report.projection_files import odd_things, projection_words, write_projection
    from sufficiency.report.results import out_folder

    inputs = {"transitions": transitions, "population": population, "valid-states": valid_states, "costs": costs}
    files = {name: own_or_bundled(path) for name, path in inputs.items() if path is not None}
    further: dict[str, Table] = {}
    if dfe:
        options = {
            "--transitions": transitions, "--valid-states": valid_states, "--accept-invalid-states": accept_invalid_states,
            "--legacy-states": legacy_states, "--redraw-yearly": redraw_yearly,
        }  # fmt: skip
        if of_transitions := [name for name, value in options.items() if value]:
            raise InputProblem("an option belongs to transitions, not to published tables", value=of_transitions[0])
        basis, further = _from_published(dfe, la, census, england_through, files)
    else:
        basis = _from_transitions(files, accept_invalid_states, legacy_states)
    folder = out_folder(out)
    done = projected(basis, futures, base_seed=seed, redraw_yearly=redraw_yearly)
    small = 0 if dfe else threshold()
    names = write_projection(done, files, folder, further, small=small)
    for line in odd_things(done):
        typer.echo(f"Note: {line}", err=True)
    if not dfe:
        typer.echo(f"Note: {SENSITIVE}", err=True)
    if small:
        typer.echo(f"Note: at the start census, {WORDS.format(threshold=small)}", err=True)
    for line in projection_words(done):
        say(line)
    written(folder, *names)


def _from_transitions(files: dict[str, Path], accept_invalid_states: bool, legacy_states: bool) -> Basis:
    from sufficiency.evidence.transitions import read_history
    from sufficiency.experiment.projection.project import from_history

    for name in ("transitions", "valid-states"):
        if name not in files:
            mend = "name --transitions and --valid-states, or --dfe, --la and --census for rates of published tables"
            raise InputProblem(f"--{name} is missing", mend=mend)
    history = read_history(
        files["transitions"], files["population"], files["valid-states"], files.get("costs"),
        accept_invalid=accept_invalid_states or legacy_states,
    )  # fmt: skip
    return from_history(history, legacy_states=legacy_states)


def _from_published(
    dfe: list[Path], la: str | None, census: int | None, england_through: int | None, files: dict[str, Path]
) -> tuple[Basis, dict[str, Table]]:
    from sufficiency.evidence.transitions import read_costs
    from sufficiency.experiment.published_rates.basis import basis_of
    from sufficiency.report.rates_files import published_tables, source_of

    if la is None or census is None:
        missing = "--la" if la is None else "--census"
        raise InputProblem(f"{missing} is missing", mend="name the authority and the January census with --dfe")
    found, placed, published = from_releases(dfe, la, census, england_through, files["population"])
    space = found.rates.space
    costs = read_costs(files["costs"], space.needs, space.settings) if "costs" in files else None
    basis = basis_of(found, source_of(found, hashes(dfe), published), costs)
    return basis, published_tables(found, placed, published)
