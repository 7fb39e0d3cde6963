"""Releases as people have them: zips and folders, whole and broken."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.evidence.dfe import release
from sufficiency.evidence.dfe.release import read_release

WANTED = ("requests", "caseload")


def problem(path: Path) -> InputProblem:
    with pytest.raises(InputProblem) as caught:
        read_release(path, WANTED)
    assert "\n" not in str(caught.value)
    return caught.value


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"data/{name}.csv", content)
    return path


def test_a_zip_a_folder_and_a_folder_of_zips_read_alike(tmp_path: Path) -> None:
    file = zipped(tmp_path / "release.zip", requests=b"\xef\xbb\xbfa,b\n1,2\n", other=b"c\n")
    (tmp_path / "open" / "data").mkdir(parents=True)
    (tmp_path / "open" / "data" / "requests.csv").write_bytes(b"a,b\n1,2\n")
    found = [read_release(path, WANTED) for path in (file, tmp_path, tmp_path / "open", tmp_path / "open" / "data")]
    assert [[(table.name, table.text) for table in tables] for tables in found] == [[("requests", "a,b\n1,2\n")]] * 4


def test_nothing_there(tmp_path: Path) -> None:
    assert "no release was found" in str(problem(tmp_path / "absent.zip"))


def test_a_folder_that_is_no_release(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    assert "requests.csv" in str(problem(tmp_path))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"just text"])
def test_a_file_that_is_no_zip(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "release.zip").write_bytes(content)
    assert "no zip, or a broken one" in str(problem(tmp_path / "release.zip"))


def test_a_zip_cut_in_the_middle_of_a_table(tmp_path: Path) -> None:
    file = zipped(tmp_path / "release.zip", requests=bytes(range(256)) * 400)
    raw = bytearray(file.read_bytes())
    raw[100:140] = b"\0" * 40
    file.write_bytes(bytes(raw))
    problem(file)


def test_a_table_that_unpacks_to_more_than_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "LARGEST_TABLE", 1000)
    file = zipped(tmp_path / "release.zip", requests=b"a" * 1001)
    assert file.stat().st_size < 1000
    assert "too large" in str(problem(file))


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "MOST_FILES", 3)
    assert "too many files" in str(problem(zipped(tmp_path / "r.zip", a=b"", b=b"", c=b"", requests=b"")))


@pytest.mark.parametrize(("content", "word"), [("a,b\nÉcole,1\n".encode("latin-1"), "row 2"), (b"a\0,b\n", "NUL")])
def test_a_table_that_is_not_utf_8_text(tmp_path: Path, content: bytes, word: str) -> None:
    found = str(problem(zipped(tmp_path / "release.zip", requests=content)))
    assert word in found
    assert "requests.csv" in found


def test_a_table_that_is_there_twice(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for folder in (tmp_path, tmp_path / "data"):
        (folder / "requests.csv").write_text("a\n")
    assert "twice" in str(problem(tmp_path))


def test_an_encrypted_zip(tmp_path: Path) -> None:
    file = zipped(tmp_path / "release.zip", requests=b"a,b\n1,2\n")
    raw = bytearray(file.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flags of the entry and of the directory
        raw[raw.index(mark) + offset] |= 1
    file.write_bytes(bytes(raw))
    assert "encrypted" in str(problem(file))
