"""Bids: the list of expressions of interest: brought in, mended, edited and looked over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from sufficiency.domain.problem import InputProblem, InputProblems
from sufficiency.scenario.eoi_draft import COLUMNS, draft_of
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist.flags import SCREENED, flags
from sufficiency.ui import bids_draft as on
from sufficiency.ui import state
from sufficiency.ui.choice import limited_scenario_of
from sufficiency.ui.downloads import offer, offer_workbook
from sufficiency.ui.formats import counted, money, number, percent, plain
from sufficiency.ui.frame import asks
from sufficiency.ui.glossary import NEEDS, glossary, linked, needs_in_words
from sufficiency.ui.notes import note

MOST_MENDED = 12
"""Fields shown at once in which single cells can be mended."""
_LISTED = 40
_MEANT = {
    "id": "Identifier, unique in the list",
    "area": "Code of the area",
    "setting": "resourced or special",
    "needs": "Codes parted by semicolons: ASD;SLCN",
    "phases": "primary;secondary, or with shares primary:0.4;secondary:0.6",
    "capital": "£, before optimism bias",
    "earliest_start": "Date such as 2022-09-01",
    "quality": "Score, 0 to 100",
    "status": "submitted, feasible, potential, agreed or withdrawn",
    "options": "Other sizes as places:capital: 12:560000",
    "top_up": "£ a place and year",
    "scores": "Criteria as name:score: outcomes:70;premises:55",
}


def show() -> None:
    """The page."""
    asks("What has been offered?")
    try:
        scenario = limited_scenario_of(state.choice())
        eois = state.eois(scenario)
    except InputProblem as problem:
        st.error(f"**The list of bids cannot be used.** {plain(problem)}")
        if state.uploaded_eois() and st.button("Use the scenario's own list again"):
            _own_again()
        return
    _answer(scenario, eois)
    note(needs_in_words())
    desk = on.desk(scenario)
    _bring(scenario)
    if desk.problems:
        _mend(scenario, desk)
    _edit(scenario, desk)
    _look(scenario, eois)
    glossary("EoI", "SEN", "Resourced provision", "Specialist place", *NEEDS)


def _answer(scenario: Scenario, eois: Sequence[ExpressionOfInterest]) -> None:
    upload = state.uploaded_eois()
    places, expected = sum(eoi.places for eoi in eois), sum(eoi.expected_places for eoi in eois)
    settings = len({eoi.setting_name for eoi in eois})
    answered = (
        f"## {counted(len(eois), 'expression')} of interest (EoIs, here: bids) from {counted(settings, 'setting')} offer "
        f"{number(places)} places; {number(expected)} are expected to open if all are taken forward"
    )
    st.markdown(linked(answered, "EoI"))
    made_up = sum(eoi.illustrative for eoi in eois)
    if made_up:
        st.warning(
            f"**Illustrative.** {made_up} of the {counted(len(eois), 'bid')} are made up from published totals, to show how the "
            "tool works. They are no council's or school's proposals."
        )
    where = f"your list {plain(upload[0])}" if upload else "the list that came with the scenario"
    st.markdown(
        f"In use: **{where}**, for {plain(scenario.title)}. Bids that have stages still ahead fall through by the chances in the "
        "list (where it gives none, those of the published first round: 63 %, 65 % and 41 % went on)."
    )
    rows = []
    for kind, words in (("resourced", "Resourced provision"), ("special", "Special schools")):
        mine = [eoi for eoi in eois if eoi.setting == kind]
        if mine:
            rows.append(_totals(words, mine))
    for code, area in scenario.areas.items():
        if mine := [eoi for eoi in eois if eoi.area == code]:
            rows.append(_totals(plain(area.label), mine))
    st.table([*rows, _totals("All bids", eois)], hide_index=True, border="horizontal", alt="Bids by type and area")


def _totals(what: str, eois: Sequence[ExpressionOfInterest]) -> dict[str, str]:
    places, expected = sum(eoi.places for eoi in eois), sum(eoi.expected_places for eoi in eois)
    return {
        "Bids": what,
        "Number": number(len(eois)),
        "Places bid": number(places),
        "Expected to open": number(expected),
        "Of those bid": percent(expected / places),
        "Capital as bid": money(sum(eoi.capital for eoi in eois)),
    }


def _bring(scenario: Scenario) -> None:
    """An upload: taken over where it is right throughout, else laid on the desk with nothing lost."""
    st.header("Bring a list", anchor=False)
    file = st.file_uploader("List of bids (CSV or Excel, at most 2 MB)", type=None, key="eoi-file", max_upload_size=2)
    if file is not None and st.session_state.get("eoi-file-read") != file.file_id:
        st.session_state["eoi-file-read"] = file.file_id
        name = file.name[-80:]
        try:
            draft = draft_of(file.getvalue(), where=name)
        except InputProblem as problem:
            st.session_state["eoi-file-refused"] = problem
        else:
            st.session_state["eoi-file-refused"] = None
            on.take(scenario, name, draft)
            st.rerun()
    refused: InputProblem | None = st.session_state.get("eoi-file-refused")
    if refused is not None and file is not None:
        st.error("**Not accepted.** This has to be mended in the file itself. The list used before is kept.")
        for each in refused.problems if isinstance(refused, InputProblems) else (refused,):
            st.markdown(f"- {plain(each)}")
    if state.uploaded_eois() and st.button("Use the scenario's own list again"):
        _own_again()


def _own_again() -> None:
    state.use_eois(None)
    on.clear()
    st.rerun()


def _mend(scenario: Scenario, desk: on.Desk) -> None:
    """Everything that is wrong in one report, and a field for each cell that can be mended by itself."""
    st.header(f"{counted(len(desk.problems), 'thing')} to mend in {plain(desk.name)}", anchor=False)
    st.error(
        "**Not accepted yet.** The list used before is kept; this one lies in the editor below with nothing lost. Rows "
        "are counted "
        "as a spreadsheet counts them: the header is row 1."
    )
    rows = [_told(problem, desk) for problem in desk.problems]
    st.table(rows[:_LISTED], hide_index=True, border="horizontal", alt="What is to be mended, by row and column")
    offer(rows, "bids-to-mend", what="what is to be mended")
    cells = {cell: problem for problem in desk.problems if (cell := on.cell_of(problem, desk.draft)) is not None}
    if not cells:
        return
    with st.form(f"mend-{desk.revision}"):
        st.markdown("**Mend single cells here,** or in the editor below.")
        typed = {}
        for (row, column), problem in list(cells.items())[:MOST_MENDED]:
            label = f"Row {row}, column {column}"  # no text of the file: a label is read out as it is written
            words = f"{problem.what}. {problem.allowed and f'Allowed: {problem.allowed}. '}{problem.mend}"
            typed[row, column] = st.text_input(
                label, desk.draft.cell(row, column), key=f"mend-{desk.revision}-{row}-{column}", help=plain(words)
            )
        if len(cells) > MOST_MENDED:
            note(f"{len(cells) - MOST_MENDED} more cells follow once these are right.")
        pressed = st.form_submit_button("Check again", type="primary")
    if pressed:
        draft = desk.draft
        for (row, column), text in typed.items():
            draft = draft.changed(row, column, text)
        on.take(scenario, desk.name, draft)
        st.rerun()


def _told(problem: InputProblem, desk: on.Desk) -> dict[str, str]:
    cell = on.cell_of(problem, desk.draft)
    return {
        "Row": str(cell[0]) if cell else plain(problem.where.removeprefix(desk.name).strip(", ")),
        "Column": cell[1] if cell else plain(problem.field),
        "Bid": plain(desk.draft.cell(cell[0], "id")) if cell else "",
        "What is wrong": plain(problem.what),
        "Found": plain(problem.value) if problem.value is not None else "",
        "Allowed": plain(problem.allowed),
        "To mend it": plain(problem.mend),
    }


def _edit(scenario: Scenario, desk: on.Desk) -> None:
    """The editor; nothing counts until it is saved."""
    st.header("Edit the list", anchor=False)
    st.markdown(
        "Click a cell and type; add a bid in the last row; tick rows at their left to remove them. Nothing is taken over until "
        "you press **Save the list**, which checks every cell."
    )
    # The grid keeps the Tab key to itself: WCAG 2.1.2 asks that the way out is told.
    note("By keyboard: arrows go from cell to cell, Enter opens a cell and closes it; Escape, then Tab, leaves the list.")
    desk = on.kept_edits(_editor(scenario, desk), desk)
    config: dict[str, Any] = {
        column: st.column_config.TextColumn(column, help=_MEANT.get(column, _meaning(column))) for column in COLUMNS
    }
    edited = st.data_editor(
        on.rows_of(desk.draft),
        key=_editor(scenario, desk),
        num_rows="dynamic",
        column_config=config,
        height=420,
        alt="The list of bids, every cell as text; the same list can be downloaded below",
    )
    draft = on.draft_of_frame(edited)
    on.remember_edits(desk, draft)
    if on.unsaved():
        st.warning("**Changed, not saved yet.** What is used on every page is still the list as it was last saved.")
    save, drop = st.columns([1, 3])
    name = desk.name if desk.name.startswith("edited ") or desk.problems else f"edited {desk.name}"
    if save.button("Save the list", type="primary", disabled=draft == desk.draft and not desk.problems):
        on.take(scenario, name, draft)
        st.rerun()
    if (on.unsaved() or desk.problems) and drop.button("Drop what is not saved"):
        on.clear()
        st.rerun()
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in desk.draft.rows]
    if rows:
        offer(rows, "bids", what="the list as saved" if not desk.problems else "the list as it stands")
        offer_workbook({"Bids": rows}, "bids", what="the list")


def _editor(scenario: Scenario, desk: on.Desk) -> str:
    return f"bids-editor-{scenario.name}-{desk.revision}"


def _meaning(column: str) -> str:
    field = ExpressionOfInterest.model_fields.get(column)
    return (field.description or "") if field else ""


def _look(scenario: Scenario, eois: Sequence[ExpressionOfInterest]) -> None:
    """What to look at before anything is chosen."""
    st.header("What to look at before choosing", anchor=False)
    try:
        found = flags(scenario, eois)
    except InputProblem as problem:
        st.error(plain(problem))
        return
    out = sum(flag.kind == SCREENED for flag in found)
    worth = len(found) - out
    first = (
        f"**{counted(out, 'bid')} cannot be chosen** under the limits as they stand, each for the reason below"
        if out
        else "**Every bid can be chosen** under the limits as they stand"
    )
    rest = f"; something about {counted(worth, 'other bid' if out else 'bid')} is worth a look" if worth else ""
    st.markdown(f"{first}{rest}.")
    if found:
        titles = {eoi.id: eoi.title for eoi in eois}
        rows = [{"Bid": plain(f"{f.eoi}: {titles[f.eoi]}"), "Kind": f.kind, "Why": plain(f.words)} for f in found]
        with st.expander(f"The {counted(len(found), 'remark')}", expanded=len(found) <= 20):
            st.table(rows, hide_index=True, border="horizontal", alt="What to look at, bid by bid")
        offer([{"id": f.eoi, "kind": f.kind, "why": f.words} for f in found], "bids-to-look-at", what="these remarks")
    from sufficiency.ui.pages import shortlist

    st.page_link(st.Page(shortlist.show, url_path="shortlist"), label="**Choose among them on the Shortlist page**")
