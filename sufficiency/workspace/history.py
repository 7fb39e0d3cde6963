"""The line of versions that led to one, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sufficiency.workspace.records import Version


def line_to(versions: Sequence[Version], number: int) -> list[Version]:
    """The versions from the first to ``number``, each made from the one before; what was undone on the way is left out."""
    by_number = {version.number: version for version in versions}
    line = []
    at: int | None = number
    while at is not None:
        line.append(by_number[at])
        at = by_number[at].parent
    return line[::-1]


def history_as_comments(versions: Sequence[Version], number: int) -> str:
    """The changes that led to version ``number`` as comments of a TOML file: some of them are of entries without provenance."""
    return "".join(f"# {_on_one_line(line)}\n" for line in _lines(versions, number))


def _lines(versions: Sequence[Version], number: int) -> Iterator[str]:
    for version in line_to(versions, number):
        who = f" by {version.author}" if version.author else ""
        note = f": {version.note}" if version.note else ""
        yield f"Version {version.number}, saved on {version.saved:%Y-%m-%d %H:%M} UTC{who}{note}"
        for change in version.changes:
            unit = f" {change.unit}" if change.unit else ""
            yield f"  {change.path}: {change.before} before, {change.after} then{unit}"
            yield f"    Reason: {change.reason} Source: {change.source}"


def _on_one_line(text: str) -> str:
    """No line of a person's text may leave its comment."""
    return "".join(character if character.isprintable() else " " for character in text)
