"""The plan to show: that of the present inputs, or the last one marked out of date, and in words where it stands."""

from __future__ import annotations

import streamlit as st

from sufficiency.shortlist import ShortlistPlan
from sufficiency.ui import shortlist_state as mine
from sufficiency.ui.answers import Answer
from sufficiency.ui.plan_answers import Asked, PlanKey, plan_key, start_plan
from sufficiency.ui.waiting import ended_badly, watch
from sufficiency.ui.workshop import workshop

Present = tuple[ShortlistPlan, mine.Shown, bool]
"""A plan, what was asked, and whether it is that of the present inputs."""


def present_plan(answer: Answer, asked: Asked, *, fresh: bool) -> Present | None:
    """The plan; the first is solved by itself, a later one when the person asks. ``fresh``: the answer is the present one."""
    shop, key = workshop(), plan_key(answer.key, asked)
    plan: ShortlistPlan | None = shop.kept.get(key)
    if plan is not None and fresh:
        shop.jobs.forget(key)
        mine.remember(key, asked)
        return plan, mine.Shown(key, asked), True
    before = mine.shown()
    stale: ShortlistPlan | None = shop.kept.get(before.key) if before else None
    if fresh:
        _where_it_stands(key, asked, answer, before if stale is not None else None)
    return (stale, before, False) if stale is not None and before is not None else None


def _where_it_stands(key: PlanKey, asked: Asked, answer: Answer, before: mine.Shown | None) -> None:
    shop = workshop()
    job = shop.jobs.get(key)
    if job is None and before is None:
        job = start_plan(shop, key, asked, answer)
    if job is not None and job.state == "running":
        if before is not None:
            st.warning("**Out of date.** What is shown below is the last plan, until the new one is there.")
        watch(key)
    elif not ended_badly(key, "Choose again") and before is not None:
        st.warning(f"**Out of date.** The plan below was chosen with other inputs. {mine.what_changed(before, key, asked)}")
        if st.button("Choose again", type="primary", key="choose-again"):
            start_plan(shop, key, asked, answer)
            st.rerun()
