"""Up to six scenarios side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import streamlit as st

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.library import bundled
from sufficiency.scenario.scenario import Scenario
from sufficiency.ui import state
from sufficiency.ui.answers import Answer, key_of, named_as
from sufficiency.ui.choice import Choice, scenario_of
from sufficiency.ui.comparison import MOST_COMPARED, check_alike, side_by_side
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import counted, plain
from sufficiency.ui.glossary import linked
from sufficiency.ui.headlines import key_year
from sufficiency.ui.links import from_one
from sufficiency.ui.notes import note
from sufficiency.ui.opening import first_of, opened
from sufficiency.ui.waiting import ended_badly, run_words, say_left_out, watch
from sufficiency.ui.workshop import workshop

_KEPT, _MOST_KEPT, _PICKED = "kept_choices", 12, "compared_choices"
_MOST_SAVED = 40


def keep(choice: Choice) -> None:
    """Keep a choice for comparison."""
    kept: list[Choice] = st.session_state.setdefault(_KEPT, [])
    if choice not in kept:
        st.session_state[_KEPT] = [*kept, choice][-_MOST_KEPT:]


def offered(*, versions: bool = False) -> dict[str, Choice]:
    """Choices that can be compared, by the name shown.

    The present one, what it is based on, each override alone, kept ones, other baselines and saved scenarios; of the present
    scenario every version, where ``versions`` are asked for.
    """
    now = state.choice()
    plain_base = replace(now, overrides=(), edits=(), whys=())
    kinds = bundled()
    candidates = [
        first_of(now, workshop().workspace),
        plain_base,
        *(replace(plain_base, overrides=(name,)) for name, kind in kinds.items() if kind == "override"),
    ]
    candidates += [now, *st.session_state.get(_KEPT, []), *st.session_state.get(_PICKED, [])]
    others = [name for name, kind in kinds.items() if kind == "scenario"]
    candidates += [Choice(base=name, futures=now.futures, seed=now.seed) for name in others]
    try:
        candidates += [replace(found, futures=now.futures, seed=now.seed) for found in _saved(now, versions)]
    except InputProblem as problem:
        st.error(f"**Saved scenarios are not there.** {plain(problem)}")
    found: dict[str, Choice] = {}
    for candidate in candidates:
        if candidate not in found.values():
            found[_name(candidate, found)] = candidate
    return found


def _saved(now: Choice, versions: bool) -> Iterator[Choice]:
    """Saved scenarios that are not archived, as they are in use; each opened once and then remembered."""
    workspace = workshop().workspace
    for entry in [entry for entry in workspace.entries() if not entry.archived][:_MOST_SAVED]:
        yield opened(workspace, entry.name, entry.number)
        if versions and entry.name == now.base and now.version is not None:
            for version in workspace.versions(entry.name)[:_MOST_KEPT]:
                yield opened(workspace, entry.name, version.number)


def compared() -> list[Choice]:
    """The choices that are compared; the first time, those of the link."""
    if _PICKED not in st.session_state:
        st.session_state[_PICKED] = []
        for text in st.query_params.get_all("compare")[:MOST_COMPARED]:
            try:
                st.session_state[_PICKED].append(from_one(text, workshop().workspace))
            except InputProblem as problem:
                st.error(f"**One scenario of the link is left out.** {plain(problem)}")
    picked: list[Choice] = st.session_state[_PICKED]
    return picked


def _name(choice: Choice, taken: dict[str, Choice]) -> str:
    try:
        title = scenario_of(choice).title
    except InputProblem:
        title = f"{choice.base} (cannot be read)"
    if choice.version is not None:
        title += f", version {choice.version}"
    if choice.edits:
        title += f", {counted(len(choice.edits), 'changed figure')}"
    name, again = title, 2
    while name in taken:
        name, again = f"{title} ({again})", again + 1
    return name


def compare_section() -> Answer | None:
    """The controls, what is missing, and the tables; the first answer, where there are tables."""
    now, before = state.choice(), compared()
    options = offered()
    default = [name for choice in before for name, its in options.items() if its == choice] or list(options)[:1]
    if not before:
        default += [name for name, choice in options.items() if choice == now and name not in default]
    # With other options the widget starts anew, from what was picked before.
    picked = st.multiselect(
        f"Scenarios to compare, up to {MOST_COMPARED}: differences are from the first",
        list(options),
        default=default[:MOST_COMPARED],
        max_selections=MOST_COMPARED,
        key=f"compared-{hash(tuple(options))}",
    )
    chosen = {name: options[name] for name in picked if name in options}
    st.session_state[_PICKED] = list(chosen.values())
    if len(chosen) < 2:
        st.info("**Empty.** Choose two or more scenarios to see them side by side.")
        return None
    try:
        wanted = {name: (scenario_of(choice), choice) for name, choice in chosen.items()}
    except InputProblem as problem:
        st.error(plain(problem))
        return None
    answers = _answers(wanted)
    if answers is None:
        return None
    for name, answer in answers.items():
        say_left_out(answer, name)
    _tables(answers)
    return next(iter(answers.values()))


def _answers(wanted: dict[str, tuple[Scenario, Choice]]) -> dict[str, Answer] | None:
    """The answers by name, or None while some are missing: then what can be done is shown."""
    shop = workshop()
    keyed = {name: (key_of(scenario, choice.futures, choice.seed), scenario) for name, (scenario, choice) in wanted.items()}
    found = {name: named_as(answer, scenario) for name, (key, scenario) in keyed.items() if (answer := shop.answer(key))}
    # By key, because two names can mean the same figures: a first version and its baseline.
    missing = {key: (name, scenario) for name, (key, scenario) in keyed.items() if name not in found}
    if not missing:
        return found
    for key, (_, scenario) in missing.items():
        if shop.jobs.get(key) is None and shop.on_disk(scenario, key):
            shop.start_answer(scenario, key, run_words(scenario))
    running = [key for key in missing if (job := shop.jobs.get(key)) is not None and job.state == "running"]
    for key in running:
        watch(key)
    waiting = [key for key in missing if key not in running and not ended_badly(key, "Run it again")]
    if waiting and not running:
        names = ", ".join(f"“{plain(missing[key][0])}”" for key in waiting)
        st.info(f"**Not run yet:** {names}.")
        if st.button(f"Run {counted(len(waiting), 'scenario')} to compare", type="primary", key="run-compared"):
            for key in waiting:
                shop.start_answer(missing[key][1], key, run_words(missing[key][1]))
            st.rerun()
    return None


def _tables(answers: dict[str, Answer]) -> None:
    first = next(iter(answers.values()))
    try:
        for other in answers.values():
            check_alike(first, other)
    except InputProblem as problem:
        st.error(f"**These results are not compared.** {plain(problem)}")
        return
    years = first.run.labels("academic_year")
    year = st.selectbox("Academic year (January census)", years, index=years.index(key_year(first)), key="compare-year",
                        persist_state="session")  # fmt: skip
    year = year if year in years else years[-1]
    levels, changes, numbers = side_by_side(answers, year)
    name = plain(next(iter(answers)))
    most = changes[0]
    st.markdown(
        f"In {year}, **{plain(most['Scenario'])}** differs from “{name}” in "
        + linked(f"the gap by **{most['Gap, all need']}** places.", "Gap (all)")
    )
    st.markdown(f"**Differences from “{name}”**, paired " + linked("future by future", "Future"))
    st.table([{k: plain(v) for k, v in row.items()} for row in changes], hide_index=True, border="horizontal",
             alt="Differences from the first scenario")  # fmt: skip
    st.markdown("**Each scenario**")
    st.table([{k: plain(v) for k, v in row.items()} for row in levels], hide_index=True, border="horizontal",
             alt="Measures of each scenario")  # fmt: skip
    note("Mean over the futures; in brackets the range of 8 in 10 futures. Below is what the first rests on.")
    offer(numbers, "comparison", what="the comparison")
