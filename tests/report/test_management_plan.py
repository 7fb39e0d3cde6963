"""The management plan in Excel: every formula is ours, gives the value written beside it, and reconciles with the account."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from sufficiency.domain.dictionaries import DSG_CATEGORIES
from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.plan import Plan, plan
from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import run_futures
from sufficiency.report.dsg_files import FILES, Asked, account_lines, check_asked, savings_table, write_dsg
from sufficiency.report.management_plan import management_plan
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario

PENNY = 0.005
LINES = {"places", "top_ups", "fees", "no_plan", "other", "income"}
TOKEN = re.compile(
    r"SUM\((?P<first>[A-Z]+\d+):(?P<last>[A-Z]+\d+)\)|(?:'(?P<sheet>[^']+)'!)?(?P<cell>[A-Z]+\d+)|(?P<sign>[-+()])"
)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Two financial years, a payment and the grant in them, and two workstreams."""
    base = load("bristol-2022+reforms-2026").changed("", horizon=dt.date(2024, 4, 30))
    known = {"unit": "£", "source": "test", "known_from": dt.date(2022, 1, 1), "verified": True}
    payment = {"title": "=cmd()", "paid_on": dt.date(2022, 6, 1), "amount": known | {"value": 2e6}}
    base = base.changed("money", payments={"one": payment})
    base = base.changed("money.stability_grant", deficit_on=dt.date(2022, 3, 31), paid_on=dt.date(2023, 10, 1))
    return base.changed("", title="=HYPERLINK(0)").changed("interventions.price-negotiation", enabled=True)


@pytest.fixture(scope="module")
def runs(scenario: Scenario) -> tuple[Run, Run]:
    unmitigated, mitigated = (run_futures(s, 3, base_seed=2) for s in (scenario.unmitigated(), scenario))
    return unmitigated, mitigated


@pytest.fixture(scope="module")
def found(runs: tuple[Run, Run]) -> Plan:
    return plan(*runs)


class Workbook:
    """The workbook twice: its formulas, evaluated here, and the values written beside them."""

    def __init__(self, content: bytes) -> None:
        self.formulas = openpyxl.load_workbook(io.BytesIO(content))
        self.written = openpyxl.load_workbook(io.BytesIO(content), data_only=True)

    def value(self, sheet: str, cell: str) -> float:
        content = self.formulas[sheet][cell].value
        if not isinstance(content, str):
            return float(content or 0)
        assert content.startswith("=")
        return self._sum(sheet, list(TOKEN.finditer(content[1:])))

    def _sum(self, sheet: str, tokens: list[re.Match[str]]) -> float:
        total, signs = 0.0, [1.0]
        sign = 1.0
        for token in tokens:
            if token["sign"] in ("+", "-"):
                sign = signs[-1] * (1 if token["sign"] == "+" else -1)
            elif token["sign"] == "(":
                signs.append(sign)
            elif token["sign"] == ")":
                signs.pop()
            elif token["cell"]:
                total += sign * self.value(token["sheet"] or sheet, token["cell"])
                sign = signs[-1]
            else:
                cells = self.formulas[sheet][f"{token['first']}:{token['last']}"]
                total += sign * sum(self.value(sheet, cell.coordinate) for row in cells for cell in row)
                sign = signs[-1]
        return total

    def row(self, sheet: str, label: str, nth: int = 0) -> list[str]:
        """Cells of the nth row with a label."""
        rows = [row for row in self.formulas[sheet].iter_rows() if row[0].value == label]
        return [cell.coordinate for cell in rows[nth][1:3]]


@pytest.fixture(scope="module")
def book(found: Plan) -> Workbook:
    return Workbook(management_plan(found))


def test_every_formula_is_ours_and_gives_the_value_written_beside_it(book: Workbook) -> None:
    ours = re.compile(r"^=(SUM\([A-Z]+\d+:[A-Z]+\d+\)|('[A-Za-z ]+'!)?[A-Z]+\d+)([-+]\(?('[A-Za-z ]+'!)?[A-Z]+\d+\)?)*$")
    formulas = 0
    for sheet in book.formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    formulas += 1
                    assert ours.match(cell.value), cell.value
                    written = book.written[sheet.title][cell.coordinate].value
                    assert book.value(sheet.title, cell.coordinate) == pytest.approx(written, abs=PENNY)
    assert formulas > 60
    assert not any(book.formulas["Read me"].cell(r, 2).data_type == "f" for r in range(1, 20))


@pytest.mark.law
def test_the_workbook_reconciles_with_the_account_to_the_penny(book: Workbook, found: Plan) -> None:
    for version, account in (("unmitigated", found.unmitigated), ("mitigated", found.mitigated)):
        nth = 0 if version == "unmitigated" else 1
        expected = {
            "Income": account.income.sum(axis=2), "Spend": account.spend, "In-year balance": account.in_year_balance,
            "Brought forward": account.opening_balances, "Carried forward": account.cumulative_balance,
            "Payments towards the deficit": account.payments, "Stability grant": account.grant,
        }  # fmt: skip
        for label, values in expected.items():
            read = [book.value("Balances", cell) for cell in book.row("Balances", label, nth)]
            assert read == pytest.approx(values.mean(axis=0), abs=PENNY), label
        spend = [book.value(f"Spend {version}", cell) for cell in book.row(f"Spend {version}", "All spend")]
        assert spend == pytest.approx(account.spend.mean(axis=0), abs=PENNY)
        for c, category in enumerate(DSG_CATEGORIES):
            read = [book.value(f"Spend {version}", cell) for cell in book.row(f"Spend {version}", category.label)]
            assert read == pytest.approx(account.amounts[:, :, c].sum(axis=2).mean(axis=0), abs=PENNY)
    assert found.mitigated.grant.any() and found.mitigated.payments.any()


@pytest.mark.law
def test_savings_in_the_workbook_explain_the_whole_difference(book: Workbook, found: Plan) -> None:
    left = [book.value("Savings", cell) for cell in book.row("Savings", "Not explained")]
    assert left == pytest.approx([0, 0], abs=PENNY)
    total = np.cumsum([book.value("Savings", cell) for cell in book.row("Savings", "All workstreams")])
    difference = (found.mitigated.cumulative_balance - found.unmitigated.cumulative_balance).mean(axis=0)
    assert total == pytest.approx(difference, abs=PENNY)


def test_a_changed_number_moves_the_balance(found: Plan) -> None:
    book = Workbook(management_plan(found))
    [first, _] = book.row("Spend mitigated", "   Fees")
    before = book.value("Balances", book.row("Balances", "Carried forward", 1)[1])
    book.formulas["Spend mitigated"][first].value += 1_000_000
    after = book.value("Balances", book.row("Balances", "Carried forward", 1)[1])
    assert after - before == pytest.approx(-1_000_000, abs=PENNY)


@pytest.mark.law
def test_account_lines_are_the_account_and_quantity_times_unit_cost(found: Plan) -> None:
    for account in (found.unmitigated, found.mitigated):
        lines = account_lines(account)
        assert list(lines.columns) == ["financial_year", "version", "category", "line", "quantity", "unit_cost", "amount"]
        assert set(lines["line"]) == LINES
        assert not lines.duplicated(["financial_year", "category", "line"]).any()
        assert (lines["quantity"] * lines["unit_cost"] - lines["amount"]).abs().max() < PENNY
        by_year = lines.assign(signed=lines["amount"].where(lines["line"] == "income", -lines["amount"]))
        change = by_year.groupby("financial_year")["signed"].sum().to_numpy()
        expected = np.diff(account.cumulative_balance.mean(axis=0), prepend=account.brought_forward.mean())
        assert change == pytest.approx(expected, abs=PENNY)
        items = account.rows()
        whole = items.groupby(["financial_year", "category", "line"], sort=False)["amount"].sum()
        assert whole.to_numpy() == pytest.approx(lines["amount"].to_numpy(), abs=PENNY)


def test_all_files_are_written_and_the_same_bytes_again(found: Plan, runs: tuple[Run, Run], tmp_path: Path) -> None:
    asked = Asked(percent=5.0, category="special", year="2023-24", target=-50e6, by="2023-24")
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
        names, lines = write_dsg(found, runs[1], folder, asked)
        assert names == FILES
    assert any("reached in" in line for line in lines)
    for name in FILES:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name
    savings = pd.read_csv(folders[0] / "savings.csv")
    last = savings[(savings["measure"] == "cumulative_saving") & (savings["financial_year"] == "2023-24")].set_index("workstream")
    assert last.loc["all", "mean"] == pytest.approx(last.drop("all")["mean"].sum(), abs=PENNY)
    targets = pd.read_csv(folders[0] / "targets.csv")
    assert set(targets["version"]) == {"unmitigated", "mitigated"} and targets["probability"].between(0, 1).all()
    assert len(savings_table(found)) == len(savings)


@pytest.mark.parametrize(
    ("asked", "what", "where"),
    [
        ({"percent": 0.0}, "out of range", "--percent"),
        ({"category": "specials"}, "unknown category", "--category"),
        ({"year": "2031-32"}, "does not cover", "--year"),
        ({"target": 1.0}, "without", ""),
        ({"by": "2023-24"}, "without", ""),
        ({"target": 1.0, "by": "2023"}, "does not cover", "--by"),
        ({"target": float("nan"), "by": "2023-24"}, "out of range", "--target"),
        ({"target": float("-inf"), "by": "2023-24"}, "out of range", "--target"),
    ],
)
def test_what_is_asked_for_wrongly_is_refused_before_anything_is_simulated(
    scenario: Scenario, asked: dict[str, Any], what: str, where: str
) -> None:
    with pytest.raises(InputProblem, match=what) as caught:
        check_asked(Asked(**asked), scenario)
    assert where in caught.value.where
