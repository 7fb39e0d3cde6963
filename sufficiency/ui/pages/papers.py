"""Papers: what goes to a committee, made from the chosen scenario, and how long ago."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from sufficiency.domain.problem import InputProblem
from sufficiency.report.papers.files import MEDIA_TYPES
from sufficiency.ui import state
from sufficiency.ui.answers import key_of
from sufficiency.ui.choice import limited_scenario_of, scenario_of
from sufficiency.ui.formats import counted, plain
from sufficiency.ui.frame import head
from sufficiency.ui.glossary import glossary, linked
from sufficiency.ui.notes import note
from sufficiency.ui.paper_answers import PaperKey, Papers, papers_work
from sufficiency.ui.plan_answers import Asked, plan_key
from sufficiency.ui.waiting import ended_badly, watch
from sufficiency.ui.workshop import workshop

KINDS = {"report": "Report for a committee", "invitation": "Invitation to bid"}
CONTENT = {
    "report": (
        "the question and its answer in a sentence",
        "need, places and places missing by year, need and area, with charts",
        "the waiting list, the commitment, the bids chosen and not chosen with reasons",
        "the account of the Dedicated Schools Grant (DSG)",
        "who gains and who loses by need, phase and area, for the equality duty",
        "limits of use, a statement of quality assurance, the run record",
        "every assumption with its value, range, source, date and reason",
    ),
    "invitation": (
        "lots: how many places are wanted for which needs and phase, where, and by when",
        "in how many futures each lot is missing",
        "what a bid must say, and how bids are judged",
        "the run record and every assumption",
    ),
}
FILES = {
    "report": {"report.docx": "Word report", "report.html": "web page", "report.xlsx": "Excel workbook"},
    "invitation": {"invitation.docx": "Word document", "invitation.html": "web page"},
}
_MADE = "papers-made"


def show() -> None:
    """The page."""
    head("Which paper do you need?")
    kind = st.radio("Paper", list(KINDS), format_func=KINDS.__getitem__, key="paper-kind", persist_state="session")
    st.markdown(linked("It holds:\n\n" + "\n".join(f"- {line}" for line in CONTENT[kind]), "DSG"))
    now = state.choice()
    try:
        limited = limited_scenario_of(now)
        asked = Asked(limited, tuple(state.eois(limited)))
    except InputProblem as problem:
        st.error(plain(problem))
        return
    shop = workshop()
    answer = key_of(scenario_of(now), now.futures, now.seed)
    key = PaperKey(plan_key(answer, asked), f"{limited.name} {limited.title}", dt.date.today())
    found: Papers | None = shop.kept.get(key)
    job = shop.jobs.get(key)
    if found is not None:
        st.session_state[_MADE] = key
        shop.jobs.forget(key)
    elif job is not None and job.state == "running":
        watch(key)
    elif not ended_badly(key, "Make them again") and _offer_to_make(now.futures):
        shop.jobs.start(key, "Making the papers", lambda j: papers_work(j, key, asked, shop.pool, shop.store, shop.kept))
        st.rerun()
    _downloads(kind, found, key)
    note(
        "Small numbers: simulated figures are nobody's data. Counts of your own children are in no paper; files that hold such "
        "counts hide those below 5."
    )
    glossary("DSG", "EHCP", "EoI", "Specialist place", "Future", "8 in 10 futures")


def _offer_to_make(futures: int) -> bool:
    """Say that there is no paper yet, or that it is of other inputs; whether the button that makes it was pressed."""
    old = st.session_state.get(_MADE)
    if old is not None and workshop().kept.get(old) is not None:
        st.warning("**Out of date.** The papers below are of other inputs than those chosen now, or of another day.")
    else:
        st.info(
            f"**Empty.** No paper has been made of this scenario. Making them takes three runs of {counted(futures, 'future')}."
        )
    return st.button("Make the papers", type="primary", key="make-papers")


def _downloads(kind: str, found: Papers | None, key: PaperKey) -> None:
    """The answer and a button a file; of the last papers made where there are none of the present choice."""
    old = st.session_state.get(_MADE)
    shown: Papers | None = found or (workshop().kept.get(old) if old else None)
    if shown is None:
        return
    st.header("Your papers" if found else "The last papers (out of date)", anchor=False)
    if kind == "report":
        st.markdown(linked(plain(shown.answer), "Specialist place", "8 in 10 futures"))
    of = key if found else old
    for name, words in FILES[kind].items():
        size = len(shown.files[name]) / 1e6
        st.download_button(
            f"Download the {words} ({name}, {size:.1f} MB)",
            shown.files[name],
            file_name=name,
            mime=MEDIA_TYPES[name.rpartition(".")[2]],
            key=f"paper-{name}-{hash(of)}",
            on_click="ignore",
        )
