"""The high-needs account of a run, for every future and financial year.

Spend is commissioned places at the place rate, filled or empty; pupil-years at the top-up of their setting; independent fees;
top-ups for children without a plan; and lines that follow neither. Income is the high-needs allocation, the schools-block
transfer and what else comes in. Home-to-school transport is the General Fund's: shown apart, never inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sufficiency.domain.calendar import financial_year_label
from sufficiency.domain.dictionaries import DSG_CATEGORIES, SETTINGS, SPECIALIST_SETTINGS
from sufficiency.dsg.fees import sampling_factor, standard_normals
from sufficiency.dsg.items import LINES, Item, priced_items
from sufficiency.dsg.prices import Array, Prices, growth, prices
from sufficiency.experiment.run import Run

if TYPE_CHECKING:
    import pandas as pd

SOURCES = ("high_needs", "transfer", "other")
"""Sources of income: the high-needs allocation, the schools-block transfer, and other income."""


@dataclass(frozen=True)
class Account:
    """The account in £ at the prices of each year; every array has the futures as its first axis.

    The account holds its items (quantity times unit cost) and nothing else: ``amounts``, spend and balances are their sums.
    """

    mitigated: bool
    base_seed: int
    replications: tuple[int, ...]
    """Labels of the first axis."""
    financial_years: tuple[str, ...]
    items: tuple[Item, ...]
    quantities: Array
    """[future, financial_year, item]: places, pupil-years or years."""
    unit_costs: Array
    """[future, financial_year, item]: £ a place, pupil-year or year."""
    income: Array
    """[future, financial_year, source]."""
    brought_forward: Array
    """[future]: cumulative balance at the start of the first financial year (a deficit is negative)."""
    transport: Array
    """[future, financial_year]: home-to-school transport, the General Fund's; in no sum of this account."""

    @property
    def version(self) -> str:
        """``mitigated`` or ``unmitigated``."""
        return "mitigated" if self.mitigated else "unmitigated"

    @cached_property
    def item_amounts(self) -> Array:
        """[future, financial_year, item]: quantity times unit cost."""
        return self.quantities * self.unit_costs

    @cached_property
    def amounts(self) -> Array:
        """[future, financial_year, category, line]: spend, the items summed."""
        futures, years, _ = self.quantities.shape
        amounts = np.zeros((futures, years, len(DSG_CATEGORIES), len(LINES)))
        for i, item in enumerate(self.items):
            amounts[:, :, DSG_CATEGORIES.index(item.category), LINES.index(item.line)] += self.item_amounts[:, :, i]
        return amounts

    @cached_property
    def spend(self) -> Array:
        """[future, financial_year]: all spend."""
        spend: Array = self.amounts.sum(axis=(2, 3))
        return spend

    @cached_property
    def in_year_balance(self) -> Array:
        """[future, financial_year]: income less spend; an overspend is negative."""
        balance: Array = self.income.sum(axis=2) - self.spend
        return balance

    @cached_property
    def cumulative_balance(self) -> Array:
        """[future, financial_year]: balance brought forward and the in-year balances up to the end of each year."""
        balance: Array = self.brought_forward[:, np.newaxis] + np.cumsum(self.in_year_balance, axis=1)
        return balance

    def labels(self, axis: str) -> tuple[str, ...]:
        """Labels of a named axis (KeyError where it is unknown)."""
        years = self.financial_years
        return {"financial_year": years, "category": DSG_CATEGORIES.codes, "line": LINES, "source": SOURCES}[axis]

    def rows(self, replication: int | None = None) -> pd.DataFrame:
        """The account as a tidy table, in which amount is quantity times unit_cost.

        Columns: financial_year, version, category, line, item, unit, quantity, unit_cost (£), amount (£). One future where a
        ``replication`` is named (ValueError where it is not in the run); else the mean of all futures, whose unit cost is mean
        amount over mean quantity. Items that cost nothing in any future are left out.
        """
        import pandas as pd

        if replication is None:
            quantity, amount = self.quantities.mean(axis=0), self.item_amounts.mean(axis=0)
            unit_cost = np.divide(amount, quantity, out=self.unit_costs.mean(axis=0), where=quantity > 0)
        else:
            if replication not in self.replications:
                raise ValueError(f"no replication {replication} in this account")
            future = self.replications.index(replication)
            quantity, unit_cost = self.quantities[future], self.unit_costs[future]
            amount = self.item_amounts[future]
        priced = np.flatnonzero(self.unit_costs.any(axis=(0, 1)))
        rows = [
            (year, self.version, *self.items[i], quantity[y, i], unit_cost[y, i], amount[y, i])
            for y, year in enumerate(self.financial_years)
            for i in priced
        ]
        named = ["financial_year", "version", "category", "line", "item", "unit", "quantity", "unit_cost", "amount"]
        return pd.DataFrame(rows, columns=named)


def account(run: Run, *, mitigated: bool) -> Account:
    """The account of ``run``, with prices drawn as in each of its futures.

    ``mitigated`` lets enabled interventions act on prices and adds what they cost. Interventions that act on children act in the
    simulation: a mitigated account belongs to a run simulated with them, an unmitigated one to a run without.
    Raises ValueError where no future of the run succeeded.
    """
    if not run.futures:
        raise ValueError("the run has no future that succeeded: there is nothing to account for")
    years = run.scenario.calendar.whole_financial_years
    scenarios = run.drawn_scenarios()
    drawn = prices(scenarios, years)
    pupil_years: Array = run.tallies["pupil_years"].sum(axis=2)
    normals = standard_normals(run.base_seed, run.replications, years)
    sampling = sampling_factor(pupil_years[:, :, SETTINGS.index("independent")], drawn.fee_spread, normals)
    place_years = run.tallies["place_years"]
    priced = tuple(priced_items(drawn, place_years, pupil_years, sampling, scenarios, mitigated=mitigated))
    shape = (run.futures, len(years))
    return Account(
        mitigated=mitigated,
        base_seed=run.base_seed,
        replications=run.replications,
        financial_years=tuple(financial_year_label(year) for year in years),
        items=tuple(p.item for p in priced),
        quantities=np.stack([np.broadcast_to(p.quantity, shape) for p in priced], axis=2),
        unit_costs=np.stack([np.broadcast_to(p.unit_cost, shape) for p in priced], axis=2),
        income=_income(drawn, len(years)),
        brought_forward=drawn.opening_balance,
        transport=_transport(drawn, pupil_years),
    )


def _income(drawn: Prices, years: int) -> Array:
    """[future, financial_year, source]; the schools block, of which a share is transferred, grows with the allocation."""
    grown = growth(drawn.income_growth, years)
    high_needs = drawn.high_needs_income[:, np.newaxis] * grown
    transfer = (drawn.transfer_share * drawn.schools_block)[:, np.newaxis] * grown
    return np.stack([high_needs, transfer, drawn.other_income], axis=2)


def _transport(drawn: Prices, pupil_years: Array) -> Array:
    """[future, financial_year]; its cost a pupil has no growth of its own in the scenario and follows inflation."""
    pupils = pupil_years[:, :, [SETTINGS.index(setting) for setting in SPECIALIST_SETTINGS]].sum(axis=2)
    transport: Array = pupils * drawn.transport_per_pupil[:, np.newaxis] * growth(drawn.inflation, pupils.shape[1])
    return transport
