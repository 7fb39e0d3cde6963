"""The files of a projection: expectation, futures, flows, forced moves, the learned tables and the manifest.

Numbers are written with every digit that they have (the shortest text that reads back as the same number).
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from sufficiency import __version__
from sufficiency.experiment.projection.expectation import FLOWS, keys, measures
from sufficiency.experiment.projection.rates import Betas, Destinations, Numbers, Positions, Rates, SharedMoves
from sufficiency.experiment.tables import QUANTILES, summarise
from sufficiency.report.disclosure import HIDDEN, protect_list
from sufficiency.report.results import plain_cell, write_atomically, write_json
from sufficiency.report.words import count

if TYPE_CHECKING:
    from sufficiency.experiment.projection.project import Projection

STATE = ("academic-year", "need", "setting")
BANDS = ("mean", "sd", *QUANTILES, "futures")
Row = Sequence[object]
Table = tuple[Row, Iterable[Row]]
"""Columns and rows of a file."""


def write_projection(
    projection: Projection,
    inputs: dict[str, Path],
    folder: Path,
    further: dict[str, Table] | None = None,
    *,
    small: int = 0,
) -> tuple[str, ...]:
    """Write all files into ``folder``; ``inputs`` are the files read, by what they are. Gives the names written.

    ``further`` are columns and rows of files that say what the rates stand on. Where the children at the start census are counted
    from an authority's own rows, counts below ``small`` are hidden there (:mod:`~sufficiency.report.disclosure`).

    Raises InputProblem where one cannot be written.
    """
    hidden = _hidden_at_start(projection, small)
    tables: dict[str, Table] = {"expectation.csv": (("year", "measure", "key", "value"), _expected(projection, hidden))}
    if projection.futures is not None:
        tables["futures.csv"] = ("year", "measure", "key", *BANDS), _futures(projection, hidden)
    bands = BANDS if projection.futures is not None else ()
    tables |= {
        "flows.csv": (("year", "flow", "expectation", *bands), _flows(projection)),
        "forced.csv": (("year", *STATE, "moved", "left"), _forced(projection)),
    }
    tables |= learned_tables(projection.rates) | (further or {})
    for name, (header, rows) in tables.items():
        write_rows(folder / name, header, rows)
    write_json(_manifest(projection, inputs), folder / "manifest.json")
    return (*tables, "manifest.json")


def learned_tables(rates: Rates) -> dict[str, Table]:
    """Columns and rows of the files of learned rates, of each state that is known."""
    tables: dict[str, Table] = {
        "leave.csv": ((*STATE, "alpha", "beta", "mean"), _betas(rates, rates.leave)),
        "move.csv": ((*STATE, "alpha", "beta", "mean"), _betas(rates, rates.move)),
        "destination.csv": ((*STATE, "to-need", "to-setting", "weight", "mean"), _destinations(rates, rates.destination)),
        "join.csv": (("academic-year", "alpha", "beta", "mean"), _join(rates)),
        "joiner_state.csv": ((*STATE, "weight", "mean"), _joiner_state(rates)),
    }
    if rates.shared is not None:
        tables["specialist_move.csv"] = (*STATE, "hazard", "mean", "p10", "p90"), _shared(rates, rates.shared)
        to = _destinations(rates, rates.shared.destination)
        tables["specialist_destination.csv"] = (*STATE, "to-need", "to-setting", "weight", "mean"), to
    return tables


def projection_words(projection: Projection) -> list[str]:
    """What was projected, in sentences."""
    expected = projection.expected
    total = expected.stock.sum(axis=(1, 2))
    first, last = expected.years[0], expected.years[-1]
    lines = [f"{count(total[0])} children with a plan at the census of {first}; {count(total[-1])} expected at that of {last}."]
    if projection.futures is not None:
        low, high = np.percentile(projection.futures.measures["total"][:, -1, 0], (10, 90))
        lines.append(f"In 8 of 10 futures there are {count(low)} to {count(high)} at the census of {last}.")
    flow = {name: projection.expected.flows[name].sum() for name in FLOWS}
    if projection.basis.legacy_states:
        lines.append(f"Dropped without a trace, as older tools do: {count(flow['dropped'])} expected over all years.")
    elif projection.rates.ageing.must_move.any():
        lines.append(
            f"Of children whose setting does not serve their new NCY, {count(flow['forced_movers'])} are expected to move and "
            f"{count(flow['forced_leavers'])} to leave over all years (forced.csv)."
        )
    return lines


def odd_things(projection: Projection) -> list[str]:
    """What was accepted or assumed, a line each, for the error stream."""
    lines = list(projection.basis.notes)
    missing = projection.missing_costs
    if missing:
        named = ", ".join(f"{need} {setting}" for need, setting in missing[:20])
        more = f" and {len(missing) - 20} more" if len(missing) > 20 else ""
        lines.append(f"no cost is given for {len(missing)} pairs of need and setting, which count as 0: {named}{more}.")
    return lines


def write_rows(path: Path, header: Row, rows: Iterable[Row]) -> None:
    """Write a CSV file whole or not at all, row by row: it may be longer than memory; no cell can act as a formula."""

    def write(file: IO[str]) -> None:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([plain_cell(cell) for cell in row] for row in rows)

    write_atomically(path, write)


def _shown_keys(projection: Projection) -> Iterator[tuple[str, int, object]]:
    """Measure, position and key of every row of a year: every need and setting, and the NCYs from the first to the last that
    ever has a child."""
    ncys = np.flatnonzero(projection.expected.stock.any(axis=(0, 2)))
    for measure, names in keys(projection.rates.space).items():
        for position, name in enumerate(names):
            shown = len(ncys) and ncys[0] <= position <= ncys[-1] if measure == "ncy" else True
            if shown and (measure != "cost" or projection.cost is not None):
                yield measure, position, name


def _hidden_at_start(projection: Projection, small: int) -> set[tuple[str, int]]:
    """Measure and position of the counts at the start census that are hidden; everything where a total has to be."""
    found = measures(projection.expected, None)
    lists = {name: found[name][0].round().astype(int).tolist() for name in ("ncy", "need", "setting")}
    shown = {name: protect_list(counts, small) for name, counts in lists.items()}
    whole = any(total == HIDDEN for _, total in shown.values())
    hidden = {
        (name, at)
        for name, (cells, _) in shown.items()
        for at, cell in enumerate(cells)
        if cell == HIDDEN or (whole and lists[name][at])
    }
    return hidden | ({("total", 0)} if whole else set())


def _expected(projection: Projection, hidden: set[tuple[str, int]]) -> Iterator[Row]:
    found, shown = measures(projection.expected, projection.cost), list(_shown_keys(projection))
    for at, year in enumerate(projection.expected.years):
        for measure, position, key in shown:
            hide = at == 0 and (measure, position) in hidden
            yield year, measure, key, HIDDEN if hide else float(found[measure][at, position])


def _futures(projection: Projection, hidden: set[tuple[str, int]]) -> Iterator[Row]:
    drawn, shown = projection.futures, list(_shown_keys(projection))
    if drawn is None:
        return
    banded = {name: _bands(values.reshape(drawn.futures, -1)) for name, values in drawn.measures.items()}
    for at, year in enumerate(drawn.years):
        for measure, position, key in shown:
            row = banded[measure][at * drawn.measures[measure].shape[2] + position]
            hide = at == 0 and (measure, position) in hidden
            yield year, measure, key, *((HIDDEN,) * (len(BANDS) - 1) if hide else row[:-1]), row[-1]


def _bands(values: Numbers) -> list[tuple[object, ...]]:
    """The columns :data:`BANDS` of each cell of (futures, cells)."""
    summary = summarise(np.ascontiguousarray(values.T))
    return list(zip(*(summary[name].tolist() for name in BANDS), strict=True))


def _flows(projection: Projection) -> Iterator[Row]:
    drawn = projection.futures
    banded = {} if drawn is None else {name: _bands(values.astype(float)) for name, values in drawn.flows.items()}
    for at, year in enumerate(projection.expected.years[1:], 1):
        for name in FLOWS:
            value = float(projection.expected.flows[name][at].sum())
            yield year, name, value, *(banded[name][at] if banded else ())


def _forced(projection: Projection) -> Iterator[Row]:
    expected, rates = projection.expected, projection.rates
    moved, left = expected.flows["forced_movers"], expected.flows["forced_leavers"]
    for at, ncy, pair in zip(*np.nonzero(moved + left), strict=True):
        yield expected.years[at], *_state(rates, ncy, pair), float(moved[at, ncy, pair]), float(left[at, ncy, pair])


def _state(rates: Rates, ncy: int, pair: int) -> Row:
    return rates.space.first_ncy + int(ncy), *rates.space.labels[pair]


def _betas(rates: Rates, betas: Betas) -> Iterator[Row]:
    mean = betas.mean
    for ncy, pair in zip(*np.nonzero(rates.known), strict=True):
        yield *_state(rates, ncy, pair), float(betas.alpha[ncy, pair]), float(betas.beta[ncy, pair]), float(mean[ncy, pair])


def _destinations(rates: Rates, entries: Destinations) -> Iterator[Row]:
    labels = rates.space.labels
    kept: Positions = np.flatnonzero(rates.known.ravel()[entries.state])
    ncy, pair = np.divmod(entries.state[kept], rates.space.pairs)
    weights, means = entries.weight[kept].tolist(), entries.mean[kept].tolist()
    for row in zip((ncy + rates.space.first_ncy).tolist(), pair, entries.target[kept], weights, means, strict=True):
        yield row[0], *labels[row[1]], *labels[row[2]], row[3], row[4]


def _shared(rates: Rates, shared: SharedMoves) -> Iterator[Row]:
    """Hazards of moves that share a multiplier, and the chances they come to: mean, 10th and 90th percentile."""
    from scipy.special import gammaincinv

    values, weights = shared.nodes()
    low, high = gammaincinv(shared.shape, [0.1, 0.9]) / shared.rate
    for ncy, pair in zip(*np.nonzero(rates.known & (shared.hazard > 0)), strict=True):
        hazard = float(shared.hazard[ncy, pair])
        chances = float(weights @ -np.expm1(-values * hazard)), -np.expm1(-low * hazard), -np.expm1(-high * hazard)
        yield *_state(rates, ncy, pair), hazard, *map(float, chances)


def _join(rates: Rates) -> Iterator[Row]:
    join = rates.join
    for at, ncy in enumerate(rates.space.ncy_labels):
        if join.alpha[at] > 0:
            yield ncy, float(join.alpha[at]), float(join.beta[at]), float(join.mean[at])


def _joiner_state(rates: Rates) -> Iterator[Row]:
    weights, share = rates.joiner_state, rates.joiner_share
    for ncy, pair in zip(*np.nonzero(weights), strict=True):
        yield *_state(rates, ncy, pair), float(weights[ncy, pair]), float(share[ncy, pair])


def _manifest(projection: Projection, inputs: dict[str, Path]) -> dict[str, Any]:
    """What the files are results of: nothing in it depends on the day, the machine or where the files lie."""
    basis = projection.basis
    return {
        "model_version": __version__,
        "inputs": {
            name: {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()} for name, path in inputs.items()
        },
        **basis.source,
        "start_census": basis.start_census,
        "horizon": basis.horizon,
        "legacy_states": basis.legacy_states,
        "redraw_yearly": projection.redraw_yearly,
        "seed": projection.base_seed,
        "futures": 0 if projection.futures is None else projection.futures.futures,
        "missing_costs": [list(pair) for pair in projection.missing_costs],
        "warnings": list(basis.notes),
    }
