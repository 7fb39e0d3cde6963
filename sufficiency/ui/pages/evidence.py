"""Evidence: what has been published since, whether the model gives it back, and what nobody can know."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from sufficiency.report.charts.shapes import fan
from sufficiency.report.validation import Point, Result, points, read
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import number, percent, plain
from sufficiency.ui.frame import asks
from sufficiency.ui.glossary import glossary, linked
from sufficiency.ui.notes import note
from sufficiency.ui.placements_evidence import placements_section
from sufficiency.ui.replay_section import replay_points, replay_section
from sufficiency.ui.validation_parts import (
    INSIDE,
    MONEY,
    NAMES,
    band_chart,
    coverage,
    inside,
    made,
    not_measured,
    point_table,
    reasons_list,
    records,
)

SCENARIOS = {"bristol-2022": "As known in March 2022", "bristol-2022+as-delivered": "With what became known since"}
SCORES = {
    "error_over_benchmark": "Error over the benchmark's",
    "error_share": "Error, share of the total",
    "coverage": "Inside the 8 in 10 band",
    "coverage_adjusted": "Inside it, national year effect removed",
    "interval_score": "Interval score over the benchmark's",
    "interval_score_adjusted": "Interval score, national year effect removed",
}
CLAIMED, NEAR = 0.8, 0.05
"""What a band of the panel's forecast should hold, and how far from it is still near."""
PANEL = "python benchmarks/hindcast.py --write"


def show() -> None:
    """The page."""
    asks("How far can these answers be trusted?")
    _headline()
    _panel()
    replay_section(reasons=True)
    _reconciled()
    placements_section()
    _not_narrowed()
    st.header("What this rests on", anchor=False)
    st.markdown(
        "Published figures are those of the Department for Education's (DfE) releases and of the council's papers, each typed "
        "in with its source; downloads carry them. Simulated figures were measured by the command below each part, which gives "
        "the same numbers again with the same number of futures and seed."
    )
    glossary(
        "Published", "SEN", "Resourced provision", "20-week share", "January census", "EHCP", "DSG", "Future", "8 in 10 futures"
    )


def _headline() -> None:
    replayed = [p for p in replay_points() if p.use == "validate"]
    later = read("reconcile")
    known = not_set(points(later.limited(scenario="bristol-2022"))) if later else ()
    parts = []
    if replayed:
        parts.append(f"{inside(replayed)} of the replay of 2020")
    if known:
        parts.append(f"{inside(known)} of what came after January 2022")
    if parts:
        st.markdown(
            f"## Of the published figures that were not fitted, {' and '.join(parts)} lie inside a band that should hold 9 in 10."
        )
    text = (
        "A forecast that cannot give back the past convinces nobody. Each part below sets simulated figures beside published "
        "ones, says how many lie inside the band, and names what is not matched and why. **All of it is about Bristol or the "
        "panel of English authorities, not about the scenario chosen**, and was measured when this version was made; the "
        "commands repeat it."
    )
    st.markdown(linked(text, "Published"))


def _panel() -> None:
    st.header("Would it have foreseen 2022 to 2025?", anchor=False)
    result = read("hindcast")
    if result is None:
        not_measured("the forecast of all authorities from January 2022", PANEL)
        return
    about = result.about
    text = (
        f"Standing at the January census of {about['census']} with what was published by then, requests, new plans and plans of "
        f"**{about['authorities']} English authorities** were forecast for {about['horizon']} years and compared with what was "
        "published later. The benchmark, fixed beforehand, is the mean of drift and national growth; below 1.00 is better than "
        "it."
    )
    st.markdown(linked(text, "January census"))
    measures = list(dict.fromkeys(row["measure"] for row in result.rows))
    of = {(row["measure"], row["score"]): row for row in result.rows if row["method"] == "ours"}
    for measure in measures:
        st.markdown(f"- {_verdict(measure, of, about)}")
    ahead = [f"year_{h}" for h in range(1, int(about["horizon"]) + 1)]
    table = [
        {"What": NAMES[measure], "Score": title}
        | {_years_ahead(a): _score(score, of[measure, score][a]) for a in ahead}
        | {"Mean": _score(score, of[measure, score]["mean"])}
        for measure in measures
        for score, title in SCORES.items()
        if (measure, score) in of
    ]
    st.table(table, hide_index=True, border="horizontal", alt="Scores of the forecast of all authorities")
    _methods(result, ahead)
    note(
        "The bands should hold 8 in 10 outcomes. Nobody could know how requests would grow in the whole of England (the national "
        "year effect), so coverage is given with and without it."
    )
    _one_authority()
    offer([dict(row) for row in result.rows], "hindcast", what="the scores")
    made(result)


def _verdict(measure: str, of: Mapping[tuple[str, str], Mapping[str, str]], about: Mapping[str, str]) -> str:
    error, covered = (float(of[measure, score]["mean"]) for score in ("error_over_benchmark", "coverage_adjusted"))
    target = about.get(f"target_{measure}")
    against = "" if not target else f" (target at most {target}: {'met' if error <= float(target) else '**not met**'})"
    return (
        f"**{NAMES[measure]}**: {error:.2f} times the benchmark's error{against}; {percent(covered)} of outcomes lie inside the "
        f"8 in 10 band with the national year effect removed{_width(covered)}, "
        f"{percent(float(of[measure, 'coverage']['mean']))} as they are."
    )


def _years_ahead(column: str) -> str:
    """``2 years ahead`` of ``year_2``."""
    years = column.removeprefix("year_")
    return f"{years} year{'' if years == '1' else 's'} ahead"


def _width(covered: float) -> str:
    """Whether bands that should hold 8 in 10 hold clearly fewer or more."""
    if covered < CLAIMED - NEAR:
        return ", fewer than they claim (too narrow)"
    return ", more than they claim (too wide)" if covered > CLAIMED + NEAR else ""


def _score(score: str, text: str) -> str:
    value = float(text)
    return percent(value) if score in ("coverage", "coverage_adjusted", "error_share") else f"{value:.2f}"


def _methods(result: Result, ahead: list[str]) -> None:
    with st.expander("The same error of simple methods"):
        table = [
            {"What": NAMES[row["measure"]], "Method": row["method"]}
            | {_years_ahead(a): f"{float(row[a]):.2f}" for a in ahead}
            | {"Mean": f"{float(row['mean']):.2f}"}
            for row in result.limited(score="error_over_benchmark")
        ]
        st.table(table, hide_index=True, border="horizontal", alt="Error of each method over the benchmark's")


def _one_authority() -> None:
    """The forecast of one authority with its published points."""
    result = read("hindcast-bristol")
    if result is None:
        return
    name = result.about["authority"]
    st.markdown(f"**{plain(name)} in that forecast.** Diamonds are what was published later; the band holds 8 in 10 futures.")
    for title, measures in (("Requests and plans issued", ("requests", "new_plans")), ("Plans in force", ("plans",))):
        rows = [
            {"period": row["year"], "series": NAMES[row["measure"]], **{q: float(row[q]) for q in ("p10", "p50", "p90")}}
            for row in result.rows
            if row["measure"] in measures
        ]
        marks = [
            {"period": row["year"], "series": NAMES[row["measure"]], "value": float(row["published"])}
            for row in result.rows
            if row["measure"] in measures and row["published"]
        ]
        st.altair_chart(fan(rows, height=240, published=marks), alt=f"{title} forecast and published; numbers in the table below")
    with st.expander("The numbers of these two charts"):
        table = [
            {
                "What": NAMES[row["measure"]],
                "Year": row["year"],
                "Published": number(float(row["published"])) if row["published"] else "not published",
                "Middle future": number(float(row["p50"])),
                "8 in 10 futures": f"{number(float(row['p10']))} to {number(float(row['p90']))}",
                "It lies": _place(row),
            }
            for row in result.rows
        ]
        st.table(table, hide_index=True, border="horizontal", alt=f"Forecast of {name} and what was published")


def _place(row: Mapping[str, str]) -> str:
    if not row["published"]:
        return "not published"
    return INSIDE[float(row["p10"]) <= float(row["published"]) <= float(row["p90"])]


def _reconciled() -> None:
    st.header("What came after January 2022 in Bristol?", anchor=False)
    result = read("reconcile")
    if result is None:
        not_measured("the reconciliation of bristol-2022", "python benchmarks/reconcile.py --write")
        return
    titles = {title: name for name, title in SCENARIOS.items()}
    chosen = st.radio("Scenario", list(titles), horizontal=True, key="evidence-scenario", persist_state="session")
    found = points(result.limited(scenario=titles[chosen]))
    checked = not_set(found)
    st.markdown(
        f"The scenario of January 2022, {chosen[:1].lower()}{chosen[1:]}: **{coverage(checked)}** the band that should hold 9 in "
        "10. Bands hold fewer than that because they leave out the error of the model itself. Balances are not counted: they "
        "were set on the council's plan of 2021."
    )
    measures = _charted(found)
    measure = st.selectbox("Show", list(measures), format_func=measures.__getitem__, key="evidence-measure")
    band_chart(found, measure, f"{NAMES[measure]}, published and simulated")
    with st.expander("The numbers of all published figures"):
        point_table(found, f"Published figures and the simulation, {chosen.lower()}")
    reasons_list("reconcile", found)
    rows: list[dict[str, Any]] = records(found)
    offer(rows, "reconciliation", what="the published figures and bands")
    made(result)


def not_set(found: Sequence[Point]) -> tuple[Point, ...]:
    """The points that are evidence: balances were set so as to agree with what the council's plan said."""
    return tuple(p for p in found if p.measure not in MONEY)


def _charted(found: tuple[Point, ...]) -> dict[str, str]:
    """Measures with a chart of their own: those in money are in the table."""
    return {p.measure: NAMES.get(p.measure, p.measure) for p in not_set(found)}


def _not_narrowed() -> None:
    st.header("What do the figures not tell?", anchor=False)
    result = read("identifiability")
    if result is None:
        not_measured("which parameters the figures narrow", "python benchmarks/identifiability.py --write")
        return
    loose = [row for row in result.rows if row["narrowed"] != "True"]
    st.markdown(
        f"The replay learns {len(result.rows)} numbers of the pathway from four months of plans on time. **{len(loose)} of "
        "them are no better known afterwards than before**: they keep what was assumed, and a result that leans on them leans "
        "on an assumption."
    )
    table = [
        {
            "What": plain(row["meaning"].replace("``", "")),
            "Before": _span(row, "prior"),
            "After": _span(row, "posterior"),
            "Unit": plain(row["unit"]),
            "Learned": f"{percent(float(row['narrowing']))} narrower" if row["narrowed"] == "True" else "not narrowed",
        }
        for row in result.rows
    ]
    with st.expander(f"The {len(table)} numbers before and after"):
        st.table(table, hide_index=True, border="horizontal", alt="Parameters before and after the published figures")
        note("The middle value; in brackets the range that leaves out a tenth at either end.")
    tied = result.about.get("not_told_apart", "none")
    if tied != "none":
        words = "; ".join(re.sub(r"[a-z_]+\.(\w+)", lambda path: path[1].replace("_", " "), pair) for pair in tied.split("; "))
        st.markdown(f"Not told apart, with their correlation: {plain(words)}.")
    st.markdown(
        "No published figure tells which of psychologists, coordinators and plan writers held cases up, the need of children "
        "whose request was refused, or how need and places divide between the areas of the city."
    )
    offer([dict(row) for row in result.rows], "identifiability", what="what was learned")
    made(result)


def _span(row: Mapping[str, str], side: str) -> str:
    middle, low, high = (f"{float(row[f'{side}_{q}']):.3g}" for q in ("p50", "p10", "p90"))
    return f"{middle} ({low} to {high})"
