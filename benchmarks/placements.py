"""Fits placements on Bristol's 2020 to 2022 and shows what the fit says of January 2024 and 2025.

Writes docs/placements.md between its markers. Run: python benchmarks/placements.py [--futures N] [--particles N] [--write], where
--write keeps the result for the app's Evidence page.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from replay import with_table

from sufficiency.experiment.calibration.calibrate import Calibration, calibrate
from sufficiency.experiment.calibration.parameters import parameters_of
from sufficiency.experiment.observed import load_observed
from sufficiency.experiment.replay import Replay, replay
from sufficiency.experiment.runner import local_executor, usable_cores
from sufficiency.report.calibration_files import calibration_lines
from sufficiency.report.replay_files import checks_table, replay_markdown, replay_words
from sufficiency.report.validation import write
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario

PAGE = Path(__file__).resolve().parents[1] / "docs" / "placements.md"
LEARNT = tuple(
    f"placements.{name}"
    for name in (
        "latent",
        "emergence_primary",
        "emergence_secondary",
        "jump_at_reception",
        "jump_at_secondary",
        "to_independent",
        "to_alternative",
        "to_elsewhere",
        "step_down",
    )
)
LATER = ("bristol-2022", "bristol-2022+as-delivered")
WITHIN = 0.2
"""The waiting list is to be given back within this share of what was reported."""


def section(done: Replay, title: str) -> Iterator[str]:
    """A table of published figures beside the simulation's, and the same in words."""
    yield f"{title}, {done.futures} futures, seed {done.base_seed}:"
    yield ""
    yield from replay_markdown(done)
    yield ""
    yield from (f"- {words}" for words in replay_words(done))
    for check in done.checks:
        if check.row.measure == "waiting":
            away = check.p50 / check.row.value - 1
            verdict = "within" if abs(away) <= WITHIN else "not within"
            median = f"median {check.p50:,.0f} of {check.row.value:,.0f} ({away:+.0%})"
            yield f"- Waiting list, {check.row.period.label}: {median}, {verdict} {WITHIN:.0%}."
    yield ""


def _with(fit: Calibration, scenario: Scenario) -> Scenario:
    """The scenario with what was learnt: it then stands at the day on which the January 2022 census was published."""
    known = max(scenario.knowledge_date, fit.posterior.as_of)
    return scenario.model_copy(update={"posterior": fit.posterior, "knowledge_date": known})


def main() -> None:
    """Fit, check, and look ahead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--futures", type=int, default=200)
    parser.add_argument("--particles", type=int, default=200)
    parser.add_argument("--write", action="store_true", help="keep the result for the app")
    chosen = parser.parse_args()
    observed, before = load_observed("bristol-placements"), load("bristol-2020")
    with local_executor(usable_cores()) as executor:
        fit: Calibration = calibrate(
            before, observed, parameters_of(before, LEARNT), particles=chosen.particles, executor=executor
        )
        fitted, *rest = (
            replay(_with(fit, load(name)), observed, chosen.futures, executor=executor) for name in ("bristol-2020", *LATER)
        )
        later = dict(zip(LATER, rest, strict=True))
    lines = [
        *section(fitted, "Fitted, `bristol-2020`"),
        *section(later["bristol-2022+as-delivered"], "With what was delivered and asked for since, `bristol-2022+as-delivered`"),
        *section(later["bristol-2022"], "As known in March 2022, `bristol-2022`"),
        "What was learnt:",
        "",
        "```text",
        *calibration_lines(fit),
        "```",
    ]
    with_table(PAGE, lines)
    print("\n".join(lines))
    if chosen.write:
        rows = [
            {"scenario": name, **row}
            for name, each in (("bristol-2020", fitted), *later.items())
            for row in checks_table(each).to_dict("records")
        ]
        command = f"python benchmarks/placements.py --futures {chosen.futures} --particles {chosen.particles} --write"
        print(write("placements", rows, command=command, futures=chosen.futures, seed=fitted.base_seed))


if __name__ == "__main__":
    main()
