"""The Dedicated Schools Grant in a paper."""

from __future__ import annotations

from sufficiency.domain.dictionaries import DSG_CATEGORIES
from sufficiency.dsg.account import Account
from sufficiency.dsg.balances import override_ends
from sufficiency.dsg.compare import compare
from sufficiency.places.gap import band
from sufficiency.report.chain import Chain
from sufficiency.report.charts.captions import fan_caption
from sufficiency.report.charts.shapes import fan
from sufficiency.report.papers.content import Chart, Column, Section, Table, balance, band_columns, banded
from sufficiency.report.papers.pictures import specification
from sufficiency.report.words import pounds

WITHOUT, WITH = "Without interventions", "With interventions and shortlist"


def money_section(chain: Chain) -> Section:
    """The balance by year without and with interventions and shortlist, and what is spent."""
    without, with_all = chain.unmitigated_account, chain.mitigated_account
    years = without.financial_years
    accounts = {WITHOUT: without, WITH: with_all}
    bands = {name: [band(column) for column in account.cumulative_balance.T] for name, account in accounts.items()}
    rows = [
        {"period": year, "series": name} | {q: getattr(found[i], q) / 1e6 for q in ("p10", "p50", "p90")}
        for name, found in bands.items()
        for i, year in enumerate(years)
    ]
    last, ends = bands[WITHOUT][-1], _end(years[-1])
    change = band(compare(without, with_all).cumulative[:, -1])
    answer = (
        f"On 31 March {ends} the Dedicated Schools Grant (DSG) account stands at {balance(last.mean)} without "
        "interventions (8 in "
        f"10 futures: {pounds(last.p10)} to {pounds(last.p90)}; a deficit is negative) and at "
        f"{balance(bands[WITH][-1].mean)} with "
        f"interventions and shortlist. Future by future the balance changes by {pounds(change.mean)} on average (8 in "
        "10 futures: "
        f"{pounds(change.p10)} to {pounds(change.p90)})."
    )
    chart = Chart(
        "balance",
        "Cumulative DSG balance at the end of each financial year",
        fan_caption(rows, WITH, lambda value: pounds(1e6 * value), what="with interventions and shortlist"),
        f"Fan chart of the cumulative balance. On 31 March {ends}: {pounds(last.mean)} without interventions, "
        f"{pounds(bands[WITH][-1].mean)} with interventions and shortlist. Numbers in the table below.",
        specification(fan(rows, money=True)),
        "balance",
    )
    spend, income = without.spend.mean(axis=0), without.income.sum(axis=2).mean(axis=0)
    in_year = without.in_year_balance.mean(axis=0)
    table = Table(
        "balance",
        "The DSG account by financial year",
        (
            Column("Financial year", "1 April to 31 March."),
            Column("Spend", "Mean high-needs spend, without interventions.", "pounds", "£ at the year's prices"),
            Column("Income", "Mean income.", "pounds", "£ at the year's prices"),
            Column("In-year", "Mean in-year balance, without interventions.", "pounds", "£ at the year's prices"),
            *band_columns("Balance without interventions", "£", "pounds", "the cumulative balance on 31 March"),
            *band_columns("Balance with all", "£", "pounds", "the cumulative balance with interventions and shortlist"),
        ),
        tuple(
            (year, float(spend[i]), float(income[i]), float(in_year[i]), *banded(bands[WITHOUT][i]), *banded(bands[WITH][i]))
            for i, year in enumerate(years)
        ),
        "Means over the futures. Home-to-school transport is the General Fund's and in no figure here.",
    )
    words = []
    if (override := override_ends(chain.scenario, with_all)) is not None:
        found = band(override[1])
        words.append(
            f"The statutory override ends with the financial year {override[0]}: the balance then is {pounds(found.mean)} with "
            f"interventions and shortlist (8 in 10 futures: {pounds(found.p10)} to {pounds(found.p90)}), and would fall on the "
            "council's own reserves."
        )
    return Section("What happens to the deficit?", answer, (chart, table, *words, _spend(without, with_all)))


def _spend(without: Account, with_all: Account) -> Table:
    year = without.financial_years[-1]
    before, after = (account.amounts[:, -1].sum(axis=2).mean(axis=0) for account in (without, with_all))
    rows = [
        (entry.label, float(before[i]), float(after[i]), float(after[i] - before[i])) for i, entry in enumerate(DSG_CATEGORIES)
    ]
    rows.append(("All spend", float(before.sum()), float(after.sum()), float(after.sum() - before.sum())))
    columns = (
        Column("Category", "Category of the DSG management plan."),
        Column("Without interventions", f"Mean spend in {year}.", "pounds", "£ at the year's prices"),
        Column("With interventions and shortlist", f"Mean spend in {year}.", "pounds", "£ at the year's prices"),
        Column("Difference", "With less without.", "pounds", "£ at the year's prices"),
    )
    return Table("spend", f"Spend by category, {year}", columns, tuple(rows), "Means over the futures.")


def _end(financial_year: str) -> int:
    return int(financial_year[:4]) + 1
