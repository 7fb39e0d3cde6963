"""What a session remembers of its shortlist: the further limits, and the plan shown last."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from sufficiency.scenario.differences import differences
from sufficiency.ui import state
from sufficiency.ui.choice import limited_scenario_of
from sufficiency.ui.formats import plain
from sufficiency.ui.further_limits import FurtherSettings, paired_bids, under
from sufficiency.ui.plan_answers import Asked, PlanKey

_FURTHER, _SHOWN, _REVISION = "shortlist_further", "shortlist_shown", "shortlist_further_revision"
_MOST_NAMED = 5
_WORDS_ONLY = (".source", ".reason", ".known_from", ".verified", ".unit")


@dataclass(frozen=True)
class Shown:
    """A plan that was shown: its key, and what was asked."""

    key: PlanKey
    asked: Asked


def further() -> FurtherSettings:
    """The further limits of this session."""
    found: FurtherSettings = st.session_state.get(_FURTHER, FurtherSettings())
    return found


def use_further(limits: FurtherSettings) -> None:
    """Use other further limits; their form starts anew."""
    if limits != further():
        st.session_state[_FURTHER] = limits
        st.session_state[_REVISION] = revision() + 1


def revision() -> int:
    """How often the further limits were replaced: part of the keys of their form."""
    found: int = st.session_state.get(_REVISION, 0)
    return found


def asked() -> Asked:
    """What is asked of the optimiser now; raises InputProblem."""
    limits = further()
    limited = under(limited_scenario_of(state.choice()), limits)
    eois = paired_bids(state.eois(limited), limits.pairs)
    return Asked(limited, eois, limits.must_have, limits.must_not, limits.versions)


def shown() -> Shown | None:
    """The plan shown last."""
    found: Shown | None = st.session_state.get(_SHOWN)
    return found


def remember(key: PlanKey, asked: Asked) -> None:
    """Remember which plan is shown."""
    st.session_state[_SHOWN] = Shown(key, asked)


def what_changed(before: Shown, key: PlanKey, now: Asked) -> str:
    """Why a plan is not one of the present inputs, in words."""
    parts = []
    if before.key.answer != key.answer:
        parts.append("It was chosen over other futures.")
    if before.key.bids != key.bids:
        parts.append("The list of bids has changed.")
    if before.key.wishes != key.wishes:
        parts.append("Other bids are forced in or out.")
    found = [
        f"{plain(each.meaning).rstrip('.')}: {plain(each.before)} before, {plain(each.after)} now."
        for each in differences(before.asked.limited, now.limited)
        if each.path.startswith("shortlist.") and not each.path.endswith(_WORDS_ONLY)
    ]
    return " ".join([*parts, *found[:_MOST_NAMED], *(["And more."] if len(found) > _MOST_NAMED else [])])
