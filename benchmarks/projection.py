"""How fast a projection is, and how its time grows: `python benchmarks/projection.py`.

114 pairs of need and setting at 31 NCYs, five years: the size that a large authority's history has. Seconds are those of one
core; ratios are measured in one run, so that the machine cancels out. The same rates are projected by a plain loop over children,
one future long, for comparison.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from sufficiency.evidence.transitions import History, read_history
from sufficiency.experiment.projection.expectation import expectation
from sufficiency.experiment.projection.futures import project_futures
from sufficiency.experiment.projection.project import Basis, from_history

NEEDS, SETTINGS, FIRST_NCY, LAST_NCY = 6, 19, -5, 25
YEARS, CHILDREN = 5, 15_000


def history(folder: Path) -> History:
    """A made-up history of every need and setting at every NCY."""
    draw = np.random.default_rng(1)
    names = [f"S{number:02}" for number in range(SETTINGS)]
    needs = [f"N{number}" for number in range(NEEDS)]
    rows = []
    for _ in range(CHILDREN):
        ncy, need, setting = draw.integers(FIRST_NCY, LAST_NCY), draw.integers(NEEDS), draw.integers(SETTINGS)
        kind = draw.random()
        before, after = f"{names[setting]},{needs[need]}", f"{names[setting]},{needs[need]}"
        if kind < 0.1:
            after = "NONSEND,NONSEND"
        elif kind < 0.25:
            before = "NONSEND,NONSEND"
        elif kind < 0.4:
            after = f"{names[draw.integers(SETTINGS)]},{needs[need]}"
        rows.append(f"{2020 + int(draw.integers(3))},{before},{ncy},{after},{ncy + 1}")
    every = ",".join(names)
    texts = {
        "transitions.csv": ["calendar-year,setting-1,need-1,academic-year-1,setting-2,need-2,academic-year-2", *rows],
        "population.csv": ["calendar-year,academic-year,population"]
        + [f"{year},{ncy},5000" for year in range(2020, 2023 + YEARS + 1) for ncy in range(FIRST_NCY, LAST_NCY + 1)],
        "valid-states.csv": ["setting,setting-group,min-academic-year,max-academic-year,needs,setting->setting"]
        + [f'{name},g,{FIRST_NCY},{LAST_NCY},"{",".join(needs)}","{every}"' for name in names],
    }
    for name, lines in texts.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_history(*(folder / name for name in texts))


def futures(basis: Basis, number: int) -> None:
    """``number`` futures to the horizon."""
    project_futures(basis.rates, basis.start, basis.start_census, basis.horizon, basis.population, number, base_seed=1)


def plain(basis: Basis, number: int) -> None:
    """The same by a loop over children and years: what each does next is drawn one at a time."""
    rates, space = basis.rates, basis.rates.space
    draw = np.random.default_rng(1)
    leave, move, join = rates.leave.mean, rates.move.mean, rates.join.mean
    for _ in range(number):
        children = [
            (ncy, pair) for ncy in range(space.ncys) for pair in range(space.pairs) for _ in range(basis.start[ncy, pair])
        ]
        for year in range(basis.start_census + 1, basis.horizon + 1):
            after = []
            for ncy, pair in children:
                if ncy + 1 >= space.ncys or draw.random() < leave[ncy, pair]:
                    continue
                targets, weights = rates.destination.of(ncy * space.pairs + pair)
                if len(targets) and draw.random() < move[ncy, pair]:
                    pair = int(draw.choice(targets, p=weights / weights.sum()))
                after.append((ncy + 1, pair))
            for ncy, label in enumerate(space.ncy_labels):
                share = rates.joiner_share[ncy]
                for _ in range(draw.binomial(int(basis.population.get((year, label), 0)), join[ncy]) if share.any() else 0):
                    after.append((ncy, int(draw.choice(space.pairs, p=share))))
            children = after


def seconds(work: Callable[[], object], times: int) -> float:
    """The least of several measurements."""
    taken = []
    for _ in range(times):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        found = history(Path(folder))
        read = time.process_time() - begun
    basis = from_history(found)
    start = basis.start.astype(np.float64)
    learned = seconds(lambda: from_history(found), 5)
    exact = seconds(lambda: expectation(basis.rates, start, basis.start_census, basis.horizon, basis.population), 20)
    few, many = (seconds(lambda number=number: futures(basis, number), 2) for number in (250, 1000))  # type: ignore[misc]
    one = seconds(lambda: plain(basis, 1), 1)
    space = basis.rates.space
    print(f"{space.pairs} pairs of need and setting, {space.ncys} NCYs, {YEARS} years, {len(found.transitions):,} rows")
    print(f"made, read and checked {read:.2f} s, learned {1000 * learned:.1f} ms, expectation {1000 * exact:.1f} ms")
    print(f"250 futures {few:.2f} s, 1,000 futures {many:.2f} s: {many / few:.1f} times the time for 4 times the futures")
    print(f"a plain loop over children: {one:.2f} s a future, {1000 * one / many:.0f} times as long")


if __name__ == "__main__":
    main()
