"""Forecasts of the panel: what they use, what they give, and that nothing depends on how they were run."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sufficiency.domain.problem import InputProblem
from sufficiency.evidence.dfe.figures import standing_in
from sufficiency.evidence.dfe.published import Published, read_published
from sufficiency.experiment.hindcast import forecast as module
from sufficiency.experiment.hindcast.balance import balanced_block
from sufficiency.experiment.hindcast.baseline import Baseline, National, baseline, lacking, national, whole
from sufficiency.experiment.hindcast.build import authority_scenario
from sufficiency.experiment.hindcast.forecast import MEASURES, Forecast, forecast, rows
from sufficiency.experiment.hindcast.leavers import level
from sufficiency.experiment.run import FailedFuture
from sufficiency.experiment.runner import local_executor

Write = Callable[..., Path]
YEARS = range(2019, 2025)
REQUESTS = {"Aton": 200, "Beton": 400, "Ceton, City of": 300, "England": 900}


def tables() -> dict[str, dict[str, dict[int, int]]]:
    """Three authorities that grow by a tenth a year; new plans are seven tenths of requests."""
    counts = {name: {y: round(n * 1.1 ** (y - 2019)) for y in YEARS} for name, n in REQUESTS.items()}
    return {
        "requests": counts,
        "newplans": {name: {y: round(0.7 * n) for y, n in of.items()} for name, of in counts.items()},
        "caseload": {name: {y: 5 * n for y, n in of.items()} for name, of in counts.items()},
    }


@pytest.fixture
def published(dfe_release: Write) -> Published:
    return read_published(dfe_release(**tables(), ceased_plans=None))


def at_2022(published: Published) -> tuple[Published, National]:
    known = published.until(2022)
    return known, national(known, 2022, standing_in(2022))


def made(published: Published, *las: str, futures: int = 4, **options: object) -> Forecast:
    return forecast(published, 2022, 3, las, futures=futures, seed=7, **options)  # type: ignore[arg-type]


def test_one_row_for_each_authority_measure_and_year(published: Published) -> None:
    table = list(rows(made(published)))
    assert len(table) == 3 * 3 * 3
    assert {(row[1], row[2]) for row in table} == {
        *((measure, year) for measure in ("requests", "new_plans") for year in (2022, 2023, 2024)),
        *(("plans", year) for year in (2023, 2024, 2025)),
    }
    assert [row[0] for row in table[::9]] == ["Aton", "Beton", "Ceton, City of"]
    for _, _, _, _, *quantiles in table:
        assert quantiles == sorted(quantiles)


def test_nothing_later_than_the_census_is_used(dfe_release: Write, tmp_path: Path, published: Published) -> None:
    changed = Published(
        {m: {n: {y: c * (1 if y < 2022 + (m == "plans") else 9) for y, c in s.items()} for n, s in of.items()}
         for m, of in published.totals.items()},
        {},
    )  # fmt: skip
    assert list(rows(made(changed))) == list(rows(made(published)))


def test_the_number_of_workers_changes_nothing(published: Published) -> None:
    with local_executor(2) as executor:
        assert list(rows(made(published, executor=executor))) == list(rows(made(published)))


def test_one_authority_alone_is_as_among_all(published: Published) -> None:
    alone = list(rows(made(published, "beton")))
    assert alone == [row for row in rows(made(published)) if row[0] == "Beton"]


def test_another_seed_gives_other_futures(published: Published) -> None:
    one, other = (forecast(published, 2022, 3, ["Aton"], futures=4, seed=seed).projections[0] for seed in (1, 2))
    assert (one.values != other.values).any()


def test_plans_are_conserved(published: Published) -> None:
    """Without chance and moves, plans are those before, less leavers, plus the new ones."""
    known, shapes = at_2022(published)
    base = baseline(known, 2022, "Beton", shapes)
    scenario = authority_scenario(base, shapes, 2022, 3)
    assert scenario.demand.requests_in_base_year.value == round(base.requests)
    assert sum(scenario.caseload.by_setting.value.values()) == pytest.approx(base.plans, rel=0.01)
    found = made(published, "Beton", futures=40).projections[0]
    plans, new = found.values[MEASURES.index("plans")].mean(axis=1), found.values[MEASURES.index("new_plans")].mean(axis=1)
    opening = np.array([base.plans, *plans[:-1]])
    assert (opening + new - plans).sum() == pytest.approx(base.leaving * opening.sum(), rel=0.25)


def test_an_authority_without_a_baseline_is_left_out(dfe_release: Write) -> None:
    given = tables()
    del given["caseload"]["Aton"][2022]
    del given["requests"]["Beton"][2021], given["newplans"]["Beton"][2021]
    found = made(read_published(dfe_release(**given)))
    assert set(found.left_out) == {"Aton", "Beton"}
    assert "no plans in January 2022" in found.left_out["Aton"]
    assert [p.name for p in found.projections] == ["Ceton, City of"]


@pytest.mark.parametrize("absent", [("requests",), ("newplans",)])
def test_a_table_may_be_absent(dfe_release: Write, absent: tuple[str, ...]) -> None:
    given = {name: of for name, of in tables().items() if name not in absent}
    assert len(made(read_published(dfe_release(**given)), futures=2).projections) == 3


def test_a_single_year_before_the_census_is_enough(dfe_release: Write) -> None:
    given = tables()
    for name, of in given.items():
        of["Aton"] = {y: n for y, n in of["Aton"].items() if y == 2021 + (name == "caseload")}
    assert made(read_published(dfe_release(**given)), "Aton", futures=2).projections[0].values.min() > 0


def test_a_tiny_authority_has_a_forecast(dfe_release: Write) -> None:
    given = tables()
    for name, of in given.items():
        of["Aton"] = dict.fromkeys(YEARS, 6 if name == "caseload" else 0)
    given["requests"]["Aton"][2021] = 1
    assert made(read_published(dfe_release(**given)), "Aton", futures=2).projections[0].values.min() >= 0


UNUSUAL = {
    "requests that grow sixfold": ({2019: 60, 2020: 150, 2021: 400}, {}, {2021: 500, 2022: 900}),
    "requests that all but end": ({2019: 1000, 2020: 300, 2021: 50}, {}, {2021: 2000, 2022: 1000}),
    "plans that grow tenfold": ({2021: 60}, {}, {2021: 60, 2022: 620}),
    "sixty requests a plan": ({2021: 300}, {}, {2022: 5}),
    "no plan of any request": ({2020: 3, 2021: 2}, {2020: 1, 2021: 0}, {2021: 9, 2022: 2}),
    "more plans than requests by far": ({2020: 5, 2021: 1}, {2020: 900, 2021: 800}, {2021: 1, 2022: 300}),
}


@pytest.mark.parametrize("of", UNUSUAL.values(), ids=UNUSUAL.keys())
def test_unusual_figures_of_a_single_authority_have_a_forecast(dfe_release: Write, of: tuple[dict[int, int], ...]) -> None:
    requests, new, plans = ({"Aton": series} for series in of)
    found = made(read_published(dfe_release(requests=requests, newplans=new, caseload=plans)), futures=2)
    assert not found.left_out
    assert found.projections[0].values.shape == (3, 3, 2)
    assert abs(found.panel.growth) <= 0.5
    assert 0.1 <= found.panel.plans_a_request <= 2


def test_an_authority_beyond_what_a_scenario_holds_is_left_out_and_the_others_are_not(dfe_release: Write) -> None:
    given = tables()
    given["requests"]["Aton"][2021] = 60_000
    found = made(read_published(dfe_release(**given)), futures=2)
    assert found.left_out.keys() == {"Aton"}
    assert "demand.requests_in_base_year" in found.left_out["Aton"]
    assert "0 to 50,000" in found.left_out["Aton"]
    assert [p.name for p in found.projections] == ["Beton", "Ceton, City of"]


def test_nobody_left_to_forecast(dfe_release: Write) -> None:
    path = dfe_release(requests={"Aton": {2021: 60_000}}, caseload={"Aton": {2022: 50_000}})
    found = made(read_published(path), futures=2)
    assert found.left_out.keys() == {"Aton"}
    assert not found.projections


@pytest.mark.filterwarnings("error")
def test_a_single_request_and_a_single_plan(dfe_release: Write) -> None:
    path = dfe_release(requests={"Aton": {2021: 1}}, caseload={"Aton": {2022: 1}})
    published = read_published(path)
    assert made(published).projections[0].values.min() >= 0
    known, shapes = at_2022(published)
    scenario = authority_scenario(baseline(known, 2022, "Aton", shapes), shapes, 2022, 3)
    assert sum(scenario.caseload.by_age.value.values()) == 1


def test_spreads_are_within_what_a_scenario_holds(dfe_release: Write) -> None:
    """Thirty authorities that move as no panel does."""
    names = [f"A{i}" for i in range(30)]
    requests = {
        n: {2019: 300 + i % 2 * 200, 2020: 100 * (i % 7 + 1) ** 2, 2021: 100 + 99 * (i * 5 % 7)} for i, n in enumerate(names)
    }
    new = {n: {2019: 300, 2020: 200 * (i % 7), 2021: i * 37 % 211} for i, n in enumerate(names)}
    plans = {n: {2019: 1000, 2020: 1000 + (-1) ** i * 200, 2021: 1000, 2022: 500 + i * 131 % 1500} for i, n in enumerate(names)}
    found = made(read_published(dfe_release(requests=requests, newplans=new, caseload=plans)), "A1", "A2", futures=2)
    panel = found.panel
    assert max(panel.national_sd, panel.walk, panel.noise, panel.noise_small, panel.ratio_sd) == 0.5
    assert not found.left_out


def test_a_future_that_fails_is_left_out_and_named(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    whole_batch = module.simulate_batch
    monkeypatch.setattr(
        module, "simulate_batch", lambda s, r, seed: [FailedFuture(0, "ValueError", "no"), *whole_batch(s, r[1:], seed)]
    )
    (found,) = made(published, "Aton").projections
    assert found.values.shape == (3, 3, 3)
    assert found.failed == "1 future failed with ValueError: no"
    monkeypatch.setattr(module, "simulate_batch", lambda s, r, seed: [FailedFuture(i, "ValueError", "no") for i in r])
    assert made(published, "Aton").left_out == {"Aton": "4 futures failed, the first with ValueError: no"}


def problem(published: Published, census: int = 2022, horizon: int = 3, la: str = "Aton", futures: int = 2) -> str:
    with pytest.raises(InputProblem) as caught:
        forecast(published, census, horizon, [la], futures=futures, seed=1)
    return str(caught.value)


def test_what_cannot_be_forecast(published: Published) -> None:
    assert 'did you mean "Ceton, City of"?' in problem(published, la="ceton")
    assert "England is not an authority but the whole country" in problem(published, la=" england")
    assert "The East is not an authority but a region" in problem(published, la="the east")
    assert "2019, 2020, 2021, 2022" in problem(published, census=2031)
    assert "1 to 10" in problem(published, horizon=0)
    assert "number of futures" in problem(published, futures=0)


def test_every_figure_of_an_authoritys_scenario_is_known_by_the_census(published: Published) -> None:
    known, shapes = at_2022(published)
    scenario = authority_scenario(baseline(known, 2022, "Aton", shapes), shapes, 2022, 3)
    assert {figure.known_from for _, figure in scenario.figures()} == {scenario.knowledge_date}
    assert scenario.knowledge_date.isoformat() == "2022-01-20"
    assert {figure.source for _, figure in scenario.figures()} == {
        "assumption", "derived: DfE, Education, health and care plans, to January 2022",
    }  # fmt: skip


@pytest.mark.parametrize("census", range(2019, 2026))
def test_the_clock_starts_with_the_first_week_of_any_year(published: Published, census: int) -> None:
    _, shapes = at_2022(published)
    calendar = authority_scenario(whole(shapes), shapes, census, 1).calendar
    assert calendar.calendar_years[0] == census
    assert calendar.months[:12] == tuple(f"{census}-{m:02}" for m in range(1, 13))
    assert census + 1 in calendar.census_years


def test_what_an_authority_is_known_by_is_drawn_towards_the_panel(published: Published) -> None:
    known, shapes = at_2022(published)
    totals = {m: {n: dict(s) for n, s in of.items()} for m, of in known.totals.items()}
    totals["requests"]["Aton"][2021] *= 2
    high = baseline(Published(totals, {}), 2022, "Aton", shapes)
    plain = baseline(known, 2022, "Aton", shapes)
    assert plain.requests < high.requests < 2 * plain.requests
    assert high.growth < plain.growth
    assert shapes.panel.plans_a_request > high.plans_a_request > plain.plans_a_request / 2


def test_what_is_lacking_is_said(published: Published) -> None:
    assert lacking(published, 2022, "Aton") is None
    assert lacking(published, 2022, "Nowhere") == "no plans in January 2022"


def test_a_balanced_block_lies_nearer_to_the_mean_than_the_first(published: Published) -> None:
    _, shapes = at_2022(published)
    scenario = authority_scenario(whole(shapes), shapes, 2022, 3)
    block = balanced_block(scenario, 10, 5, blocks=20)
    assert len(block) == 10
    assert block.start % 10 == 0
    assert block == balanced_block(scenario, 10, 5, blocks=20)
    assert balanced_block(scenario, 10, 5, blocks=1) == range(10)


def test_the_level_of_leaving_gives_the_rate() -> None:
    plans, chances = np.full(25, 100.0), np.linspace(0.01, 0.2, 25)
    factor = level(plans, np.zeros((1, 25)), chances, 0.05, 0.0, 0.0)
    left = (factor * chances * (2 / 3 * plans + 1 / 3 * np.append(0.0, plans[:-1]))).sum() + 50
    assert left == pytest.approx(0.05 * plans.sum())
    assert level(plans, np.zeros((1, 25)), chances, 0.0, 0.0, 0.5) == pytest.approx(0.0, abs=1e-6)


def test_the_scenario_follows_the_baseline(published: Published) -> None:
    """Requests of the first year are the base year's, grown; half of them and last year's lead to new plans."""
    _, shapes = at_2022(published)
    base: Baseline = whole(shapes, plans=20_000)
    scenario = authority_scenario(base, shapes, 2022, 3)
    assert 1 - scenario.decisions.refused.value == pytest.approx(base.plans_a_request)
    cases = scenario.assessment_team.open_at_start.value + scenario.decisions.undecided_at_start.value * base.plans_a_request
    assert cases == pytest.approx(base.open_cases, rel=0.01)
    assert math.isclose(scenario.demand.growth.value, shapes.panel.growth)
