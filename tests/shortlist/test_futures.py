"""Net demand: sampling, and what becomes of a surplus."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.experiment.run import Run
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import net_demand
from sufficiency.shortlist.futures import sampled_positions


def test_the_sample_is_evenly_spaced_and_always_the_same() -> None:
    assert sampled_positions(100, 5) == (0, 25, 50, 74, 99)
    assert sampled_positions(3, 20) == (0, 1, 2)
    assert sampled_positions(1, 20) == (0,)


def test_net_demand_is_need_less_places_with_named_axes(run: Run) -> None:
    demand = net_demand(run, 4)
    assert demand.values.shape == (4, len(demand.years), len(demand.areas), len(demand.needs), len(demand.phases))
    assert demand.axes == ("future", "academic_year", "area", "need", "phase")
    assert demand.replications == (0, 13, 26, 39)
    assert demand.weights.sum() == pytest.approx(1)
    assert np.array_equal(demand.values[1], run.tallies["need"][13] - run.tallies["places"][13])
    assert demand.year_labels == run.labels("academic_year")


def test_a_surplus_serves_the_same_need_elsewhere_and_no_other_need(bristol: Scenario, lacking: Callable[..., Run]) -> None:
    children = {
        ("north", "ASD", "secondary"): [6.0],
        ("east-central", "ASD", "secondary"): [2.0],
        ("south", "ASD", "secondary"): [-4.0],
        ("south", "SEMH", "secondary"): [-50.0],
        ("north", "SEMH", "primary"): [3.0],
    }
    demand = net_demand(lacking(bristol, children))
    unmet = demand.unmet[0, 0]
    asd, semh = demand.needs.index("ASD"), demand.needs.index("SEMH")
    secondary, primary = demand.phases.index("secondary"), demand.phases.index("primary")
    assert unmet[:, asd, secondary] == pytest.approx([3.0, 1.0, 0.0])  # 4 of 8 are left, shared in proportion
    assert unmet[:, semh, secondary] == pytest.approx([0.0, 0.0, 0.0])
    assert unmet[:, semh, primary] == pytest.approx([3.0, 0.0, 0.0])
    assert (demand.unmet >= 0).all()


@pytest.mark.parametrize("sample", [0, -1])
def test_a_sample_of_no_future_is_refused(run: Run, sample: int) -> None:
    with pytest.raises(InputProblem, match="sample"):
        net_demand(run, sample)


def test_a_run_without_futures_is_refused(bristol: Scenario) -> None:
    with pytest.raises(InputProblem, match="at least one future"):
        net_demand(Run(bristol, 1, (), {}))
