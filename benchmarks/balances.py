"""Bristol's published DSG balances beside the account of the baselines: a reconciliation, not a validation.

Run: python benchmarks/balances.py [futures]
"""

from __future__ import annotations

import argparse

from sufficiency.dsg.account import account
from sufficiency.dsg.reconcile import published, reconcile
from sufficiency.experiment.runner import local_executor, run_futures, usable_cores
from sufficiency.scenario.library import load

SCENARIOS = ("bristol-2020", "bristol-2022", "bristol-2022+as-delivered", "bristol-2025")


def millions(value: float | None) -> str:
    """£ as £ million to a tenth; a dash where there is none."""
    return "-" if value is None else f"{value / 1e6:,.1f}"


def main() -> None:
    """Print a table for each scenario."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("futures", nargs="?", type=int, default=100)
    futures = parser.parse_args().futures
    with local_executor(usable_cores()) as executor:
        for name in SCENARIOS:
            whole = account(run_futures(load(name), futures, executor=executor), mitigated=True)
            print(f"\n{name}, {futures} futures, £ million (a deficit is negative)\n")
            print("| year | published in-year | status | account (8 in 10) | income lacking | unit costs lower by | "
                  "published closing | account closing | other blocks |")  # fmt: skip
            print("|---|---|---|---|---|---|---|---|---|")
            covered = {row.published.financial_year: row for row in reconcile(whole)}
            for one in published():
                row = covered.get(one.financial_year)
                if row is None:
                    print(f"| {one.financial_year} | {millions(one.in_year)} | {one.status} | before the account | - | - | "
                          f"{millions(one.closing)} | - | - |")  # fmt: skip
                    continue
                band = f"{millions(row.in_year)} ({millions(row.low)} to {millions(row.high)})"
                cost = "-" if row.residual_unit_cost is None else f"{100 * row.residual_unit_cost:.1f} %"
                print(f"| {one.financial_year} | {millions(one.in_year)} | {one.status} | {band} | "
                      f"{millions(row.residual_income)} | {cost} | {millions(one.closing)} | {millions(row.closing)} | "
                      f"{millions(row.other_blocks)} |")  # fmt: skip


if __name__ == "__main__":
    main()
