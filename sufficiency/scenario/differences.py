"""What changed between two scenarios, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from sufficiency.scenario.figures import Figure
from sufficiency.scenario.money import Intervention
from sufficiency.scenario.provenance import entries, in_words
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.supply import Provision

ABSENT = "absent"
_NAMES = ("name", "title", "note", "overrides")
_PROVENANCE = ("unit", "source", "known_from", "verified", "reason")
_PROVENANCE_ENDS = tuple(f".{name}" for name in _PROVENANCE)
_COLLECTIONS = {
    # where things come and go by id: what one is called
    "areas": "Area",
    "supply": "Provision",
    "interventions": "Intervention",
}


@dataclass(frozen=True)
class Difference:
    """One thing that differs: where (dotted path), what it means, and how it reads before and after."""

    path: str
    meaning: str
    before: str
    after: str
    unit: str = ""


def differences(a: Scenario, b: Scenario) -> list[Difference]:
    """What differs between ``a`` (before) and ``b`` (after), in the order of the models; names and notes are left out.

    Of a table only the entries that differ are shown. A figure whose value and range are the same but whose unit, source, date,
    reason or verification differs is listed by those. Provisions, interventions and areas that only one has are listed whole.
    """
    found: list[Difference] = []
    whole: set[str] = set()
    for collection, word in _COLLECTIONS.items():
        before, after = getattr(a, collection), getattr(b, collection)
        for key in [*before, *(key for key in after if key not in before)]:
            if (key in before) != (key in after):
                path = f"{collection}.{key}"
                whole.add(path)
                found.append(Difference(path, word, _summary(before.get(key)), _summary(after.get(key))))
    old = {e.path: e for e in entries(a)}
    new = {e.path: e for e in entries(b)}
    for path in [*old, *(path for path in new if path not in old)]:
        if path in _NAMES or ".".join(path.split(".")[:2]) in whole:
            continue
        before, after = (side[path].content if path in side else None for side in (old, new))
        if before != after:
            found += _of_entry(path, (new.get(path) or old[path]).meaning, before, after)
    order = {name: i for i, name in enumerate(Scenario.model_fields)}
    return sorted(found, key=lambda d: order[d.path.split(".")[0]])


def changed_assumptions(a: Scenario, b: Scenario) -> list[Difference]:
    """The differences in what is assumed: where only a source, reason, date or verification differs, nothing is listed."""
    return [d for d in differences(a, b) if not d.path.endswith(_PROVENANCE_ENDS)]


def _of_entry(path: str, meaning: str, before: Any, after: Any) -> list[Difference]:
    if not (isinstance(before, Figure) and isinstance(after, Figure)):
        unit = next((side.unit for side in (after, before) if isinstance(side, Figure)), "")
        old, new = (ABSENT if side is None else in_words(side) for side in (before, after))
        return [Difference(path, meaning, old, new, unit)]
    numbers = [(side.value, side.low, side.high) for side in (before, after)]
    if numbers[0] != numbers[1]:
        old, new = _changed_entries(before, after)
        return [Difference(path, meaning, old, new, after.unit)]
    return [
        Difference(f"{path}.{name}", f"{meaning} {name.replace('_', ' ').capitalize()}.", in_words(old), in_words(new))
        for name in _PROVENANCE
        if (old := getattr(before, name)) != (new := getattr(after, name))
    ]


def _changed_entries(before: Figure[Any], after: Figure[Any]) -> tuple[str, str]:
    """The two figures in words, tables cut down to the entries in which they differ."""
    sides = [_leaves(side) for side in (before, after)]
    if any("" in side for side in sides):
        return in_words(before), in_words(after)
    names = [name for name in {**sides[0], **sides[1]} if sides[0].get(name) != sides[1].get(name)]
    old, new = (", ".join(f"{name} = {side.get(name, ABSENT)}" for name in names) for side in sides)
    return old, new


def _leaves(figure: Figure[Any]) -> dict[str, str]:
    """Each number of a figure in words, with its range, by dotted name ("" for a plain number)."""
    flat = [_flat(table) if table is not None else {} for table in (figure.value, figure.low, figure.high)]
    value, low, high = flat
    return {
        name: in_words(number) + (f" ({in_words(low[name])} to {in_words(high[name])})" if name in low else "")
        for name, number in value.items()
    }


def _flat(table: Any, name: str = "") -> dict[str, Any]:
    if not isinstance(table, dict):
        return {name: table}
    return {k: v for key, part in table.items() for k, v in _flat(part, f"{name}.{key}" if name else str(key)).items()}


def _summary(item: BaseModel | None) -> str:
    """A provision, intervention or area in a few words."""
    if item is None:
        return ABSENT
    if isinstance(item, Provision):
        opens = f", opens {in_words(item.opens)}" if item.opens else ""
        return f"{item.title}: {in_words(item.places)} {item.setting} places in {item.area}{opens}"
    if isinstance(item, Intervention):
        state = "enabled" if item.enabled else "not enabled"
        return f"{item.title}: {item.quantity.replace('_', ' ')} {in_words(item.effect)} from {in_words(item.starts)}, {state}"
    return str(getattr(item, "label", item))
