"""The versions of a saved scenario: when, by whom, what changed, why and on whose word."""

from __future__ import annotations

import streamlit as st

from sufficiency.domain.problem import InputProblem
from sufficiency.ui import state
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import moment, plain
from sufficiency.ui.workshop import workshop
from sufficiency.workspace import Entry, Version

MOST_SHOWN = 12


def history_section(entry: Entry) -> None:
    """The versions as a table, all of them to download, and going back to one."""
    workspace = workshop().workspace
    versions = workspace.versions(entry.name)
    st.table([row for version in versions[:MOST_SHOWN] for row in _rows(version, entry)], hide_index=True, border="horizontal",
             alt=f"Versions of {entry.title}")  # fmt: skip
    offer([row for version in versions for row in _plain_rows(version)], f"history-{entry.name}", what="the whole history")
    others = [version.number for version in versions if version.number != entry.number]
    if not others or entry.locked:
        return
    left, right = st.columns(2, vertical_alignment="bottom")
    number = left.selectbox("An earlier version", others, format_func=lambda n: f"Version {n}", key=f"again-{entry.name}")
    if right.button("Use this version again", key=f"use-{entry.name}"):
        try:
            workspace.restore(entry.name, number, based_on=entry.number, author=state.author())
        except InputProblem as problem:
            st.error(f"**Not done.** {plain(problem)}")
        else:
            st.rerun()


def _rows(version: Version, entry: Entry) -> list[dict[str, str]]:
    """One row a change; a version without any has one row."""
    in_use = ", in use" if version.number == entry.number else ""
    who = f" by {plain(version.author)}" if version.author else ""
    head = {"Version": f"{version.number}{in_use}", "Saved": moment(version.saved) + who}
    if not version.changes:
        first = "As it was first saved." if version.parent is None else "The same figures."
        return [{**head, "What changed": plain(version.note) or first, "Reason and source": "none needed"}]
    found = []
    for index, change in enumerate(version.changes):
        words = f"{change.meaning.rstrip('.')}: {change.before} before, {change.after} then"
        note = f"{version.note}. " if version.note and not index else ""
        found.append(
            {
                **(head if not index else {"Version": "", "Saved": ""}),
                "What changed": plain(f"{note}{words}"),
                "Reason and source": plain(f"{change.reason.rstrip('.')}. Source: {change.source}"),
            }
        )
    return found


def _plain_rows(version: Version) -> list[dict[str, object]]:
    base = {"version": version.number, "saved": version.saved.isoformat(), "author": version.author, "note": version.note,
            "made_from_version": version.parent, "hash": version.digest}  # fmt: skip
    names = ("path", "meaning", "before", "after", "unit", "reason", "source")
    if not version.changes:
        return [{**base, **dict.fromkeys(names)}]
    return [{**base, **{name: getattr(change, name) for name in names}} for change in version.changes]
