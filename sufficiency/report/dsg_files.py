"""Files of the Dedicated Schools Grant account: the account, what interventions save, and one-at-a-time sensitivity."""

from __future__ import annotations

from pathlib import Path

from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import account
from sufficiency.dsg.compare import compare
from sufficiency.dsg.sensitivity import sensitivity, sensitivity_rows
from sufficiency.experiment.run import Run
from sufficiency.places.gap import band
from sufficiency.report.results import manifest, write_json, write_table
from sufficiency.report.words import pounds, priced

FILES = ("account.csv", "savings.csv", "sensitivity.csv", "manifest.json")


def check_percent(percent: float) -> None:
    """Raise InputProblem where the size of the sensitivity's change is out of range; before anything is simulated."""
    if not 0 < percent <= 100:
        raise InputProblem("the change is out of range", where="--percent", value=percent, allowed="above 0 and at most 100")


def write_dsg(unmitigated: Run, mitigated: Run, folder: Path, percent: float) -> tuple[tuple[str, ...], list[str]]:
    """Write :data:`FILES` into ``folder``; returns their names and the account in a few lines.

    The runs are of the same scenario without and with its interventions, with the same seed and futures.
    """
    import pandas as pd

    without, with_all = account(unmitigated, mitigated=False), account(mitigated, mitigated=True)
    write_table(pd.concat([without.rows(), with_all.rows()], ignore_index=True), folder / FILES[0])
    write_table(compare(without, with_all).rows(), folder / FILES[1])
    write_table(sensitivity_rows(sensitivity(with_all, percent=percent)), folder / FILES[2])
    write_json(manifest(mitigated), folder / FILES[3])
    lines = [f"Dedicated Schools Grant (DSG), {mitigated.scenario.title}; unverified defaults are in every line."]
    for i, year in enumerate(without.financial_years):
        lines.append(
            f"  {year}: in-year unmitigated {priced(band(without.in_year_balance[:, i]))}; "
            f"cumulative {pounds(band(without.cumulative_balance[:, i]).p50)} unmitigated, "
            f"{pounds(band(with_all.cumulative_balance[:, i]).p50)} with interventions"
        )
    return FILES, lines
