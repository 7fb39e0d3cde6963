"""Result files: ``results.csv``, ``comparison.csv`` and the manifest that says what they are results of."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sufficiency import __version__
from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import Account, account
from sufficiency.dsg.summary import measures as account_measures
from sufficiency.experiment.comparison import check_alike, paired
from sufficiency.experiment.measure import Measure
from sufficiency.experiment.measures import measures
from sufficiency.experiment.run import Run
from sufficiency.experiment.tables import table

if TYPE_CHECKING:
    import pandas as pd


def all_measures(run: Run, *, of_account: Account | None = None) -> list[Measure]:
    """The run's own measures and those of its account (the mitigated one, unless another is given)."""
    money = of_account or account(run, mitigated=True)
    found = measures(run)
    for name, measure in account_measures(money).items():
        dimensions = {axis: money.labels(axis) for axis in measure.axes[1:]}
        found.append(Measure(name, measure.unit, "financial_year", money.financial_years, dimensions, measure.values))
    return found


def results(run: Run) -> pd.DataFrame:
    """The table of ``results.csv``."""
    return table(all_measures(run))


def comparison(base: Run, others: list[Run]) -> pd.DataFrame:
    """The table of ``comparison.csv``: each scenario less the first, future by future.

    Raises InputProblem where the runs are unlike.
    """
    import pandas as pd

    before = all_measures(base)
    frames = []
    for other in others:
        check_alike(base, other)
        frame = table(paired(before, all_measures(other)))
        frame.insert(0, "less", _label(base))
        frame.insert(0, "scenario", _label(other))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def manifest(run: Run) -> dict[str, Any]:
    """What a result carries: nothing in it depends on the day, the machine or the number of workers."""
    scenario = run.scenario
    unverified = scenario.unverified()
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "overrides": list(scenario.overrides),
        "scenario_hash": scenario.digest,
        "model_version": __version__,
        "seed": run.base_seed,
        "futures": run.futures,
        "failed_futures": [{"future": f.replication, "error": f.error, "message": f.message} for f in run.failed],
        "start": scenario.start.isoformat(),
        "horizon": scenario.horizon.isoformat(),
        "knowledge_date": scenario.knowledge_date.isoformat(),
        "data_versions": sorted(
            {f"{figure.source} ({figure.known_from})" for _, figure in scenario.figures() if figure.verified}
        ),
        "unverified_defaults": list(unverified),
    }


def _label(run: Run) -> str:
    return "+".join((run.scenario.name, *run.scenario.overrides))


def out_folder(out: Path) -> Path:
    """The folder for results, made where it is missing; raises InputProblem where it cannot be one."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputProblem(
            f"results cannot be written ({reason})", where="--out", value=str(out), allowed="a folder", mend="name another folder"
        ) from None
    return out


def write_atomically(path: Path, write: Callable[[IO[str]], object]) -> None:
    """Write a text file whole or not at all: a temporary file beside it is put in its place when complete."""
    try:
        _write(path, write)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputProblem(
            f"the file cannot be written ({reason})", where=str(path), mend="make room there, or name another folder"
        ) from None


def _write(path: Path, write: Callable[[IO[str]], object]) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV: 12 significant digits, LF line ends, the same bytes on every platform; text that would be a
    formula in a spreadsheet is prefixed with an apostrophe."""
    text = [column for column in frame.columns if frame[column].dtype.kind not in "biuf"]
    safe = frame.assign(**{column: frame[column].map(plain_cell) for column in text})
    write_atomically(path, lambda file: safe.to_csv(file, index=False, float_format="%.12g", lineterminator="\n"))


def plain_cell(value: object) -> object:
    """A text cell that no spreadsheet takes for a formula; other values as they are."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def write_json(content: dict[str, Any], path: Path) -> None:
    """Write JSON with sorted keys and no NaN."""
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False, default=str)
    write_atomically(path, lambda file: file.write(text + "\n"))
