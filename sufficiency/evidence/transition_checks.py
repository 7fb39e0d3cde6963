"""Checks of child-level transitions that span rows and files. What is an error and what a warning: ``read_history`` says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.problem import suggestion
from sufficiency.evidence.reading import UNREADABLE, Findings

if TYPE_CHECKING:
    from sufficiency.evidence.transitions import SettingRow, Transitions

CONTRADICTED = "the valid states contradict the rows: a state is not valid"
MEND_CONTRADICTED = (
    "widen the setting's row in the valid states, or correct these rows; --accept-invalid-states takes them as they are, and so "
    "does --legacy-states"
)


def check_valid_states(rows: Sequence[SettingRow], file: str, errors: Findings, warnings: Findings) -> None:
    """Destinations are settings, no state is valid twice, and nobody has to leave while another setting would serve them."""
    known = {row.setting for row in rows}
    for row in rows:
        for unknown in (word for word in row.moves_to if word not in known):
            errors.add(
                "a destination is no setting", file, "setting->setting", row=row.number, value=unknown,
                mend=suggestion(unknown, known, "add a row for it, or remove it"),
            )  # fmt: skip
    by_setting: dict[str, list[SettingRow]] = {}
    for row in rows:
        by_setting.setdefault(row.setting, []).append(row)
    for same in by_setting.values():
        for one, other in combinations(same, 2):
            shared = set(one.needs) & set(other.needs)
            if shared and one.first_ncy <= other.last_ncy and other.first_ncy <= one.last_ncy:
                value, mend = f"{one.setting} (row {one.number} too)", "give each NCY and need of a setting one row"
                errors.add("two rows make the same state valid", file, row=other.number, value=value, mend=mend)
    for row in rows:
        if UNREADABLE not in (row.first_ncy, row.last_ncy):
            _warn_of_dead_end(row, rows, file, warnings)


def _warn_of_dead_end(row: SettingRow, rows: Sequence[SettingRow], file: str, warnings: Findings) -> None:
    after = row.last_ncy + 1
    for need in row.needs:
        serving = {other.setting for other in rows if other.first_ncy <= after <= other.last_ncy and need in other.needs}
        if serving and row.setting not in serving and not serving & set(row.moves_to):
            warnings.add(
                "a setting lists no destination for its children after its last NCY, though others would serve them: they leave, "
                "unless such moves were seen",
                file,
                "setting->setting",
                row=row.number,
                value=f"{row.setting} (NCY {after}, {need})",
            )


def check_population(
    children: Transitions,
    people: Mapping[tuple[int, int], float],
    file: str,
    population: str,
    errors: Findings,
    warnings: Findings,
) -> None:
    """Every year and NCY that is needed is there, and holds its joiners."""
    sound = (children.year != UNREADABLE) & (children.ncy != UNREADABLE)
    years = np.unique(children.year[sound])
    if not len(years):
        return
    first, last = int(years[0]), int(years[-1])
    horizon = max(year for year, _ in people)
    for year in sorted(set(range(first, last + 1)) - set(years.tolist())):
        warnings.add("years between the first and the last have no transitions", file, "calendar-year", value=year)
    if horizon <= last:
        errors.add(
            "the population ends before the start census", population, "calendar-year", value=horizon,
            allowed=f"a last year of at least {last + 1}, the census that the last transitions lead to",
            mend="add the projected years",
        )  # fmt: skip
        return
    if horizon == last + 1:
        warnings.add("the population ends at the start census, so that no year is projected", population, value=horizon)
    there = {year for year, _ in people}
    for year in sorted(set(range(first, horizon + 1)) - there):
        errors.add(
            "the population lacks years", population, "calendar-year", value=year,
            allowed=f"every year from {first} to {horizon}", mend="add their rows",
        )  # fmt: skip
    joined = sound & (children.setting_1 < 0) & (children.setting_1 != UNREADABLE) & (children.setting_2 >= 0)
    arrivals = _counted(children.year[joined], children.ncy[joined] + 1)
    needed = [*years.tolist(), *range(last + 2, horizon + 1)]
    for ncy in sorted({ncy for _, ncy in arrivals}):
        for year in needed:
            if year in there and (year, ncy) not in people:
                errors.add(
                    "the population lacks an NCY at which children join", population, value=f"NCY {ncy} in {year}",
                    mend="add its rows",
                )  # fmt: skip
            elif arrivals.get((year, ncy), 0) > people.get((year, ncy), np.inf):
                errors.add(
                    "more children join than there are", population, "population",
                    value=f"{arrivals[year, ncy]} joiners, population {people[year, ncy]:g} (NCY {ncy} in {year})",
                    mend="correct the population of that year",
                )  # fmt: skip


def _counted(years: NDArray[np.int64], ncys: NDArray[np.int64]) -> dict[tuple[int, int], int]:
    pairs, counts = np.unique(np.column_stack((years, ncys)), axis=0, return_counts=True)
    return {(int(year), int(ncy)): int(count) for (year, ncy), count in zip(pairs, counts, strict=True)}


def check_transitions(
    children: Transitions,
    rows: Sequence[SettingRow],
    needs: Sequence[str],
    settings: Sequence[str],
    file: str,
    errors: Findings,
    warnings: Findings,
    *,
    accept_invalid: bool,
) -> None:
    """Rows that the valid states contradict, and moves that the setting's list does not name.

    ``errors`` (``warnings`` where ``accept_invalid``) gets children who were in a state that is not valid, or came into one that
    is valid neither at their new NCY nor at the one before; ``warnings`` those whose setting served them until the NCY before (as
    the rules themselves may have it), and moves beyond the list (they count as destinations). Rows with a cell that could not be
    read, and settings whose NCYs make no sense, are passed over: they are reported for that.
    """
    senseless = {row.setting for row in rows if UNREADABLE in (row.first_ncy, row.last_ncy) or row.first_ncy > row.last_ncy}
    rows = [row for row in rows if row.setting not in senseless]
    contradicted, mend = (warnings, "") if accept_invalid else (errors, MEND_CONTRADICTED)
    valid = {(ncy, need, row.setting) for row in rows for need in row.needs for ncy in range(row.first_ncy, row.last_ncy + 1)}
    listed = {(row.setting, other) for row in rows for other in row.moves_to}
    sound = (children.ncy != UNREADABLE) & np.all(
        [codes != UNREADABLE for codes in (children.need_1, children.setting_1, children.need_2, children.setting_2)], axis=0
    )
    for side, need, setting, rise in (
        (1, children.need_1, children.setting_1, 0),
        (2, children.need_2, children.setting_2, 1),
    ):
        for at in np.flatnonzero(sound & (setting >= 0)):
            ncy, which = int(children.ncy[at]), (needs[need[at]], settings[setting[at]])
            if which[1] in senseless or (ncy + rise, *which) in valid:
                continue
            state = f"{which[1]} (NCY {ncy + rise}, {which[0]})"
            row = int(children.numbers[at])
            if rise == 1 and (ncy, *which) in valid:
                warnings.add("children are in a setting that no longer serves their NCY", file, "setting-2", row=row, value=state)
            else:
                contradicted.add(CONTRADICTED, file, f"setting-{side}", row=row, value=state, mend=mend)
    moved = sound & (children.setting_1 >= 0) & (children.setting_2 >= 0) & (children.setting_1 != children.setting_2)
    for at in np.flatnonzero(moved):
        move = (settings[children.setting_1[at]], settings[children.setting_2[at]])
        if move[0] not in senseless and move not in listed:
            warnings.add(
                "children moved where the setting's list does not allow", file, row=int(children.numbers[at]),
                value=f"{move[0]} to {move[1]}",
            )  # fmt: skip
