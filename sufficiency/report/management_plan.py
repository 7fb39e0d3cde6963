"""``management-plan.xlsx``: pupils, spend, savings and balances of the DSG management plan, with totals by live formulas.

Every formula is written here, with the value it has; whoever changes a number in the workbook sees the balances follow.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import numpy as np

from sufficiency import __version__
from sufficiency.domain.dictionaries import CATEGORY_OF_SETTING, DSG_CATEGORIES, SETTINGS
from sufficiency.dsg.account import Account
from sufficiency.dsg.income import SOURCES
from sufficiency.dsg.items import LINES
from sufficiency.dsg.plan import Plan
from sufficiency.dsg.prices import Array
from sufficiency.report.excel import new_book, unverified_rows, write_rows
from sufficiency.report.formula_sheet import FormulaSheet
from sufficiency.scenario.figures import Figure
from sufficiency.scenario.provenance import in_words
from sufficiency.scenario.scenario import Scenario

LINE_WORDS = {
    "places": "Places",
    "top_ups": "Top-ups",
    "fees": "Fees",
    "no_plan": "Top-ups without a plan",
    "other": "Other lines",
}
SOURCE_WORDS = {
    "high_needs": "High-needs allocation",
    "transfer": "Transfer from the schools block",
    "import_export": "Import and export adjustment",
    "other": "Other income",
    "other_blocks": "Other blocks of the DSG",
}


def management_plan(plan: Plan) -> bytes:
    """The workbook's bytes. Numbers are means over futures, in £ at the prices of each year, as in account.csv."""
    held = io.BytesIO()
    book, look = new_book(held, f"DSG management plan: {plan.scenario.title}")
    years = plan.unmitigated.financial_years
    write_rows(book.add_worksheet("Read me"), look, _read_me(plan), (34, 110))
    sheets = {
        name: FormulaSheet(book.add_worksheet(name), look, years)
        for name in ("Balances", "Savings", "Pupils", "Spend unmitigated", "Spend mitigated")
    }
    versions = {"unmitigated": plan.unmitigated, "mitigated": plan.mitigated}
    spend = {name: _spend(sheets[f"Spend {name}"], account) for name, account in versions.items()}
    carried = _balances(sheets["Balances"], versions, spend)
    _savings(sheets["Savings"], plan, carried)
    _pupils(sheets["Pupils"], versions)
    write_rows(
        book.add_worksheet("Interventions"), look, _interventions(plan.scenario), (44, 20, 26, 16, 26, 20, 20, 20, 20, 12, 12, 80)
    )
    write_rows(book.add_worksheet("Unverified defaults"), look, unverified_rows(plan.scenario), (44, 30, 24, 60, 60))
    book.close()
    return held.getvalue()


def _spend(sheet: FormulaSheet, account: Account) -> int:
    """Spend by category and line; gives back the row of all spend."""
    amounts = account.amounts.mean(axis=0)
    sheet.title(f"Spend, {account.version}", "£ at the prices of each year; mean of the futures.")
    sheet.heading("Category and line")
    totals = []
    for c, category in enumerate(DSG_CATEGORIES):
        rows = [
            sheet.values(f"   {LINE_WORDS[line]}", amounts[:, c, i]) for i, line in enumerate(LINES) if amounts[:, c, i].any()
        ]
        whole = amounts[:, c].sum(axis=1)
        totals.append(sheet.sum_of(category.label, rows, whole) if rows else sheet.values(category.label, whole))
        sheet.gap()
    return sheet.sum_of("All spend", totals, amounts.sum(axis=(1, 2)))


def _balances(sheet: FormulaSheet, versions: dict[str, Account], spend: dict[str, int]) -> dict[str, int]:
    """Brought forward, in-year and carried forward of each version; gives back the rows of the last."""
    sheet.title("Balances", "£; a deficit is negative. Spend comes from its own sheets; totals are formulas.")
    carried = {}
    for name, account in versions.items():
        sheet.heading(name.capitalize())
        income = account.income.mean(axis=0)
        kept = [s for s in SOURCES if income[:, SOURCES.index(s)].any()]
        rows = [sheet.values(f"   {SOURCE_WORDS[s]}", income[:, SOURCES.index(s)]) for s in kept]
        received = sheet.sum_of("Income", rows, income.sum(axis=1))
        spent = sheet.other("Spend", f"Spend {name}", spend[name], account.spend.mean(axis=0))
        in_year = sheet.combined("In-year balance", {received: 1, spent: -1}, account.in_year_balance.mean(axis=0))
        paid = sheet.values("Payments towards the deficit", account.payments.mean(axis=0))
        grant = sheet.values("Stability grant", account.grant.mean(axis=0))
        carried[name] = sheet.carried(
            "Brought forward", "Carried forward", (in_year, paid, grant), float(account.brought_forward.mean()),
            account.cumulative_balance.mean(axis=0),
        )  # fmt: skip
        sheet.values("Home-to-school transport (General Fund, in no sum)", account.transport.mean(axis=0))
        sheet.gap()
    return carried


def _savings(sheet: FormulaSheet, plan: Plan, carried: dict[str, int]) -> None:
    worth = plan.worth
    how = "every order in which they could be switched on is weighed" if worth.is_exact else (
        "orders in which they could be switched on are sampled; the error of the mean is in savings.csv"
    )  # fmt: skip
    sheet.title("Savings by workstream", f"£ by which the year's balance is better (Shapley values: {how}); costs included.")
    sheet.heading("Workstream", ("Theme", "Delivery", "Evidence"))
    in_year = worth.in_year.mean(axis=1)
    rows = [
        sheet.values(player.title, in_year[i], (player.theme, player.rating, player.confidence))
        for i, player in enumerate(worth.players)
    ]
    change = np.diff((plan.mitigated.cumulative_balance - plan.unmitigated.cumulative_balance).mean(axis=0), prepend=0.0)
    total = sheet.sum_of("All workstreams", rows, in_year.sum(axis=0)) if rows else sheet.values("No intervention", 0 * change)
    whole = sheet.change_between("Mitigated less unmitigated", "Balances", carried["mitigated"], carried["unmitigated"], change)
    sheet.combined("Not explained", {whole: 1, total: -1}, change - in_year.sum(axis=0) if rows else change)


def _pupils(sheet: FormulaSheet, versions: dict[str, Account]) -> None:
    sheet.title("Pupils", "Pupil-years: the mean of the weeks of the financial year, not a January count. Mean of the futures.")
    blocks: dict[str, list[int]] = {}
    means = {name: _by_category(account.pupil_years.mean(axis=0)) for name, account in versions.items()}
    for name, numbers in means.items():
        sheet.heading(name.capitalize())
        blocks[name] = [sheet.values(entry.label, numbers[:, c]) for c, entry in enumerate(DSG_CATEGORIES)]
        sheet.sum_of("All pupils", blocks[name], numbers.sum(axis=1))
        sheet.gap()
    sheet.heading("Mitigated less unmitigated")
    rows = []
    for c, entry in enumerate(DSG_CATEGORIES):
        difference = means["mitigated"][:, c] - means["unmitigated"][:, c]
        rows.append(sheet.combined(entry.label, {blocks["mitigated"][c]: 1, blocks["unmitigated"][c]: -1}, difference))
    sheet.sum_of("All pupils", rows, means["mitigated"].sum(axis=1) - means["unmitigated"].sum(axis=1))


def _by_category(pupil_years: Array) -> Array:
    """[financial_year, category] of [financial_year, setting]."""
    summed = np.zeros((len(pupil_years), len(DSG_CATEGORIES)))
    for i, setting in enumerate(SETTINGS.codes):
        summed[:, DSG_CATEGORIES.index(CATEGORY_OF_SETTING[setting])] += pupil_years[:, i]
    return summed


def _read_me(plan: Plan) -> Iterable[list[str]]:
    scenario, account = plan.scenario, plan.mitigated
    yield ["DSG management plan", scenario.title]
    yield ["Scenario", "+".join((scenario.name, *scenario.overrides))]
    yield ["Note", scenario.note]
    yield ["Scenario hash", scenario.digest]
    yield ["Model version", __version__]
    yield ["Seed", str(account.base_seed)]
    yield ["Futures", f"{len(account.replications):,}"]
    yield ["Standing at", f"{scenario.knowledge_date}; simulated from {scenario.start} to {scenario.horizon}"]
    yield [
        "Unmitigated",
        "Without any intervention. Mitigated: with those that the scenario has enabled, as late and in part as drawn.",
    ]
    yield ["Statistic", "Means over futures, so that they add up; ranges are in balances.csv. No medians are summed."]
    yield ["Formulas", "Totals, balances and differences are formulas. Change a number and what rests on it follows."]
    yield ["Labels", "Categories of the DSG management plan; the Department's template itself was not obtained (unverified)."]
    unverified = scenario.unverified()
    yield ["Unverified defaults", f"{len(unverified)} of {len(dict(scenario.figures()))} figures: sheet Unverified defaults."]


def _interventions(scenario: Scenario) -> Iterable[list[str]]:
    yield [
        "Intervention", "Theme", "Acts on", "Planned start", "Effect", "Delivered", "Weeks late", "Yearly cost", "One-off cost",
        "Delivery", "Evidence", "What is known",
    ]  # fmt: skip
    for intervention in scenario.interventions.values():
        on = "" if intervention.enabled else " (not switched on)"
        costs = (intervention.yearly_cost, intervention.one_off_cost)
        yield [
            f"{intervention.title}{on}", intervention.theme, intervention.quantity.replace("_", " "),
            in_words(intervention.starts), in_words(intervention.effect),
            _or_none(intervention.delivered), _or_none(intervention.slippage),
            *(_or_none(cost) for cost in costs), intervention.rating, intervention.confidence, intervention.evidence or "",
        ]  # fmt: skip
    for programme in scenario.programmes.values():
        costs = (programme.yearly_cost, programme.one_off_cost)
        words = ["", "", "", "", "", *(_or_none(cost) for cost in costs), "", "", "Paid where any of its interventions is on."]
        yield [f"Programme: {programme.title}", programme.theme, *words]


def _or_none(figure: Figure[Any] | None) -> str:
    return "" if figure is None else in_words(figure)
