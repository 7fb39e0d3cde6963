"""The part of the Money page that saves where the sliders stand as a variant, and opens one that was saved."""

from __future__ import annotations

import streamlit as st

from sufficiency.domain.dictionaries import DSG_CATEGORIES
from sufficiency.domain.files import LARGEST_FILE
from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.changes import Changes, changes_in, together
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.variant_file import LONGEST_TITLE, file_stem, read_variant, to_override, variant_of
from sufficiency.ui.formats import plain, signed
from sufficiency.ui.notes import note

REACH, LEAST_GROWTH, MOST_GROWTH, GROWTH_STEP = 50, -5.0, 10.0, 0.5
"""How far the sliders go: % either way, and % a year of income."""
_READ = "variant-file-read"
_REASON = "Set with the sliders of the Money page to see what follows."


def described(changes: Changes) -> str:
    """Where the sliders stand, in a line."""
    parts = [
        f"{words} {DSG_CATEGORIES.label(code).lower()} {signed(percent)} %"
        for words, table in (("pupils in", changes.pupils), ("activity in", changes.activity))
        for code, percent in table.items()
    ]
    if changes.income_growth:
        parts.append(f"income {signed(changes.income_growth, 1)} % a year")
    return ", ".join(parts)


def save_variant(scenario: Scenario, changes: Changes) -> None:
    """A name, and the button that saves the variant; nothing where no slider is moved."""
    if changes.is_nothing:
        note("Move a slider, and the variant can be saved here.")
        return
    shown = described(changes)[:LONGEST_TITLE]
    title = st.text_input("Name of the variant", placeholder=shown, max_chars=LONGEST_TITLE, key="variant-title")
    title = " ".join((title or "").split()) or shown
    try:
        whole = together(changes_in(scenario.money.variant), changes)
        held = variant_of(
            dict(whole.pupils), dict(whole.activity), whole.income_growth, known_from=scenario.knowledge_date, reason=_REASON
        )
    except InputProblem as problem:
        st.error(f"**Not saved.** {plain(problem)}")
        return
    if held is None:
        note("With these sliders the scenario's own variant is undone: there is nothing to save.")
        return
    name = f"{file_stem(title)}.toml"
    content = to_override(held, title)
    st.download_button("Save the variant (TOML)", content, file_name=name, mime="application/toml", key="variant-save",
                       on_click="ignore")  # fmt: skip
    note("The file can be opened here again, and laid over a scenario on the command line:")
    st.code(f"sufficiency dsg {scenario.name} --override {name} --out results", language=None, wrap_lines=True)


def opened_variant(scenario: Scenario) -> Changes | None:
    """The variant in a file that was chosen just now; None where there is none, or where it cannot be used."""
    limit = f"at most {LARGEST_FILE // 1024} KB"
    file = st.file_uploader(f"Saved variant (TOML, {limit})", type=None, key="variant-file", max_upload_size=1)
    if file is None or st.session_state.get(_READ) == file.file_id:
        return None
    try:
        found, _ = read_variant(file.getvalue(), where=file.name)
        changes = changes_in(found)
        check_reach(changes, file.name)
        if scenario.money.variant is not None:
            raise InputProblem(
                "the scenario holds a variant of its own", where=file.name, mend="choose the scenario without it first"
            )
    except InputProblem as problem:
        st.error(f"**Not opened.** {plain(problem)} The sliders stay as they are.")
        return None
    st.session_state[_READ] = file.file_id
    return changes


def check_reach(changes: Changes, where: str) -> None:
    """Raise InputProblem where a slider cannot stand where a change wants it."""
    for table in (changes.pupils, changes.activity):
        for code, percent in table.items():
            if abs(percent) > REACH or percent % 1:
                raise InputProblem(
                    "a slider cannot stand there", where=f"{where}, {code}", value=percent,
                    allowed=f"whole per cents from -{REACH} to {REACH}", mend="lay the file over a scenario on the command line",
                )  # fmt: skip
    growth = changes.income_growth
    if not LEAST_GROWTH <= growth <= MOST_GROWTH or growth % GROWTH_STEP:
        raise InputProblem(
            "a slider cannot stand there", where=f"{where}, income_growth", value=growth,
            allowed=f"{LEAST_GROWTH:g} to {MOST_GROWTH:g} in steps of {GROWTH_STEP:g}",
            mend="lay the file over a scenario on the command line",
        )  # fmt: skip
