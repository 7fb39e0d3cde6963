"""Law 10: a run is found again as it was, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from sufficiency.experiment import store as store_module
from sufficiency.experiment.run import FailedFuture, Run
from sufficiency.experiment.store import RunStore, default_folder
from sufficiency.scenario.scenario import Scenario


@pytest.fixture
def store(tmp_path: Path, run: Run) -> RunStore:
    """A store with one run in it."""
    kept = RunStore(tmp_path / "runs")
    kept.put(run)
    return kept


def _path(store: RunStore, run: Run) -> Path:
    return store.path(run.scenario, run.futures, run.base_seed)


def test_a_run_comes_back_as_it_was(store: RunStore, run: Run) -> None:
    found = store.get(run.scenario, 12, 7)
    assert found is not None
    assert found.scenario == run.scenario
    assert (found.base_seed, found.replications, found.failed) == (7, run.replications, ())
    assert found.tallies.keys() == run.tallies.keys()
    for name, values in run.tallies.items():
        assert found.tallies[name].dtype == values.dtype
        assert found.tallies[name].tobytes() == values.tobytes(), name


def test_what_was_never_kept_is_absent(tmp_path: Path, scenario: Scenario) -> None:
    assert RunStore(tmp_path / "nothing").get(scenario, 12, 7) is None


def test_another_seed_number_of_futures_scenario_or_version_is_another_run(
    store: RunStore, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.get(run.scenario, 12, 8) is None
    assert store.get(run.scenario, 11, 7) is None
    assert store.get(run.scenario.changed("demand.growth", value=0.12), 12, 7) is None
    monkeypatch.setattr(store_module, "__version__", "99.0")
    assert store.get(run.scenario, 12, 7) is None


def test_another_reason_for_the_same_figure_is_the_same_run(store: RunStore, run: Run) -> None:
    explained = run.scenario.changed("demand.growth", reason="Asked the schools.", source="survey")
    found = store.get(explained, 12, 7)
    assert found is not None and found.scenario.figure("demand.growth").source == "survey"


def test_what_is_kept_of_each_scenario_is_listed(store: RunStore, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (store.folder / "notes-1.npz").touch()
    assert store.futures_kept() == {run.scenario.simulated_digest: 12}
    more = store.path(run.scenario, 40, 7)
    more.touch()
    assert store.futures_kept() == {run.scenario.simulated_digest: 40}
    monkeypatch.setattr(store_module, "__version__", "99.0")
    assert store.futures_kept() == {}, "a run of another model version is no result of this one"


def test_another_name_for_the_same_assumptions_is_the_same_run(store: RunStore, run: Run) -> None:
    renamed = run.scenario.changed("", name="another", title="Another name")
    found = store.get(renamed, 12, 7)
    assert found is not None
    assert found.scenario.title == "Another name"


def test_areas_in_another_order_are_another_run(store: RunStore, run: Run) -> None:
    """Tallies follow the order of the areas: they must not be read in another."""
    areas = dict(reversed(run.scenario.areas.items()))
    assert store.get(run.scenario.model_copy(update={"areas": areas}), 12, 7) is None


def test_a_file_under_the_name_of_another_run_is_treated_as_absent(store: RunStore, run: Run) -> None:
    os.replace(_path(store, run), store.path(run.scenario, 11, 7))
    assert store.get(run.scenario, 11, 7) is None


def test_a_file_cut_short_or_of_something_else_is_treated_as_absent_and_replaced(store: RunStore, run: Run) -> None:
    path = _path(store, run)
    whole = path.read_bytes()
    for content in (b"", b"not a run", whole[: len(whole) // 2], whole[:-10], b"PK\x03\x04" + b"\0" * 100):
        path.write_bytes(content)
        assert store.get(run.scenario, 12, 7) is None
    store.put(run)
    assert store.get(run.scenario, 12, 7) is not None


def test_a_damaged_file_is_treated_as_absent_wherever_the_damage_is(store: RunStore, run: Run) -> None:
    path = _path(store, run)
    whole = path.read_bytes()
    for position in np.linspace(0, len(whole) - 1, 60).astype(int):
        damaged = bytearray(whole)
        damaged[position : position + 4] = bytes(b ^ 0xFF for b in damaged[position : position + 4])
        path.write_bytes(bytes(damaged))
        found = store.get(run.scenario, 12, 7)
        if found is not None:  # damage to what nobody reads, such as a date
            assert all((found.tallies[name] == values).all() for name, values in run.tallies.items())


def test_a_file_without_one_of_the_tallies_or_of_another_shape_is_treated_as_absent(store: RunStore, run: Run) -> None:
    path = _path(store, run)
    labels = {"replications": np.arange(12), "areas": np.array(run.scenario.area_codes)}
    for tallies in (
        {name: values for name, values in run.tallies.items() if name != "need"},
        run.tallies | {"need": run.tallies["need"][:, :-1]},
        run.tallies | {"need": run.tallies["need"][:6]},
    ):
        with path.open("wb") as file:
            np.savez_compressed(file, **labels, **tallies)  # type: ignore[arg-type]
        assert store.get(run.scenario, 12, 7) is None


def test_pickled_objects_are_never_loaded(store: RunStore, run: Run) -> None:
    with _path(store, run).open("wb") as file:
        np.savez_compressed(file, **run.tallies | {"replications": np.array([print], dtype=object)})  # type: ignore[arg-type]
    assert store.get(run.scenario, 12, 7) is None


def test_a_run_of_which_futures_failed_is_not_kept(tmp_path: Path, run: Run) -> None:
    failed = Run(run.scenario, run.base_seed, run.replications, run.tallies, (FailedFuture(12, "ValueError", "broken"),))
    store = RunStore(tmp_path)
    store.put(failed)
    assert list(tmp_path.iterdir()) == []
    assert store.get(run.scenario, 12, 7) is None


def test_no_temporary_file_is_left(store: RunStore, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [path.name for path in store.folder.iterdir()] == [_path(store, run).name]

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    store.put(run)
    assert [path.name for path in store.folder.iterdir()] == [_path(store, run).name]
    assert store.get(run.scenario, 12, 7) is not None  # what was there is still there


def test_the_runs_used_longest_ago_go_first(store: RunStore, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [store.path(run.scenario, 12, seed) for seed in (7, 8, 9, 10)]
    for seed in (8, 9):
        store.put(Run(run.scenario, seed, run.replications, run.tallies))
    for age, path in zip((100, 300, 200), paths, strict=False):
        os.utime(path, (1e9 - age, 1e9 - age))
    monkeypatch.setattr(store_module, "LARGEST_STORE", int(2.5 * paths[0].stat().st_size))
    store.put(Run(run.scenario, 10, run.replications, run.tallies))
    assert [path.exists() for path in paths] == [True, False, False, True]


def test_a_run_that_is_read_counts_as_used(store: RunStore, run: Run) -> None:
    path = _path(store, run)
    os.utime(path, (1e9, 1e9))
    store.get(run.scenario, 12, 7)
    assert path.stat().st_mtime > 1e9


def test_a_folder_that_cannot_be_written_to_is_passed_over(tmp_path: Path, run: Run) -> None:
    occupied = tmp_path / "a file, not a folder"
    occupied.write_text("mine")
    store = RunStore(occupied / "runs")
    store.put(run)
    assert store.get(run.scenario, 12, 7) is None
    assert occupied.read_text() == "mine"


def test_a_store_that_can_only_be_read_still_serves(store: RunStore, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: Path, *args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", refused)
    assert store.get(run.scenario, 12, 7) is not None


def test_the_folder_is_the_one_named_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUFFICIENCY_RUNS", str(tmp_path / "mine"))
    assert default_folder() == RunStore().folder == tmp_path / "mine"
    monkeypatch.delenv("SUFFICIENCY_RUNS")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert default_folder() == tmp_path / "cache" / "sufficiency" / "runs"
