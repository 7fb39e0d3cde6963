"""Every command on the bundled scenarios: exit codes, files, and that the files say what the docs say."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sufficiency.domain.dictionaries import DSG_CATEGORIES, NEEDS, PHASES
from sufficiency.experiment.tables import COLUMNS
from sufficiency.scenario.library import load

pytestmark = pytest.mark.integration
Call = Callable[..., subprocess.CompletedProcess[str]]

REQUIRED = {
    "requests", "requests_undecided", "refusals", "assessments_open", "plans_issued", "plans_issued_on_time",
    "timeliness_20_week", "caseload", "joiners", "leavers", "movers", "waiting", "need", "places", "gap_all", "gap_waiting",
    "independent", "spend", "income", "in_year_balance", "cumulative_balance",
}  # fmt: skip


@pytest.fixture(scope="module")
def results(call: Call, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the results of one small run, on two workers."""
    out = tmp_path_factory.mktemp("out") / "new" / "folder"
    done = call("run", "bristol-2022", "--jobs", "2", "--out", str(out))
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def table(results: Path) -> pd.DataFrame:
    """results.csv."""
    return pd.read_csv(results / "results.csv", dtype={"period": str}, keep_default_na=False)


def test_results_have_every_column_measure_and_no_empty_cell(table: pd.DataFrame) -> None:
    assert tuple(table.columns) == COLUMNS
    assert set(table["measure"]) >= REQUIRED
    assert not (table == "").any().any()
    assert not table.isna().any().any()
    assert not table.duplicated(subset=list(COLUMNS[:9])).any()


def test_periods_are_written_as_the_docs_say(table: pd.DataFrame) -> None:
    shapes = {"month": r"\d{4}-\d\d", "calendar_year": r"\d{4}", "academic_year": r"\d{4}/\d\d",
              "financial_year": r"\d{4}-\d\d", "census": r"\d{4}"}  # fmt: skip
    assert set(table["period_kind"]) == set(shapes)
    for kind, shape in shapes.items():
        assert table.loc[table["period_kind"] == kind, "period"].str.fullmatch(shape).all()


@pytest.mark.parametrize("measure", ["need", "places", "gap_all", "gap_waiting"])
def test_need_places_and_gaps_are_cut_by_area_need_phase_and_year(table: pd.DataFrame, measure: str) -> None:
    rows = table[(table["measure"] == measure) & (table["period_kind"] == "academic_year")]
    cells = rows[(rows["area"] != "all") & (rows["need"] != "all") & (rows["phase"] != "all")]
    assert len(cells) == 3 * len(NEEDS) * len(PHASES) * 8


def test_all_rows_are_the_sums_of_their_parts(table: pd.DataFrame) -> None:
    for measure, kind in (("gap_all", "academic_year"), ("requests", "calendar_year"), ("caseload", "census")):
        rows = table[(table["measure"] == measure) & (table["period_kind"] == kind) & (table["setting"] == "all")]
        rows = rows[rows["phase"] == "all"]
        by_area = rows[(rows["area"] != "all") & (rows["need"] == "all")].groupby("period")["mean"].sum()
        total = rows[(rows["area"] == "all") & (rows["need"] == "all")].set_index("period")["mean"]
        pd.testing.assert_series_equal(by_area, total, check_names=False, rtol=1e-9)


def test_gap_all_is_need_less_places_in_every_cell(table: pd.DataFrame) -> None:
    keys = ["period", "area", "need", "phase"]
    by = {m: table[table["measure"] == m].set_index(keys)["mean"] for m in ("need", "places", "gap_all")}
    difference = (by["need"] - by["places"] - by["gap_all"]).abs().max()
    assert difference < 1e-6


def test_spend_and_income_make_the_balance(table: pd.DataFrame) -> None:
    money = table[table["period_kind"] == "financial_year"]
    assert set(money.loc[money["measure"] == "spend", "category"]) == {*DSG_CATEGORIES.codes, "all"}
    total = money[money["category"] == "all"].set_index(["measure", "period"])["mean"]
    for year in total["spend"].index:
        assert total["income"][year] - total["spend"][year] == pytest.approx(total["in_year_balance"][year], abs=0.01)


def test_the_opening_census_is_the_published_one(table: pd.DataFrame) -> None:
    rows = table[(table["measure"] == "caseload") & (table["period"] == "2022") & (table["area"] == "all")]
    rows = rows[(rows["need"] == "all") & (rows["phase"] == "all")].set_index("setting")["mean"]
    assert rows["all"] == 3424
    assert rows["special"] == 1112
    assert rows["independent"] == 92


def test_the_manifest_says_what_the_results_are_of(results: Path) -> None:
    manifest = json.loads((results / "manifest.json").read_text(encoding="utf-8"))
    scenario = load("bristol-2022")
    assert manifest["scenario_hash"] == scenario.digest
    assert manifest["futures"] == 4
    assert manifest["seed"] == 20220307
    assert manifest["model_version"]
    assert manifest["data_versions"]
    assert set(manifest["unverified_defaults"]) == set(scenario.unverified())


def test_the_same_seed_writes_the_same_bytes_whatever_the_workers(call: Call, results: Path, tmp_path: Path) -> None:
    assert call("run", "bristol-2022", "--jobs", "1", "--out", str(tmp_path)).returncode == 0
    for name in ("results.csv", "manifest.json"):
        assert (tmp_path / name).read_bytes() == (results / name).read_bytes()


def test_another_seed_gives_other_results(call: Call, results: Path, tmp_path: Path) -> None:
    assert call("run", "bristol-2022", "--seed", "7", "--jobs", "1", "--out", str(tmp_path)).returncode == 0
    assert (tmp_path / "results.csv").read_bytes() != (results / "results.csv").read_bytes()


def test_plan_prints_every_section(call: Call) -> None:
    done = call("plan", "bristol-2022", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    for heading in ("Requests", "Plans", "Gap", "Shortlist", "DSG balance", "What this rests on"):
        assert f"\n{heading}\n" in done.stdout
    assert "308 to find" in done.stdout
    assert "unverified defaults" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 110


def test_compare_takes_overrides_of_the_first(call: Call, tmp_path: Path) -> None:
    done = call("compare", "bristol-2022", "high-growth", "bristol-2022+low-growth", "--jobs", "1", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(tmp_path / "comparison.csv", dtype={"period": str}, keep_default_na=False)
    assert set(table["scenario"]) == {"bristol-2022+high-growth", "bristol-2022+low-growth"}
    total = table[(table[["area", "need", "phase", "setting"]] == "all").all(axis=1)]
    late = total[(total["measure"] == "requests") & (total["period"] == "2028")].set_index("scenario")["p50"]
    assert late["bristol-2022+high-growth"] > 0 > late["bristol-2022+low-growth"]


def test_comparing_a_scenario_with_itself_gives_zero(call: Call, tmp_path: Path) -> None:
    assert call("compare", "bristol-2022", "bristol-2022", "--jobs", "1", "--out", str(tmp_path)).returncode == 0
    table = pd.read_csv(tmp_path / "comparison.csv")
    assert (table[["mean", "sd", "p05", "p50", "p95"]] == 0).all().all()


def test_shortlist_writes_a_reason_for_every_bid_and_a_scenario_that_loads(call: Call, tmp_path: Path) -> None:
    done = call("shortlist", "bristol-2022", "--quick", "--jobs", "1", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(tmp_path / "shortlist.csv", keep_default_na=False)
    assert len(table) == 78
    assert (table["reason"].str.len() > 20).all()
    assert set(table["decision"]) <= {"chosen", "left out", "screened out"}
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert result["status"] in {"proven", "within gap", "at limit"}
    adopted = load(str(tmp_path / "scenario-with-shortlist.toml"))
    assert {p.eoi for p in adopted.supply.values() if p.eoi} == set(result["chosen"])


def test_dsg_account_is_quantity_times_unit_cost(call: Call, two_years: Path, tmp_path: Path) -> None:
    done = call("dsg", str(two_years), "--jobs", "1", "--year", "2023-24", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    account = pd.read_csv(tmp_path / "account.csv")
    assert list(account.columns) == ["financial_year", "version", "category", "line", "quantity", "unit_cost", "amount"]
    assert set(account["version"]) == {"mitigated", "unmitigated"}
    assert set(account["line"]) == {"places", "top_ups", "fees", "no_plan", "other", "income"}
    assert set(account["category"]) == {*DSG_CATEGORIES.codes, "all"}
    assert (account["quantity"] * account["unit_cost"] - account["amount"]).abs().max() < 0.005
    savings = pd.read_csv(tmp_path / "savings.csv")
    last = savings[(savings["measure"] == "cumulative_saving") & (savings["financial_year"] == "2023-24")].set_index("workstream")
    assert last.loc["all", "mean"] == pytest.approx(last.drop("all")["mean"].sum(), abs=0.01)
    assert {"new-places", "price-bands", "continuing"} <= set(last.index)
    for name in ("sensitivity.csv", "grid.csv", "break-even.csv", "balances.csv", "management-plan.xlsx"):
        assert (tmp_path / name).stat().st_size > 100, name
    assert "Shapley values" in done.stdout


def test_sensitivity_one_at_a_time_and_over_the_whole_chain(call: Call, two_years: Path, tmp_path: Path) -> None:
    done = call("sensitivity", str(two_years), "--jobs", "1", "--out", str(tmp_path / "one"))
    assert done.returncode == 0, done.stderr
    assert len(pd.read_csv(tmp_path / "one" / "sensitivity.csv")) == 28 * 3
    done = call("sensitivity", str(two_years), "--global", "--jobs", "1", "--samples", "16", "--out", str(tmp_path / "two"))
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(tmp_path / "two" / "global.csv")
    assert set(table.columns) >= {"output", "input", "known", "first_order", "total_order", "total_low", "total_high"}
    assert table.groupby("output").size().eq(11).all()
    assert "the council's own records" in " ".join(done.stdout.split())


def test_invest_to_save_says_when_each_option_pays_back(call: Call, two_years: Path, tmp_path: Path) -> None:
    done = call("invest", str(two_years), "--optimism", "standard", "--jobs", "1", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    options = pd.read_csv(tmp_path / "options.csv")
    assert list(options["option"]) == ["continuing", "school-led", "exploring", "all"]
    payback = pd.read_csv(tmp_path / "payback.csv")
    assert payback["paid_back_by"].between(0, 1).all()
    assert "net present value" in done.stdout


def test_scenarios_and_assumptions_are_listed(call: Call) -> None:
    assert "high-growth" in call("scenarios").stdout
    listed = call("assumptions", "bristol-2022").stdout
    assert "demand.growth" in listed
    assert "known from 2022-03-07" in listed
