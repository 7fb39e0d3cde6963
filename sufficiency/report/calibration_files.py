"""Files and words of a calibration: the posterior as a table and as an override, prior and posterior, predictive checks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sufficiency import __version__
from sufficiency.experiment.calibration.calibrate import Calibration
from sufficiency.experiment.calibration.learned import Learned, learned, tied
from sufficiency.experiment.replay import Replay
from sufficiency.report.replay_files import checks_table
from sufficiency.report.results import write_atomically, write_json, write_table
from sufficiency.scenario.posterior import Posterior
from sufficiency.scenario.writing import toml_key, toml_value

if TYPE_CHECKING:
    import pandas as pd

_A_LINE = 120


def write_calibration(done: Calibration, checks: Replay, folder: Path) -> tuple[str, ...]:
    """Write posterior.csv, posterior.toml, summary.csv, checks.csv and manifest.json; returns their names."""
    import pandas as pd

    posterior = done.posterior
    table = pd.DataFrame({"weight": posterior.weights, **posterior.particles})
    write_table(table, folder / "posterior.csv")
    write_atomically(folder / "posterior.toml", lambda file: file.write(posterior_toml(posterior, done.scenario.name)))
    write_table(summary_table(learned(done.parameters, posterior)), folder / "summary.csv")
    write_table(checks_table(checks), folder / "checks.csv")
    write_json(_manifest(done, checks), folder / "manifest.json")
    return "posterior.csv", "posterior.toml", "summary.csv", "checks.csv", "manifest.json"


def calibration_lines(done: Calibration) -> Iterator[str]:
    """Prior and posterior side by side, and what the published figures do not tell."""
    posterior = done.posterior
    found = learned(done.parameters, posterior)
    last = done.state.generations[-1]
    ended = "stopped by itself" if done.finished else "stopped at the number of generations asked for"
    yield (
        f"{last.simulated:,} futures in {len(done.state.generations)} generations ({ended}); "
        f"distance {done.state.population.tolerance:.2f}, {last.accepted:.0%} of steps accepted."
    )
    yield ""
    yield f"{'':44} {'before':>28}   {'after':>28}"
    for each in found:
        mark = f"{each.narrowing:.0%} narrower" if each.is_narrowed else "not narrowed"
        yield f"{each.path:44} {_span(each.prior):>28}   {_span(each.posterior):>28}   {mark}"
    yield "Median, and in brackets the 10th and 90th percentile."
    if loose := [each.path for each in found if not each.is_narrowed]:
        yield f"The fitted figures do not narrow: {', '.join(loose)}."
    for one, other, correlation in tied(done.parameters, posterior):
        yield f"Not told apart: {one} and {other} (correlation {correlation:+.2f})."


def summary_table(found: Sequence[Learned]) -> pd.DataFrame:
    """A row a parameter: mean, sd and percentiles before and after, and how much narrower it has become."""
    import pandas as pd

    rows = []
    for each in found:
        row: dict[str, Any] = {"parameter": each.path, "unit": each.unit}
        for name, side in (("prior", each.prior), ("posterior", each.posterior)):
            row |= {f"{name}_{key}": value for key, value in side.items()}
        rows.append({**row, "narrowing": each.narrowing, "narrowed": each.is_narrowed})
    return pd.DataFrame(rows)


def posterior_toml(posterior: Posterior, name: str) -> str:
    """An override that lays the posterior over a scenario."""
    lines = [
        'kind = "override"',
        f"name = {toml_value(f'{name}-posterior'[:64])}",
        'title = "calibrated"',
        f"note = {toml_value(f'One of {len(posterior.weights)} particles a future: {posterior.source}.')}",
        "",
        *posterior_lines(posterior),
    ]
    return "\n".join(lines) + "\n"


def posterior_lines(posterior: Posterior) -> Iterator[str]:
    """The posterior as TOML, long lists wrapped."""
    yield "[posterior]"
    yield f"source = {toml_value(posterior.source)}"
    yield f"as_of = {posterior.as_of.isoformat()}"
    yield from _wrapped("weights", posterior.weights)
    yield ""
    yield "[posterior.particles]"
    for path, column in posterior.particles.items():
        yield from _wrapped(toml_key(path), column)


def _wrapped(key: str, numbers: Sequence[float]) -> Iterator[str]:
    yield f"{key} = ["
    yield from textwrap.wrap(", ".join(f"{x:g}" if x != int(x) else f"{x:.1f}" for x in numbers) + ",", _A_LINE)
    yield "]"


def _span(side: dict[str, float]) -> str:
    return f"{side['p50']:.3g} ({side['p10']:.3g} to {side['p90']:.3g})"


def _manifest(done: Calibration, checks: Replay) -> dict[str, Any]:
    return {
        "scenario": done.scenario.name,
        "overrides": list(done.scenario.overrides),
        "scenario_hash": done.scenario.digest,
        "observed": done.observed.name,
        "observed_hash": done.observed.digest,
        "model_version": __version__,
        "seed": checks.base_seed,
        "particles": len(done.values),
        "generations": [[g.tolerance, g.accepted, g.simulated] for g in done.state.generations],
        "finished": done.finished,
        "check_futures": checks.futures,
        "failed_futures": checks.failed,
        "parameters": [p.path for p in done.parameters],
        "fitted": [f"{row.measure} {row.period.label}" for row in done.observed.used("fit")],
        "sources": sorted({row.source for row in done.observed.rows}),
    }
