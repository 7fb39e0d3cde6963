"""What accounts are drawn up from: the pupil-years and place-years that a run left behind, and the prices of its futures.

Making a basis draws every future's prices and takes a moment; drawing an account up from it takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sufficiency.domain.calendar import financial_year_label
from sufficiency.dsg.changes import NOTHING, Changes, changes_in
from sufficiency.dsg.fees import standard_normals
from sufficiency.dsg.interventions import Effects, Policy, enabled
from sufficiency.dsg.prices import Array, Prices, prices
from sufficiency.experiment.run import Run
from sufficiency.scenario.scenario import Scenario


@dataclass(frozen=True)
class Basis:
    """One run as money sees it; every array has the futures as its first axis."""

    base_seed: int
    replications: tuple[int, ...]
    years: tuple[int, ...]
    """Financial years by their first calendar year."""
    pupil_years: Array
    """[future, financial_year, setting]."""
    place_years: Array
    """[future, financial_year, setting]: commissioned places of the estate."""
    normals: Array
    """[future, financial_year]: standard normals of the sampling of fees."""
    prices: Prices
    policy: Policy
    """What the scenario's enabled interventions do in the account."""
    neutral: Policy
    """What no intervention does."""
    variant: Changes = NOTHING
    """By how much the scenario's own variant departs from what is simulated and priced."""

    @property
    def financial_years(self) -> tuple[str, ...]:
        """Labels of the financial years."""
        return tuple(financial_year_label(year) for year in self.years)


def basis(run: Run, scenarios: Sequence[Scenario] | None = None) -> Basis:
    """The basis of ``run``, with prices drawn as in each of its futures.

    ``scenarios`` are the run's drawn scenarios, where they are at hand. Raises ValueError where no future of the run succeeded.
    """
    if not run.futures:
        raise ValueError("the run has no future that succeeded: there is nothing to account for")
    years = run.scenario.calendar.whole_financial_years
    scenarios = run.drawn_scenarios() if scenarios is None else scenarios
    drawn = prices(scenarios, years)
    effects = Effects(scenarios, drawn.other_line_codes, years)
    return Basis(
        base_seed=run.base_seed,
        replications=run.replications,
        years=years,
        pupil_years=pupil_years(run),
        place_years=run.tallies["place_years"],
        normals=standard_normals(run.base_seed, run.replications, years),
        prices=drawn,
        policy=effects.policy(enabled(run.scenario)),
        neutral=effects.policy(()),
        variant=changes_in(run.scenario.money.variant),
    )


def pupil_years(run: Run) -> Array:
    """Pupil-years of every need, [future, financial_year, setting]."""
    summed: Array = run.tallies["pupil_years"].sum(axis=2)
    return summed
