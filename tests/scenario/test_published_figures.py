"""Verified figures against the Department for Education's releases as published."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario

pytestmark = pytest.mark.integration

BRISTOL = "E06000023"
AGES = {
    "Under 5": "under_5",
    "Age 5 to 10": "5_to_10",
    "Age 11 to 15": "11_to_15",
    "Age 16 to 19": "16_to_19",
    "Age 20 to 25": "20_to_25",
}
SETTING_OF_TYPE = {
    # establishment types of the 2022 release; every type not named is a total or does not occur
    "Mainstream - LA maintained": "mainstream",
    "Mainstream - Academy": "mainstream",
    "Mainstream - Free school": "mainstream",
    "Mainstream - Independent": "mainstream",
    "Mainstream - LA maintained - Resourced provision": "resourced",
    "Mainstream - Academy - Resourced Provision": "resourced",
    "Mainstream - Academy - SEN unit": "resourced",
    "Special - LA maintained": "special",
    "Special - Academy/free": "special",
    "Hospital School": "special",
    "Special - Non-maintained": "independent",
    "Special - Independent": "independent",
    "AP/PRU - Academy": "alternative",
    "General FE and tertiary colleges/HE": "further_education",
    "Other FE": "further_education",
    "Sixth form college": "further_education",
    "Specialist post-16 institutions": "further_education",
    "Non-maintained early years": "early_years",
}
ELSEWHERE_GROUPS = ("Educated elsewhere", "NEET", "Other")


def rows(data: Path, release: str, table: str, period: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(data / release) as archive:
        text = archive.read(f"data/{table}.csv").decode("utf-8-sig")
    return [r for r in csv.DictReader(io.StringIO(text)) if r["new_la_code"] == BRISTOL and r["time_period"] == period]


@pytest.fixture(scope="module")
def year_2021(dfe_data: Path) -> dict[str, str]:
    (row,) = rows(dfe_data, "ehcp-2022.zip", "sen2_mi", "2021")
    return row


def test_requests_and_open_assessments_of_2021(bristol: Scenario, year_2021: dict[str, str]) -> None:
    assert bristol.demand.requests_in_base_year.value == int(year_2021["InreqEHC"]) == 850
    assert bristol.assessment_team.open_at_start.value == int(year_2021["AssnodecisionEHC"]) == 461
    assert bristol.demand.requests_in_base_year.verified
    assert bristol.assessment_team.open_at_start.verified


def test_shares_derived_from_2021(bristol: Scenario, year_2021: dict[str, str]) -> None:
    published = {key: int(value) for key, value in year_2021.items() if value.isdigit()}
    assert bristol.decisions.refused.value == pytest.approx(published["AssRefusedEHC"] / published["InreqEHC"], abs=5e-4)
    assert bristol.assessment_team.not_issued.value == pytest.approx(
        published["AssnoneEHC"] / published["NewallEHC_AssnoneEHC_sum"], abs=5e-4
    )
    assert bristol.assessment_team.exception.value == pytest.approx(
        1 - published["TotNoExcEHC"] / published["TotIncExcEHC"], abs=5e-4
    )
    assert bristol.assessment_team.after_dispute.value == pytest.approx(
        1 - published["TotIncExcEHC"] / published["NewallEHC"], abs=5e-4
    )


def test_caseload_of_january_2022_by_age(bristol: Scenario, dfe_data: Path) -> None:
    table = {r["characteristic_age"]: int(r["Total_ehc"]) for r in rows(dfe_data, "ehcp-2022.zip", "sen2_age_caseload", "2022")}
    assert table["Total"] == 3424
    assert bristol.caseload.by_age.value == {code: table[label] for label, code in AGES.items()}
    assert bristol.caseload.by_age.verified


def test_caseload_of_january_2022_by_setting(bristol: Scenario, dfe_data: Path) -> None:
    counted = dict.fromkeys(bristol.caseload.by_setting.value, 0)
    for row in rows(dfe_data, "ehcp-2022.zip", "sen2_estab_caseload", "2022"):
        if row["establishment_type"] in SETTING_OF_TYPE:
            counted[SETTING_OF_TYPE[row["establishment_type"]]] += int(row["Total_ehc"])
        elif row["establishment_type"] == "Total" and row["establishment_group"] in ELSEWHERE_GROUPS:
            counted["elsewhere"] += int(row["Total_ehc"])
    assert bristol.caseload.by_setting.value == counted
    assert sum(counted.values()) == 3424
    assert bristol.caseload.by_setting.verified


def test_requests_of_2024(dfe_data: Path) -> None:
    table = {r["breakdown"]: r["requests_received_in_year"] for r in rows(dfe_data, "ehcp-2025.zip", "requests", "2024")}
    assert table["All requests for EHC needs assessments"] == "1605"
    assert load("bristol-2025").demand.requests_in_base_year.value == 1605
