"""One year on with rates from published tables, against what was then counted: ``python benchmarks/rates.py [FOLDER]``.

From January 2024, with what was published by then, to January 2025: plans, and plans in specialist places, of every authority
that the release holds whole. Beside it no change. ``FOLDER`` holds the releases of the Department for Education.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from sufficiency.evidence.dfe.placed import STOCK, Placed, read_placed
from sufficiency.evidence.dfe.published import Published, read_published
from sufficiency.experiment.projection.futures import project_futures
from sufficiency.experiment.published_rates.arrays import NCYS, SPECIALIST, share_not_recorded
from sufficiency.experiment.published_rates.basis import basis_of
from sufficiency.experiment.published_rates.learn import published_rates

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
CENSUS, FUTURES = 2024, 100
MOST_CHANGE, MOST_NOT_RECORDED = 0.3, 0.1
PEOPLE = {(year, ncy): 1e6 for year in (CENSUS - 1, CENSUS, CENSUS + 1) for ncy in NCYS.tolist()}
"""As many joiners as the year before: the same population in every year."""


def one_year(placed: Placed, published: Published, name: str) -> tuple[list[float], ...] | None:
    """Mean, 10th and 90th percentile, outcome and start of all plans and of those in specialist places; None without both."""
    counts = [placed.by_setting[STOCK].get(name, {}).get(year) for year in (CENSUS, CENSUS + 1)]
    plans = [published.series(STOCK, name).get(year) for year in (CENSUS, CENSUS + 1)]
    if None in plans or any(each is None or share_not_recorded(each) > MOST_NOT_RECORDED for each in counts):
        return None
    if abs(np.log(plans[1] / plans[0])) > MOST_CHANGE:  # a change of boundary, or of the record
        return None
    specialist = [float(each[SPECIALIST].sum() / each[:-1].sum()) * total for each, total in zip(counts, plans, strict=True)]
    basis = basis_of(published_rates(placed, published, name, CENSUS, population=PEOPLE), {})
    drawn = project_futures(basis.rates, basis.start, CENSUS, CENSUS + 1, PEOPLE, FUTURES, base_seed=1)
    values = [drawn.measures["total"][:, 1, 0], drawn.measures["setting"][:, 1, SPECIALIST].sum(axis=1)]
    low, high = ([float(np.percentile(each, share)) for each in values] for share in (10, 90))
    return [float(each.mean()) for each in values], low, high, [plans[1], specialist[1]], [plans[0], specialist[0]]


def main() -> None:
    """Measure and print."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    placed, published = read_placed(folder), read_published(folder)
    found = [one for name in published.authorities if (one := one_year(placed, published, name)) is not None]
    mean, low, high, outcome, start = (np.array(part) for part in zip(*found, strict=True))
    print(f"January {CENSUS} to January {CENSUS + 1}, {len(found)} authorities, {FUTURES} futures each")
    for at, what in enumerate(("all plans", "plans in specialist places")):
        ours, still = (np.abs(each[:, at] / outcome[:, at] - 1) for each in (mean, start))
        sums = [each[:, at].sum() / outcome[:, at].sum() - 1 for each in (mean, start)]
        inside = (low[:, at] <= outcome[:, at]) & (outcome[:, at] <= high[:, at])
        print(
            f"{what}: mean error {ours.mean():.1%} (no change {still.mean():.1%}), of the sum {sums[0]:+.1%} "
            f"(no change {sums[1]:+.1%}); 80 % bands hold {inside.mean():.0%}"
        )


if __name__ == "__main__":
    main()
