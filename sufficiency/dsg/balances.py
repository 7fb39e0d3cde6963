"""The balance from year to year, and how likely a plan is to reach a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sufficiency.domain.calendar import financial_year_label
from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import Account
from sufficiency.dsg.prices import Array
from sufficiency.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Target:
    """A cumulative balance to be reached by the end of a financial year, and the share of futures in which it is."""

    financial_year: str
    balance: float
    """£; a deficit is negative."""
    probability: float


def steps(account: Account) -> dict[str, Array]:
    """What leads from one year's balance to the next, each [future, financial_year], £, in the order in which it is added up."""
    return {
        "brought_forward": account.opening_balances,
        "income": account.income.sum(axis=2),
        "spend": account.spend,
        "in_year_balance": account.in_year_balance,
        "payments": account.payments,
        "stability_grant": account.grant,
        "carried_forward": account.cumulative_balance,
        "transport_general_fund": account.transport,
    }


def balance_rows(accounts: Sequence[Account]) -> pd.DataFrame:
    """Columns: financial_year, version, measure (see :func:`steps`), mean, p10, p50, p90 (£, over futures).

    Means add up from one measure to the next; quantiles do not.
    """
    import pandas as pd

    rows = []
    for account in accounts:
        for measure, values in steps(account).items():
            quantiles = np.quantile(values, [0.1, 0.5, 0.9], axis=0)
            for year, *numbers in zip(account.financial_years, values.mean(axis=0), *quantiles, strict=True):
                rows.append((year, account.version, measure, *numbers))
    return pd.DataFrame(rows, columns=["financial_year", "version", "measure", "mean", "p10", "p50", "p90"])


def targets(scenario: Scenario, account: Account) -> tuple[Target, ...]:
    """The scenario's own targets that lie within the account's years."""
    figure = scenario.money.targets
    named = {financial_year_label(int(year)): balance for year, balance in figure.value.items()} if figure else {}
    return tuple(target(account, year, balance) for year, balance in named.items() if year in account.financial_years)


def target(account: Account, financial_year: str, balance: float) -> Target:
    """How likely the cumulative balance is at least ``balance`` at the end of a year; raises InputProblem for other years."""
    check_year(account.financial_years, financial_year)
    years = account.financial_years
    reached = account.cumulative_balance[:, years.index(financial_year)] >= balance
    return Target(financial_year, balance, float(reached.mean()))


def check_year(years: Sequence[str], financial_year: str, where: str = "") -> None:
    """Raise InputProblem where a financial year is not one of an account's."""
    if financial_year not in years:
        written = financial_year.replace("/", "-")  # as an academic year is written
        raise InputProblem(
            "the account does not cover the financial year",
            where=where,
            value=financial_year,
            allowed=f"{years[0]} to {years[-1]}",
            mend=f'did you mean "{written}"?' if written in years else "use one of these",
            field="year",
        )


def override_ends(scenario: Scenario, account: Account) -> tuple[str, Array] | None:
    """The financial year in which the statutory override ends, and the cumulative balance at its end, [future]; None where the
    scenario names no end, or it lies outside the account's years."""
    figure = scenario.money.override_ends
    if figure is None:
        return None
    label = financial_year_label(figure.value.year - (figure.value.month < 4))
    if label not in account.financial_years:
        return None
    return label, account.cumulative_balance[:, account.financial_years.index(label)]
