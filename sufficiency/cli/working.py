"""What commands share: worker processes, progress bars, and how they speak."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from sufficiency.experiment.run import Run
    from sufficiency.scenario.scenario import Scenario


def simulated(chosen: list[Scenario], futures: int, seed: int, jobs: int | None) -> list[Run]:
    from sufficiency.experiment.runner import run_futures

    with workers(jobs) as executor, progress_bars() as tell:
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
def workers(jobs: int | None) -> Iterator[Executor | None]:
    from sufficiency.experiment.runner import local_executor, usable_cores

    with local_executor(usable_cores() if jobs is None else jobs) as executor:
        yield executor


@contextmanager
def progress_bars() -> Iterator[Any]:
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


def say(text: str, indent: str = "") -> None:
    """Print a sentence, wrapped to the terminal (at most 110 columns)."""
    width = min(shutil.get_terminal_size((100, 24)).columns, 110)
    typer.echo(textwrap.fill(text, max(width, 40), initial_indent=indent, subsequent_indent=f"{indent}  "))


def written(folder: Path, *names: str) -> None:
    typer.echo(f"Written to {folder}: {', '.join(names)}")


def own_or_bundled(path: Path) -> Path:
    """The file itself or, where there is none, the one of that name among the bundled scenarios."""
    from sufficiency.scenario.library import folder

    bundled = folder() / path
    try:
        return bundled if not path.exists() and not path.is_absolute() and bundled.is_file() else path
    except (OSError, ValueError):  # no usable name: whoever reads the file says so
        return path
