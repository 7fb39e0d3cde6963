"""Which expressions of interest can be chosen at all, and why the others cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sufficiency.domain.dictionaries import PHASES
from sufficiency.domain.problem import InputProblem, suggestion
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.supply import Provision
from sufficiency.shortlist.openings import Opening, allowed_openings


@dataclass(frozen=True)
class Screened:
    """A bid that cannot be chosen, with the reason in one sentence."""

    eoi: ExpressionOfInterest
    reason: str
    adopted: bool = False
    """Whether its places are in the supply already: then it counts as taken forward."""


def _adopted(eoi: ExpressionOfInterest, scenario: Scenario) -> Provision | None:
    """The provision in the supply that the bid has become, if any."""
    return next((p for p in scenario.supply.values() if p.eoi is not None and p.eoi.casefold() == eoi.id.casefold()), None)


def quality_of(eoi: ExpressionOfInterest, scenario: Scenario) -> float | str:
    """The quality score that counts, or why there is none: weighted by criterion where the scenario gives weights."""
    weights = scenario.shortlist.quality_weights
    if weights is None:
        return eoi.quality
    lacking = [name for name, weight in weights.value.items() if weight > 0 and name not in eoi.scores]
    if lacking:
        return f"it has no score for {', '.join(lacking)}, which the quality score weighs"
    total = sum(weights.value.values())
    return sum(weight * eoi.scores[name] for name, weight in weights.value.items() if weight > 0) / total


def _uninvited(eoi: ExpressionOfInterest, scenario: Scenario) -> str | None:
    """Why a bid does not answer a targeted invitation, or None where it does (or all were invited)."""
    asked = scenario.shortlist.invitation
    if asked is None:
        return None
    if asked.needs is not None and not set(asked.needs) & set(eoi.needs):
        return f"the invitation is for {', '.join(asked.needs)}; it offers places for {', '.join(eoi.needs)}"
    if asked.phases is not None and not set(asked.phases) & set(eoi.phases):
        return f"the invitation is for {_phases(asked.phases)}; it offers {_phases(eoi.phases)}"
    if asked.areas is not None and eoi.area not in asked.areas:
        labels = ", ".join(scenario.areas[area].label for area in asked.areas)
        return f"the invitation is for places in {labels}; it is in {scenario.areas[eoi.area].label}"
    if asked.settings is not None and eoi.setting not in asked.settings:
        return f"the invitation is for {' and '.join(asked.settings)} places; it offers {eoi.setting} places"
    for criterion, least in (asked.lowest_scores or {}).items():
        if criterion not in eoi.scores:
            return f"the invitation asks for a score of {least:g} in {criterion}, and it has none"
        if eoi.scores[criterion] < least:
            return f"its score of {eoi.scores[criterion]:g} in {criterion} is below the {least:g} of the invitation"
    return None


def _phases(codes: Sequence[str]) -> str:
    return " and ".join(PHASES.label(code).lower() for code in codes)


def screened_reason(eoi: ExpressionOfInterest, scenario: Scenario, openings: tuple[Opening, ...]) -> str | None:
    """Why a bid is screened out, or None where it stays; the first reason that holds, in order of finality."""
    adopted = _adopted(eoi, scenario)
    if adopted is not None:
        return f'Screened out: its places are in the supply already, as "{adopted.title}".'
    if eoi.status == "withdrawn":
        return "Screened out: the bid was withdrawn."
    if (uninvited := _uninvited(eoi, scenario)) is not None:
        return f"Screened out: {uninvited}."
    quality = quality_of(eoi, scenario)
    if isinstance(quality, str):
        return f"Screened out: {quality}."
    if quality < scenario.shortlist.lowest_quality.value:
        return f"Screened out: quality {quality:.3g} is below the threshold of {scenario.shortlist.lowest_quality.value:g}."
    if eoi.chance_of_opening <= 0:
        return "Screened out: it has no chance of passing a stage that is still ahead."
    if not openings:
        return (
            f"Screened out: it cannot open before the horizon ({day(scenario.horizon)}); "
            f"work and lead time end in {eoi.earliest_opening:%B %Y}."
        )
    return None


def screen(
    scenario: Scenario,
    eois: tuple[ExpressionOfInterest, ...],
    years: tuple[int, ...],
    forced: Mapping[str, str] | None = None,
    every_term: bool | None = None,
) -> tuple[list[tuple[ExpressionOfInterest, tuple[Opening, ...]]], list[Screened]]:
    """Bids that can be chosen with their openings, and those that cannot with the reason; both in the order given.

    ``forced`` says of ids whether they are forced "in" or "out"; raises InputProblem where one forced in is screened out.
    """
    kept, screened = [], []
    for eoi in eois:
        openings = allowed_openings(eoi, scenario, years, every_term=every_term)
        reason = screened_reason(eoi, scenario, openings)
        force = (forced or {}).get(eoi.id)
        if reason is not None and force == "in":
            mend = "mend the bid or the limit, or do not force it in"
            raise InputProblem("a bid that is forced in cannot be chosen", where=f"{eoi.id}: {reason}", mend=mend)
        if reason is None and force == "out":
            reason = "Screened out: it is forced out by hand."
        if reason is None:
            kept.append((eoi, openings))
        else:
            screened.append(Screened(eoi, reason, _adopted(eoi, scenario) is not None))
    _screen_for_lack(kept, screened, forced or {})
    return kept, screened


def _screen_for_lack(
    kept: list[tuple[ExpressionOfInterest, tuple[Opening, ...]]], screened: list[Screened], forced: Mapping[str, str]
) -> None:
    """Screen out bids that require one that is screened out or exclude one in the supply, until none is left (in place)."""
    gone = {bid.eoi.id for bid in screened if not bid.adopted}
    there = {bid.eoi.id: set(bid.eoi.exclusive_with) for bid in screened if bid.adopted}

    def why(eoi: ExpressionOfInterest) -> str | None:
        lack = next((other for other in eoi.requires if other in gone), None)
        if lack is not None:
            return f"Screened out: it requires {lack}, which is screened out."
        clash = next((other for other in there if other in eoi.exclusive_with or eoi.id in there[other]), None)
        return None if clash is None else f"Screened out: it cannot be together with {clash}, which is in the supply already."

    while found := next(((eoi, reason) for eoi, _ in kept if (reason := why(eoi)) is not None), None):
        eoi, reason = found
        if forced.get(eoi.id) == "in":
            raise InputProblem("a bid that is forced in cannot be chosen", where=f"{eoi.id}: {reason}", mend="mend the bid")
        kept[:] = [each for each in kept if each[0].id != eoi.id]
        screened.append(Screened(eoi, reason))
        gone.add(eoi.id)


def forced_ids(eois: Sequence[ExpressionOfInterest], force_in: Sequence[str], force_out: Sequence[str]) -> dict[str, str]:
    """Ids of the bids forced "in" and "out"; raises InputProblem where an id is unknown or forced both ways."""
    ids = {eoi.id.casefold(): eoi.id for eoi in eois}
    found: dict[str, str] = {}
    for way, names in (("in", force_in), ("out", force_out)):
        for name in names:
            id = ids.get(name.casefold())
            if id is None:
                mend = suggestion(name, ids.values(), "name a bid of the list")
                raise InputProblem("there is no bid of that id", where=f"--force-{way}", value=name, mend=mend)
            if found.setdefault(id, way) != way:
                raise InputProblem("a bid is forced both in and out", where="--force-out", value=id, mend="keep one of the two")
    return found


def day(date: object) -> str:
    """A date as people write it: 31 March 2025."""
    return f"{date:%d %B %Y}".lstrip("0")
