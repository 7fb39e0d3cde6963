"""Child-level transitions are read as they are kept, and everything there is to mend is said at once."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sufficiency.domain.problem import InputProblem, InputProblems
from sufficiency.evidence.transitions import History, read_history

TRANSITIONS = """calendar-year,setting-1,need-1,academic-year-1,setting-2,need-2,academic-year-2
2020,MAIN,ASD,3,MAIN,ASD,4
2020,NONSEND,NONSEND,3,MAIN,SEMH,4
2021,MAIN,ASD,4,SPEC,ASD,5
2021,SPEC,SEMH,4,NONSEND,NONSEND,5
"""
POPULATION = "calendar-year,academic-year,population\n" + "".join(f"{y},{a},50\n" for y in range(2020, 2025) for a in range(7))
VALID = """setting,setting-group,min-academic-year,max-academic-year,needs,setting->setting
MAIN,schools,0,6,"ASD,SEMH","MAIN,SPEC"
SPEC,schools,3,14,"ASD, SEMH",SPEC
"""
COSTS = "need,setting,cost\nASD,MAIN,1000\nASD,SPEC,20000.5\n"
CONTENT = {"transitions": TRANSITIONS, "population": POPULATION, "valid-states": VALID, "costs": COSTS}
Read = Callable[..., History]
CONTRADICTED = "the valid states contradict the rows"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads the four files with some of them replaced: text, bytes, or None for a file that is not there."""

    def make(*, accept_invalid: bool = False, **changes: str | bytes | None) -> History:
        paths = []
        for name, text in CONTENT.items():
            content = changes.get(name.replace("-", "_"), text)
            path = tmp_path / f"{name}.csv"
            path.unlink(missing_ok=True)
            if content is not None:
                path.write_bytes(content.encode() if isinstance(content, str) else content)
            paths.append(path)
        return read_history(*paths, accept_invalid=accept_invalid)

    return make


def refused(read: Read, **changes: str | bytes | None) -> str:
    with pytest.raises(InputProblem) as caught:
        read(**changes)
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_what_is_read(read: Read) -> None:
    found = read()
    assert found.needs == ("ASD", "SEMH")
    assert found.settings == ("MAIN", "SPEC")
    assert found.start_census == 2022
    assert found.horizon == 2024
    rows = found.transitions
    assert rows.years == (2020, 2021)
    np.testing.assert_array_equal(rows.ncy, [3, 3, 4, 4])
    np.testing.assert_array_equal(rows.setting_1, [0, -1, 0, 1])
    np.testing.assert_array_equal(rows.need_2, [0, 1, 0, -1])
    np.testing.assert_array_equal(rows.numbers, [2, 3, 4, 5])
    assert found.population[2023, 6] == 50
    assert found.costs == {("ASD", "MAIN"): 1000, ("ASD", "SPEC"): 20000.5}
    assert found.valid_states[1].moves_to == ("SPEC",)
    assert found.valid_states[1].needs == ("ASD", "SEMH")
    assert found.warnings == ()


def test_files_as_spreadsheets_and_other_programs_leave_them(read: Read) -> None:
    plain = read()
    lines = TRANSITIONS.splitlines()
    as_left = b"\xef\xbb\xbf" + "\r\n".join(f"{line},," for line in [*lines, ",,,,,,"]).replace(",3,", ", 3.0 ,").encode()
    found = read(transitions=as_left)
    np.testing.assert_array_equal(found.transitions.ncy, plain.transitions.ncy)
    order = [5, 0, 1, 2, 6, 3, 4]
    swapped = "\n".join(",".join(line.split(",")[at] for at in order) for line in lines)
    np.testing.assert_array_equal(read(transitions=swapped).transitions.need_2, plain.transitions.need_2)


@pytest.mark.parametrize("name", list(CONTENT))
def test_no_file_at_all(read: Read, name: str) -> None:
    key = name.replace("-", "_")
    assert "was found" in refused(read, **{key: None})
    assert "empty" in refused(read, **{key: ""})
    assert "UTF-8" in refused(read, **{key: b"caf\xe9,\xff"})
    assert "NUL" in refused(read, **{key: CONTENT[name].encode() + b"\0"})
    assert "no rows" in refused(read, **{key: CONTENT[name].splitlines()[0]})
    assert "semicolons" in refused(read, **{key: CONTENT[name].replace(",", ";")})
    assert "quote" in refused(read, **{key: CONTENT[name] + 'a"b,"c'})
    header, rest = CONTENT[name].split("\n", 1)
    first = header.split(",")[0]
    assert f'"{first}"' in refused(read, **{key: header.replace(first, "other", 1) + "\n" + rest})
    assert "twice" in refused(read, **{key: header + f",{first}\n" + rest})
    assert "row 2" in refused(read, **{key: header + "\nx\n" + rest})


def test_a_folder_is_no_file(read: Read, tmp_path: Path) -> None:
    read()
    with pytest.raises(InputProblem, match="is a folder"):
        read_history(tmp_path, tmp_path / "population.csv", tmp_path / "valid-states.csv")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2021,MAIN,ASD,4,MAIN,ASD,6", ("does not rise by one", "row 6", "4 to 6")),
        ("2021,MAIN,ASD,4,MAIN,ASD,4", ("does not rise by one", "row 6")),
        ("2021,NONSEND,NONSEND,4,NONSEND,NONSEND,5", ("both sides", "row 6")),
        ("2021,MAINE,ASD,4,MAIN,ASD,5", ("setting-1", "row 6", '"MAINE"', 'did you mean "MAIN"?')),
        ("2021,MAIN,ASD,4,,ASD,5", ("setting-2", "row 6")),
        ("2021,MAIN,MLD,4,MAIN,ASD,5", ("need-1", "row 6", '"MLD"', "ASD, SEMH")),
        ("2021,MAIN,NONSEND,4,MAIN,ASD,5", ("need-1", "NONSEND", "row 6")),
        ("2021,MAIN,,4,MAIN,ASD,5", ("need-1", "row 6")),
        ("20x1,MAIN,ASD,4,MAIN,ASD,5", ("calendar-year", "20x1", "1990 to 2200")),
        ("2021,MAIN,ASD,4.5,MAIN,ASD,5", ("academic-year-1", "4.5", "-5 to 30")),
        ("2021,MAIN,ASD,99,MAIN,ASD,100", ("academic-year-1", "99")),
        ("2021,MAIN,ASD,4,MAIN,ASD", ("row 6", "cells")),
    ],
)
def test_a_row_that_cannot_be(read: Read, row: str, words: tuple[str, ...]) -> None:
    text = refused(read, transitions=f"{TRANSITIONS}{row}\n")
    for word in ("transitions.csv", *words):
        assert word in text


def test_rows_of_one_kind_are_counted(read: Read) -> None:
    text = refused(read, transitions=TRANSITIONS + "2021,X,ASD,4,MAIN,ASD,5\n" * 30)
    assert "rows 6, 7, 8, 9, 10 and 25 more (30 rows)" in text


def test_everything_is_reported_at_once(read: Read) -> None:
    rows = "2021,MAIN,ASD,4,MAIN,ASD,6\n2021,NONSEND,NONSEND,4,NONSEND,NONSEND,5\n2021,X,ASD,4,MAIN,ASD,5\n"
    short = "\n".join(line for line in POPULATION.splitlines() if not line.startswith("2023"))
    text = refused(read, transitions=TRANSITIONS + rows, population=short, valid_states=VALID + "AP,g,0,3,ASD,\n", costs=None)
    for word in ("rise by one", "both sides", '"X"', "lacks years", '"2023"', "setting->setting", "row 4", "costs.csv", "(6)"):
        assert word in text


def test_several_problems_travel_between_processes(read: Read) -> None:
    with pytest.raises(InputProblems) as caught:
        read(transitions=None, population=None)
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert str(again) == str(caught.value)
    assert len(again.problems) == 2


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2021,3,50", "2021,3,-1", ("population", "-1", "row 12")),
        ("2021,3,50", "2021,3,many", ("population", "many")),
        ("2021,3,50", "2021,3,", ("population", "row 12")),
        ("2021,3,50", "2021,3,inf", ("population", "inf")),
        ("2021,3,50", "2021,2,50", ("twice", "2021, NCY 2", "row 12")),
        ("2021,4,50\n", "", ("lacks an NCY", "NCY 4 in 2021")),
        ("2024,4,50\n", "", ("lacks an NCY", "NCY 4 in 2024")),
        ("2020,4,50", "2020,4,0", ("more children join", "NCY 4 in 2020")),
    ],
)
def test_a_population_that_cannot_be(read: Read, old: str, new: str, words: tuple[str, ...]) -> None:
    assert old in POPULATION
    text = refused(read, population=POPULATION.replace(old, new))
    for word in ("population.csv", *words):
        assert word in text


@pytest.mark.parametrize(("gone", "words"), [("2020", ("lacks years", "2020")), ("2023", ("lacks years", "2023"))])
def test_years_without_population(read: Read, gone: str, words: tuple[str, ...]) -> None:
    text = refused(read, population="\n".join(line for line in POPULATION.splitlines() if not line.startswith(gone)))
    for word in words:
        assert word in text


def test_a_population_that_ends_before_the_start(read: Read) -> None:
    rows = [line for line in POPULATION.splitlines() if not line.startswith(("2022", "2023", "2024"))]
    assert "ends before the start census" in refused(read, population="\n".join(rows))
    at_start = read(population="\n".join(line for line in POPULATION.splitlines() if not line.startswith(("2023", "2024"))))
    assert "no year is projected" in at_start.warnings[0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("MAIN,schools,0,6", "MAIN,schools,6,0", ("above the highest", "row 2", "6 to 0")),
        ("MAIN,schools,0,6", "MAIN,schools,x,6", ("min-academic-year", "x")),
        ("MAIN,schools,0,6", ",schools,0,6", ("is empty", "setting", "row 2")),
        ("MAIN,schools,0,6", "NONSEND,schools,0,6", ("NONSEND",)),
        ('"MAIN,SPEC"', "", ("is empty", "setting->setting", "row 2")),
        ('"MAIN,SPEC"', '"MAIN,SPEX"', ("a destination is no setting", '"SPEX"', 'did you mean "SPEC"?')),
        ('"MAIN,SPEC"', '"MAIN,MAIN"', ("twice", "row 2")),
        ('"ASD,SEMH"', '","', ("is empty", "needs", "row 2")),
        ("SPEC,schools,3,14", "MAIN,schools,3,14", ("same state valid", "row 3", "row 2 too")),
    ],
)
def test_valid_states_that_cannot_be(read: Read, old: str, new: str, words: tuple[str, ...]) -> None:
    assert old in VALID
    text = refused(read, valid_states=VALID.replace(old, new))
    for word in ("valid-states.csv", *words):
        assert word in text


@pytest.mark.parametrize(
    ("row", "words"), [("ASD,MAIN,5", ("given twice", "row 4", "ASD, MAIN")), ("SEMH,MAIN,-5", ("cost", "-5", "row 4"))]
)
def test_costs_that_cannot_be(read: Read, row: str, words: tuple[str, ...]) -> None:
    text = refused(read, costs=f"{COSTS}{row}\n")
    for word in ("costs.csv", *words):
        assert word in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"transitions": TRANSITIONS + "2021,MAIN,ASD,6,MAIN,ASD,7\n"}, ("no longer serves", "row 6", "MAIN (NCY 7, ASD)")),
        ({"transitions": TRANSITIONS + "2021,SPEC,ASD,4,MAIN,ASD,5\n"}, ("list does not allow", "row 6", "SPEC to MAIN")),
        ({"transitions": TRANSITIONS + "2021,NONSEND,ASD,3,MAIN,ASD,4\n"}, ("beside NONSEND", "row 6", "ASD")),
        (
            {"transitions": TRANSITIONS.replace("2020", "2019"), "population": POPULATION + "2019,4,9\n"},
            ("2020", "no transitions"),
        ),
        ({"costs": COSTS + "MLD,MAIN,5\n"}, ("does not occur", "row 4", "MLD, MAIN")),
        ({"costs": "need,setting,cost,note\nASD,MAIN,5,x\n"}, ("not read", "note")),
        ({"valid_states": VALID.replace('"MAIN,SPEC"', "MAIN")}, ("no destination", "row 2", "MAIN (NCY 7, ASD)")),
    ],
)
def test_what_is_odd_is_accepted_and_said(read: Read, changes: dict[str, str], words: tuple[str, ...], tmp_path: Path) -> None:
    told = [text for text in read(**changes).warnings if all(word in text for word in words)]
    assert told
    assert str(tmp_path) not in told[0]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("2021,MAIN,ASD,8,NONSEND,NONSEND,9", ["row 6 (1 row), column setting-1", "MAIN (NCY 8, ASD)"]),
        ("2021,SPEC,ASD,1,MAIN,ASD,2", ["row 6 (1 row), column setting-1", "SPEC (NCY 1, ASD)"]),
        ("2021,NONSEND,NONSEND,0,SPEC,SEMH,1", ["row 6 (1 row), column setting-2", "SPEC (NCY 1, SEMH)"]),
        ("2021,MAIN,ASD,0,SPEC,ASD,1", ["row 6 (1 row), column setting-2", "SPEC (NCY 1, ASD)"]),
    ],
)
def test_valid_states_that_contradict_the_rows(read: Read, row: str, told: list[str]) -> None:
    text = refused(read, transitions=f"{TRANSITIONS}{row}\n")
    for word in (CONTRADICTED, "transitions.csv", "widen", *told):
        assert word in text
    accepted = read(transitions=f"{TRANSITIONS}{row}\n", accept_invalid=True)
    assert [text for text in accepted.warnings if all(word in text for word in (CONTRADICTED, *told))]


def test_rows_that_the_valid_states_contradict_are_counted(read: Read) -> None:
    rows = "".join(f"2021,MAIN,ASD,{ncy},MAIN,ASD,{ncy + 1}\n" for ncy in range(8, 15))
    text = refused(read, transitions=TRANSITIONS + rows)
    assert "rows 6, 7, 8, 9, 10 and 2 more (7 rows), column setting-1" in text
    assert "rows 6, 7, 8, 9, 10 and 2 more (7 rows), column setting-2" in text


def test_everything_of_the_list_is_in_one_report(read: Read) -> None:
    """NCY, settings, NONSEND, columns, years, contradictions, destinations: nothing hides behind the first."""
    rows = (
        "2021,MAIN,ASD,4,MAIN,ASD,6\n2021,MAINE,ASD,4,MAIN,ASD,5\n2021,NONSEND,NONSEND,4,NONSEND,NONSEND,5\n"
        "2021,MAIN,ASD,8,MAIN,ASD,9\n"
    )
    text = refused(
        read,
        transitions=TRANSITIONS + rows,
        population="\n".join(line for line in POPULATION.splitlines() if not line.startswith("2023")),
        valid_states=VALID.replace(",SPEC\n", ",\n"),
        costs=COSTS.replace("need,", "need,need,"),
    )
    expected = [
        "a setting without a destination: the cell is empty in {v}, row 3 (1 row)",
        "the NCY does not rise by one in {t}, row 6 (1 row)",
        "do not have this setting in {t}, row 7 (1 row)",
        "NONSEND stands on both sides in {t}, row 8 (1 row)",
        CONTRADICTED + ": a state is not valid in {t}, row 9 (1 row), column setting-1",
        CONTRADICTED + ": a state is not valid in {t}, row 9 (1 row), column setting-2",
        "lacks years",
        "a column is named twice in {c}, row 1",
    ]
    plain = re.sub(r"\S*/(\w)[\w-]*\.csv", r"\1", text)
    for words in expected:
        assert words.format(t="t", v="v", c="c") in plain, plain
    assert f"there are {len(expected)} things to mend" in text


@pytest.mark.parametrize("row", ["MAIN,schools,x,6", "MAIN,schools,6,0"])
def test_a_setting_whose_ncys_make_no_sense_contradicts_nothing(read: Read, row: str) -> None:
    assert CONTRADICTED not in refused(read, valid_states=VALID.replace("MAIN,schools,0,6", row))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(sorted(CONTENT)),
    at=st.floats(0, 1),
    cut=st.integers(0, 12),
    put=st.text(max_size=8) | st.binary(max_size=6),
)
def test_no_damage_to_a_file_is_a_defect(read: Read, name: str, at: float, cut: int, put: str | bytes) -> None:
    content = CONTENT[name].encode()
    place = int(at * len(content))
    new = put.encode("utf-8", "surrogatepass") if isinstance(put, str) else put
    try:
        read(**{name.replace("-", "_"): content[:place] + new + content[place + cut :]})
    except InputProblem as problem:
        assert "\n" not in str(problem)
