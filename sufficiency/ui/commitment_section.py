"""The part of the Places page that follows the commitment: places opened by month and by each of its dates."""

from __future__ import annotations

from typing import Any

import streamlit as st

from sufficiency.experiment.run import Run
from sufficiency.places.tracker import COMMITMENT_DAY, Reached, Tracker, tracker
from sufficiency.places.versions import has_bids
from sufficiency.report.charts.places import s_curve
from sufficiency.report.gap_tables import commitment_table
from sufficiency.ui.answers import Answer
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import day, in_ten, month_words, number
from sufficiency.ui.notes import note
from sufficiency.ui.place_versions import WORDS, with_bids

NAMES = {"manifesto": "Manifesto", "restated": "As restated", COMMITMENT_DAY: "Commitment"}
"""Short names of the dates; another is shown as the scenario names it."""


def commitment_section(answer: Answer) -> None:
    """The sentence, the S-curve, the table by date and the download."""
    st.header("Is the commitment kept?", anchor=False)
    runs: dict[str, Run] = {}
    if not has_bids(answer.scenario):
        runs["with_pipeline"] = answer.run
    after = with_bids(answer)
    if after is not None:
        runs["with_shortlist"] = after.run
    found = tracker(runs)
    version = list(runs)[-1]
    last = next(date for date in found.dates if date.name == COMMITMENT_DAY)
    reached = last.reached[version]
    bids = f", and {found.shortlisted:,} are in the chosen bids" if found.shortlisted else ""
    st.markdown(
        f"Of **{found.promised:,} places promised**, {found.delivered:,} were delivered before {_start(answer)}, and "
        f"{found.pipeline:,} are in the pipeline{bids}. By {day(last.day)} **{number(reached.opened.mean)} are open** on average "
        f"{_lower(WORDS[version])}; the promise is kept {in_ten(reached.probability)}."
    )
    if "with_shortlist" not in runs:
        note("No bids are counted yet: choose them on the Shortlist page and simulate them there to see what they add.")
    months = found.months
    rows: list[dict[str, Any]] = [
        {"period": month, "series": WORDS[name], "p10": r.opened.p10, "p50": r.opened.p50, "p90": r.opened.p90}
        for name, curve in found.curves.items()
        for month, r in zip(months, curve, strict=True)
    ]
    rows += [
        {"period": month, "series": "Due as promised", "p10": due, "p50": due, "p90": due}
        for month, due in zip(months, found.due.tolist(), strict=True)
    ]
    shown = {f"{date.day:%Y-%m}": _name(date.name) for date in found.dates if f"{date.day:%Y-%m}" in months}
    st.altair_chart(
        s_curve(rows, found.promised, shown),
        alt="Places opened by month against those promised and due; the numbers by date are in the table below",
    )
    _table(found)
    offer(_numbers(found), "commitment", what="the commitment by month and date")


def _table(found: Tracker) -> None:
    rows = []
    for date in found.dates:
        cells = {"By": f"{day(date.day)} ({_name(date.name).lower()})", "Due as promised": number(date.due)}
        for version, reached in date.reached.items():
            cells[f"Open {_lower(WORDS[version])}"] = _opened(reached)
            cells[f"Kept {_lower(WORDS[version])}"] = in_ten(reached.probability)
        rows.append(cells)
    st.table(rows, hide_index=True, border="horizontal", alt="Places opened by each date of the commitment")
    note(
        "Places are counted from the commitment's first day; in brackets the range of 8 in 10 futures. Due as promised counts "
        "whole bids and no delay; in the futures places open late, and bids may fall through."
    )


def _opened(reached: Reached) -> str:
    opened = reached.opened
    return f"{number(opened.mean)} ({number(opened.p10)} to {number(opened.p90)})"


def _numbers(found: Tracker) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in commitment_table(found).to_dict("records")]


def _name(name: str) -> str:
    return NAMES.get(name, name)


def _start(answer: Answer) -> str:
    return month_words(f"{answer.scenario.start:%Y-%m}")


def _lower(words: str) -> str:
    return f"{words[0].lower()}{words[1:]}"
