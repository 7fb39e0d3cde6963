"""Places: where, for which need and when places are short."""

from __future__ import annotations

from typing import Any

import streamlit as st

from sufficiency.domain.dictionaries import NEEDS, PHASES
from sufficiency.places.gap import Band, band, cut, gap, gap_rows, leans_on_area_shares
from sufficiency.ui.answers import Answer
from sufficiency.ui.charts import fan, heat_map
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import month_words, number, plain, short
from sufficiency.ui.frame import head, rests_on
from sufficiency.ui.headlines import between, key_year
from sufficiency.ui.notes import note
from sufficiency.ui.waiting import present_answer

ALL = "All areas"
KINDS = {"gap_all": "All need not met by a state place", "gap_waiting": "Children who wait"}
MEANING = {
    "gap_all": "This counts children who need a specialist place, less the state places open to residents; a child in an "
    "independent school counts as unmet locally.",
    "gap_waiting": "This counts children with a plan who need a specialist place and have none yet.",
}
QUANTILES = ("p10", "p50", "p90")


def show() -> None:
    """The page."""
    head("Where are places short, and for whom?")
    answer, _ = present_answer(empty="Run the scenario to see where places are short.")
    if answer is None:
        return
    years = answer.run.labels("academic_year")
    left, right = st.columns(2)
    kind = left.radio("What counts as a gap", list(KINDS), format_func=KINDS.__getitem__, key="gap-kind", persist_state="session")
    first = years.index(key_year(answer))
    year = right.selectbox("Academic year (January census)", years, index=first, key="gap-year", persist_state="session")
    _map(answer, kind, year if year in years else years[first])
    _fans(answer, kind)
    _waiting(answer)
    words = (
        "Specialist place",
        "SEN",
        "Resourced provision",
        "Waiting",
        "Gap (all)",
        "Gap (waiting)",
        "Future",
        "8 in 10 futures",
    )
    rests_on(answer, *words)


def _map(answer: Answer, kind: str, year: str) -> None:
    run = answer.run
    labels = {code: area.label for code, area in run.scenario.areas.items()}
    by_cell = gap_rows(run, kind, year)
    worst = by_cell[0]
    found = Band(*(worst[q] for q in ("mean", *QUANTILES)))
    where = f"{NEEDS.label(worst['need']).lower()} in {plain(labels[worst['area']])}"
    st.markdown(f"## In {year} the largest gap is for {where}: {short(found.mean)}; in 8 of 10 futures {between(found)}.")
    st.markdown(MEANING[kind])
    if leans_on_area_shares(run):
        st.warning(
            "**Mostly assumption.** Nobody publishes how need divides between the areas: the columns for single areas rest on "
            "unverified shares. The column for all areas does not."
        )
    rows = [{**row, "column": labels[row["area"]]} for row in by_cell]
    rows += [{**row, "column": ALL} for row in gap_rows(run, kind, year, ("need",))]
    cells = [{"line": NEEDS.label(row["need"]), "gap": row["mean"], "words": short(row["mean"]), **row} for row in rows]
    columns, lines = [*labels.values(), ALL], [NEEDS.label(code) for code in NEEDS.codes]
    st.altair_chart(heat_map(cells, columns, lines), alt=f"Gap in {year} by need and area; its numbers are in the table below")
    with st.expander("The numbers of this map"):
        of = {(cell["line"], cell["column"]): f"{cell['words']} ({_range(cell)})" for cell in cells}
        table = [{"Need": line} | {plain(column): of[line, column] for column in columns} for line in lines]
        st.table(table, hide_index=True, border="horizontal", alt=f"Gap in {year} by need and area")
        note("Mean over the futures; in brackets the range of 8 in 10 futures.")
    head_of = {"academic_year": year, "gap": kind}
    numbers = [head_of | {n: cell[c] for n, c in _COLUMNS.items()} for cell in cells]
    offer(numbers, f"{kind}-{year.replace('/', '-')}", what="the map")


_COLUMNS = {"need": "line", "area": "column", "mean": "gap", "p10": "p10", "p50": "p50", "p90": "p90"}


def _fans(answer: Answer, kind: str) -> None:
    run = answer.run
    st.header("How does it change over the years?", anchor=False)
    areas = {"": ALL} | {code: area.label for code, area in run.scenario.areas.items()}
    needs = {"": "All needs"} | {entry.code: entry.label for entry in NEEDS}
    phases = {"": "All phases"} | {entry.code: entry.label for entry in PHASES}
    chosen = {}
    cuts = {"area": ("Area", areas), "need": ("Need", needs), "phase": ("Phase", phases)}
    for place, (axis, (label, words)) in zip(st.columns(3), cuts.items(), strict=True):
        chosen[axis] = place.selectbox(
            label,
            list(words),
            format_func=words.__getitem__,
            key=f"cut-{axis}",
            persist_state="session",
        )
    where = {axis: code for axis, code in chosen.items() if code and code in run.labels(axis)}
    if "area" in where and leans_on_area_shares(run):
        st.warning("**Mostly assumption.** A single area's numbers rest on unverified shares of need between the areas.")
    years = run.labels("academic_year")
    series = {"Need": run.tallies["need"], "Places": run.tallies["places"], "Gap": gap(run, kind)}
    bands: list[dict[str, Any]] = [
        {"period": year, "series": name, **_quantiles(cut(run, values, (), where)[:, i])}
        for name, values in series.items()
        for i, year in enumerate(years)
    ]
    of = {(row["series"], row["period"]): row for row in bands}
    who = ", ".join(words[chosen[axis]] if chosen[axis] else words[""].lower() for axis, (_, words) in cuts.items())
    st.markdown(f"**Need and places** ({plain(who)}). The line is the middle future; the band holds 8 in 10 futures.")
    two = [row for row in bands if row["series"] != "Gap"]
    st.altair_chart(fan(two), alt=f"Need and places by year, {who}; the numbers are in the table below")
    st.markdown(f"**Gap: {KINDS[kind].lower()}** ({plain(who)}). Above zero places are short.")
    one = [row for row in bands if row["series"] == "Gap"]
    st.altair_chart(fan(one, height=220), alt=f"Gap by year, {who}; the numbers are in the table below")
    with st.expander("The numbers of these two charts"):
        table = [
            {
                "Academic year": year,
                "Need": number(of["Need", year]["p50"]),
                "Places": number(of["Places", year]["p50"]),
                "Gap": short(of["Gap", year]["p50"]),
                "Gap in 8 of 10 futures": _range(of["Gap", year]),
            }
            for year in years
        ]
        st.table(table, hide_index=True, border="horizontal", alt="Need, places and gap by academic year")
        note("The middle future of each column: the gap's need not be the difference of the other two.")
    offer(bands, "need-places-gap", what="these two charts")


def _quantiles(values: Any) -> dict[str, float]:
    found = band(values)
    return {"p10": found.p10, "p50": found.p50, "p90": found.p90}


def _range(row: dict[str, Any]) -> str:
    return f"{number(row['p10'])} to {number(row['p90'])}"


def _waiting(answer: Answer) -> None:
    st.header("How long is the waiting list?", anchor=False)
    months = answer.run.labels("month")
    rows: list[dict[str, Any]] = [
        {"period": month, "series": "Waiting", **_quantiles(answer.waiting_by_month[:, i])} for i, month in enumerate(months)
    ]
    last = rows[-1]
    longest = max(rows, key=lambda row: float(row["p50"]))
    st.markdown(
        f"At the end of {month_words(last['period'])} **{number(last['p50'])} children wait** for a specialist place in the "
        f"middle future; in 8 of 10 futures between {number(last['p10'])} and {number(last['p90'])}. The list is longest in "
        f"{month_words(longest['period'])}."
    )
    st.altair_chart(fan(rows, height=260), alt="Children waiting for a specialist place by month; numbers in the table below")
    with st.expander("The numbers of this chart"):
        shown = [row for row in rows if row["period"][-2:] in ("01", "08")]
        table = [
            {"End of": month_words(row["period"]), "Waiting": number(row["p50"]), "8 in 10 futures": _range(row)} for row in shown
        ]
        st.table(table, hide_index=True, border="horizontal", alt="Children waiting at the end of each January and August")
    offer(rows, "waiting-list", what="the waiting list by month")
