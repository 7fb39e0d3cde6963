"""Where children with plans are: the release's counts by setting, also by age and by primary need, and its counts of moves.

Settings are those of the dictionary. Hospital schools are within special schools, as in the long form; awaiting provision, which
the long form leaves out of every setting, is counted as placement not recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import NEEDS, SETTINGS
from sufficiency.evidence.dfe.cells import Ages, Row, ages_of, rows
from sufficiency.evidence.dfe.published import NEEDED, SHAPES, Series, latest_names, name_of
from sufficiency.evidence.dfe.release import Table, read_release

Counts = NDArray[np.float64]
_Key = tuple[str, str, str, int]
"""Kind of count (a field of :class:`Placed`), measure, authority, year."""
COLUMNS = len(SETTINGS) + 1
NOT_RECORDED = len(SETTINGS)
"""Position of plans without a recorded placement, after those of the settings."""
STOCK, NEW = "plans", "new_plans"

_LONG = {"caseload": (STOCK, "ehcplans"), "newplans": (NEW, "new_ehc_plans")}
_NEEDS = {"sen_needs_all_plans": STOCK, "sen_need_newplans": NEW}
_WIDE = {"sen2_estab_caseload": (STOCK, "total_ehc"), "sen2_estab_new_plans": (NEW, "total_new_ehc")}
_MOVES = {
    "to_special": ("mtosiehc",),
    "to_mainstream": ("sitomehc",),
    "discontinued": ("disleaehc", "dismetehc", "disothehc", "disleftehc"),
}
TABLES = (*_LONG, *_NEEDS, *_WIDE, "sen2_mi")
_TOTALS = frozenset({"all ehc plans", "new ehc plans"})
_AGES = frozenset({"child or young persons age", "age when plan started"})
_AGE_OF = {"caseload": "child or young persons age", "newplans": "age when plan started"}
_PLACES = "type of placement"
_PARTS = {
    "special": ("special_la_maintained", "special_academy_free"),
    "independent": ("special_independent", "special_non_maintained"),
    "alternative": ("ap_pru_total",),
    "further_education": ("fe_total",),
    "early_years": ("nm_early_years",),
    "elsewhere": ("ed_elsewhere",),
}
_BASES = tuple(
    f"mainstream_{school}_{kind}"
    for school in ("la_maintained", "academy", "free_school")
    for kind in ("resourced_provision", "senunit")
)
_WITHIN_GROUP = {
    "alternative provision/pupil referral unit": "alternative",
    "ap/pru": "alternative",
    "further education": "further_education",
    "fe": "further_education",
    "non-maintained early years": "early_years",
    "educated elsewhere": "elsewhere",
    "neet": "elsewhere",
    "other": "elsewhere",
}


@dataclass
class Placed:
    """Counts by measure (``plans`` on the January census, ``new_plans`` of a calendar year), authority or "England", and year."""

    by_setting: dict[str, dict[str, dict[int, Counts]]] = field(default_factory=dict)
    """By setting and, last, not recorded: shape (settings + 1,)."""
    by_age: dict[str, dict[str, dict[int, dict[Ages, Counts]]]] = field(default_factory=dict)
    """The same by first and last age."""
    needs_by_age: dict[str, dict[str, dict[int, dict[Ages, Counts]]]] = field(default_factory=dict)
    """By primary need (those not known apart), by first and last age: shape (needs,)."""
    needs_by_setting: dict[str, dict[str, dict[int, Counts]]] = field(default_factory=dict)
    """By primary need and setting: shape (needs, settings + 1)."""
    flows: dict[str, dict[str, Series]] = field(default_factory=dict)
    """``to_special`` and ``to_mainstream``: moves between mainstream and special schools in a calendar year; ``discontinued``:
    plans that ended in it."""
    tables: dict[tuple[str, str, int], str] = field(default_factory=dict)
    """The table that gave a kind of count of a measure in a year."""

    def until(self, census: int) -> Placed:
        """What was counted by the January census of ``census``: stocks up to it, flows of calendar years before it."""

        def kept(of: Mapping[str, Any]) -> dict[str, Any]:
            cut = {}
            for measure, by_name in of.items():
                last = census if measure == STOCK else census - 1
                named = {name: {year: v for year, v in by_year.items() if year <= last} for name, by_year in by_name.items()}
                cut[measure] = {name: by_year for name, by_year in named.items() if by_year}
            return cut

        within = {key: table for key, table in self.tables.items() if key[2] <= (census if key[1] == STOCK else census - 1)}
        return Placed(
            by_setting=kept(self.by_setting),
            by_age=kept(self.by_age),
            needs_by_age=kept(self.needs_by_age),
            needs_by_setting=kept(self.needs_by_setting),
            flows=kept(self.flows),
            tables=within,
        )

    def _take(self, gathered: Mapping[_Key, Any], table: str) -> None:
        """Keep the counts of a table, unless an earlier one gave them."""
        for (kind, measure, name, year), value in gathered.items():
            getattr(self, kind).setdefault(measure, {}).setdefault(name, {}).setdefault(year, value)
            self.tables.setdefault((kind, measure, year), table)


def read_placed(*paths: Path) -> Placed:
    """Read releases, each a zip or folder in the long form (from 2023), the wide form (to 2022), or both; the first counts.

    Errors: see :func:`~sufficiency.evidence.dfe.release.read_release` and :func:`~sufficiency.evidence.dfe.cells.rows`.
    """
    return placed_of(table for path in paths for table in _tables(path))


def _tables(path: Path) -> list[Table]:
    """The tables of a release that count placements or moves; none where it has others only."""
    return [table for table in read_release(path, frozenset({*TABLES, *SHAPES})) if table.name in TABLES]


def placed_of(tables: Iterable[Table]) -> Placed:
    """The counts of tables already read; where two say something of the same year, the long form counts."""
    ordered = sorted(tables, key=lambda table: TABLES.index(table.name))
    names, found = latest_names(ordered), Placed()
    for table in ordered:
        if table.name in _LONG:
            gathered = _long(table, *_LONG[table.name], names)
        elif table.name in _NEEDS:
            gathered = _needs(table, _NEEDS[table.name], names)
        elif table.name in _WIDE:
            gathered = _wide(table, *_WIDE[table.name], names)
        else:
            gathered = _moves(table, names)
        found._take(gathered, table.name)
    return found


def setting_of(group: str, kind: str) -> int | None:
    """Position of the setting (or of not recorded) that a label of an establishment means; None for totals of groups."""
    group, kind = group.strip().lower(), kind.strip().lower()
    if kind == "total" or group == "total":
        return None
    if "awaiting provision" in kind or group == "placement not recorded":
        return NOT_RECORDED
    if group.startswith("mainstream"):
        return SETTINGS.index("resourced" if "resourced" in kind or "sen unit" in kind else "mainstream")
    if group.startswith("special"):
        return SETTINGS.index("independent" if "independent" in kind or "non-maintained" in kind else "special")
    return SETTINGS.index(_WITHIN_GROUP[group]) if group in _WITHIN_GROUP else NOT_RECORDED


def _long(table: Table, measure: str, total: str, names: Mapping[str, str]) -> dict[_Key, Any]:
    found: dict[_Key, Any] = {}
    for row in rows(table, {*NEEDED, "breakdown_topic", "breakdown", total}):
        topic = row.text("breakdown_topic").lower()
        if topic not in _TOTALS and topic != _AGE_OF[table.name]:
            continue
        name = name_of(row, row.text("geographic_level").lower(), names)
        counts = None if name is None else _long_counts(row, total)
        if name is None or counts is None:
            continue
        if topic in _TOTALS:
            found.setdefault(("by_setting", measure, name, row.year()), counts)
        elif ages := ages_of(row.text("breakdown")):
            found.setdefault(("by_age", measure, name, row.year()), {})[ages] = counts
    return found


def _long_counts(row: Row, total: str) -> Counts | None:
    """By setting and not recorded; None where no setting is given."""
    number, mainstream = row.count(total), row.count("mainstream_total")
    parts = {setting: [row.count(column) for column in columns] for setting, columns in _PARTS.items()}
    if number is None or (mainstream is None and all(each is None for given in parts.values() for each in given)):
        return None
    counts = np.zeros(COLUMNS)
    for setting, given in parts.items():
        counts[SETTINGS.index(setting)] = sum(each or 0 for each in given)
    bases = sum(row.count(column) or 0 for column in _BASES)
    counts[SETTINGS.index("resourced")] = bases
    counts[SETTINGS.index("mainstream")] = max((mainstream or 0) - bases, 0)
    counts[NOT_RECORDED] = max(number - counts.sum(), 0)
    return counts


def _needs(table: Table, measure: str, names: Mapping[str, str]) -> dict[_Key, Any]:
    found: dict[_Key, Any] = {}
    columns = [f"number_{need.lower()}" for need in NEEDS.codes]
    for row in rows(table, {*NEEDED, "breakdown_topic", "breakdown", *columns}):
        topic = row.text("breakdown_topic").lower()
        name = name_of(row, row.text("geographic_level").lower(), names) if topic in {*_AGES, _PLACES} else None
        if name is None:
            continue
        year, label = row.year(), row.text("breakdown")
        counts = np.array([row.count(column) or 0 for column in columns], dtype=np.float64)
        counts[NEEDS.index("OTH")] += row.count("number_ds") or 0
        group, _, kind = label.partition(" - ")
        if topic in _AGES:
            if ages := ages_of(label):
                found.setdefault(("needs_by_age", measure, name, year), {})[ages] = counts
        elif (setting := setting_of(group, kind)) is not None:
            found.setdefault(("needs_by_setting", measure, name, year), np.zeros((len(NEEDS), COLUMNS)))[:, setting] += counts
    return found


def _wide(table: Table, measure: str, column: str, names: Mapping[str, str]) -> dict[_Key, Any]:
    found: dict[_Key, Any] = {}
    for row in rows(table, {*NEEDED, "establishment_group", "establishment_type", column}):
        setting = setting_of(row.text("establishment_group"), row.text("establishment_type"))
        name = name_of(row, row.text("geographic_level").lower(), names)
        if name is not None and setting is not None and (number := row.count(column)) is not None:
            found.setdefault(("by_setting", measure, name, row.year()), np.zeros(COLUMNS))[setting] += number
    return found


def _moves(table: Table, names: Mapping[str, str]) -> dict[_Key, Any]:
    found: dict[_Key, Any] = {}
    for row in rows(table, NEEDED):
        name = name_of(row, row.text("geographic_level").lower(), names)
        for flow, columns in _MOVES.items():
            given = [row.count(column) for column in columns]
            if name is not None and all(each is not None for each in given):
                found.setdefault(("flows", flow, name, row.year()), sum(each or 0 for each in given))
    return found
