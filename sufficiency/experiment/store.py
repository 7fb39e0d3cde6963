"""Finished runs on disk, found again by what they are a run of.

A run is kept as one compressed NumPy file without pickled objects, named after everything its tallies depend on: the hash of
what is simulated (prices and decisions are left out), base seed, number of futures and model version. A file that cannot be read
is treated as absent and replaced.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

from sufficiency import __version__
from sufficiency.experiment.run import Run, axis_labels
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.results import TALLIES

LARGEST_STORE = 1_500_000_000
"""Bytes kept; the runs used longest ago go first."""


def default_folder() -> Path:
    """``SUFFICIENCY_RUNS``, or ``sufficiency/runs`` in the user's cache folder."""
    chosen = os.environ.get("SUFFICIENCY_RUNS")
    if chosen:
        return Path(chosen)
    cache = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return Path(cache) / "sufficiency" / "runs"


class RunStore:
    """Runs in a folder; every write is atomic, so that a killed process leaves no half-written run."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or default_folder()

    def path(self, scenario: Scenario, futures: int, base_seed: int) -> Path:
        """Where the run of that scenario, number of futures and seed is kept."""
        return self.folder / f"{scenario.simulated_digest}-{base_seed}-{futures}-{__version__}.npz"

    def get(self, scenario: Scenario, futures: int, base_seed: int) -> Run | None:
        """The run, or None where none is kept. Its tallies have the shapes that the scenario says."""
        path = self.path(scenario, futures, base_seed)
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                tallies = {name: kept[name] for name in TALLIES}
                replications = tuple(int(r) for r in kept["replications"])
                areas = tuple(str(code) for code in kept["areas"])
        except Exception:  # absent, or damaged in any of the ways in which a compressed file can be
            return None
        if replications != tuple(range(futures)) or areas != scenario.area_codes:
            return None
        for name, axes in TALLIES.items():
            if tallies[name].shape != (len(replications), *(len(axis_labels(scenario, axis)) for axis in axes)):
                return None
        with suppress(OSError):  # a folder that can only be read
            path.touch()
        return Run(scenario=scenario, base_seed=base_seed, replications=replications, tallies=tallies)

    def futures_kept(self) -> dict[str, int]:
        """The most futures kept of each scenario by this model version, by the hash of what is simulated."""
        most: dict[str, int] = {}
        for path in self.folder.glob(f"*-{__version__}.npz"):
            parts = path.name.removesuffix(f"-{__version__}.npz").split("-")
            if len(parts) == 3 and parts[2].isdigit():
                most[parts[0]] = max(most.get(parts[0], 0), int(parts[2]))
        return most

    def put(self, run: Run) -> None:
        """Keep a run, unless some of its futures failed; a folder that cannot be written to is passed over."""
        if run.failed:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    labels = {"replications": np.array(run.replications), "areas": np.array(run.scenario.area_codes)}
                    np.savez_compressed(file, **labels, **run.tallies)  # type: ignore[arg-type]
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, self.path(run.scenario, run.futures, run.base_seed))
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            self._trim()
        except OSError:
            return

    def _trim(self) -> None:
        kept = sorted(self.folder.glob("*.npz"), key=lambda p: p.stat().st_mtime, reverse=True)
        used = 0
        for path in kept:
            used += path.stat().st_size
            if used > LARGEST_STORE:
                path.unlink(missing_ok=True)
