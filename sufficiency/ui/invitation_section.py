"""The part of the Places page that turns the gap into criteria for a targeted invitation to schools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from sufficiency.domain.dictionaries import NEED_GROUPS, PHASES
from sufficiency.places.invitation import CONFIDENCES, STEP, SURE_ENOUGH, invitation
from sufficiency.places.spread import Spread
from sufficiency.report.gap_files import made_of
from sufficiency.report.gap_tables import invitation_rows
from sufficiency.report.gap_words import invitation_page
from sufficiency.ui.answers import Answer
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import counted, number, percent, plain
from sufficiency.ui.gap_map_section import KINDS
from sufficiency.ui.notes import note

SMALL = STEP
"""Lines of so many places are shown apart."""


def invitation_section(answer: Answer, kind: str, year: str, spread: Spread | None) -> None:
    """The control, the sentence, the table, and the same to download as table and as text."""
    st.header("Which places to ask schools for?", anchor=False)
    confidence = st.slider(
        "Of ten futures, how many must lack the places asked for?",
        CONFIDENCES[0],
        CONFIDENCES[-1],
        SURE_ENOUGH,
        key="invitation-confidence",
        persist_state="session",
    )
    found = invitation(answer.run, year, kind, confidence)
    by = f"{found.by:%B %Y}"
    if not found.lines:
        st.info(f"**Empty.** No line of need, phase and area is short of 5 places or more by {by} in so many futures.")
        return
    first = found.lines[0]
    areas = {code: area.label for code, area in answer.scenario.areas.items()}
    group = NEED_GROUPS.label(first.group)
    what = f"{first.places} {PHASES.label(first.phase).lower()} places for {group[0].lower()}{group[1:]}"
    st.markdown(
        f"**Expressions of interest (EoIs) wanted by {by}: {number(found.places)} places in "
        f"{counted(len(found.lines), 'line')}**, first of all {what} in {plain(areas[first.area])}. Each line is missing in at "
        f"least {confidence} of 10 futures ({KINDS[kind][0].lower()}{KINDS[kind][1:]})."
    )
    rows = invitation_rows(answer.run, found, spread)
    large = [row for row in rows if row["places_wanted"] > SMALL] or rows
    small = rows[len(large) :]
    st.table(_table(large, areas), hide_index=True, border="horizontal", alt=f"Places wanted by {by} by need, phase and area")
    if small:
        with st.expander(f"{counted(len(small), 'line')} of {SMALL} places"):
            st.table(_table(small, areas), hide_index=True, border="horizontal", alt=f"Lines of {SMALL} places wanted by {by}")
    note(
        f"Rounded down to fives; what other areas have to spare for the same needs and phase is taken off first, and no sum of "
        f"lines asks for more than is missing that often. All together {number(found.missing)} or more are missing in at least "
        f"{confidence} of 10 futures; the rest is in lines too small or too unsure to ask for."
    )
    name = f"invitation-{kind}-{year.replace('/', '-')}-{confidence}"
    left, right = st.columns(2)
    with left:
        offer(rows, name, what="the criteria")
    with right:
        st.download_button(
            "Download the invitation (text)",
            invitation_page(answer.scenario, found, rows, made_of(answer.run)),
            file_name=f"{name}.md",
            mime="text/markdown",
            key=f"text-{name}",
            on_click="ignore",
        )


def _table(rows: Sequence[Mapping[str, Any]], areas: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {
            "Places": number(row["places_wanted"]),
            "For": f"{NEED_GROUPS.label(row['need_group'])}, {PHASES.label(row['phase']).lower()}",
            "Where": plain(areas[row["area"]]),
            "Missing in": f"{percent(row['share_of_futures'])} of futures",
            "Gap in 8 of 10 futures": f"{number(row['gap_p10'])} to {number(row['gap_p90'])}",
            "Its spread is": row["verdict"] or "not measured",
        }
        for row in rows
    ]
