"""The Local SEND Reform Plan's tables in numbers: rows, years, rounded means and bands, unmitigated and mitigated."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import AGE_GROUPS, FIRST_NCY, NEEDS, PROVISION_TYPES
from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.measure import whole_years
from sufficiency.experiment.run import Run
from sufficiency.places.provision import plans_by_provision, provision_shares
from sufficiency.report.returns.bands import Bands, bands
from sufficiency.report.returns.rounding import Positions, controlled, nearest
from sufficiency.report.returns.settings import NO_NEED, TABLES, ReturnSettings
from sufficiency.scenario.scenario import Scenario

Numbers = NDArray[np.float64]
FLOWS = {"10": "requests_by_ncy", "11": "assessments_by_ncy", "12": "plans_issued_by_ncy"}
"""Tables of a calendar year's events and the tally each counts."""


@dataclass(frozen=True)
class Part:
    """A row of a table: its heading and, where the model has no such thing, why not."""

    label: str
    not_modelled: str = ""


@dataclass(frozen=True)
class Version:
    """A table's numbers of one run; the last row is the total. Years that were not simulated are left out."""

    whole: NDArray[np.int64]
    """Shape (rows + 1, years simulated): whole numbers that add up."""
    bands: Bands
    """Of the same shape, unrounded."""


@dataclass(frozen=True)
class PlanTable:
    """A table of the return."""

    number: str
    title: str
    parts: tuple[Part, ...]
    years: tuple[int, ...]
    """Calendar years simulated, of those asked for."""
    versions: dict[str, Version]
    assumptions: tuple[str, ...]


def asked_years(settings: ReturnSettings) -> range:
    """Calendar years of the return."""
    return range(settings.reform_plan.first_year, settings.reform_plan.last_year + 1)


def plan_years(scenario: Scenario, settings: ReturnSettings) -> tuple[int, ...]:
    """Years of the return whose plans are counted: the census that follows lies within the clock."""
    return tuple(year for year in asked_years(settings) if year + 1 in scenario.calendar.census_years)


def flow_years(scenario: Scenario, settings: ReturnSettings) -> tuple[int, ...]:
    """Years of the return that the clock covers whole."""
    months = set(scenario.calendar.months)
    return tuple(year for year in asked_years(settings) if {f"{year}-01", f"{year}-12"} <= months)


def check_years(scenario: Scenario, settings: ReturnSettings) -> None:
    """Raise InputProblem where no year of the return is simulated; before anything is."""
    if not plan_years(scenario, settings) or not flow_years(scenario, settings):
        asked = asked_years(settings)
        censuses = scenario.calendar.census_years
        raise InputProblem(
            f"no year of the reform plan ({asked[0]} to {asked[-1]}) is simulated",
            where=f"{scenario.name}, horizon",
            value=scenario.horizon,
            allowed=f"a scenario that covers some of them whole, with the January census after; this one has the censuses "
            f"{censuses[0]} to {censuses[-1]}",
            mend="choose another scenario, or other years (reform_plan.first_year and last_year) with --labels",
        )


def reform_plan(runs: dict[str, Run], settings: ReturnSettings) -> list[PlanTable]:
    """Every table of the return, in order, for the runs by version (of one scenario, without and with its interventions)."""
    scenario = next(iter(runs.values())).scenario
    plan = settings.reform_plan
    years = {False: plan_years(scenario, settings), True: flow_years(scenario, settings)}
    found = {version: _version(run, settings, years) for version, run in runs.items()}
    tables = []
    for number in TABLES:
        of_flow = number in FLOWS
        common = (plan.assumptions.flows if of_flow else plan.assumptions.plans, plan.assumptions.all)
        of_age = plan.assumptions.ages if of_flow or number == "5.1" else ()
        words = (*plan.tables[number].assumptions, *of_age, *chain(*common))
        versions = {version: tables_of[number] for version, tables_of in found.items()}
        parts = _parts(number, settings, [version.whole for version in versions.values()])
        tables.append(PlanTable(number, plan.tables[number].title, parts, years[of_flow], versions, words))
    return tables


def _parts(number: str, settings: ReturnSettings, shown: list[NDArray[np.int64]]) -> tuple[Part, ...]:
    """The rows' headings; a row that the settings call not modelled is one as long as no child is counted in it."""
    plan = settings.reform_plan
    if number == "6":
        rows = [(entry.code, plan.provision.get(entry.code, entry.label)) for entry in PROVISION_TYPES]
    elif number.startswith("7"):
        rows = [*plan.needs.items(), (NO_NEED, "SEN support but no specialist assessment of type of need")]
    else:
        rows = [(code, plan.ages[code].label) for code in AGE_GROUPS.codes]
    empty = [not any(whole[at].any() for whole in shown) for at in range(len(rows))]
    return tuple(Part(label, plan.not_modelled.get(code, "") if empty[at] else "") for at, (code, label) in enumerate(rows))


def _version(run: Run, settings: ReturnSettings, years: dict[bool, tuple[int, ...]]) -> dict[str, Version]:
    """The numbers of every table of one run."""
    split = settings.split(run.scenario.knowledge_date)
    shares = provision_shares(split.to_year_11, split.from_year_12) if split else provision_shares({}, {})
    censuses = [run.scenario.calendar.census_years.index(year + 1) for year in years[False]]
    plans = plans_by_provision(run, shares)[:, censuses]
    ages = _by_age(run.tallies["caseload_by_ncy"].sum(axis=(2, 4))[:, censuses], settings)
    groups = [_positions(table.provision) for table in settings.reform_plan.tables.values() if table.provision]
    whole = np.array([controlled_plans(cells, groups) for cells in plans.mean(axis=0)]).reshape(plans.shape[1:])
    order = [NEEDS.index(code) for code in settings.reform_plan.needs]
    found = {"5.1": _shown(ages, rounded_list(ages.mean(axis=0)))}
    found["6"] = _shown(plans.sum(axis=3), whole.sum(axis=2))
    for number, table in settings.reform_plan.tables.items():
        if number.startswith("7"):
            inside = _positions(table.provision) if table.provision else list(range(len(PROVISION_TYPES)))
            futures, numbers = plans[:, :, inside].sum(axis=2)[..., order], whole[:, inside].sum(axis=1)[:, order]
            # The last row is of plans without a need on record: there are none.
            found[number] = _shown(np.pad(futures, ((0, 0), (0, 0), (0, 1))), np.pad(numbers, ((0, 0), (0, 1))))
    for number, tally in FLOWS.items():
        labels, counts = whole_years(run, tally)
        ages = _by_age(counts[:, [labels.index(str(year)) for year in years[True]]], settings)
        found[number] = _shown(ages, rounded_list(ages.mean(axis=0)))
    return found


def _by_age(ncys: NDArray[np.int64], settings: ReturnSettings) -> Numbers:
    """Counts by NCY (futures, years, NCYs) as counts by age group (futures, years, groups)."""
    ages = (settings.reform_plan.ages[code] for code in AGE_GROUPS.codes)
    spans = [slice(age.first_ncy - FIRST_NCY, age.last_ncy - FIRST_NCY + 1) for age in ages]
    return np.stack([ncys[..., span].sum(axis=-1) for span in spans], axis=-1).astype(np.float64)


def _shown(futures: Numbers, whole: NDArray[np.int64]) -> Version:
    """A version from (futures, years, rows) and whole numbers (years, rows): the total added, rows first."""
    with_total = np.concatenate([futures, futures.sum(axis=-1, keepdims=True)], axis=-1).swapaxes(1, 2)
    return Version(np.concatenate([whole, whole.sum(axis=-1, keepdims=True)], axis=-1).T, bands(with_total))


def _positions(provision: tuple[str, ...]) -> list[int]:
    return [PROVISION_TYPES.index(code) for code in provision]


def rounded_list(means: Numbers) -> NDArray[np.int64]:
    """Each year's list (years, rows) in whole numbers that add up to its rounded total."""
    return np.array([controlled(year, total=nearest(year.sum())) for year in means]).reshape(means.shape)


def controlled_plans(cells: Numbers, groups: list[list[int]]) -> NDArray[np.int64]:
    """A year's plans (provision types, needs) in whole numbers: provision types, needs, and needs within each group of
    provision types (none of which overlap) are rounded up or down, and the total to the nearest."""
    grid = np.arange(cells.size).reshape(cells.shape)
    sums: list[Positions] = [*grid, *grid.T]
    for group in groups:
        sums += [grid[group].ravel(), *grid[group].T]
    return controlled(cells.ravel(), sums, total=nearest(cells.sum())).reshape(cells.shape)
