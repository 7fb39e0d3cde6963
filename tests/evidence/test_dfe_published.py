"""What the tables of a release say, traps included."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.evidence.dfe.cells import ages_of
from sufficiency.evidence.dfe.published import ENGLAND, read_published

KEYS = "time_period,geographic_level,region_name,new_la_code,la_name,breakdown_topic,breakdown"
Write = Callable[..., Path]


def folder(path: Path, **tables: str) -> Path:
    for name, text in tables.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return path


def problem(path: Path) -> str:
    with pytest.raises(InputProblem) as caught:
        read_published(path)
    return str(caught.value)


def test_totals_by_authority_and_year(dfe_release: Write) -> None:
    path = dfe_release(
        requests={"Ayshire": {2020: 100, 2021: "x"}, "England": {2021: 900}},
        caseload={"Ayshire": {2022: 500}},
        newplans=None,
    )
    found = read_published(path)
    assert found.series("requests", "Ayshire") == {2020: 100}
    assert found.series("requests", ENGLAND) == {2021: 900}
    assert found.series("plans", "Ayshire") == {2022: 500}  # 202122 is January 2022
    assert found.series("new_plans", "Ayshire") == {}
    assert found.authorities == ("Ayshire",)
    assert found.censuses == (2022,)


def test_a_cut_keeps_nothing_later_than_the_census(dfe_release: Write) -> None:
    years = {year: year for year in range(2019, 2025)}
    cut = read_published(dfe_release(requests={"A": years}, caseload={"A": years})).until(2022)
    assert cut.series("requests", "A") == {2019: 2019, 2020: 2020, 2021: 2021}
    assert max(cut.series("plans", "A")) == 2022


def test_ages_are_read_and_unknown_ones_left_out(tmp_path: Path) -> None:
    rows = ["England", "age 2 and under", "Aged 10", "age 20 and over", "Age unknown"]
    text = "".join(f"202324,National,,,,Child or young persons age,{label},{i + 1}\n" for i, label in enumerate(rows))
    found = read_published(folder(tmp_path, caseload=f"{KEYS},ehcplans\n{text}"))
    assert found.ages("plans", ENGLAND) == {2024: {(0, 2): 2, (10, 10): 3, (20, 25): 4}}


@pytest.mark.parametrize(
    ("label", "ages"),
    [("Under 5", (0, 4)), ("under 3", (0, 2)), ("Age 5 to 10", (5, 10)), ("age 25", (25, 25)), ("unknown", None)],
)
def test_labels_of_ages(label: str, ages: tuple[int, int] | None) -> None:
    assert ages_of(label) == ages


def test_the_wide_form(tmp_path: Path) -> None:
    keys = "time_period,geographic_level,region_name,new_la_code,la_name"
    mi = f"{keys},InreqEHC,AssRefusedEHC,NewallEHC,AssnoneEHC,AssnodecisionEHC\n2021,Local authority,N,E1,Aton,90,20,60,4,30\n"
    place = "2022,Local authority,N,E1,Aton"
    ages = f"{keys},characteristic_age,Total_ehc\n{place},Total,300\n{place},Under 5,9\n"
    found = read_published(folder(tmp_path, sen2_mi=mi, sen2_age_caseload=ages))
    assert {m: found.series(m, "Aton") for m in ("requests", "refused", "new_plans", "not_issued", "open")} == {
        "requests": {2021: 90}, "refused": {2021: 20}, "new_plans": {2021: 60}, "not_issued": {2021: 4}, "open": {2021: 30},
    }  # fmt: skip
    assert found.series("plans", "Aton") == {2022: 300}
    assert found.ages("plans", "Aton") == {2022: {(0, 4): 9}}


def test_codes_may_change_and_names_too(tmp_path: Path) -> None:
    rows = ("2019,Local authority,S,E10,Shireham,t,t,5", "2020,Local authority,S,E06,Shireham,t,t,6",
            "2019,Local authority,S,E77,Old Name,t,t,7", "2020,Local authority,S,E77,New Name,t,t,8")  # fmt: skip
    text = "\n".join(rows).replace(",t,t,", ",All requests for EHC needs assessments,All,")
    found = read_published(folder(tmp_path, requests=f"{KEYS},requests_received_in_year\n{text}\n"))
    assert found.series("requests", "Shireham") == {2019: 5, 2020: 6}
    assert found.series("requests", "New Name") == {2019: 7, 2020: 8}
    assert "Old Name" not in found.authorities


def test_a_total_that_repeats_its_regions_is_not_believed(tmp_path: Path) -> None:
    total, age = "New EHC plans,New EHC plans", "Age when plan started"
    rows = (f"2022,Regional,North,,,{total},600", f"2022,Local authority,North,E1,Aton,{total},600",
            f"2022,Local authority,North,E1,Aton,{age},age 4,70", f"2022,Local authority,North,E1,Aton,{age},Age unknown,5",
            f"2022,Local authority,North,E2,Beton,{total},600", f"2022,Local authority,North,E3,Ceton,{total},80")  # fmt: skip
    found = read_published(folder(tmp_path, newplans=f"{KEYS},new_ehc_plans\n" + "\n".join(rows) + "\n"))
    assert found.series("new_plans", "Aton") == {2022: 75}
    assert found.series("new_plans", "Beton") == {}
    assert found.series("new_plans", "Ceton") == {2022: 80}
    assert len(found.set_aside) == 2
    assert found.until(2022).set_aside == ()


TOPIC = "All requests for EHC needs assessments"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", ("lacks a column", "geographic_level")),
        (f"{KEYS}\n", ("lacks a column", "requests_received_in_year")),
        (f"{KEYS},requests_received_in_year\n2021,Local authority,N,E1,A,{TOPIC},{TOPIC},many\n", ("row 2", '"many"')),
        (f"{KEYS},requests_received_in_year\n2021,Local authority,N,E1,A,{TOPIC},{TOPIC},-5\n", ("row 2", '"-5"')),
        (f"{KEYS},requests_received_in_year\n202123,Local authority,N,E1,A,{TOPIC},{TOPIC},5\n", ("period", "202123")),
        (f"{KEYS},requests_received_in_year\n2021,Local authority,N,E1,A\n", ("too few cells", "row 2")),
        (f'{KEYS},requests_received_in_year\n2021,"Local\n', ("not valid CSV",)),
    ],
)
def test_tables_that_cannot_be_read_say_where(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    found = problem(folder(tmp_path, requests=text))
    assert all(word in found for word in (*words, "requests.csv"))


def test_an_empty_table_counts_as_a_header_only(tmp_path: Path) -> None:
    assert read_published(folder(tmp_path, requests="")).authorities == ()


@pytest.mark.integration
def test_the_releases_as_published(dfe_data: Path) -> None:
    long, wide = (read_published(dfe_data / name) for name in ("ehcp-2025.zip", "ehcp-2022.zip"))
    assert long.series("requests", ENGLAND) == {2019: 82329, 2020: 75951, 2021: 93302, 2022: 114482, 2023: 138242, 2024: 154489}
    assert wide.series("plans", ENGLAND)[2022] == long.series("plans", ENGLAND)[2022] == 473255
    assert long.series("requests", "Bristol, City of")[2024] == 1605
    assert set(long.series("plans", "Buckinghamshire")) >= set(range(2019, 2023))
    for measure in ("requests", "new_plans"):
        shared = {name: s[2021] for name, s in long.totals[measure].items() if 2021 in s}
        assert shared == {name: wide.series(measure, name)[2021] for name in shared}
    # Ten authorities carry their region's 6,078 new plans of 2022.
    assert len(long.set_aside) == 10
    assert max(s.get(2022, 0) for n, s in long.totals["new_plans"].items() if n != ENGLAND) < 3000
