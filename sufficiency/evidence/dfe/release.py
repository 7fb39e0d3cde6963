"""A release as people have it: a zip, a folder of CSV files, or a folder of such zips.

Nothing is unpacked: only the tables asked for are read, each up to a largest size whatever the zip says of itself.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sufficiency.domain.problem import InputProblem

LARGEST_TABLE = 64 * 1024 * 1024
"""Bytes of the largest table read; the largest of the releases seen is 6 MB."""
MOST_FILES = 2_000
"""Files in a zip or folder beyond which it is taken to be something else."""


@dataclass(frozen=True)
class Table:
    """One table of a release: its name (the file's without ``.csv``), where it lies, and its text."""

    name: str
    where: str
    text: str


def read_release(path: Path, wanted: Collection[str]) -> list[Table]:
    """The ``wanted`` tables (names without ``.csv``) of the release at ``path``, in the order of their places.

    ``path`` is a zip, a folder of CSV files (or one with a ``data`` folder), or a folder of zips. A table may be absent. Raises
    InputProblem where there is nothing at ``path``, where it is no release, is broken, encrypted or too large, and where a table
    is not UTF-8 text.
    """
    where = str(path)
    try:
        if path.is_dir():
            tables = list(_of_folder(path, wanted))
        elif path.is_file():
            tables = list(_of_zip(path, wanted))
        elif path.exists():
            raise InputProblem("the release is no ordinary file", where=where, allowed="a zip or a folder")
        else:
            raise InputProblem("no release was found", where=where, mend="check the name and the folder")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not a usable path"
        raise InputProblem(f"the release cannot be read ({reason})", where=where, mend="check its name and permissions") from None
    if not tables:
        raise InputProblem(
            "there is no table of the release",
            where=where,
            allowed=", ".join(f"{name}.csv" for name in sorted(wanted)),
            mend="name the zip as published, or a folder that holds its data folder",
        )
    return tables


def _of_folder(folder: Path, wanted: Collection[str]) -> Iterator[Table]:
    places = [place for place in (folder, folder / "data") if place.is_dir()]
    inside = sorted(file for place in places for file in place.iterdir())
    if len(inside) > MOST_FILES:
        raise InputProblem(
            "the folder holds too many files", where=str(folder), value=len(inside), allowed=f"up to {MOST_FILES:,}"
        )
    found = [file for file in inside if file.suffix.lower() == ".csv" and file.stem.lower() in wanted and file.is_file()]
    _check_once([file.stem.lower() for file in found], str(folder))
    for file in found:
        with file.open("rb") as opened:
            yield _table(file.stem.lower(), str(file), opened.read(LARGEST_TABLE + 1))
    if not found:
        # The newest release first: where two say something of the same year, the first that is read counts.
        for archive in sorted((file for file in inside if file.suffix.lower() == ".zip"), reverse=True):
            yield from _of_zip(archive, wanted)


def _of_zip(path: Path, wanted: Collection[str]) -> Iterator[Table]:
    where = str(path)
    mend = "get the zip again, whole, or unpack it and name its folder"
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MOST_FILES:
                raise InputProblem(
                    "the zip holds too many files", where=where, value=len(members), allowed=f"up to {MOST_FILES:,}"
                )
            names = {member: PurePosixPath(member.filename) for member in members if not member.is_dir()}
            chosen = [m for m, name in names.items() if name.suffix.lower() == ".csv" and name.stem.lower() in wanted]
            _check_once([names[member].stem.lower() for member in chosen], where)
            for member in chosen:
                if member.flag_bits & 1:
                    raise InputProblem("the zip is encrypted", where=where, mend="unpack it and name its folder")
                with archive.open(member) as opened:  # read up to a limit: what a zip says of its size need not be true
                    raw = opened.read(LARGEST_TABLE + 1)
                yield _table(names[member].stem.lower(), f"{where}, {member.filename}", raw)
    except zipfile.BadZipFile:
        raise InputProblem("the file is no zip, or a broken one", where=where, allowed="a zip or a folder", mend=mend) from None
    except (NotImplementedError, EOFError, zlib.error, RuntimeError):
        raise InputProblem("a table cannot be unpacked from the zip", where=where, mend=mend) from None


def _check_once(names: list[str], where: str) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputProblem("a table is there twice", where=where, value=f"{twice[0]}.csv", mend="keep one of them")


def _table(name: str, where: str, raw: bytes) -> Table:
    if len(raw) > LARGEST_TABLE:
        raise InputProblem("the table is too large", where=where, allowed=f"up to {LARGEST_TABLE:,} bytes", mend="name a release")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputProblem(
            "the table is not UTF-8 text",
            where=f"{where}, row {raw.count(10, 0, error.start) + 1}",
            value=f"byte 0x{raw[error.start]:02x}",
            mend="use the file as published, or save it with UTF-8 encoding",
        ) from None
    if "\0" in text:
        raise InputProblem("the table holds NUL bytes", where=where, mend="use the file as published, in UTF-8")
    return Table(name, where, text)
