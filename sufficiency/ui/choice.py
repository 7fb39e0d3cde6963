"""What a planner has chosen: a baseline, overrides, changed figures, futures and seed; and the scenario this gives."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import lru_cache

from pydantic import ValidationError

from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.library import DEFAULT_SCENARIO, load, parsed, with_overrides
from sufficiency.scenario.messages import first_problem
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.results import DEFAULT_BASE_SEED
from sufficiency.ui.fields import FIELDS, changed_entries
from sufficiency.workspace import Why

MOST_FUTURES = 500
"""Most futures in the app; the command line takes more."""
FIRST_FUTURES = 40
DEFAULT_REASON = "Changed in the app to see what follows."


def default_futures() -> int:
    """Futures of a first visit: ``SUFFICIENCY_FUTURES``, or few enough for an answer within seconds."""
    chosen = os.environ.get("SUFFICIENCY_FUTURES", "")
    return min(MOST_FUTURES, max(1, int(chosen))) if chosen.isdigit() else FIRST_FUTURES


@dataclass(frozen=True)
class Choice:
    """A planner's choice; hashable, so that the scenario it gives is made once."""

    base: str = DEFAULT_SCENARIO
    """A bundled scenario, or the short name of a saved one."""
    version: int | None = None
    """The version of a saved scenario."""
    text: str | None = None
    """The text of that version."""
    overrides: tuple[str, ...] = ()
    edits: tuple[tuple[str, float | str], ...] = ()
    """Changed figures by the path of their field, in the scenario's own unit; dates as text."""
    futures: int = FIRST_FUTURES
    seed: int = DEFAULT_BASE_SEED
    whys: tuple[tuple[str, Why], ...] = ()
    """Why figures were changed, by the path of their field; a draft may lack some."""

    def edited(self, path: str, value: float | str | None) -> Choice:
        """The choice with one figure changed, or as the baseline has it where ``value`` is None."""
        kept = dict(self.edits)
        kept.pop(path, None)
        if value is not None:
            kept[path] = value
        return replace(self, edits=tuple(sorted(kept.items())), whys=tuple(why for why in self.whys if why[0] in kept))

    def justified(self, path: str, why: Why) -> Choice:
        """The choice with a reason and a source for one of its changed figures."""
        kept = dict(self.whys)
        kept.pop(path, None)
        if why != Why():
            kept[path] = why
        return replace(self, whys=tuple(sorted(kept.items(), key=lambda item: item[0])))

    @property
    def is_changed(self) -> bool:
        """Whether anything differs from the scenario it is based on."""
        return bool(self.edits or self.overrides)


@lru_cache(maxsize=64)
def baseline(base: str, text: str | None, overrides: tuple[str, ...]) -> Scenario:
    """The scenario without changed figures; raises InputProblem."""
    if text is not None:
        return with_overrides(parsed(text, where=base), overrides) if overrides else parsed(text, where=base)
    return load(base, overrides)


def scenario_of(choice: Choice) -> Scenario:
    """The scenario that is simulated.

    What no future depends on is left out of it, so that a change of it makes no result stale: limits of the shortlist, and the
    words in which a change is justified.
    """
    edits = tuple(edit for edit in choice.edits if not edit[0].startswith("shortlist."))
    return _scenario(choice.base, choice.text, choice.overrides, edits, ())


def limited_scenario_of(choice: Choice) -> Scenario:
    """The scenario as it is exported: with the chosen limits of the shortlist, and with the reason given for each change."""
    return _scenario(choice.base, choice.text, choice.overrides, choice.edits, choice.whys)


@lru_cache(maxsize=128)
def _scenario(
    base: str,
    text: str | None,
    overrides: tuple[str, ...],
    edits: tuple[tuple[str, float | str], ...],
    whys: tuple[tuple[str, Why], ...],
) -> Scenario:
    scenario, given = baseline(base, text, overrides), dict(whys)
    for path, value in edits:
        field, why = FIELDS[path], given.get(path, Why())
        entries = changed_entries(scenario, field, value, why.reason or DEFAULT_REASON, why.source)
        try:
            scenario = scenario.changed(path if field.kind != "day" else path.rpartition(".")[0], **entries)
        except ValidationError as error:
            raise first_problem(error, Scenario, where=field.label) from None
        except KeyError:
            raise InputProblem("the scenario has no such figure", where=field.label, value=path) from None
    return scenario
