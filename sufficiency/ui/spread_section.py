"""The part of the Places page that says what the spread of the gap is made of: assumption, group by group, and events."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from sufficiency.places.gap import cut, gap
from sufficiency.places.spread import ASSUMPTIONS, CALIBRATED, FEWEST_FUTURES, Shares, Spread, verdict
from sufficiency.report.charts.places import made_of
from sufficiency.ui.answers import Answer
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import percent, plain
from sufficiency.ui.gap_map_section import ALL
from sufficiency.ui.notes import note
from sufficiency.ui.spread_answers import SpreadKey, spread_work
from sufficiency.ui.waiting import ended_badly, watch
from sufficiency.ui.workshop import workshop

REST = "Course of events"


def measured_spread(answer: Answer) -> Spread | None:
    """The spread, where it is there."""
    found: Spread | None = workshop().kept.get(SpreadKey(answer.key))
    return found


def spread_section(answer: Answer, kind: str, year: str, *, start: bool, own: bool) -> None:
    """The sentence, the bars, the table and the download; what is missing is measured by itself where ``start``.

    ``own`` is whether the rest of the page counts the scenario's own places: the spread is measured with those only.
    """
    st.header("What does the spread rest on?", anchor=False)
    if not own:
        note("This is measured with the scenario's own places, not with those counted above.")
    if answer.run.futures < FEWEST_FUTURES:
        st.info(f"**Empty.** With fewer than {FEWEST_FUTURES} futures nothing can be said of what the spread is made of.")
        return
    spread = measured_spread(answer)
    if spread is None:
        _measure(answer, start=start)
        return
    workshop().jobs.forget(SpreadKey(answer.key))
    _show(spread, kind, year)


def _measure(answer: Answer, *, start: bool) -> None:
    shop, key = workshop(), SpreadKey(answer.key)
    if ended_badly(key, "Measure it again"):
        return
    if shop.jobs.get(key) is None and not start:
        st.info("**Empty.** It is measured once the result on this page is up to date.")
        return
    words = "Measuring what the spread is made of, with one group of figures after another exchanged between futures"
    shop.jobs.start(key, words, lambda job: spread_work(job, answer, key, shop.pool, shop.kept))
    watch(key)


def _show(spread: Spread, kind: str, year: str) -> None:
    run = spread.run
    at = run.labels("academic_year").index(year)
    whole, by_area = (
        spread.shares(lambda each, by=by: cut(each, gap(each, kind), by)[:, at])  # type: ignore[misc]
        for by in ((), ("area",))
    )
    lines = [ALL, *(area.label for area in run.scenario.areas.values())]
    rows = [_row(lines[0], whole, ())] + [_row(name, by_area, (i,)) for i, name in enumerate(lines[1:])]
    first = rows[0]
    largest = max((entry for entry in ASSUMPTIONS if entry.label in first), key=lambda entry: first[entry.label], default=None)
    most = f", most of it {largest.label.lower()} ({percent(first[largest.label])})" if largest else ""
    st.markdown(
        f"Of the spread of the gap in {year}, **{percent(first['assumption'])} is mere assumption** (give or take "
        f"{100 * first['error']:.0f}){most}; the rest is the course of events. {_areas_sentence(rows[1:])}"
    )
    bars = [
        {"line": row["line"], "part": part, "share": max(0.0, row[part])}
        for row in rows
        for part in (*(e.label for e in (*ASSUMPTIONS, CALIBRATED)), REST)
        if part in row
    ]
    st.altair_chart(made_of(bars, lines), alt=f"What the spread of the gap in {year} is made of; numbers in the table below")
    table = [
        {"Gap of": plain(row["line"]), "Its spread is": row["verdict"], "Assumption in all": _estimate(row)}
        | {entry.label: percent(row[entry.label]) for entry in (*ASSUMPTIONS, CALIBRATED) if entry.label in row}
        for row in rows
    ]
    st.table(table, hide_index=True, border="horizontal", alt=f"What the spread of the gap in {year} is made of")
    meanings = "; ".join(f"{e.label.lower()}: {e.definition[0].lower()}{e.definition[1:].rstrip('.')}" for e in ASSUMPTIONS)
    note(
        f"Shares of the variance over futures, estimated by exchanging each group of unverified figures between {spread.futures} "
        f"futures. {meanings[0].upper()}{meanings[1:]}. The course of events is growth that no figure fixes, delays and chance."
    )
    numbers = [
        {"gap": kind, "academic_year": year} | {name.lower().replace(" ", "_"): v for name, v in row.items()} for row in rows
    ]
    offer(numbers, f"spread-{kind}-{year.replace('/', '-')}", what="what the spread rests on")


def _row(name: str, shares: Shares, at: tuple[int, ...]) -> dict[str, Any]:
    total, error = float(shares.assumption[at]), float(shares.error[at])
    row: dict[str, Any] = {"line": name, "verdict": verdict(total, error)}
    if np.isnan(total):
        total = error = 0.0
    row |= {"assumption": min(max(total, 0.0), 1.0), "error": error}
    for entry in (*ASSUMPTIONS, CALIBRATED):
        if entry.code in shares.by_group:
            row[entry.label] = _known(shares.by_group[entry.code][at])
    others = sum(max(0.0, row[entry.label]) for entry in (*ASSUMPTIONS, CALIBRATED) if entry.label in row)
    row[REST] = max(0.0, 1.0 - others)
    return row


def _known(share: Any) -> float:
    """A share for show: 0 where there is no spread, and never below 0, as an estimate by chance may be."""
    return 0.0 if np.isnan(share) else max(0.0, float(share))


def _estimate(row: dict[str, Any]) -> str:
    return f"{percent(row['assumption'])} ± {100 * row['error']:.0f}"


def _areas_sentence(rows: list[dict[str, Any]]) -> str:
    """What single areas rest on, in one sentence."""
    words: dict[str, list[str]] = {}
    for row in rows:
        words.setdefault(row["verdict"], []).append(plain(row["line"]))
    parts = (f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} {what}" for what, names in words.items())
    return f"By area, {'; '.join(parts)}."
