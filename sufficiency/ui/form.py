"""Fields of assumptions on a page: what is typed stays, what is wrong is said beside it, what is right goes into the choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.scenario import Scenario
from sufficiency.ui import state
from sufficiency.ui.choice import baseline
from sufficiency.ui.fields import FIELDS, Field, check, from_shown, help_text, shown_value
from sufficiency.ui.formats import day, number, plain
from sufficiency.ui.notes import note

_DRAFT, _REVISION = "draft", "draft_revision"


def fields(paths: Sequence[str], page: str, *, columns: int = 2) -> list[InputProblem]:
    """The fields at ``paths``; gives back what is wrong with them. Valid values are put into the choice of the session."""
    now = state.choice()
    scenario = baseline(now.base, now.text, now.overrides)
    problems = []
    for start in range(0, len(paths), columns):  # row by row, so that fields stay beside each other whatever is said below them
        for place, path in zip(st.columns(columns), paths[start : start + columns], strict=False):
            with place:
                problem = _one(scenario, FIELDS[path], page)
            if problem is not None:
                problems.append(problem)
    return problems


def undo() -> None:
    """Drop every change, typed or taken over."""
    state.choose(replace(state.choice(), edits=(), whys=()))
    renew()


def renew() -> None:
    """Start every field anew, from the choice: what was typed and not accepted goes."""
    st.session_state[_DRAFT] = {}
    st.session_state[_REVISION] = st.session_state.get(_REVISION, 0) + 1


def _one(scenario: Scenario, field: Field, page: str) -> InputProblem | None:
    now, first = state.choice(), shown_value(scenario, field)
    draft: dict[str, Any] = st.session_state.setdefault(_DRAFT, {})
    edit = dict(now.edits).get(field.path)
    start = draft.get(field.path, _to_shown(field, edit) if edit is not None else first)
    # Another baseline starts its fields anew, with its own values in those that were not changed.
    key = f"{page}-{field.path}-{hash((now.base, now.version, now.overrides))}-{st.session_state.get(_REVISION, 0)}"
    value = _widget(field, start, key, help_text(scenario, field))
    try:
        check(scenario, field, value)
    except InputProblem as problem:
        draft[field.path] = value
        st.error(f"**Not accepted.** {plain(problem)} Until then {shown_in_words(field, _in_use(field, edit, first))} is used.")
        return problem
    draft.pop(field.path, None)
    changed = value != first
    state.choose(now.edited(field.path, from_shown(field, value) if changed else None))
    if changed:
        kind = "baseline" if now.version is None else "saved version"
        note(f"Changed; the {kind} has {shown_in_words(field, first)}.")
    return None


def _widget(field: Field, start: Any, key: str, words: str) -> Any:
    """The widget, without limits of its own: a browser drops what is out of range, we say so and keep it."""
    if field.kind == "day":
        return st.date_input(
            field.label, start, min_value="2000-01-01", max_value="2099-12-31", format="DD/MM/YYYY", key=key, help=words
        )
    step: Any = field.step if field.kind != "whole" else int(field.step)
    shown = "%d" if field.kind == "whole" else f"%.{field.decimals}f"
    return st.number_input(f"{field.label} ({field.unit})", value=start, step=step, format=shown, key=key, help=words)


def _to_shown(field: Field, edit: float | str) -> Any:
    if field.kind == "day":
        import datetime as dt

        return dt.date.fromisoformat(str(edit))
    return int(edit) if field.kind == "whole" else round(float(edit) * field.scale, field.decimals)


def _in_use(field: Field, edit: float | str | None, first: Any) -> Any:
    return first if edit is None else _to_shown(field, edit)


def shown_in_words(field: Field, value: Any) -> str:
    """A value as the form shows it, with its unit."""
    return day(value) if field.kind == "day" else f"{number(float(value), field.decimals)} {field.unit}"
