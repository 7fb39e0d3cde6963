"""Bids that name each other: those that exclude one another, and those that require one another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sufficiency.domain.problem import InputProblem, suggestion
from sufficiency.scenario.eois import ExpressionOfInterest


def pair_problems(
    eois: Sequence[ExpressionOfInterest], where: str, row_of: Mapping[str, int], known: Collection[str]
) -> list[InputProblem]:
    """What is wrong where bids name others that are not in the list, or themselves, exclude what they require, or loop.

    ``row_of`` gives the row of each bid by id, ``known`` all ids of the list in lower case, those of unreadable rows too.
    """
    found: list[InputProblem] = []
    for eoi in eois:
        place = f"{where}, row {row_of[eoi.id]}"
        for column in ("exclusive_with", "requires"):
            found += _misnamed(eoi, column, f"{place}, column {column}", known, [each.id for each in eois])
        if clash := next((other for other in _needed(eoi, eois) if other in eoi.exclusive_with), None):
            at, mend = f"{place}, column exclusive_with", "keep one of the two"
            found.append(InputProblem("a bid excludes one that it requires", where=at, value=clash, mend=mend))
    looped: set[str] = set()
    for eoi in eois:
        loop = _loop(eoi, eois)
        if loop and not looped & set(loop):
            at = f"{where}, row {row_of[eoi.id]}, column requires"
            found.append(
                InputProblem(
                    "bids require each other in a loop", where=at, value=", ".join(loop), mend="break the loop", field="requires"
                )
            )
            looped |= set(loop)
    return found


def _misnamed(eoi: ExpressionOfInterest, column: str, at: str, known: Collection[str], ids: Iterable[str]) -> list[InputProblem]:
    found = []
    for other in getattr(eoi, column):
        if other == eoi.id:
            found.append(InputProblem("a bid names itself", where=at, value=other, mend="remove it", field=column))
        elif other.casefold() not in known:
            mend = suggestion(other, ids, "name a bid of the list")
            found.append(InputProblem("there is no bid of that id", where=at, value=other, mend=mend, field=column))
    return found


def _needed(eoi: ExpressionOfInterest, eois: Sequence[ExpressionOfInterest]) -> list[str]:
    """The bids that one requires, directly or through others."""
    requires = {each.id: each.requires for each in eois}
    seen, next_ones = list[str](), list(eoi.requires)
    while next_ones:
        other = next_ones.pop()
        if other not in seen and other != eoi.id:
            seen.append(other)
            next_ones += requires.get(other, ())
    return seen


def _loop(eoi: ExpressionOfInterest, eois: Sequence[ExpressionOfInterest]) -> list[str]:
    """The bids of a loop of requirements that leads back to ``eoi``; empty where there is none (naming itself apart)."""
    requires = {each.id: tuple(other for other in each.requires if other != each.id) for each in eois}
    paths = [[eoi.id]]
    seen = {eoi.id}
    while paths:
        path = paths.pop()
        for other in requires.get(path[-1], ()):
            if other == eoi.id:
                return path
            if other not in seen:
                seen.add(other)
                paths.append([*path, other])
    return []
