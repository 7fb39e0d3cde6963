"""Break-even: the number of pupils fewer at which a year balances is where a direct recomputation balances."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import draw_up
from sufficiency.dsg.basis import Basis, basis
from sufficiency.dsg.break_even import PROVISIONS, break_even
from sufficiency.dsg.changes import Changes
from sufficiency.experiment.run import Run
from sufficiency.scenario.scenario import Scenario


@pytest.fixture(scope="module")
def found(bristol: Scenario, fixed: Callable[..., Scenario], make_run: Callable[..., Run]) -> Basis:
    """An account nearly in balance, so that pupils can make up the rest."""
    return basis(make_run(fixed(bristol, high_needs_income=92e6)))


@pytest.mark.law
@pytest.mark.parametrize("category", PROVISIONS)
def test_the_root_balances_the_year(found: Basis, category: str) -> None:
    root = break_even(found, category, "2022-23", mitigated=False)
    assert root.balance < 0
    if root.fewer is None:
        assert root.with_none < 0
        return
    direct = draw_up(found, mitigated=False, changes=Changes(pupils={category: -100 * root.fewer}))
    assert direct.in_year_balance[:, 0].mean() == pytest.approx(0, abs=1)
    assert root.pupils_fewer == pytest.approx(root.fewer * root.pupils)


def test_educated_elsewhere_more_pupils_have_to_move(found: Basis) -> None:
    alone, instead = (break_even(found, "independent", "2022-23", mitigated=False, instead=i) for i in (None, "resourced"))
    assert alone.fewer is not None and instead.fewer is not None
    assert 0 < alone.fewer < instead.fewer <= 1
    assert instead.possible <= alone.possible


def test_what_no_number_balances_says_what_would_be_left(run: Run) -> None:
    root = break_even(basis(run), "resourced", "2026-27", mitigated=False)
    assert root.fewer is None and root.pupils_fewer is None
    assert root.balance < root.with_none < 0
    assert root.possible == 0.0 and root.range is None


def test_a_year_with_money_to_spare_says_how_many_more(
    bristol: Scenario, fixed: Callable[..., Scenario], make_run: Callable[..., Run]
) -> None:
    rich = basis(make_run(fixed(bristol, high_needs_income=100e6)))
    root = break_even(rich, "special", "2022-23", mitigated=False)
    assert root.balance > 0 and root.fewer is not None and root.fewer < 0
    # Nothing is said of pupils educated elsewhere: none has to be.
    assert break_even(rich, "special", "2022-23", mitigated=False, instead="mainstream").fewer is None


def test_it_stands_on_changes_made_before(found: Basis) -> None:
    base = Changes(pupils={"independent": 20.0})
    root, plain = (break_even(found, "independent", "2022-23", mitigated=False, base=b) for b in (base, Changes()))
    assert root.pupils == pytest.approx(1.2 * plain.pupils)
    assert root.pupils_fewer == pytest.approx(plain.pupils_fewer + 0.2 * plain.pupils, rel=1e-6)  # type: ignore[operator]


def test_single_futures_give_the_range(found: Basis) -> None:
    root = break_even(found, "independent", "2022-23", mitigated=False)
    assert root.range is not None
    assert 0 < root.range[0] <= root.range[1] <= root.pupils * 1.1
    assert 0 < root.possible <= 1
    balances = draw_up(found, mitigated=False).in_year_balance[:, 0]
    none = draw_up(found, mitigated=False, changes=Changes(pupils={"independent": -100.0})).in_year_balance[:, 0]
    assert root.possible == np.mean((balances < 0) & (none >= 0))


@pytest.mark.parametrize(
    ("category", "year", "instead", "what", "mend"),
    [
        ("independant", "2022-23", None, "unknown category", '"independent"?'),
        ("other", "2022-23", None, "no provision with pupils", "use one of these"),
        ("independent", "2022/23", None, "does not cover", '"2022-23"?'),
        ("independent", "2050-51", None, "does not cover", ""),
        ("independent", "2022-23", "base", "unknown setting", ""),
    ],
)
def test_what_is_none_of_the_account_s_is_refused(
    found: Basis, category: str, year: str, instead: str | None, what: str, mend: str
) -> None:
    with pytest.raises(InputProblem, match=what) as caught:
        break_even(found, category, year, mitigated=False, instead=instead)
    assert mend in caught.value.mend
