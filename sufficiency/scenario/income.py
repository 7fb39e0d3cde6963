"""Checks of the income path and of dated money against the years that a scenario covers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sufficiency.domain.problem import Finding
from sufficiency.scenario.money import Money


def check_income(money: Money, years: Sequence[int]) -> None:
    """Raise a Finding where known allocations leave a gap, or dated money lies before the account begins.

    ``years`` are the whole financial years, by their first calendar year.
    """
    first = years[0]
    if money.known_income is not None:
        known = sorted(int(year) for year in money.known_income.value)
        missing = [year for year in range(first + 1, known[-1] + 1) if year not in known] if known else [first + 1]
        if missing or known[0] <= first:
            wrong = f"{missing[0]} is missing" if missing else f"{known[0]} is given"
            raise Finding(
                "the income path has a gap" if missing else "the income path begins too early",
                at="money.known_income.value",
                value=wrong,
                allowed=f"each year from {first + 1} on; {first} is high_needs_income",
                mend="give the year, or leave out those after it" if missing else f"leave out {known[0]}",
            )
    opening = dt.date(first, 3, 31)
    if money.stability_grant and money.stability_grant.deficit_on < opening:
        raise Finding(
            "the stability grant's deficit lies before the account begins",
            at="money.stability_grant.deficit_on",
            value=money.stability_grant.deficit_on,
            allowed=f"{opening} or a later 31 March",
            mend="leave the grant out: the opening balance holds it",
        )
    for key, payment in (money.payments or {}).items():
        if payment.paid_on <= opening:
            raise Finding(
                "the payment lies before the account begins",
                at=f"money.payments.{key}.paid_on",
                value=payment.paid_on,
                allowed=f"after {opening}",
                mend="leave it out: the opening balance holds it",
            )
