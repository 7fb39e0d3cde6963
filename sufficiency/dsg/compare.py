"""What interventions save: the mitigated account against the unmitigated one, future by future."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import Account
from sufficiency.dsg.prices import Array

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Saving:
    """Savings in £, paired by future: what is spent less, or got more, with the interventions than without."""

    replications: tuple[int, ...]
    """Replications that succeeded in both runs: the labels of the first axis."""
    financial_years: tuple[str, ...]
    in_year: Array
    """[future, financial_year]: mitigated in-year balance less the unmitigated one, costs of interventions included."""
    cumulative: Array
    """[future, financial_year]: the same for the cumulative balance."""
    by_category: Array
    """[future, financial_year, category]: unmitigated spend less the mitigated."""

    def rows(self) -> pd.DataFrame:
        """The tidy table: measure (in_year_saving, cumulative_saving), financial_year, mean, p10, p50, p90 (£, over futures)."""
        import pandas as pd

        rows = []
        for measure, values in (("in_year_saving", self.in_year), ("cumulative_saving", self.cumulative)):
            quantiles = np.quantile(values, [0.1, 0.5, 0.9], axis=0)
            columns = zip(self.financial_years, values.mean(axis=0), *quantiles, strict=True)
            rows += [(measure, *row) for row in columns]
        return pd.DataFrame(rows, columns=["measure", "financial_year", "mean", "p10", "p50", "p90"])


def compare(unmitigated: Account, mitigated: Account) -> Saving:
    """Savings of ``mitigated`` against ``unmitigated`` over the futures both have.

    Raises InputProblem where the accounts cannot be paired: other base seeds, other financial years, or no future in common.
    """
    if unmitigated.base_seed != mitigated.base_seed:
        raise InputProblem(
            "the two accounts come from different base seeds",
            value=f"{unmitigated.base_seed} and {mitigated.base_seed}",
            mend="simulate both with the same seed, so that their futures are paired",
        )
    if unmitigated.financial_years != mitigated.financial_years:
        raise InputProblem(
            "the two accounts cover different financial years", mend="give both scenarios the same start and horizon"
        )
    common, first, second = np.intersect1d(unmitigated.replications, mitigated.replications, return_indices=True)
    if not common.size:
        raise InputProblem("the two accounts have no future in common", mend="simulate the same replications for both")
    return Saving(
        replications=tuple(int(r) for r in common),
        financial_years=mitigated.financial_years,
        in_year=mitigated.in_year_balance[second] - unmitigated.in_year_balance[first],
        cumulative=mitigated.cumulative_balance[second] - unmitigated.cumulative_balance[first],
        by_category=unmitigated.amounts.sum(axis=3)[first] - mitigated.amounts.sum(axis=3)[second],
    )
