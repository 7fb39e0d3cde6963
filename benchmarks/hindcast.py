"""Scores the forecast of the panel on what happened after a January census: ``python benchmarks/hindcast.py``.

Beside it naive, drift, national growth, their mean with drift (the benchmark, fixed beforehand) and exponential smoothing, on the
authorities whose outcomes the releases hold. The forecast sees nothing later than the census. ``--write`` keeps the scores, and
the forecast of one authority with what was published, for the app's Evidence page.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from sufficiency.cli.options import SEED
from sufficiency.evidence.dfe.published import ENGLAND, Published, read_published
from sufficiency.experiment.hindcast.forecast import DEFAULT_FUTURES, MEASURES, QUANTILES, Forecast, forecast
from sufficiency.experiment.hindcast.scoring import METHODS, Scores, scored, simple_methods
from sufficiency.experiment.runner import local_executor, usable_cores
from sufficiency.report.validation import write

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "ehcp-2025.zip"
MEASURES_SCORED = ("plans", "requests", "new_plans")
TARGETS = {"plans": 0.95, "requests": 1.0}


def scores_of(published: Published, found: Forecast, measure: str, horizon: int) -> tuple[Scores, int]:
    """Scores of a measure, and of how many authorities; those with any outcome after the census are scored."""
    position = MEASURES.index(measure)
    england = published.until(found.census).series(measure, ENGLAND)
    ours, methods, outcomes = [], [], []
    for projection in found.projections:
        series = published.series(measure, projection.name)
        years = projection.years(measure)
        outcome = [float(series.get(year, np.nan)) for year in years]
        if np.isnan(outcome).all() or years[0] - 1 not in series:
            continue
        values = projection.values[position]
        quantiles = np.percentile(values, list(QUANTILES.values()), axis=1)
        ours.append({"mean": values.mean(axis=1)} | dict(zip(QUANTILES, quantiles, strict=True)))
        methods.append(simple_methods(series, england, years[0] - 1, horizon))
        outcomes.append(outcome)
    return (
        scored(
            {key: np.array([one[key] for one in ours]) for key in ours[0]},
            {name: np.array([one[name] for one in methods]) for name in METHODS},
            np.array(outcomes),
        ),
        len(ours),
    )


def shown(measure: str, scores: Scores, count: int) -> list[str]:
    """A measure's scores as lines of a Markdown table."""
    lines = [f"### {measure} ({count} authorities)", "", "| | " + " | ".join(f"{h} y" for h in _ahead(scores)) + " | mean |"]
    lines.append("|---|" + "---|" * (len(scores.of_mean) + 1))
    table = {"ours (mean)": scores.of_mean, "ours (median)": scores.of_median, **scores.of_methods}
    lines += [_line(f"{name}: error over the benchmark's", values) for name, values in table.items()]
    lines.append(_line("our error, share of the total", scores.relative_error))
    lines.append(_line("80 % band covers", scores.coverage))
    lines.append(_line("80 % band covers, year effect removed", scores.coverage_adjusted))
    lines.append(_line("interval score over the benchmark's", scores.intervals))
    lines.append(_line("interval score over the benchmark's, year effect removed", scores.intervals_adjusted))
    return [*lines, ""]


def _ahead(scores: Scores) -> range:
    return range(1, len(scores.of_mean) + 1)


def _line(name: str, values: np.ndarray) -> str:
    return f"| {name} | " + " | ".join(f"{v:.3f}" for v in (*values, values.mean())) + " |"


def score_rows(measure: str, scores: Scores) -> list[dict[str, object]]:
    """A measure's scores as rows of a result file."""
    lines = [("error_over_benchmark", "ours", scores.of_mean), ("error_over_benchmark", "ours (median)", scores.of_median)]
    lines += [("error_over_benchmark", method, values) for method, values in scores.of_methods.items()]
    lines += [
        ("error_share", "ours", scores.relative_error),
        ("coverage", "ours", scores.coverage),
        ("coverage_adjusted", "ours", scores.coverage_adjusted),
        ("interval_score", "ours", scores.intervals),
        ("interval_score_adjusted", "ours", scores.intervals_adjusted),
    ]
    return [
        {"measure": measure, "score": score, "method": method}
        | {f"year_{h}": float(v) for h, v in zip(_ahead(scores), values, strict=True)}
        | {"mean": float(values.mean())}
        for score, method, values in lines
    ]


def authority_rows(published: Published, found: Forecast, name: str) -> list[dict[str, object]]:
    """One authority's forecast with what was published, as rows of a result file."""
    projection = next(each for each in found.projections if each.name.startswith(name))
    rows = []
    for measure, values in zip(MEASURES, projection.values, strict=True):
        series = published.series(measure, projection.name)
        for year, futures in zip(projection.years(measure), values, strict=True):
            quantiles = dict(zip(QUANTILES, np.percentile(futures, list(QUANTILES.values())).tolist(), strict=True))
            rows.append(
                {"authority": projection.name, "measure": measure, "year": year, "published": series.get(year),
                 "mean": float(futures.mean()), **quantiles}
            )  # fmt: skip
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dfe", type=Path, default=DATA, help="release with the outcomes")
    parser.add_argument("--census", type=int, default=2022)
    parser.add_argument("--horizon", type=int, default=3)
    parser.add_argument("--futures", type=int, default=DEFAULT_FUTURES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=usable_cores())
    parser.add_argument("--write", action="store_true", help="keep the result for the app")
    parser.add_argument("--shown", default="Bristol", help="authority whose forecast is kept beside the scores")
    chosen = parser.parse_args()
    published = read_published(chosen.dfe)
    whole = [n for n in published.authorities if any(y > chosen.census for y in published.series("plans", n))]
    before = time.perf_counter()
    with local_executor(chosen.jobs) as executor:
        found = forecast(
            published, chosen.census, chosen.horizon, whole, futures=chosen.futures, seed=chosen.seed, executor=executor
        )
    print(f"January {chosen.census}, {len(found.projections)} authorities, {chosen.futures} futures, seed {chosen.seed}, "
          f"{time.perf_counter() - before:.0f} s with {chosen.jobs} jobs")  # fmt: skip
    print(f"left out: {', '.join(found.left_out) or 'none'}\n")
    rows: list[dict[str, object]] = []
    for measure in MEASURES_SCORED:
        scores, count = scores_of(published, found, measure, chosen.horizon)
        print("\n".join(shown(measure, scores, count)))
        rows += score_rows(measure, scores)
        if measure in TARGETS:
            value = float(scores.of_mean.mean())
            print(f"target {TARGETS[measure]}: {value:.3f}, {'met' if value <= TARGETS[measure] else 'NOT met'}\n")
    if chosen.write:
        asked = f"--census {chosen.census} --horizon {chosen.horizon} --futures {chosen.futures}"
        command = f"python benchmarks/hindcast.py {asked} --write"
        about = {"futures": chosen.futures, "seed": chosen.seed, "census": chosen.census, "horizon": chosen.horizon}
        targets = {f"target_{measure}": target for measure, target in TARGETS.items()}
        print(write("hindcast", rows, command=command, **about, authorities=len(found.projections), **targets))
        one = authority_rows(published, found, chosen.shown)
        print(write(f"hindcast-{chosen.shown.lower()}", one, command=command, **about, authority=one[0]["authority"]))


if __name__ == "__main__":
    main()
