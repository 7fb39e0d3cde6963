"""What a session remembers from page to page, and the link that brings it back."""

from __future__ import annotations

import math
from dataclasses import replace

import streamlit as st

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.eoi_list import load_eois, read_eois
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.library import DEFAULT_SCENARIO, bundled
from sufficiency.scenario.scenario import Scenario
from sufficiency.ui.answers import Key, key_of
from sufficiency.ui.choice import Choice, baseline, default_futures, limited_scenario_of, scenario_of
from sufficiency.ui.fields import FIELDS

_CHOICE, _SHOWN, _EOIS, _LINK = "choice", "shown", "eois", "link_problem"


def choice() -> Choice:
    """The choice of this session; the first time, that of the link it was opened with."""
    if _CHOICE not in st.session_state:
        st.session_state[_CHOICE] = _from_link()
    chosen: Choice = st.session_state[_CHOICE]
    return chosen


def choose(new: Choice) -> None:
    """Replace the choice of this session."""
    if new != choice():
        st.session_state.pop(_LINK, None)
        st.session_state[_CHOICE] = new


def chosen_key() -> Key:
    """The key of the answer to the present choice; raises InputProblem."""
    now = choice()
    return key_of(scenario_of(now), now.futures, now.seed)


def last_shown() -> Key | None:
    """The key of the answer shown last."""
    found: Key | None = st.session_state.get(_SHOWN)
    return found


def remember_shown(key: Key) -> None:
    """Remember which answer was shown last."""
    st.session_state[_SHOWN] = key


def uploaded_eois() -> tuple[str, bytes] | None:
    """Name and content of the uploaded list of bids, where there is one."""
    found: tuple[str, bytes] | None = st.session_state.get(_EOIS)
    return found


def use_eois(upload: tuple[str, bytes] | None) -> None:
    """Use an uploaded list of bids (name and content), or again the scenario's own."""
    st.session_state[_EOIS] = upload


def eois(scenario: Scenario) -> tuple[ExpressionOfInterest, ...]:
    """The bids of this session; raises InputProblem."""
    upload = uploaded_eois()
    return read_eois(upload[1], where=upload[0], areas=scenario.area_codes) if upload else load_eois(scenario)


def link_problem() -> str:
    """What was wrong with the link this session was opened with; told until another choice is made."""
    choice()
    return str(st.session_state.get(_LINK, ""))


def _from_link() -> Choice:
    """The choice that the address names: ``?scenario=...&with=override&set=path=value``."""
    first = Choice(futures=default_futures())
    query = st.query_params
    try:
        kinds = bundled()
        base = query.get("scenario", DEFAULT_SCENARIO)
        names = tuple(query.get_all("with"))
        for name, kind in [(base, "scenario"), *((name, "override") for name in names)]:
            if kinds.get(name) != kind:  # a link never opens a file
                allowed = ", ".join(known for known, its in kinds.items() if its == kind)
                raise InputProblem(f"the link names an unknown {kind}", value=name, allowed=allowed)
        found = replace(first, base=base, overrides=names)
        for text in query.get_all("set"):
            path, _, value = text.partition("=")
            if path not in FIELDS:
                raise InputProblem("the link changes an unknown figure", value=path, allowed=", ".join(FIELDS))
            found = found.edited(path, value if FIELDS[path].kind == "day" else _finite(value, path))
        baseline(found.base, None, found.overrides)
        limited_scenario_of(found)
    except InputProblem as problem:
        st.session_state[_LINK] = f"The link could not be used, so the default scenario is shown. {problem}"
        return first
    return found


def _finite(text: str, path: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputProblem("the link gives no number", where=FIELDS[path].label, value=text, allowed="a number")
    return int(value) if FIELDS[path].kind == "whole" else value


def write_link() -> None:
    """Put the choice into the address, so that the link can be sent. An uploaded scenario stays on this machine."""
    now = choice()
    wanted: dict[str, str | list[str]] = {}
    if now.upload is None and (now.base != DEFAULT_SCENARIO or now.overrides or now.edits):
        wanted["scenario"] = now.base
        if now.overrides:
            wanted["with"] = list(now.overrides)
        if now.edits:
            wanted["set"] = [f"{path}={value}" for path, value in now.edits]
    present = {name: st.query_params.get_all(name) for name in st.query_params}
    if present != {name: [value] if isinstance(value, str) else value for name, value in wanted.items()}:
        st.query_params.from_dict(wanted)
