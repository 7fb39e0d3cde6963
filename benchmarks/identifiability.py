"""Writes docs/identifiability.md: what the published figures of 2020 teach about the assessment pathway, and what they do not.

Everything is read from the bundled scenario: its ranges are the prior, its posterior is that of the calibration

    sufficiency calibrate bristol-2020 --observed bristol-2020 --out fit

whose ``fit/posterior.toml`` holds the table that ends ``scenarios/bristol-2020.toml``. Run:

    python benchmarks/identifiability.py [--write]

where --write keeps the result for the app's Evidence page.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from sufficiency.experiment.calibration.learned import Learned, learned, tied
from sufficiency.experiment.calibration.parameters import parameters_of
from sufficiency.experiment.observed import load_observed
from sufficiency.report.calibration_files import summary_table
from sufficiency.report.validation import write
from sufficiency.scenario.library import load
from sufficiency.scenario.provenance import entries

PAGE = Path(__file__).resolve().parents[1] / "docs" / "identifiability.md"
SCENARIO, OBSERVED = "bristol-2020", "bristol-2020"


def page() -> str:
    """The page, from the bundled scenario and observed file."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    scenario, observed = load(SCENARIO), load_observed(OBSERVED)
    posterior = scenario.posterior
    if posterior is None:
        raise SystemExit(f"{SCENARIO} holds no posterior: calibrate it first")
    parameters = parameters_of(scenario)
    found = learned(parameters, posterior)
    meaning = {entry.path: entry.meaning for entry in entries(scenario)}
    fitted = observed.used("fit")
    span = f"{fitted[0].period.label} to {fitted[-1].period.label}"
    yield "# What the published figures identify"
    yield ""
    yield "Written by `python benchmarks/identifiability.py` from `scenarios/bristol-2020.toml`; do not edit."
    yield ""
    yield (
        f"{len(found)} numbers of the assessment pathway were calibrated on {len(fitted)} published figures, plans on time of "
        f"{span} ({', '.join(f'{row.value:g}' for row in fitted)}). Requests and plans issued are given, "
        "not fitted. Nothing later is used: [the replay](replay-2020.md) shows what the result says of the later figures."
    )
    yield ""
    yield "| number | unit | before: median (10 to 90 %) | after | sd before | sd after | narrower |"
    yield "|---|---|---|---|---:|---:|---|"
    for each in found:
        before, after = (_span(side) for side in (each.prior, each.posterior))
        mark = f"{each.narrowing:.0%}" if each.is_narrowed else "**not narrowed**"
        sds = f"{each.prior['sd']:.3g} | {each.posterior['sd']:.3g}"
        yield f"| `{each.path}` | {each.unit} | {before} | {after} | {sds} | {mark} |"
    yield ""
    yield "## Not narrowed"
    yield ""
    yield "These keep their prior; a result that leans on them leans on an assumption:"
    yield ""
    for each in found:
        if not each.is_narrowed:
            yield f"- `{each.path}`: {_meaning(each, meaning)}"
    yield ""
    yield "## Not told apart"
    yield ""
    pairs = tied(parameters, posterior)
    if pairs:
        yield "Their correlation in the posterior is 0.4 or more: the figures tell something of the two together, little of each."
        yield ""
        for one, other, correlation in pairs:
            yield f"- `{one}` and `{other}`: {correlation:+.2f}"
    else:
        yield "No two parameters have a correlation of 0.4 or more in the posterior."
    yield ""
    yield "## What no published figure can tell"
    yield ""
    yield "- Which of psychologists, coordinators and writers held cases up: no staffing was published, only plans issued."
    yield "  In the replay neither of the first two limits anything; `sufficiency staffing` shows both."
    yield "- The ages of the 460 assessments open on 1 January 2020, beyond what the on-time plans of four months say."
    yield "- The need of those refused, and requests by need at all: need at issue stands in."
    yield "- Which cases the council counted as backlog, and when in 2020 the rule of two thirds began."


def written() -> Path:
    """The same as a small file for the app."""
    scenario = load(SCENARIO)
    if scenario.posterior is None:
        raise SystemExit(f"{SCENARIO} holds no posterior: calibrate it first")
    parameters = parameters_of(scenario)
    meaning = {entry.path: entry.meaning for entry in entries(scenario)}
    found = learned(parameters, scenario.posterior)
    rows = [
        {**row, "meaning": _meaning(each, meaning)}
        for each, row in zip(found, summary_table(found).to_dict("records"), strict=True)
    ]
    pairs = "; ".join(f"{one} and {other} ({r:+.2f})" for one, other, r in tied(parameters, scenario.posterior))
    about = {"scenario": SCENARIO, "particles": len(scenario.posterior.weights), "not_told_apart": pairs or "none"}
    return write("identifiability", rows, command="python benchmarks/identifiability.py --write", **about)


def _span(side: dict[str, float]) -> str:
    return f"{side['p50']:.3g} ({side['p10']:.3g} to {side['p90']:.3g})"


def _meaning(each: Learned, meaning: dict[str, str]) -> str:
    path = each.path
    if path in meaning:
        return meaning[path]
    figure, entry = path.rsplit(".", 1)
    return f"{meaning.get(figure, figure)} (entry {entry})"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Written: {PAGE}")
    if "--write" in sys.argv:
        print(f"Written: {written()}")
