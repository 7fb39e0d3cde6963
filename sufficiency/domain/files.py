"""Reading files from people: size and encoding are checked before anything is parsed."""

from __future__ import annotations

from pathlib import Path

from sufficiency.domain.problem import InputProblem

LARGEST_FILE = 512 * 1024


def read_text(path: Path, *, kind: str, largest: int = LARGEST_FILE, may_be_empty: bool = False) -> str:
    """The text of a UTF-8 file (a byte-order mark is dropped).

    Raises InputProblem where it is missing, a folder, no ordinary file, unreadable, too large, not UTF-8 text, or empty unless
    that is allowed.
    """
    raw = read_raw(path, kind=kind, largest=largest)
    return decode(raw, where=str(path), kind=kind, largest=largest, may_be_empty=may_be_empty)


def read_raw(path: Path, *, kind: str, largest: int = LARGEST_FILE) -> bytes:
    """The bytes of a file, at most one more than ``largest``.

    Raises InputProblem where it is missing, a folder, no ordinary file or unreadable.
    """
    where = str(path)
    try:
        if path.is_dir():
            raise InputProblem(f"the {kind} is a folder", where=where, allowed="one file", mend="name a file inside it")
        if not path.exists():
            mend = "mend the link" if path.is_symlink() else "check the name and the folder"
            raise InputProblem(f"no {kind} was found", where=where, mend=mend)
        if not path.is_file():  # a pipe or a device might never end
            raise InputProblem(f"the {kind} is not an ordinary file", where=where, mend="name a file")
        with path.open("rb") as file:
            return file.read(largest + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not a usable path"
        raise InputProblem(
            f"the {kind} cannot be read ({reason})", where=where, mend="check the name, the folder and its permissions"
        ) from None


def decode(raw: bytes, *, where: str, kind: str, largest: int = LARGEST_FILE, may_be_empty: bool = False) -> str:
    """``raw`` as text; raises InputProblem where it is too large, holds NULs, is not UTF-8, or empty unless that is allowed."""
    check_size(raw, where=where, kind=kind, largest=largest)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputProblem(
            f"the {kind} is not UTF-8 text",
            where=f"{where}, line {line}",
            value=f"byte 0x{raw[error.start]:02x}",
            mend='save it with UTF-8 encoding (in Excel: "CSV UTF-8")',
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputProblem(f"the {kind} holds NUL bytes", where=f"{where}, line {line}", mend="save it as plain UTF-8 text")
    if not text.strip() and not may_be_empty:
        raise InputProblem(f"the {kind} is empty", where=where, mend="start from a copy of one of the bundled files")
    return text


def check_size(raw: bytes, *, where: str, kind: str, largest: int) -> None:
    """Raise InputProblem where there are more than ``largest`` bytes."""
    if len(raw) > largest:
        raise InputProblem(
            f"the {kind} is too large", where=where, allowed=f"at most {largest:,} bytes", mend="leave out what is not needed"
        )
