"""How far a calibration has come, kept on disk after every generation, so that it can be stopped and taken up again."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sufficiency import __version__
from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.calibration.parameters import Parameter
from sufficiency.experiment.calibration.population import Population
from sufficiency.experiment.observed import Observed
from sufficiency.scenario.scenario import Scenario

STATE_FILE = "state.json"


@dataclass(frozen=True)
class Generation:
    """One generation: its tolerance, the share of steps accepted within it, and futures simulated so far."""

    tolerance: float
    accepted: float
    simulated: int


@dataclass(frozen=True)
class State:
    """The particles and the generations so far."""

    population: Population
    generations: tuple[Generation, ...]


def fingerprint(
    scenario: Scenario, observed: Observed, parameters: Sequence[Parameter], particles: int, least: float, base_seed: int
) -> str:
    """Hash (16 hexadecimal digits of SHA-256) of everything the particles depend on."""
    ranges = [(p.path, p.low, p.mode, p.high, p.whole) for p in parameters]
    content = [scenario.digest, observed.digest, ranges, particles, least, base_seed, __version__]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def saved(folder: Path, key: str) -> State | None:
    """The state kept in ``folder`` by a calibration of the same inputs, or None where there is none.

    Raises InputProblem where the state is of other inputs, or cannot be read.
    """
    path = folder / STATE_FILE
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        theirs = kept["key"]
        arrays = {name: np.array(kept[name], dtype=np.float64) for name in ("z", "distance")}
        generations = tuple(Generation(float(t), float(a), int(s)) for t, a, s in kept["generations"])
    except (OSError, ValueError, KeyError, TypeError):
        raise InputProblem(
            "the saved state of a calibration cannot be read", where=str(path), mend="delete it, or name another folder"
        ) from None
    if theirs != key:
        raise InputProblem(
            "the folder holds a calibration of other inputs",
            where=str(path),
            mend="use the scenario, observed file, parameters, particles and seed it was begun with, or name another folder",
        )
    if arrays["z"].ndim != 2 or len(arrays["z"]) != len(arrays["distance"]) or not generations:
        raise InputProblem("the saved state of a calibration is damaged", where=str(path), mend="delete it")
    return State(Population(**arrays), generations)


def save(state: State, folder: Path, key: str) -> None:
    """Keep ``state`` in ``folder`` whole or not at all; raises InputProblem where it cannot be written."""
    content: dict[str, Any] = {"key": key, "generations": [[g.tolerance, g.accepted, g.simulated] for g in state.generations]}
    for name in ("z", "distance"):
        content[name] = getattr(state.population, name).tolist()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, folder / STATE_FILE)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputProblem(f"the state cannot be saved ({reason})", where=str(folder), mend="name another folder") from None
