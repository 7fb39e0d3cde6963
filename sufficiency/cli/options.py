"""The options that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ScenarioName = Annotated[str, typer.Argument(help="A bundled scenario's name (bristol-2022) or a .toml file.")]
Overrides = Annotated[list[str] | None, typer.Option("--override", help="Override laid over the scenario; may be repeated.")]
Futures = Annotated[int, typer.Option("--futures", envvar="SUFFICIENCY_FUTURES", help="Number of futures.")]
Seed = Annotated[int, typer.Option("--seed", help="Base seed; scenarios with the same seed are paired.")]
Jobs = Annotated[int | None, typer.Option("--jobs", help="Worker processes (default: all cores). Results never depend on it.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for the results; made where it is missing.")]
Releases = Annotated[
    list[Path] | None,
    typer.Option("--dfe", help='DfE release "Education, health and care plans": zip, or folder; may be repeated, newest first.'),
]
EnglandThrough = Annotated[
    int | None,
    typer.Option("--england-through", help="Last January of England's tables that may give shapes (default: the census)."),
]
Eois = Annotated[str | None, typer.Option("--eois", help="CSV list of expressions of interest (default: the scenario's).")]

SEED = 20220307
