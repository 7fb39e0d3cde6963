"""What the release says of each authority: yearly counts, and their ages where they are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sufficiency.domain.problem import InputProblem, nearest
from sufficiency.evidence.dfe.cells import Ages, Row, ages_of, rows
from sufficiency.evidence.dfe.release import Table, read_release

ENGLAND = "England"
Series = dict[int, int]
"""Counts by year: the calendar year of a flow, the year of the January census of a stock."""
ByAge = dict[Ages, int]
NEEDED = ("time_period", "geographic_level", "la_name")


@dataclass(frozen=True)
class Shape:
    """How one table gives its counts."""

    measures: Mapping[str, str]
    """Measure by the (lower-case) name of its column."""
    split: str | None = None
    """Column that parts totals from splits; without one every row is a total."""
    total: str = ""
    """What it says of totals (lower case)."""
    ages: str | None = None
    """What it says of the split by age (lower case); the age itself then stands in ``breakdown``."""
    age_in: str = "breakdown"

    @property
    def needed(self) -> set[str]:
        """Columns without which the table cannot be read: the others of ``measures`` came and went over the years."""
        split = {self.split, self.age_in} if self.split else set()
        return {*NEEDED, next(iter(self.measures)), *split}


_AGE, _STARTED = "child or young persons age", "age when plan started"
SHAPES: dict[str, Shape] = {
    # long form, from 2023 on
    "requests": Shape(
        {"requests_received_in_year": "requests", "requests_decided_not_to_assess": "refused"},
        "breakdown_topic", "all requests for ehc needs assessments", _AGE,
    ),
    "assessments": Shape(
        {"assess_issued": "issued", "assess_not_issued": "not_issued"}, "breakdown_topic", "all ehc needs assessments", _AGE
    ),
    "newplans": Shape({"new_ehc_plans": "new_plans"}, "breakdown_topic", "new ehc plans", _STARTED),
    "caseload": Shape({"ehcplans": "plans"}, "breakdown_topic", "all ehc plans", _AGE),
    "ceased_plans": Shape(
        {"total_ceased": "ceased", "transfer": "transferred"}, "breakdown_topic", "all ceased ehc plans", "age plan ceased"
    ),
    # wide form, to 2022
    "sen2_mi": Shape(
        {"inreqehc": "requests", "assrefusedehc": "refused", "newallehc": "new_plans",
         "assnoneehc": "not_issued", "assnodecisionehc": "open"},
    ),
    "sen2_age_new_plans": Shape({"total_new_ehc": "new_plans"}, "characteristic_age", "total", "", "characteristic_age"),
    "sen2_age_caseload": Shape({"total_ehc": "plans"}, "characteristic_age", "total", "", "characteristic_age"),
}  # fmt: skip
"""Tables by name; those of the long form first, for where both say something of a year the first counts."""
STOCKS = frozenset({"plans"})
"""Measures counted on the January census; all others are flows of a calendar year."""


@dataclass(frozen=True)
class Published:
    """Counts by measure, authority (DfE's spelling; "England" for the whole) and year.

    Measures: ``requests``, ``refused``, ``issued``, ``not_issued``, ``open`` (assessments open at the end of the year),
    ``new_plans``, ``ceased`` (with those who move to another authority, ``transferred``) by calendar year; ``plans`` on the
    January census. ``by_age`` has the same with counts by first and last age. ``set_aside`` says of years in words what was not
    believed.
    """

    totals: Mapping[str, Mapping[str, Series]]
    by_age: Mapping[str, Mapping[str, Mapping[int, ByAge]]]
    set_aside: tuple[tuple[int, str], ...] = ()
    regions: frozenset[str] = frozenset()
    """Names of the regions that the tables speak of: none of them is an authority."""

    def series(self, measure: str, name: str) -> Series:
        """One authority's counts of a measure by year; empty where none are given."""
        return self.totals.get(measure, {}).get(name, {})

    def ages(self, measure: str, name: str) -> Mapping[int, ByAge]:
        """One authority's counts of a measure by year and age; empty where none are given."""
        return self.by_age.get(measure, {}).get(name, {})

    @property
    def authorities(self) -> tuple[str, ...]:
        """Names of all authorities in alphabetical order."""
        return tuple(sorted({name for of in self.totals.values() for name in of} - {ENGLAND}))

    @property
    def censuses(self) -> tuple[int, ...]:
        """Years whose January census gives an authority's plans."""
        return tuple(sorted({year for name, of in self.totals.get("plans", {}).items() if name != ENGLAND for year in of}))

    def until(self, census: int) -> Published:
        """What was counted by the January census of ``census``: stocks up to it, flows of calendar years before it."""

        def kept(measure: str, of: Mapping[str, Mapping[int, Any]]) -> dict[str, dict[int, Any]]:
            last = census if measure in STOCKS else census - 1
            cut = {name: {year: value for year, value in by_year.items() if year <= last} for name, by_year in of.items()}
            return {name: by_year for name, by_year in cut.items() if by_year}

        return Published(
            {measure: kept(measure, of) for measure, of in self.totals.items()},
            {measure: kept(measure, of) for measure, of in self.by_age.items()},
            tuple((year, words) for year, words in self.set_aside if year < census),
            self.regions,
        )


def check_census(published: Published, census: int) -> None:
    """Raise InputProblem unless the tables hold plans at the January census of ``census``."""
    if census not in published.censuses:
        allowed = ", ".join(map(str, published.censuses)) or "none: there is no table of plans"
        mend = "name a January census that the release holds"
        raise InputProblem("the release holds no plans of any authority at that census", value=census, allowed=allowed, mend=mend)


def authority_named(published: Published, la: str, *, or_all: bool = True) -> str:
    """The authority meant, as DfE spells it; raises InputProblem where there is none (``or_all``: "all" could be said too)."""
    names, all_too = published.authorities, ', or "all"' if or_all else ""
    for name in names:
        if name.casefold() == la.strip().casefold():
            return name
    for wider, kind in ((ENGLAND, "the whole country"), *((region, "a region") for region in sorted(published.regions))):
        if wider.casefold() == la.strip().casefold():
            mend = f"name an authority{all_too}{' for every one' if or_all else ''}"
            raise InputProblem(f"{wider} is not an authority but {kind}", value=la, mend=mend, field="la")
    # "Bristol" is nearer to "Bristol, City of" than letters alone would say.
    spelled = {name.split(",")[0]: name for name in names} | {name: name for name in names}
    like = nearest(la, spelled)
    mend = f'did you mean "{spelled[like]}"?' if like else f"use the name as DfE spells it{all_too}"
    raise InputProblem("no authority has that name in the release", value=la, mend=mend, field="la")


@dataclass
class _Gathered:
    totals: dict[str, dict[str, Series]] = field(default_factory=dict)
    by_age: dict[str, dict[str, dict[int, ByAge]]] = field(default_factory=dict)
    set_aside: list[tuple[int, str]] = field(default_factory=list)
    regions: set[str] = field(default_factory=set)


@dataclass
class _Counts:
    """Counts of one measure of one table, before they are believed."""

    totals: dict[tuple[str, int], int] = field(default_factory=dict)
    by_age: dict[tuple[str, int], ByAge] = field(default_factory=dict)
    unknown_age: dict[tuple[str, int], int] = field(default_factory=dict)
    regions: dict[tuple[str, int], int] = field(default_factory=dict)
    region_of: dict[str, str] = field(default_factory=dict)


def read_published(*paths: Path) -> Published:
    """Read releases, each a zip or folder in the long form (from 2023), the wide form (to 2022), or both; the first counts.

    Any table may be absent, or hold a header only. An authority keeps its latest name where its code stayed, and its series where
    its code changed and its name stayed. Errors: see :func:`read_release` and :func:`rows`.
    """
    order = {name: i for i, name in enumerate(SHAPES)}
    given = [table for path in paths for table in read_release(path, SHAPES.keys())]
    tables = sorted(given, key=lambda table: order[table.name])
    gathered = _Gathered()
    names = latest_names(tables)
    for table in tables:
        for measure, counts in _counted(table, SHAPES[table.name], names).items():
            _disbelieve_regions(counts, f"{table.name}.csv, {measure}", gathered.set_aside)
            _gather(gathered, measure, counts)
    regions = frozenset(gathered.regions - {""})
    return Published(gathered.totals, gathered.by_age, tuple(gathered.set_aside), regions)


def latest_names(tables: Iterable[Table]) -> dict[str, str]:
    latest: dict[str, tuple[int, str]] = {}
    for table in tables:
        for row in rows(table, NEEDED):
            code, name = row.optional("new_la_code"), row.text("la_name")
            if code and name and (year := row.year()) >= latest.get(code, (0, ""))[0]:
                latest[code] = (year, name)
    return {code: name for code, (_, name) in latest.items()}


def _counted(table: Table, shape: Shape, names: Mapping[str, str]) -> dict[str, _Counts]:
    found = {measure: _Counts() for measure in shape.measures.values()}
    for row in rows(table, shape.needed):
        kind = row.text(shape.split).lower() if shape.split else shape.total
        is_total = kind == shape.total
        if not is_total and shape.ages != kind and shape.ages != "":
            continue
        level, region = row.text("geographic_level").lower(), row.optional("region_name")
        name = name_of(row, level, names)
        if name is None and not (level == "regional" and is_total):
            continue
        year = row.year()
        for column, measure in shape.measures.items():
            value = row.count(column)
            if value is None:
                continue
            counts = found[measure]
            if name is None:
                counts.regions[region, year] = value
            elif is_total:
                counts.totals.setdefault((name, year), value)
                counts.region_of.setdefault(name, region)
            elif ages := ages_of(row.text(shape.age_in)):
                counts.by_age.setdefault((name, year), {})[ages] = value
            else:
                counts.unknown_age[name, year] = counts.unknown_age.get((name, year), 0) + value
    return found


def name_of(row: Row, level: str, names: Mapping[str, str]) -> str | None:
    """The authority a row is of, "England", or None."""
    if level == "national":
        return ENGLAND
    if level != "local authority":
        return None
    return names.get(row.optional("new_la_code")) or row.text("la_name") or None


def _disbelieve_regions(counts: _Counts, where: str, set_aside: list[tuple[int, str]]) -> None:
    """Replace totals that repeat the region's by the sum over ages, or drop them.

    In the June 2025 release ten authorities of Yorkshire and The Humber carry the region's new plans of 2022 as their own.
    """
    for name, year in list(counts.totals):
        region = counts.region_of.get(name, "")
        others = sum(1 for n, y in counts.totals if y == year and n != name and counts.region_of.get(n) == region)
        if not region or counts.totals[name, year] != counts.regions.get((region, year)) or not others:
            continue
        of_ages = sum(counts.by_age.get((name, year), {}).values()) + counts.unknown_age.get((name, year), 0)
        if of_ages == counts.totals[name, year]:
            continue
        instead = f"the sum over ages, {of_ages:,}, is used" if of_ages else "it is left out"
        words = f"{where}: {name} repeats its region's total in {year} ({counts.totals[name, year]:,}); {instead}"
        set_aside.append((year, words))
        if of_ages:
            counts.totals[name, year] = of_ages
        else:
            del counts.totals[name, year]


def _gather(gathered: _Gathered, measure: str, counts: _Counts) -> None:
    for (name, year), value in counts.totals.items():
        gathered.totals.setdefault(measure, {}).setdefault(name, {}).setdefault(year, value)
    for (name, year), ages in counts.by_age.items():
        gathered.by_age.setdefault(measure, {}).setdefault(name, {}).setdefault(year, ages)
    gathered.regions.update(counts.region_of.values(), (region for region, _ in counts.regions))
