"""What every test shares: repeatable examples, the published data, the browser, the order."""

from __future__ import annotations

import csv
import importlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import hypothesis
import pytest

TESTS = Path(__file__).resolve().parent
REPO = TESTS.parent

# Fast first, so that a broken unit shows before a browser is started.
KINDS = ("unit", "law", "theory", "integration", "journey")
KIND_OF_FOLDER = {"laws": "law", "theory": "theory", "journeys": "journey"}

# The same examples on every machine: a failure in CI is a failure here.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None)
hypothesis.settings.load_profile("house")


def kind_of(item: pytest.Item) -> str:
    """The kind an item is marked with (the slowest, if several), else that of its folder."""
    marked = [kind for kind in KINDS if item.get_closest_marker(kind)]
    if marked:
        return marked[-1]
    folders = item.path.relative_to(TESTS).parent.parts if item.path.is_relative_to(TESTS) else ()
    return KIND_OF_FOLDER.get(folders[0], "unit") if folders else "unit"


@pytest.hookimpl(tryfirst=True)  # before pytest picks by marker (-m)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its kind, and run fast kinds first."""
    for item in items:
        kind = kind_of(item)
        if item.get_closest_marker(kind) is None:
            item.add_marker(kind)
    items.sort(key=lambda item: KINDS.index(kind_of(item)))


def missing(reason: str) -> NoReturn:
    """Skip with the reason; fail in CI, where nothing may go untested unseen."""
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def repo() -> Path:
    """The top folder of the repository."""
    return REPO


@pytest.fixture(scope="session")
def dfe_data() -> Path:
    """The folder with the DfE's releases as published (``ehcp-2022.zip``, ``ehcp-2025.zip``)."""
    folder = Path(os.environ.get("SUFFICIENCY_DFE_DATA") or REPO.parent / "shared" / "data")
    absent = [name for name in ("ehcp-2022.zip", "ehcp-2025.zip") if not (folder / name).is_file()]
    if absent:
        missing(f"needs the DfE releases: {' and '.join(absent)} not in {folder}; name their folder in SUFFICIENCY_DFE_DATA")
    return folder


@pytest.fixture
def dfe_release(tmp_path: Path) -> Callable[..., Path]:
    """Writes a small release in DfE's long form to a folder: see :func:`written_release`."""

    def write(**tables: Any) -> Path:
        return written_release(tmp_path / "release", **tables)

    return write


LONG_FORM = {
    # table: topic of its totals, its columns; the first column is counted
    "requests": ("All requests for EHC needs assessments", ("requests_received_in_year", "requests_decided_not_to_assess")),
    "newplans": ("New EHC plans", ("new_ehc_plans",)),
    "caseload": ("All EHC plans", ("ehcplans",)),
    "ceased_plans": ("All ceased EHC plans", ("total_ceased", "transfer")),
}
LONG_KEYS = ("time_period", "geographic_level", "region_name", "new_la_code", "la_name", "breakdown_topic", "breakdown")


def written_release(folder: Path, **tables: dict[str, dict[int, int | str]] | None) -> Path:
    """A release in the long form: for each table the counts by authority and year (January of the year for ``caseload``).

    ``England`` is the national row. A table given as None has a header only; one not given is absent.
    """
    data = folder / "data"
    data.mkdir(parents=True)
    for name, counts in tables.items():
        topic, columns = LONG_FORM[name]
        lines = [(*LONG_KEYS, *columns)]
        for number, (authority, by_year) in enumerate((counts or {}).items()):
            national = authority == "England"
            place = ("National", "", "", "") if national else ("Local authority", "The East", f"E{number:08}", authority)
            for year, count in by_year.items():
                period = f"{year - 1}{year % 100:02}" if name == "caseload" else str(year)
                lines.append((period, *place, topic, topic, str(count), *("x" for _ in columns[1:])))
        with (data / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(lines)
    return folder


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """A Chromium already on this machine: none is ever downloaded."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return Path(found)
    missing("needs Chromium on the PATH (Debian: apt-get install chromium)")


@pytest.fixture(scope="session")
def salib_sobol() -> ModuleType:
    """SALib's analysis of Sobol' indices, against which ours are held."""
    try:
        return importlib.import_module("SALib.analyze.sobol")
    except ImportError:
        missing("needs SALib (the extra test holds it)")
