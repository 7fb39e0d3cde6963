"""Limits of the shortlist that are set in the app: what they are, and the scenario and bids under them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from sufficiency.domain.problem import InputProblem, raise_any, suggestion
from sufficiency.scenario.eoi_pairs import pair_problems
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.messages import first_problem
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist.problem import Version

APART, NEEDS = "not with", "only with"
MOST_PAIRS = 100
_PAIR = re.compile(rf"\s*(\S+)\s+({APART}|{NEEDS})\s+(\S+)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Pair:
    """Two bids that depend on each other: never both (``not with``), or the first only where the second is (``only with``)."""

    one: str
    how: str
    other: str


@dataclass(frozen=True)
class FurtherSettings:
    """Limits beside those that every scenario has; what is None or empty is as the scenario has it."""

    capital_by_year: tuple[tuple[str, float], ...] = ()
    """£ by financial year (its first calendar year)."""
    construction_slots: int | None = None
    most_per_setting: int | None = None
    most_per_group: int | None = None
    most_special: int | None = None
    most_resourced: int | None = None
    number: int | None = None
    number_is_exact: bool = False
    least_places: tuple[tuple[str, float], ...] = ()
    """Expected places by area."""
    order: str | None = None
    tail_weight: float | None = None
    must_have: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    versions: tuple[tuple[str, Version], ...] = ()
    """Bids that must be in at a size or on a day, as a what-if left them."""
    pairs: tuple[Pair, ...] = ()

    def forced(self, id: str, wish: str, version: Version = Version()) -> FurtherSettings:  # noqa: B008 - frozen
        """These with a bid forced in or out, whatever was said of it before."""
        kept = replace(
            self,
            must_have=tuple(each for each in self.must_have if each != id),
            must_not=tuple(each for each in self.must_not if each != id),
            versions=tuple(pair for pair in self.versions if pair[0] != id),
        )
        if wish == "out":
            return replace(kept, must_not=(*kept.must_not, id))
        if version == Version():
            return replace(kept, must_have=(*kept.must_have, id))
        return replace(kept, versions=(*kept.versions, (id, version)))


def read_pairs(text: str, ids: Sequence[str]) -> tuple[Pair, ...]:
    """Pairs from lines such as ``E03 not with E07``; raises InputProblem(s), each with its line."""
    found, wrong = [], []
    by_folded = {id.casefold(): id for id in ids}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _PAIR.fullmatch(line)
        if not match:
            allowed = f"one pair a line, such as “E03 {APART} E07” or “E05 {NEEDS} E01”"
            wrong.append(InputProblem("the pair cannot be read", where=f"line {number}", value=line.strip(), allowed=allowed))
            continue
        one, how, other = match.groups()
        unknown = [id for id in (one, other) if id.casefold() not in by_folded]
        wrong += [
            InputProblem("there is no bid of that id", where=f"line {number}", value=id, mend=suggestion(id, ids, "name a bid"))
            for id in unknown
        ]
        if not unknown:
            found.append(Pair(by_folded[one.casefold()], how.lower(), by_folded[other.casefold()]))
    if len(found) > MOST_PAIRS:
        wrong.append(InputProblem("there are too many pairs", value=len(found), allowed=f"at most {MOST_PAIRS}"))
    raise_any(wrong)
    return tuple(found)


def pairs_text(pairs: Sequence[Pair]) -> str:
    """Pairs as they are read."""
    return "\n".join(f"{pair.one} {pair.how} {pair.other}" for pair in pairs)


def paired_bids(eois: Sequence[ExpressionOfInterest], pairs: Sequence[Pair]) -> tuple[ExpressionOfInterest, ...]:
    """The bids with the pairs written into them; raises InputProblem(s) where they contradict each other."""
    if not pairs:
        return tuple(eois)
    found = []
    for eoi in eois:
        apart = {p.other for p in pairs if p.one == eoi.id and p.how == APART}
        needs = {p.other for p in pairs if p.one == eoi.id and p.how == NEEDS}
        both = {"exclusive_with": tuple(dict.fromkeys((*eoi.exclusive_with, *sorted(apart)))),
                "requires": tuple(dict.fromkeys((*eoi.requires, *sorted(needs))))}  # fmt: skip
        found.append(eoi.model_copy(update=both) if apart or needs else eoi)
    rows = {eoi.id: number for number, eoi in enumerate(found, 2)}
    raise_any(pair_problems(found, "the pairs with the list of bids", rows, [eoi.id.casefold() for eoi in found]))
    return tuple(found)


def under(scenario: Scenario, limits: FurtherSettings) -> Scenario:
    """The scenario with these limits; raises InputProblem where a model refuses one."""
    changes: dict[str, Any] = {}

    def figure(value: Any, unit: str) -> dict[str, Any]:
        return {
            "value": value, "unit": unit, "source": "set in the app", "known_from": scenario.knowledge_date, "verified": False,
            "reason": "A limit entered on the Shortlist page.",
        }  # fmt: skip

    if limits.capital_by_year:
        changes["capital_by_year"] = figure(dict(limits.capital_by_year), "£")
    if limits.construction_slots is not None:
        changes["construction_slots"] = figure(limits.construction_slots, "projects")
    if limits.most_per_setting is not None:
        changes["most_per_setting"] = figure(limits.most_per_setting, "bids")
    if limits.least_places:
        changes["least_places"] = figure(dict(limits.least_places), "places expected to open")
    if limits.tail_weight is not None:
        changes["tail_weight"] = figure(limits.tail_weight, "share")
    if limits.order is not None:
        changes["order"] = limits.order
    caps = {key: cap.model_dump(exclude_none=True) for key, cap in scenario.shortlist.caps.items()}
    for key, cap in (
        ("app-groups", {"of": "group", "at_most": limits.most_per_group}),
        ("app-special", {"of": "type", "name": "special", "at_most": limits.most_special}),
        ("app-resourced", {"of": "type", "name": "resourced", "at_most": limits.most_resourced}),
        ("app-all", {"of": "all", "exactly" if limits.number_is_exact else "at_most": limits.number}),
    ):
        if all(value is not None for value in cap.values()):
            caps[key] = {**cap, "reason": "Entered on the Shortlist page."}
            changes["caps"] = caps
    if not changes:
        return scenario
    try:
        return scenario.changed("shortlist", **changes)
    except ValidationError as error:
        raise first_problem(error, Scenario, where="the limits of the shortlist") from None
