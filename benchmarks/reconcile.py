"""What came later in Bristol against the model: `bristol-2022` as it stood, and overlaid with what became known (`as-delivered`).

This is a first look, not the hindcast of a fitted model: requests, cases finished and places delivered are given, the rest is
simulated. Published: DfE "Education, health and care plans", June 2025 release (Bristol), council papers and press reports for
the waiting list and the DSG. Run: python benchmarks/reconcile.py [futures] [--write], where --write keeps the result for the app.
"""

from __future__ import annotations

import argparse

import numpy as np

from sufficiency.dsg.account import account
from sufficiency.experiment.measure import by_calendar_year
from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import local_executor, run_futures, usable_cores
from sufficiency.report.validation import write
from sufficiency.scenario.library import load

PUBLISHED: dict[str, dict[str, float]] = {
    "requests": {"2022": 1001, "2023": 1189, "2024": 1605},
    "plans_issued": {"2022": 788, "2023": 820, "2024": 778},
    "caseload": {"2023": 3709, "2024": 4382, "2025": 4931},
    "special": {"2024": 1142, "2025": 1120},
    "resourced": {"2024": 261, "2025": 261},
    "independent": {"2024": 183, "2025": 208},
    "mainstream": {"2024": 1637, "2025": 1825},
    "further_education": {"2024": 735, "2025": 818},
    "elsewhere": {"2024": 329, "2025": 510},
    "waiting": {"2023-12": 213, "2025-11": 275},
    "timeliness_20_week": {"2022": 0.384, "2023": 0.571, "2024": 0.174},
    "in_year_balance": {"2022-23": -19.9e6},
    "cumulative_balance": {"2022-23": -44.5e6, "2023-24": -56.1e6},
}


def simulated(run: Run, measure: str, period: str) -> np.ndarray:
    """The measure in every future."""
    tallies = run.tallies
    if measure in ("requests", "plans_issued"):
        years, values = by_calendar_year(run, measure)
        return values.sum(axis=(2, 3, 4))[:, years.index(period)]
    if measure == "timeliness_20_week":
        years, top = by_calendar_year(run, "plans_on_time_in_denominator")
        _, below = by_calendar_year(run, "plans_in_denominator")
        i = years.index(period)
        return top.sum(axis=(2, 3, 4))[:, i] / np.maximum(below.sum(axis=(2, 3, 4))[:, i], 1)
    if measure == "waiting":
        return tallies["waiting_by_month"].sum(axis=(2, 3, 4))[:, run.labels("month").index(period)]
    if measure.endswith("balance"):
        money = account(run, mitigated=False)
        balance = getattr(money, measure)
        if measure == "cumulative_balance":  # what was published of March 2024 is before the safety-valve payment of that day
            balance = balance - money.payments.cumsum(axis=1)
        return balance[:, money.financial_years.index(period)]
    caseload = tallies["caseload"][:, run.labels("census").index(period)]
    if measure == "caseload":
        return caseload.sum(axis=(1, 2, 3, 4))
    return caseload[..., run.labels("setting").index(measure)].sum(axis=(1, 2, 3))


def main() -> None:
    """Print a table for each of the two scenarios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("futures", type=int, nargs="?", default=100)
    parser.add_argument("--write", action="store_true", help="keep the result for the app's Evidence page")
    chosen = parser.parse_args()
    futures, rows = chosen.futures, []
    with local_executor(usable_cores()) as executor:
        runs = {
            name: run_futures(load(name), futures, executor=executor) for name in ("bristol-2022", "bristol-2022+as-delivered")
        }
    for name, run in runs.items():
        print(f"\n{name}, {run.futures} futures\n")
        print("| measure | period | published | p5 | p50 | p95 | inside |\n|---|---|---|---|---|---|---|")
        inside = total = 0
        for measure, points in PUBLISHED.items():
            for period, published in points.items():
                low, middle, high = np.percentile(simulated(run, measure, period), [5, 50, 95])
                hit = low <= published <= high
                inside, total = inside + hit, total + 1
                row = {"scenario": name, "measure": measure, "period": period, "published": published}
                rows.append({**row, "p5": low, "p50": middle, "p95": high})
                cells = (f"{v:,.3f}" if abs(published) < 1 else f"{v:,.0f}" for v in (published, low, middle, high))
                print(f"| {measure} | {period} | {' | '.join(cells)} | {'yes' if hit else 'no'} |")
        print(f"\n{inside} of {total} inside the band that should hold 9 in 10.")
    if chosen.write:
        seed = next(iter(runs.values())).base_seed
        print(write("reconcile", rows, command=f"python benchmarks/reconcile.py {futures} --write", futures=futures, seed=seed))


if __name__ == "__main__":
    main()
