"""The shortlist's model on plain tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sufficiency.cli.options import Out
from sufficiency.cli.working import own_or_bundled, say, written


def allocate(
    offers: Annotated[Path, typer.Option("--offers", help="CSV of offers: id, places, fixed_cost.")],
    demand: Annotated[Path, typer.Option("--demand", help="CSV of demand: cell, children.")],
    travel: Annotated[Path, typer.Option("--travel", help="CSV of journeys allowed: cell, id, cost_per_child.")],
    out: Out,
    limits: Annotated[
        Path | None,
        typer.Option("--limits", help="TOML: choose_exactly, choose_at_most, budget, unserved_cost_per_child; all optional."),
    ] = None,
    limit_seconds: Annotated[
        float, typer.Option("--limit-seconds", help="Guard: an answer stopped by it is marked as not proven.")
    ] = 3600.0,
) -> None:
    """Choose offers and assign children to them at proven least cost: plan.csv, flows.csv, result.json."""
    from dataclasses import replace

    from sufficiency.domain.problem import InputProblem
    from sufficiency.report.allocation_files import allocation_words, write_allocation
    from sufficiency.report.results import out_folder
    from sufficiency.scenario.allocation import load_allocation
    from sufficiency.shortlist.allocation import solve_allocation
    from sufficiency.shortlist.allocation.solve import TO_THE_END

    if not 0 < limit_seconds < 1e7:
        raise InputProblem("the limit of time is out of range", where="--limit-seconds", value=limit_seconds, allowed="above 0")
    tables = load_allocation(
        own_or_bundled(offers), own_or_bundled(demand), own_or_bundled(travel), own_or_bundled(limits) if limits else None
    )
    folder = out_folder(out)
    answer = solve_allocation(tables, stops=replace(TO_THE_END, seconds=limit_seconds))
    names = write_allocation(tables, answer, folder)
    for note in (*tables.notes, *answer.notes):
        typer.echo(f"Note: {note}", err=True)
    for line in allocation_words(tables, answer):
        say(line)
    written(folder, *names)
