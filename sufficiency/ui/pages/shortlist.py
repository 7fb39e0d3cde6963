"""Shortlist: which bids to take forward, why these and not the others, how sure that is, and what they do."""

from __future__ import annotations

import streamlit as st

from sufficiency.domain.problem import InputProblem
from sufficiency.shortlist import Status
from sufficiency.shortlist.study import Study
from sufficiency.ui import shortlist_state as mine
from sufficiency.ui import state
from sufficiency.ui.answers import Answer
from sufficiency.ui.choice import limited_scenario_of
from sufficiency.ui.formats import plain
from sufficiency.ui.frame import head, rests_on
from sufficiency.ui.further_limits import FurtherSettings
from sufficiency.ui.glossary import NEEDS, needs_in_words
from sufficiency.ui.limits_form import limits_form
from sufficiency.ui.loop_section import loop_section
from sufficiency.ui.notes import note
from sufficiency.ui.plan_answers import Asked, StudyKey
from sufficiency.ui.plan_section import headline, plan_section
from sufficiency.ui.plan_waiting import Present, present_plan
from sufficiency.ui.study_section import chosen_growths, study_section
from sufficiency.ui.waiting import present_answer
from sufficiency.ui.wish_section import wish_section
from sufficiency.ui.workshop import workshop

WORDS = ("EoI", "EHCP", "SEN", "DSG", "Resourced provision", "Specialist place", "Future", "8 in 10 futures", *NEEDS)
PLAN, SURE, WISH, DOES = "Which bids?", "How sure, and why?", "What if?", "What would they do?"


def show() -> None:
    """The page, one question at a time; the answer in a sentence stays at the top."""
    top = st.container()  # filled last: it tells of what the controls below have just changed
    part = st.radio("Question", (PLAN, SURE, WISH, DOES), horizontal=True, key="shortlist-part", persist_state="session")
    limits = st.container()
    below = st.container()
    problems = _limits(limits) if part == PLAN else []
    with top:
        head("Which bids meet the need best?")
        if problems:
            st.warning("**Not taken over.** Mend what is marked below first; the last accepted limits are kept.")
        answer, fresh = present_answer(empty="Run the scenario first; the bids are then chosen over its futures.")
        asked = _asked()
        if answer is None or asked is None:
            return
        found = present_plan(answer, asked, fresh=fresh)
        if found is None:
            return
        headline(found[0], found[1].asked.eois)
        note(needs_in_words())
    with below:
        _part(part, answer, found)
        rests_on(answer, *WORDS)


def _part(part: str, answer: Answer, found: Present) -> None:
    plan, shown, current = found
    if plan.status is Status.INFEASIBLE:
        return
    if part == PLAN:
        study: Study | None = workshop().kept.get(StudyKey(shown.key, chosen_growths(answer.scenario)))
        plan_section(plan, shown.asked, study)
    elif not current:
        note("This part follows once the plan is that of the present inputs.")
    elif part == SURE:
        study_section(answer, plan, shown)
    elif part == WISH:
        wish_section(answer, plan, shown)
    else:
        loop_section(answer, plan, shown.asked)


def _asked() -> Asked | None:
    try:
        return mine.asked()
    except InputProblem as problem:
        st.error(f"**The bids and limits do not go together.** {plain(problem)}")
        if mine.further() != FurtherSettings() and st.button("Drop the further limits"):
            mine.use_further(FurtherSettings())
            st.rerun()
        return None


def _limits(place: st.delta_generator.DeltaGenerator) -> list[InputProblem]:
    from sufficiency.ui.pages import bids

    with place.expander("Limits", expanded=True):
        try:
            scenario = limited_scenario_of(state.choice())
            eois = state.eois(scenario)
        except InputProblem as problem:
            st.error(plain(problem))
            return []
        found = limits_form(scenario, eois)
        upload = state.uploaded_eois()
        where = f"your list {plain(upload[0])}" if upload else "the list that came with the scenario"
        st.markdown(f"Chosen from **{len(eois)} bids** of {where}.")
        st.page_link(st.Page(bids.show, url_path="bids"), label="**Bring, mend or edit the list on the Bids page**")
    return found
