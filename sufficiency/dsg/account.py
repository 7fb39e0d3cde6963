"""The high-needs account of a run, for every future and financial year.

Spend is commissioned places at the place rate, filled or empty; pupil-years at the top-up of their setting and band; independent
fees; top-ups for children without a plan; and lines that follow neither. Income is the high-needs allocation, the schools-block
transfer and what else comes in. Payments towards the deficit (safety valve, stability grant) come after the in-year balance.
Home-to-school transport is the General Fund's: shown apart, never inside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from sufficiency.domain.dictionaries import CATEGORY_OF_SETTING, DSG_CATEGORIES, SETTINGS, SPECIALIST_SETTINGS
from sufficiency.dsg.basis import Basis, basis
from sufficiency.dsg.changes import NOTHING, Changes
from sufficiency.dsg.fees import sampling_factor
from sufficiency.dsg.income import SOURCES, stability_grant
from sufficiency.dsg.interventions import moved
from sufficiency.dsg.items import LINES, Item, priced_items
from sufficiency.dsg.prices import Array, Prices, growth
from sufficiency.experiment.run import Run

if TYPE_CHECKING:
    import pandas as pd

INCOME, ALL = "income", "all"
"""Line of what comes in, and the category of what belongs to none."""
CHANGED = ("pupils", "activity")
_INDEPENDENT = SETTINGS.index("independent")


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
    payments: Array
    """[future, financial_year]: payments towards the deficit, apart from the stability grant."""
    grant: Array
    """[future, financial_year]: the stability grant."""
    pupil_years: Array
    """[future, financial_year, setting]: of the pupils paid for."""
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
        """[future, financial_year]: income less spend; an overspend is negative. Payments towards the deficit are not in it."""
        balance: Array = self.income.sum(axis=2) - self.spend
        return balance

    @property
    def deficit_grants(self) -> Array:
        """[future, financial_year]: payments towards the deficit and the stability grant."""
        return self.payments + self.grant

    @cached_property
    def cumulative_balance(self) -> Array:
        """[future, financial_year]: brought forward, the in-year balances and payments towards the deficit to each year's end."""
        balance: Array = self.brought_forward[:, np.newaxis] + np.cumsum(self.in_year_balance + self.deficit_grants, axis=1)
        return balance

    @cached_property
    def opening_balances(self) -> Array:
        """[future, financial_year]: the balance brought forward into each year."""
        return np.column_stack([self.brought_forward, self.cumulative_balance[:, :-1]])

    def labels(self, axis: str) -> tuple[str, ...]:
        """Labels of a named axis (KeyError where it is unknown)."""
        years = self.financial_years
        return {"financial_year": years, "category": DSG_CATEGORIES.codes, "line": LINES, "source": SOURCES}[axis]

    def rows(self, replication: int | None = None) -> pd.DataFrame:
        """The account item by item as a tidy table, in which amount is quantity times unit_cost.

        Columns: financial_year, version, category, line, quantity, unit_cost (£), amount (£), item, unit. One future where a
        ``replication`` is named (ValueError where it is not in the run); else the mean of all futures, whose unit cost is mean
        amount over mean quantity. Income is there by its source, with the category ``all``; payments towards the deficit are part
        of it. What is nothing in every future is left out.
        """
        import pandas as pd

        if replication is None:
            futures = np.arange(len(self.replications))
        elif replication in self.replications:
            futures = np.array([self.replications.index(replication)])
        else:
            raise ValueError(f"no replication {replication} in this account")
        quantity, amount = self.quantities[futures].mean(axis=0), self.item_amounts[futures].mean(axis=0)
        unit_cost = np.divide(amount, quantity, out=self.unit_costs[futures].mean(axis=0), where=quantity > 0)
        heads = [(item.category, item.line, item.code, item.unit) for item in self.items]
        received = {**dict(zip(SOURCES, np.moveaxis(self.income, 2, 0), strict=True)), "payments": self.payments}
        received["stability_grant"] = self.grant
        found = {name: values[futures].mean(axis=0) for name, values in received.items()}
        priced = np.flatnonzero(self.unit_costs.any(axis=(0, 1)))
        rows = []
        for y, year in enumerate(self.financial_years):
            for i in priced:
                category, line, code, unit = heads[i]
                rows.append((year, self.version, category, line, quantity[y, i], unit_cost[y, i], amount[y, i], code, unit))
            for name, values in found.items():
                if values.any():
                    rows.append((year, self.version, ALL, INCOME, 1.0, values[y], values[y], name, "year"))
        columns = ["financial_year", "version", "category", "line", "quantity", "unit_cost", "amount", "item", "unit"]
        return pd.DataFrame(rows, columns=columns)


def account(run: Run, *, mitigated: bool) -> Account:
    """The account of ``run``, with prices drawn as in each of its futures.

    ``mitigated`` lets enabled interventions act on prices and adds what they cost. Interventions that act on children act in the
    simulation: a mitigated account belongs to a run simulated with them, an unmitigated one to a run without.
    Raises ValueError where no future of the run succeeded.
    """
    return draw_up(basis(run), mitigated=mitigated)


def draw_up(found: Basis, *, mitigated: bool, changes: Changes = NOTHING) -> Account:
    """The account of a basis, with ``changes`` of numbers, prices and income on top of its own variant's; nothing is simulated
    or drawn."""
    prices, policy = found.prices, found.policy if mitigated else found.neutral
    pupil_years = moved(found.pupil_years, policy.moves)
    sampling = sampling_factor(pupil_years[:, :, _INDEPENDENT], prices.fee_spread, found.normals)
    priced = tuple(priced_items(prices, policy, found.place_years, found.pupil_years, pupil_years, sampling))
    items = tuple(p.item for p in priced)
    pupils, activity = ([_factor(name, code, found.variant, changes) for code in DSG_CATEGORIES.codes] for name in CHANGED)
    at = [DSG_CATEGORIES.index(item.category) for item in items]
    more = np.array([pupils[c] if item.follows_pupils else 1.0 for c, item in zip(at, items, strict=True)])
    dearer = np.array([activity[c] for c in at])
    paid_for = pupil_years * np.array([pupils[DSG_CATEGORIES.index(CATEGORY_OF_SETTING[s])] for s in SETTINGS.codes])
    shape = found.normals.shape
    income = _income(prices, policy.income, (found.variant.income_growth, changes.income_growth))
    quantities = np.stack([np.broadcast_to(p.quantity, shape) for p in priced], axis=2) * more
    unit_costs = np.stack([np.broadcast_to(p.unit_cost, shape) for p in priced], axis=2) * dearer
    before_grant = income.sum(axis=2) - (quantities * unit_costs).sum(axis=2) + prices.income.payments
    return Account(
        mitigated=mitigated,
        base_seed=found.base_seed,
        replications=found.replications,
        financial_years=found.financial_years,
        items=items,
        quantities=quantities,
        unit_costs=unit_costs,
        income=income,
        brought_forward=prices.opening_balance,
        payments=prices.income.payments,
        grant=stability_grant(prices.income, prices.opening_balance, before_grant),
        pupil_years=paid_for,
        transport=_transport(prices, paid_for),
    )


def _factor(name: str, category: str, *changes: Changes) -> float:
    """By how much the changes together multiply the pupils, or the activity, of a category."""
    tables: list[Mapping[str, float]] = [getattr(change, name) for change in changes]
    return prod(1 + table.get(category, 0.0) / 100 for table in tables)


def _income(prices: Prices, factor: Array, more_growth: Sequence[float]) -> Array:
    """[future, financial_year, source]; ``factor`` is what interventions leave of the allocation, ``more_growth`` in % a year."""
    found = prices.income
    years = np.arange(factor.shape[1])
    high_needs = found.high_needs * factor * prod(1 + percent / 100 for percent in more_growth) ** years
    return np.stack([high_needs, found.transfer, found.import_export, found.other, found.other_blocks], axis=2)


def _transport(prices: Prices, pupil_years: Array) -> Array:
    """[future, financial_year]; its cost a pupil has no growth of its own in the scenario and follows inflation."""
    pupils = pupil_years[:, :, [SETTINGS.index(setting) for setting in SPECIALIST_SETTINGS]].sum(axis=2)
    transport: Array = pupils * prices.transport_per_pupil[:, np.newaxis] * growth(prices.inflation, pupils.shape[1])
    return transport
