"""The parts of the Money page that ask what the balance hangs on: one change at a time, two at once, and break-even."""

from __future__ import annotations

import streamlit as st

from sufficiency.domain.dictionaries import DSG_CATEGORIES, SETTINGS
from sufficiency.dsg.break_even import PROVISIONS, BreakEven, break_even
from sufficiency.dsg.sensitivity import STEPS, THEME, Changed, grid, sensitivity, sensitivity_rows
from sufficiency.report.charts.shapes import heat_map, tornado
from sufficiency.report.tornado_rows import nothing_matters, tornado_rows
from sufficiency.report.words import within
from sufficiency.ui.answers import Answer
from sufficiency.ui.downloads import offer, records
from sufficiency.ui.formats import better, number, percent, rough_change, rough_money, signed, whole_label
from sufficiency.ui.notes import note

SIGNS = "With a plus the balance is better, with a minus it is worse."
_NOTHING, _WAYS = "nothing is paid for them elsewhere", ("resourced", "special", "mainstream")


@st.fragment
def tornado_section(answer: Answer) -> None:
    """The tornado: each category's pupils and activity a little more and a little less."""
    st.header("Which single change matters most?", anchor=False)
    words = "Pupil numbers change top-ups and fees; activity or unit cost changes all spend of a category."
    size = st.slider("Change of one thing at a time, %", 1, 50, 10, key="change", persist_state="session", help=words)
    changes = tuple(change for change in sensitivity(answer.basis, mitigated=True, percent=float(size)) if change.size >= 1)
    if not changes:
        st.markdown(nothing_matters(size))
        return
    worst = next(change for change in changes if change.percent > 0)
    st.markdown(
        f"**{size} % more {worst.changed} in {within(DSG_CATEGORIES.label(worst.category))}** matters most: the balance "
        f"at the end of {whole_label(worst.financial_years[-1])} is then {better(float(worst.cumulative.mean()))}."
    )
    rows = tornado_rows(changes, rough_change)
    alt = f"What {size} % more or less of one thing does to the balance; its numbers are in the table below"
    st.altair_chart(tornado(rows), alt=alt)
    with st.expander("The numbers of this chart"):
        columns = {
            "What differs": "line", "Theme": "theme", "Change": "change",
            "Balance at the end": "words", "8 in 10 futures": "range",
        }  # fmt: skip
        table = [{title: row[name] for title, name in columns.items()} for row in rows]
        st.table(table, hide_index=True, border="horizontal", alt="Effect of each change on the balance")
        note(SIGNS)
    offer(records(sensitivity_rows(changes)), "sensitivity", what="the sensitivity")


@st.fragment
def grid_section(answer: Answer) -> None:
    """Two things at once: a grid of the balance at the end."""
    st.header("And two changes at once?", anchor=False)
    kinds: list[tuple[Changed, str]] = [(changed, code) for changed in THEME for code in PROVISIONS]
    labels = {kind: f"{DSG_CATEGORIES.label(kind[1])}: {kind[0]}" for kind in kinds}
    one, other = st.columns(2)
    rows = one.selectbox(
        "Down", kinds, kinds.index(("pupil numbers", "independent")), format_func=labels.__getitem__, key="grid-down"
    )
    columns = other.selectbox(
        "Across", kinds, kinds.index(("activity or unit cost", "special")), format_func=labels.__getitem__, key="grid-across"
    )
    table = grid(answer.basis, rows, columns, mitigated=True)
    last = whole_label(answer.account.financial_years[-1])
    short = [signed(step) for step in STEPS]  # as headings of columns that have to fit on a telephone
    names = [f"{step} %" for step in short]
    cells = [
        {"column": short[j], "line": names[i], "deficit": -table[i, j] / 1e6, "words": number(float(table[i, j]) / 1e6)}
        for i in range(len(STEPS)) for j in range(len(STEPS))
    ]  # fmt: skip
    best, worst = float(table.max()), float(table.min())
    st.markdown(
        f"Within {number(STEPS[-1])} % either way the balance at the end of {last} lies between **{rough_money(worst)}** and "
        f"**{rough_money(best)}** on average. Down: {labels[rows].lower()}. Across: {labels[columns].lower()}. "
        "Both in %; cells are in £ million."
    )
    titles = ("Across", "Down", "Balance, £ million")
    chart = heat_map(cells, short, names, value="deficit", titles=titles, quantiles=False)
    st.altair_chart(chart, alt=f"Balance at the end of {last} where two things differ; its numbers are in the table below")
    with st.expander("The numbers of this grid"):
        shown = [
            {"Down": names[i]} | {names[j]: rough_money(float(table[i, j])) for j in range(len(STEPS))} for i in range(len(STEPS))
        ]
        st.table(shown, hide_index=True, border="horizontal", alt="Balance at the end where two things differ")
    numbers = [
        {"down": labels[rows], "down_percent": STEPS[i], "across": labels[columns], "across_percent": STEPS[j],
         "balance": table[i, j]}
        for i in range(len(STEPS)) for j in range(len(STEPS))
    ]  # fmt: skip
    offer(numbers, "two-way-grid", what="the grid")


@st.fragment
def break_even_section(answer: Answer) -> None:
    """How many fewer pupils would balance a year."""
    st.header("How many fewer would balance a year?", anchor=False)
    years = answer.account.financial_years
    one, two, three = st.columns(3)
    category = one.selectbox(
        "Pupils in", PROVISIONS, PROVISIONS.index("independent"), format_func=DSG_CATEGORIES.label, key="even-category"
    )
    year = two.selectbox("Financial year", years, min(4, len(years) - 1), format_func=whole_label, key=f"even-year-{years[0]}")
    ways = (_NOTHING, *(way for way in _WAYS if way != category))
    label = {_NOTHING: f"{_NOTHING[0].upper()}{_NOTHING[1:]}"} | {way: SETTINGS.label(way) for way in _WAYS}
    way = three.selectbox("Educated instead in", ways, format_func=label.__getitem__, key="even-instead")
    root = break_even(answer.basis, category, year, mitigated=True, instead=None if way == _NOTHING else way)
    st.markdown(_in_words(root, label[way].lower()))
    note(
        "The mean of the futures, found by root finding on the account; pupil-years, with the interventions that are switched on."
    )


def _in_words(root: BreakEven, way: str) -> str:
    what, year = DSG_CATEGORIES.label(root.category).lower(), whole_label(root.financial_year)
    instead = f"if {way}" if root.instead is None else f"if they are educated in: {way}"
    if root.fewer is None and root.balance >= 0:
        return f"**{year} balances as it is**, with {rough_money(root.balance)} to spare."
    if root.fewer is None:
        return (
            f"**No number of pupils fewer in {what} balances {year}**, {instead}: the year is {rough_money(root.balance)} as it "
            f"is, and would be {rough_money(root.with_none)} without any of the {number(root.pupils)} pupils."
        )
    pupils = root.fewer * root.pupils
    if pupils < 0:
        return f"**{year} would still balance with {number(-pupils)} pupils more in {what}**, {instead}."
    spread = ""
    if root.range is not None:
        spread = (
            f" It is possible in {percent(root.possible)} of the futures; in 8 of 10 of those, with {number(root.range[0])} to "
            f"{number(root.range[1])} fewer."
        )
    return f"**{number(pupils)} of {number(root.pupils)} pupils fewer in {what} balance {year}**, {instead}.{spread}"
