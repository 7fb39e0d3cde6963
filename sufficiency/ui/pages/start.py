"""Start: what this is, and the answer for the chosen scenario."""

from __future__ import annotations

import streamlit as st

from sufficiency.domain.problem import InputProblem
from sufficiency.places.commitment import commitment
from sufficiency.shortlist import ShortlistPlan
from sufficiency.ui import state
from sufficiency.ui.answers import Answer
from sufficiency.ui.choice import limited_scenario_of
from sufficiency.ui.formats import day, plain
from sufficiency.ui.frame import head, rests_on
from sufficiency.ui.glossary import glossary, linked
from sufficiency.ui.headlines import balance_sentence, commitment_sentence, places_sentence, plan_sentence
from sufficiency.ui.plan_answers import Asked, plan_key, start_plan
from sufficiency.ui.tour import invitation
from sufficiency.ui.waiting import ended_badly, present_answer, watch
from sufficiency.ui.workshop import workshop

WORDS = ("EHCP", "DSG", "EoI", "SEN", "Specialist place", "Waiting", "January census", "Future", "8 in 10 futures")


def show() -> None:
    """The page."""
    head("Are there enough specialist places?")
    _what_this_is()
    answer, fresh = present_answer(empty="Run the scenario to see its answer.")
    if answer is not None:
        st.header("The answer" if fresh else "The last answer (out of date)", anchor=False)
        _places(answer)
        _commitment(answer, fresh)
        _money(answer)
    _doors()
    if answer is not None:
        rests_on(answer, *WORDS)
    else:
        glossary(*WORDS)


def _what_this_is() -> None:
    """What a newcomer must know, in a minute: what it does, with whose data, and how far it can be trusted."""
    text = (
        "This simulates how children with special educational needs (SEN) get a plan (an education, health and care plan, EHCP) "
        "and a place, in many possible futures, and says how many specialist places are missing, where, by when, at what cost."
    )
    st.markdown(linked(text, "SEN", "EHCP", "Specialist place", "Future"))
    st.markdown(
        "- **Your data stays here.** Everything runs on this machine: nothing you enter or upload leaves it.\n"
        "- **It starts with Bristol in January 2022**, from published figures. What nobody has published is assumed, marked as "
        "such, and yours to change; each page ends with what it rests on.\n"
        "- **It gives ranges, not certainties**, and shows how well it would have foretold the years since (Evidence)."
    )
    invitation()


def _places(answer: Answer) -> None:
    with st.container(border=True):
        st.subheader("Places", anchor=False)
        st.markdown(linked(places_sentence(answer), "January census", "8 in 10 futures"))


def _commitment(answer: Answer, fresh: bool) -> None:
    start = day(answer.scenario.start)
    found = commitment(answer.run)
    with st.container(border=True):
        st.subheader("The commitment", anchor=False)
        st.markdown(commitment_sentence(found, start))
        if fresh:
            _bids(answer)


def _bids(answer: Answer) -> None:
    """What the bids could close; the shortlist is solved in a worker process."""
    shop = workshop()
    try:
        limited = limited_scenario_of(state.choice())
        eois = state.eois(limited)
    except InputProblem as problem:
        st.error(plain(problem))
        return
    asked = Asked(limited, eois)
    key = plan_key(answer.key, asked)
    plan: ShortlistPlan | None = shop.kept.get(key)
    if plan is not None:
        made_up = any(eoi.illustrative for eoi in eois)
        st.markdown(linked(plan_sentence(plan, made_up), "EoI"))
        if made_up:
            st.markdown("The bids are **illustrative**: made up from published totals, to show how the tool works.")
    elif not ended_badly(key, "Choose again"):
        start_plan(shop, key, asked, answer)
        watch(key)


def _money(answer: Answer) -> None:
    on = sum(intervention.enabled for intervention in answer.scenario.interventions.values())
    with st.container(border=True):
        st.subheader("Money", anchor=False)
        condition = "with the interventions switched on" if on else "without interventions"
        st.markdown(linked(balance_sentence(answer, answer.account, condition), "DSG"))


def _doors() -> None:
    from sufficiency.ui.pages import money, scenarios, shortlist

    st.header("Where to go next", anchor=False)
    left, middle, right = st.columns(3)
    with left.container(border=True, height="stretch"):
        st.page_link(st.Page(scenarios.show, url_path="scenarios"), label="**Compare growth**")
        st.markdown("What if requests grow faster, or the team is larger?")
    with middle.container(border=True, height="stretch"):
        st.page_link(st.Page(money.show, url_path="money"), label="**Test the deficit**")
        st.markdown("What if pupil numbers or activity differ by a tenth?")
    with right.container(border=True, height="stretch"):
        st.page_link(st.Page(shortlist.show, url_path="shortlist"), label="**Shortlist bids**")
        st.markdown("Which bids meet the need best, and why not the others?")
