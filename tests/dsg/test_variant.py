"""A variant saved and laid over a scenario gives the account that the sliders gave."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sufficiency.domain.dictionaries import SETTINGS
from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import account, draw_up
from sufficiency.dsg.basis import basis
from sufficiency.dsg.break_even import break_even
from sufficiency.dsg.changes import NOTHING, Changes, changes_in, together
from sufficiency.experiment.run import Run
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.variant_file import read_variant, to_override, variant_of

SLIDERS = Changes(pupils={"independent": -10.0, "special": 5.0}, activity={"alternative": 20.0}, income_growth=1.5)


def override(changes: Changes, folder: Path, title: str = "Fewer independent placements") -> str:
    held = variant_of(
        dict(changes.pupils), dict(changes.activity), changes.income_growth, known_from=dt.date(2022, 3, 7), reason="A test."
    )
    assert held is not None
    path = folder / "mine.toml"
    path.write_text(to_override(held, title), encoding="utf-8")
    return str(path)


@pytest.mark.law
@pytest.mark.parametrize("mitigated", [False, True])
def test_a_saved_variant_gives_the_account_of_the_sliders_to_the_penny(
    run: Run, bristol: Scenario, tmp_path: Path, mitigated: bool
) -> None:
    moved = draw_up(basis(run), mitigated=mitigated, changes=SLIDERS)
    scenario = load("bristol-2022", [override(SLIDERS, tmp_path)])
    saved = account(replace(run, scenario=scenario), mitigated=mitigated)
    assert np.abs(saved.item_amounts - moved.item_amounts).max() < 0.005
    assert np.abs(saved.cumulative_balance - moved.cumulative_balance).max() < 0.005
    assert np.array_equal(saved.pupil_years, moved.pupil_years) and np.array_equal(saved.transport, moved.transport)
    # Nothing is simulated again for it, and it is no longer the same scenario.
    assert scenario.simulated_digest == bristol.simulated_digest and scenario.digest != bristol.digest
    assert scenario.title.endswith(", Fewer independent placements")
    assert "money.variant.pupils" in scenario.unverified()


@pytest.mark.law
def test_pupils_paid_for_are_what_the_variant_makes_of_them(run: Run) -> None:
    before, after = (draw_up(basis(run), mitigated=False, changes=c) for c in (NOTHING, SLIDERS))
    factor = dict.fromkeys(SETTINGS.codes, 1.0) | {"independent": 0.9, "special": 1.05}
    assert after.pupil_years == pytest.approx(before.pupil_years * np.array(list(factor.values())))
    for setting, share in factor.items():
        at = [i for i, held in enumerate(after.items) if held.code.split("/")[0] == setting and held.unit == "pupil-year"]
        assert at
        assert after.quantities[:, :, at] == pytest.approx(share * before.quantities[:, :, at])


@pytest.mark.law
def test_sliders_on_top_of_a_variant_multiply(run: Run, tmp_path: Path) -> None:
    here = basis(replace(run, scenario=load("bristol-2022", [override(SLIDERS, tmp_path)])))
    more = Changes(pupils={"independent": 20.0, "mainstream": 1.0}, activity={"alternative": -5.0}, income_growth=-0.5)
    one, other = draw_up(here, mitigated=True, changes=more), draw_up(basis(run), mitigated=True, changes=together(SLIDERS, more))
    assert together(SLIDERS, more).pupils == pytest.approx({"independent": 8.0, "special": 5.0, "mainstream": 1.0})
    assert np.abs(one.cumulative_balance - other.cumulative_balance).max() < 0.005
    assert together(SLIDERS, NOTHING) == together(NOTHING, SLIDERS) == SLIDERS  # exactly: a slider has to stand there again
    with pytest.raises(InputProblem, match="out of range"):
        together(Changes(pupils={"special": 300.0}), Changes(pupils={"special": 10.0}))


def test_break_even_counts_the_pupils_of_the_variant(run: Run, tmp_path: Path) -> None:
    plain, less = (
        break_even(basis(r), "independent", "2022-23", mitigated=False)
        for r in (run, replace(run, scenario=load("bristol-2022", [override(SLIDERS, tmp_path)])))
    )
    assert less.pupils == pytest.approx(0.9 * plain.pupils)


def test_a_file_gives_back_what_was_saved(tmp_path: Path) -> None:
    path = Path(override(SLIDERS, tmp_path, title='A "quoted" title\n'))
    found, title = read_variant(path.read_bytes(), where="mine.toml")
    assert changes_in(found) == SLIDERS and title.startswith('A "quoted" title')
    assert variant_of({"special": 0.0}, {}, 0.0, known_from=dt.date(2022, 3, 7), reason="None.") is None
    assert changes_in(None) == NOTHING


FIGURE = 'unit = "%"\nsource = "assumption"\nknown_from = 2022-03-07\nverified = false\nreason = "A test."\n'
HEAD = 'kind = "override"\n'


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "empty"),
        ("kind = ", "not valid TOML"),
        ('name = "x"\n', "not a variant"),
        (HEAD, "holds no variant"),
        (HEAD + "money = 3\n", "holds no variant"),
        (HEAD + "[demand.growth]\nvalue = 0.2\n", "changes more than a variant"),
        (HEAD + "[money.inflation]\nvalue = 0.2\n", "changes more than a variant"),
        (HEAD + "[money.variant]\n", "changes nothing"),
        (HEAD + "[money.variant.pupils]\nvalue = {}\n" + FIGURE, "at least 1"),
        (HEAD + "[money.variant.pupils]\nvalue = { independant = 5.0 }\n" + FIGURE, "independent"),
        (HEAD + "[money.variant.pupils]\nvalue = { independent = -101.0 }\n" + FIGURE, "-100"),
        (HEAD + "[money.variant.income_growth]\nvalue = 1.0\nlow = 0.0\nhigh = 2.0\n" + FIGURE, "no ranges"),
        (HEAD + "[money.variant.income_growth]\nvalue = nan\n" + FIGURE, "finite"),
        (HEAD + "[money.variant.prices]\nvalue = 3\n", "prices"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_variant_says_so_in_one_sentence(content: str, what: str) -> None:
    with pytest.raises(InputProblem, match=what) as caught:
        read_variant(content.encode(), where="mine.toml")
    assert "mine.toml" in str(caught.value) and "\n" not in str(caught.value)
