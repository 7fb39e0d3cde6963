"""Which assumption to measure better before choosing a shortlist: expected value of perfect information, number by number."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sufficiency.dsg.information import Information, drawn_numbers, information
from sufficiency.dsg.interventions import enabled
from sufficiency.experiment.run import Run
from sufficiency.scenario.provenance import entries
from sufficiency.shortlist.levels import POUNDS, UNMET
from sufficiency.shortlist.study import Study
from sufficiency.shortlist.worth import by_future

INFORMATION = "information.csv"
INFORMATION_COLUMNS = ("known", "meaning", "worth", "unit")
FEWEST_FUTURES = 40
"""Fresh futures below which nothing is said of single numbers."""


def shortlist_information(study: Study, run: Run) -> Information | None:
    """What knowing would be worth for the choice between the plan, those nearly as good, those best for single futures and none.

    Each is valued in the futures that it was not chosen over, in the unit of the deciding objective. None where they are fewer
    than :data:`FEWEST_FUTURES`.
    """
    fresh = study.fresh
    if fresh is None or len(fresh.replications) < FEWEST_FUTURES:
        return None
    level = UNMET if study.worth.unit == UNMET.unit else POUNDS
    values = -np.column_stack([by_future(fresh, level, chosen) for chosen in _plans(study)])
    drawn = dict(zip(run.replications, run.drawn_scenarios(), strict=True))
    numbers = drawn_numbers([drawn[r] for r in fresh.replications], enabled(run.scenario))
    # Prices move no child: what they did by chance is left out.
    moving = {path: number for path, number in numbers.items() if not path.startswith("money.")}
    return information(values, moving, run.base_seed)


def _plans(study: Study) -> list[Mapping[int, int]]:
    """The plan first; each choice once."""
    every: list[Mapping[int, int]] = [study.re_check.chosen, *(a.plan.chosen for a in study.near), *study.worth.by_future, {}]
    return list({tuple(sorted(chosen.items())): chosen for chosen in every}.values())


def information_rows(study: Study, run: Run, found: Information) -> list[tuple[object, ...]]:
    """Everything first, then single numbers, largest first."""
    meaning = {entry.path: entry.meaning for entry in entries(run.scenario)}
    unit = study.worth.unit
    rows: list[tuple[object, ...]] = [
        ("everything", "All that is uncertain, choosing among the plans looked at", found.perfect, unit)
    ]
    return rows + [(path, meaning[path], worth, unit) for path, worth in found.numbers.items()]


def information_words(found: Information) -> str:
    """Which number to measure better first, in a sentence."""
    if not found.numbers:
        return (
            "No single assumption stands out from chance in so many futures: knowing one of them alone would not change the list."
        )
    named = ", ".join(list(found.numbers)[:3])
    return f"To be measured better first, because it could change the list: {named} (worth in {INFORMATION})."
