"""The limits of the shortlist as a form: each field says what it means, and what is wrong is said beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from sufficiency.domain.problem import InputProblem, InputProblems
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.ui import shortlist_state as mine
from sufficiency.ui.fields import LIMITS
from sufficiency.ui.form import fields
from sufficiency.ui.formats import day, plain
from sufficiency.ui.further_limits import APART, NEEDS, FurtherSettings, Pair, paired_bids, pairs_text, read_pairs, under
from sufficiency.ui.notes import note

_ORDERS = {
    None: "As the scenario has it",
    "in turn": "First the commitment, then unmet need, then cost",
    "in pounds": "All as one sum of money",
}
_MOST_BIDS, _MOST_MILLIONS, _MOST_PLACES = 2000, 1000.0, 10_000.0


def limits_form(scenario: Scenario, eois: Sequence[ExpressionOfInterest]) -> list[InputProblem]:
    """The three limits that every scenario has, and the further ones; gives back what is wrong with the first three."""
    problems = fields(LIMITS, "shortlist", columns=3)
    with st.expander("Further limits: years, settings, areas, single bids and pairs"):
        _further(scenario, eois)
    for words in in_force(mine.further(), scenario):
        note(f"In force: {words}")
    return problems


def in_force(limits: FurtherSettings, scenario: Scenario) -> list[str]:
    """The further limits in words."""
    found = [f"at most £{most / 1e6:g}m in {year}-{(int(year) + 1) % 100:02d}." for year, most in limits.capital_by_year]
    numbers = (
        (limits.construction_slots, "projects under construction in a year"), (limits.most_per_setting, "bids from one setting"),
        (limits.most_per_group, "bids from one trust or group"), (limits.most_special, "special school bids"),
        (limits.most_resourced, "resourced bids"),
    )  # fmt: skip
    found += [f"{what}: at most {number}." for number, what in numbers if number is not None]
    if limits.number is not None:
        found.append(f"bids in all: {'exactly' if limits.number_is_exact else 'at most'} {limits.number}.")
    found += [f"at least {places:g} places in {scenario.areas[area].label}." for area, places in limits.least_places]
    if limits.order:
        found.append(f"{_ORDERS[limits.order][0].lower()}{_ORDERS[limits.order][1:]}.")
    if limits.tail_weight:
        found.append(f"the worst futures weigh {100 * limits.tail_weight:g} %.")
    found += [f"{id} must be in." for id in limits.must_have] + [f"{id} must stay out." for id in limits.must_not]
    for id, version in limits.versions:
        size = f" with {version.places} places" if version.places else ""
        opens = f", opening {day(version.opens)}" if version.opens else ""
        found.append(f"{id} must be in{size}{opens}.")
    found += [f"{pair.one} {pair.how} {pair.other}." for pair in limits.pairs]
    return [plain(words) for words in found]


def _further(scenario: Scenario, eois: Sequence[ExpressionOfInterest]) -> None:
    """The form: its values change only when its button is pressed, so that what is wrong is said beside each field."""
    now, wrong = mine.further(), list[InputProblem]()
    with st.form(f"further-{mine.revision()}", border=False):
        st.markdown("A field left empty is no limit. Nothing is taken over until you press the button below.")
        slots = _whole(wrong, "Projects under construction in a year", now.construction_slots,
                       "Most projects under construction in any one academic year, whenever they open.")  # fmt: skip
        st.markdown("**Capital by financial year**")
        held = dict(now.capital_by_year)
        labels = {year: f"Most in {year}-{(int(year) + 1) % 100:02d} (£ million)" for year in _years(scenario)}
        capital = _amounts(wrong, labels, {year: 1e-6 * most for year, most in held.items()}, _MOST_MILLIONS, 0.5)
        st.markdown("**How many bids**")
        columns = st.columns(3)
        with columns[0]:
            setting = _whole(wrong, "Most from one setting", now.most_per_setting)
            special = _whole(wrong, "Most special school bids", now.most_special)
        with columns[1]:
            group = _whole(wrong, "Most from one trust or group", now.most_per_group)
            resourced = _whole(wrong, "Most resourced bids", now.most_resourced)
        with columns[2]:
            number = _whole(wrong, "Number of bids in all", now.number)
            exact = st.checkbox("Exactly so many in all", value=now.number_is_exact, key=_key("exact"))
            if exact and number is None:
                _say(wrong, InputProblem("a number is missing", where="Number of bids in all", mend="give it, or untick this"))
        st.markdown("**Least places expected to open, by area**")
        labels = {code: f"Least in {plain(area.label)} (places)" for code, area in scenario.areas.items()}
        least = _amounts(wrong, labels, dict(now.least_places), _MOST_PLACES, 5.0)
        must, never, pairs = _single(wrong, eois)
        st.markdown("**What counts**")
        left, right = st.columns(2)
        with left:
            order = st.selectbox("Order", list(_ORDERS), index=list(_ORDERS).index(now.order), format_func=_ORDERS.__getitem__,
                                 key=_key("order"))  # fmt: skip
        with right:
            label = "Weight of the worst futures (%)"
            tail = st.number_input(
                label, value=None if now.tail_weight is None else 100 * now.tail_weight, step=10.0, key=_key("tail"),
                help="0 weighs the mean of all futures, 100 the worst tenth alone (conditional value at risk).",
            )  # fmt: skip
            _range(wrong, label, tail, 100)
        pressed = st.form_submit_button("Use these limits", type="primary")
        if wrong:
            st.warning("**Not taken over.** Mend what is marked above; the limits used before are kept until then.")
    if pressed and not wrong:
        limits = FurtherSettings(
            capital_by_year=tuple((year, 1e6 * amount) for year, amount in capital.items()),
            construction_slots=slots, most_per_setting=setting, most_per_group=group, most_special=special,
            most_resourced=resourced, number=number, number_is_exact=exact and number is not None,
            least_places=tuple(least.items()), order=order, tail_weight=None if tail is None else tail / 100,
            must_have=must, must_not=never, versions=tuple(pair for pair in now.versions if pair[0] not in never), pairs=pairs,
        )  # fmt: skip
        _take(scenario, limits)


def _single(
    wrong: list[InputProblem], eois: Sequence[ExpressionOfInterest]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Pair, ...]]:
    """Bids that must be in or out, and pairs."""
    now, ids = mine.further(), [eoi.id for eoi in eois]
    titles = {eoi.id: f"{eoi.id}: {eoi.title}" for eoi in eois}
    st.markdown("**Single bids**")
    must = st.multiselect("Must be in", ids, [i for i in now.must_have if i in ids], format_func=titles.__getitem__,
                          key=_key("in"))  # fmt: skip
    never = st.multiselect("Must stay out", ids, [i for i in now.must_not if i in ids], format_func=titles.__getitem__,
                           key=_key("out"))  # fmt: skip
    for id in set(must) & set(never):
        _say(wrong, InputProblem("a bid must be in and stay out", where="Single bids", value=id, mend="remove it from one"))
    text = st.text_area(
        "Pairs of bids, one a line", pairs_text(now.pairs), key=_key("pairs"), height=96,
        placeholder=f"E03 {APART} E07\nE05 {NEEDS} E01",
        help="Never both, or the first only where the second is chosen too. Those named in the list of bids hold besides.",
    )  # fmt: skip
    found: tuple[Pair, ...] = ()
    try:
        found = read_pairs(text, ids)
        paired_bids(eois, found)
    except InputProblem as problem:
        for each in problem.problems if isinstance(problem, InputProblems) else (problem,):
            _say(wrong, each)
    return tuple(must), tuple(never), found


def _take(scenario: Scenario, limits: FurtherSettings) -> None:
    """Take the limits over, or say why the models refuse them."""
    try:
        under(scenario, limits)
    except InputProblem as problem:
        st.error(f"**Not accepted.** {plain(problem)} The limits used before are kept.")
        return
    mine.use_further(limits)
    st.rerun()


def _key(name: str) -> str:
    return f"further-{name}-{mine.revision()}"


def _whole(wrong: list[InputProblem], label: str, value: int | None, words: str | None = None) -> int | None:
    found: int | None = st.number_input(label, value=value, step=1, key=_key(label), help=words)
    _range(wrong, label, found, _MOST_BIDS)
    return found


def _amounts(
    wrong: list[InputProblem], labels: Mapping[str, str], now: Mapping[str, float], most: float, step: float
) -> dict[str, float]:
    """Fields three to a row, by what they are keyed by; empty ones are left out of the result."""
    found = {}
    keys = list(labels)
    for start in range(0, len(keys), 3):
        for place, key in zip(st.columns(3), keys[start : start + 3], strict=False):
            with place:
                value = st.number_input(labels[key], value=now.get(key), step=step, key=_key(labels[key]))
                _range(wrong, labels[key], value, most)
                if value is not None:
                    found[key] = float(value)
    return found


def _years(scenario: Scenario) -> list[str]:
    """Financial years in which capital can be spent, by their first calendar year."""
    first = scenario.start.year if scenario.start.month >= 4 else scenario.start.year - 1
    return [str(year) for year in range(first, scenario.horizon.year + 1)]


def _range(wrong: list[InputProblem], label: str, value: float | None, most: float) -> None:
    if value is not None and not 0 <= value <= most:
        allowed = f"0 to {most:,g}"
        _say(wrong, InputProblem("the value is out of range", where=label, value=value, allowed=allowed, mend="change the value"))


def _say(wrong: list[InputProblem], problem: InputProblem) -> None:
    wrong.append(problem)
    st.error(f"**Not accepted.** {plain(problem)}")
