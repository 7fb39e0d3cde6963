"""The returns' files from a few futures of Bristol: sums, years, codes, the opening census, and the workbook."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import defaultdict
from pathlib import Path

import openpyxl
import pytest

from sufficiency.domain.dictionaries import AGE_GROUPS, DSG_CATEGORIES, NEEDS, PROVISION_TYPES
from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.experiment.runner import run_futures
from sufficiency.report.returns.files import FILES, write_returns
from sufficiency.report.returns.reform_plan import check_years
from sufficiency.report.returns.settings import TABLES, return_settings
from sufficiency.scenario.library import load

pytestmark = pytest.mark.integration
TODAY = dt.date(2026, 11, 22)
YEARS = ("2025", "2026", "2027", "2028", "2029")


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    """Five futures of Bristol in January 2025 without its interventions, and with."""
    chosen = load("bristol-2025")
    return {name: run_futures(s, 5) for name, s in (("unmitigated", chosen.unmitigated()), ("mitigated", chosen))}


@pytest.fixture(scope="module")
def folder(runs: dict[str, Run], tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("returns")
    names, lines, left_out = write_returns(runs, return_settings(), found, TODAY)
    assert {path.name for path in found.iterdir()} == set(FILES) == set(names)
    assert not left_out
    assert lines
    return found


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def sheet_rows(path: Path, sheet: str) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path / "reform-plan.xlsx")[sheet].iter_rows(values_only=True))


def block(folder: Path, sheet: str, version: str) -> dict[str, list[object]]:
    """Numbers of a version of a table by row label: 2025 to 2029."""
    found = sheet_rows(folder, sheet)
    start = next(i for i, row in enumerate(found) if row[0] == version)
    assert found[start][1:6] == YEARS
    end = next(i for i in range(start, len(found)) if found[i][0] == "Total")
    return {str(row[0]): list(row[1:6]) for row in found[start + 1 : end + 1]}


def test_scap_has_its_planning_areas_in_order_and_its_years(folder: Path) -> None:
    found = rows(folder / "scap.csv")
    primary, secondary = ("1803001", "1803002", "1803003", "1803004"), ("1803011", "1803012", "1803013", "1803014")
    assert tuple(dict.fromkeys(row["planning_area"] for row in found)) == (*primary, *secondary)
    assert [row["type"] for row in found[::6]][:4] == ["UR", "IN", "SS", "AP"]
    for area in primary:
        years = [row["academic_year"] for row in found if row["planning_area"] == area]
        assert years == ["2024/25", "2025/26", "2026/27", "2027/28", "2028/29", "2029/30"]
    for area in secondary:
        years = [row["academic_year"] for row in found if row["planning_area"] == area]
        assert (years[0], years[-1], len(years)) == ("2024/25", "2031/32", 8)
    assert {row["status"] for row in found if row["academic_year"] == "2024/25"} == {"actual"}


def test_the_three_shapes_of_scap_agree(folder: Path) -> None:
    of_phase: dict[tuple[str, str], int] = defaultdict(int)
    of_type: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in rows(folder / "scap.csv"):
        of_phase[row["academic_year"], row["phase"]] += int(row["pupils"])
        of_type[row["academic_year"], row["phase"], row["type"]] += int(row["pupils"])
        assert abs(int(row["pupils"]) - float(row["mean"])) < 1.01
    published = rows(folder / "scap-by-year.csv")
    assert {row["education_phase"] for row in published} == {"Total", "Primary", "Secondary"}
    for row in published:
        start = row["time_period"][:4]
        year = f"{start}/{row['time_period'][4:]}"
        parts = ("Primary", "Secondary") if row["education_phase"] == "Total" else (row["education_phase"],)
        assert int(row["forecast"]) == sum(of_phase[year, phase] for phase in parts)
    assert sum(row["education_phase"] == "Total" for row in published) == 6
    wide = rows(folder / "scap-by-ncy.csv")
    for row in wide:
        for phase, ncys in (("primary", range(7)), ("secondary", range(7, 12))):
            cells = [row["reception" if ncy == 0 else f"year_{ncy}"] for ncy in ncys]
            if (row["academic_year"], phase.capitalize()) not in of_phase:
                assert set(cells) == {row[phase]} == {""}
                continue
            whole = of_type[row["academic_year"], phase.capitalize(), row["type"]]
            assert sum(int(cell) for cell in cells) == int(row[phase]) == whole
    assert len(wide) == 4 * 8


def test_the_base_year_is_the_opening_census(folder: Path, runs: dict[str, Run]) -> None:
    opening = runs["mitigated"].scenario.caseload.by_setting.value
    dsg = {row["category"]: int(row["pupils"]) for row in rows(folder / "dsg-pupils.csv")
           if row["census"] == "2025" and row["cut_by"] == "none" and row["version"] == "mitigated"}  # fmt: skip
    assert dsg["all"] == sum(opening.values()) == 4931
    assert dsg["mainstream"] == opening["mainstream"] + opening["early_years"]
    for setting in ("resourced", "special", "independent", "alternative"):
        assert dsg[setting] == opening[setting]
    scap = [row for row in rows(folder / "scap.csv") if row["academic_year"] == "2024/25"]
    units = sum(int(row["pupils"]) for row in scap if row["type"] == "UR")
    assert units == opening["resourced"] == 261  # all of them are of school age


def test_dsg_pupils_add_up_by_age_by_need_and_over_categories(folder: Path) -> None:
    found = rows(folder / "dsg-pupils.csv")
    cells = {(r["version"], r["census"], r["category"], r["cut_by"], r["group"]): int(r["pupils"]) for r in found}
    assert len(cells) == len(found)
    versions, censuses = {key[0] for key in cells}, {key[1] for key in cells}
    assert versions == {"unmitigated", "mitigated"}
    assert censuses == {str(year) for year in range(2025, 2033)}
    for version in versions:
        for census in censuses:
            for category in (*DSG_CATEGORIES.codes, "all"):
                whole = cells[version, census, category, "none", "all"]
                assert sum(cells[version, census, category, "age", code] for code in AGE_GROUPS.codes) == whole
                assert sum(cells[version, census, category, "need", code] for code in NEEDS.codes) == whole
            parts = sum(cells[version, census, category, "none", "all"] for category in DSG_CATEGORIES.codes)
            assert parts == cells[version, census, "all", "none", "all"]


def test_the_workbook_has_every_sheet_with_numbers_of_both_versions_and_words(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "reform-plan.xlsx")
    assert book.sheetnames == ["Read me", *TABLES, "Unverified defaults"]
    for table in TABLES:
        for version in ("Unmitigated", "Mitigated"):
            found = block(folder, table, version)
            assert all(isinstance(total, int) and total > 0 for total in found["Total"])
            for year in range(5):
                assert (
                    sum(row[year] for label, row in found.items() if label != "Total" and isinstance(row[year], int))
                    == (found["Total"][year])
                )
        words = [row[0] for row in sheet_rows(folder, table)]
        assert len(words) - words.index("Assumptions") > 4
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_tables_of_the_workbook_agree_with_each_other(folder: Path) -> None:
    for version in ("Unmitigated", "Mitigated"):
        plans = block(folder, "5.1", version)["Total"]
        provision, needs = block(folder, "6", version), block(folder, "7", version)
        assert provision["Total"] == needs["Total"] == plans
        assert len(provision) == len(PROVISION_TYPES) + 1
        assert len(needs) == len(NEEDS) + 2
        for table, settings in return_settings().reform_plan.tables.items():
            if settings.provision:
                labels = [PROVISION_TYPES.label(code) for code in settings.provision]
                whole = [sum(n for label in labels if isinstance(n := provision[label][i], int)) for i in range(5)]
                assert block(folder, table, version)["Total"] == whole, table


def test_a_years_plans_are_the_january_census_after_it(folder: Path) -> None:
    totals = {row["census"]: int(row["pupils"]) for row in rows(folder / "dsg-pupils.csv")
              if row["category"] == row["group"] == "all" and row["version"] == "unmitigated"}  # fmt: skip
    assert block(folder, "5.1", "Unmitigated")["Total"] == [totals[str(year + 1)] for year in range(2025, 2030)]


def test_what_is_not_modelled_says_so_with_its_reason(folder: Path) -> None:
    found = block(folder, "6", "Unmitigated")
    for label in ("Support bases in mainstream", "NMSS or independent, other suitable arrangements"):
        assert set(found[label]) == {"not modelled"}
        assert any(str(row[0]).startswith(f"{label}: not modelled. ") for row in sheet_rows(folder, "6"))
    assert set(block(folder, "7", "Mitigated")["SEN support but no specialist assessment of type of need"]) == {"not modelled"}


def test_the_read_me_says_what_the_workbook_is_of(folder: Path, runs: dict[str, Run]) -> None:
    said = {str(row[0]): str(row[1]) for row in sheet_rows(folder, "Read me")}
    assert said["Scenario hash, mitigated"] == runs["mitigated"].scenario.digest
    assert said["Scenario hash, unmitigated"] == runs["unmitigated"].scenario.digest
    assert (said["Seed"], said["Futures"], said["Written on"]) == ("20220307", "5", "2026-11-22")
    assert said["Model version"]
    assert "unverified" in said["Shares that split settings"]
    unverified = runs["mitigated"].scenario.unverified()
    assert said["Unverified defaults"].startswith(f"{len(unverified)} of ")
    assert [row[0] for row in sheet_rows(folder, "Unverified defaults")[1:]] == list(unverified)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["splits"]["source"].startswith("DfE")
    assert manifest["versions"].keys() == runs.keys()


def test_the_same_runs_write_the_same_bytes(folder: Path, runs: dict[str, Run], tmp_path: Path) -> None:
    write_returns(runs, return_settings(), tmp_path, TODAY)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_labels_that_look_like_formulas_stay_text_and_years_beyond_the_horizon_are_left_out(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        '[authority]\nname = "=1+1"\n[scap_by_year.columns]\nla_name = "@name"\npupils = "n"\n'
        '[reform_plan.provision]\nspecial = "=cmd()"\n[reform_plan.tables.6]\ntitle = "+x"\n',
        encoding="utf-8",
    )
    short = load("bristol-2025").unmitigated().changed("", horizon=dt.date(2028, 8, 31))
    settings = return_settings(mine)
    out = tmp_path / "out"
    out.mkdir()
    check_years(short, settings)
    _, _, left_out = write_returns({"unmitigated": run_futures(short, 1)}, settings, out, TODAY)
    assert "2028/29, 2029/30, 2030/31, 2031/32" in left_out[0]
    assert "2028, 2029" in left_out[1]
    text = (out / "scap-by-year.csv").read_text(encoding="utf-8")
    assert text.startswith("'@name,n\n'=1+1,")
    book = openpyxl.load_workbook(out / "reform-plan.xlsx")
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    found = block(out, "6", "Unmitigated")
    assert found["'=cmd()"][3:] == ["not simulated", "not simulated"]
    assert isinstance(found["'=cmd()"][2], int)


def test_a_scenario_that_reaches_no_year_of_the_return_is_refused_before_it_is_simulated() -> None:
    with pytest.raises(InputProblem, match=r"2025 to 2029.*horizon"):
        check_years(load("bristol-2020"), return_settings())
