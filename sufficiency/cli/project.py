"""Projects children from an authority's own transitions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sufficiency.cli.options import SEED, Futures, Out, Seed
from sufficiency.cli.working import own_or_bundled, say, written


def project(
    transitions: Annotated[Path, typer.Option("--transitions", help="CSV of children by year, one row a child and year.")],
    population: Annotated[
        Path, typer.Option("--population", help="CSV of the population by year and NCY; its end is the horizon.")
    ],
    valid_states: Annotated[Path, typer.Option("--valid-states", help="CSV of settings: NCYs, needs, where one may move.")],
    out: Out,
    costs: Annotated[Path | None, typer.Option("--costs", help="CSV of £ a child and year by need and setting.")] = None,
    futures: Futures = 200,
    seed: Seed = SEED,
    accept_invalid_states: Annotated[
        bool, typer.Option("--accept-invalid-states", help="Take rows that the valid states contradict as they are.")
    ] = False,
    legacy_states: Annotated[bool, typer.Option("--legacy-states", help="Carry states on as older tools do.")] = False,
    redraw_yearly: Annotated[bool, typer.Option("--redraw-yearly", help="Draw rates every year, for comparison.")] = False,
) -> None:
    """Project children from child-level transitions: expectation.csv, futures.csv (--futures 0: none) and the learned tables."""
    from sufficiency.evidence.transitions import read_history
    from sufficiency.experiment.projection.project import project as projected
    from sufficiency.report.projection_files import odd_things, projection_words, write_projection
    from sufficiency.report.results import out_folder

    inputs = {"transitions": transitions, "population": population, "valid-states": valid_states}
    inputs = {name: own_or_bundled(path) for name, path in (inputs | ({"costs": costs} if costs else {})).items()}
    history = read_history(
        inputs["transitions"], inputs["population"], inputs["valid-states"], inputs.get("costs"),
        accept_invalid=accept_invalid_states or legacy_states,
    )  # fmt: skip
    folder = out_folder(out)
    done = projected(history, futures, base_seed=seed, legacy_states=legacy_states, redraw_yearly=redraw_yearly)
    names = write_projection(done, inputs, folder)
    for line in odd_things(done):
        typer.echo(f"Note: {line}", err=True)
    for line in projection_words(done):
        say(line)
    written(folder, *names)
