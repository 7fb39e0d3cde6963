"""Demand, Assessment and Evidence in a test of their logic."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from .shown import unlinked
from .single import assessment, demand, evidence

SECONDS = 120
pytestmark = pytest.mark.integration


def text_of(app: AppTest) -> str:
    shown = [*app.markdown, *app.title, *app.header, *app.subheader, *app.warning, *app.error, *app.info]
    return unlinked("\n".join(str(element.value) for element in shown))


def opened(show: Callable[[], None]) -> AppTest:
    """A page on its own, in the session of the ``app`` fixture, run until nothing more is started."""
    at = AppTest.from_function(show, default_timeout=SECONDS).run().run().run()
    assert not at.exception
    return at


def test_demand_says_requests_plans_and_for_whom(app: AppTest) -> None:
    at = opened(demand)
    text = text_of(at)
    assert "In 2024 Bristol receives" in text
    assert "plans are in force" in text
    assert "Requests in the year go from" in text  # requests are split without being asked for
    by_need = next(table.value for table in at.table if "All ages" in table.value.columns)
    assert list(by_need["Need"])[-1] == "All needs"
    assert len(by_need) == 13


def test_demand_by_area_is_marked_as_assumption(app: AppTest) -> None:
    at = opened(demand)
    assert "**Mostly assumption.**" not in text_of(at)
    next(box for box in at.selectbox if box.label == "Needs by").set_value("Areas").run()
    assert "**Mostly assumption.**" in text_of(at)
    assert any("All areas" in table.value.columns for table in at.table)


def test_years_in_the_wrong_order_are_told_by_the_field(app: AppTest) -> None:
    at = opened(demand)
    next(box for box in at.selectbox if box.label == "From").set_value(2026).run()
    assert any("2025 is not after 2026" in error.value for error in at.error)
    assert not at.exception


def test_plans_are_split_when_asked_and_the_parts_add_up(app: AppTest) -> None:
    at = opened(demand)
    next(box for box in at.selectbox if box.label == "Change of").set_value("caseload").run()
    assert "Plans in force on the January census go from" not in text_of(at)
    next(button for button in at.button if button.label == "Split this change").click().run().run()
    assert "Plans in force on the January census go from" in text_of(at)
    parts = next(table.value for table in at.table if "In 2022" in set(table.value.get("What", ())))
    numbers = [float(text.replace("−", "-").replace(",", "")) for text in parts["Mean"]]
    assert abs(sum(numbers[:-1]) - numbers[-1]) <= len(numbers)  # each is rounded


def test_a_scenario_is_split_from_its_baseline(app: AppTest) -> None:
    at = AppTest.from_function(demand, default_timeout=SECONDS)
    at.query_params["scenario"] = "bristol-2022"
    at.query_params["with"] = ["high-growth"]
    at.run().run().run()
    next(radio for radio in at.radio if radio.label == "What to compare").set_value("The baseline and this scenario").run().run()
    assert not at.exception
    assert "requests per child +" in text_of(at)
    assert any("Baseline in 2025" in set(table.value.get("What", ())) for table in at.table)


def test_known_requests_are_not_offered_for_a_split(app: AppTest) -> None:
    at = AppTest.from_function(demand, default_timeout=SECONDS)
    at.query_params["scenario"] = "bristol-2020"
    at.run().run().run()
    assert not at.exception
    options = next(box for box in at.selectbox if box.label == "Change of").options
    assert "Plans issued in the year" in options and "Requests in the year" not in options
    assert "they have no parts to split" in text_of(at)


def test_assessment_says_how_long_plans_take(app: AppTest) -> None:
    at = opened(assessment)
    text = text_of(at)
    assert "of plans are final within 20 weeks" in text
    assert "assessments are open" in text
    assert "Move a slider" in text
    for column in ("Without exceptions", "Over 52 weeks", "Coordinators"):
        assert any(column in table.value.columns for table in at.table), column


def test_a_slider_changes_capacity_and_can_be_taken_over(app: AppTest) -> None:
    at = opened(assessment)
    team = next(slider for slider in at.slider if slider.label.startswith("Assessment team"))
    team.set_value(20.0).run().run()
    assert not at.exception
    changes = next(table.value for table in at.table if "Change" in table.value.columns).set_index("What")
    assert changes.loc["Assessments open at the end", "Change"].startswith("−")
    next(button for button in at.button if button.label == "Take these capacities into the scenario").click().run().run()
    assert "with 1 changed figure" in text_of(at)
    assert next(slider for slider in at.slider if slider.label.startswith("Assessment team")).value == 20.0


def test_a_target_out_of_range_is_told_by_the_field(app: AppTest) -> None:
    at = opened(assessment)
    next(field for field in at.number_input if field.label.startswith("Target")).set_value(120.0).run()
    assert any("found 120.0" in error.value and "below 100" in error.value for error in at.error)
    assert not any(button.label == "Find the staffing" for button in at.button)


def test_staff_who_come_too_late_are_told_in_the_words_of_the_page(app: AppTest) -> None:
    at = opened(assessment)
    begins = next(box for box in at.selectbox if box.label == "New staff from")
    begins.set_value("2024-06").run()
    told = " ".join(error.value.replace("\\", "") for error in at.error)
    assert "too late" in told and "--" not in told


def test_the_staffing_question_is_answered(app: AppTest) -> None:
    at = opened(assessment)
    next(field for field in at.number_input if field.label.startswith("Target")).set_value(45.0).run()
    next(button for button in at.button if button.label == "Find the staffing").click().run().run()
    assert not at.exception
    text = text_of(at)
    assert "45 % of plans within 20 weeks from October 2023 to December 2023" in text
    assert any("Reserved" in table.value.columns and len(table.value) == 3 for table in at.table)


def test_a_target_that_nothing_reaches_is_told_with_the_best(app: AppTest) -> None:
    at = opened(assessment)
    next(field for field in at.number_input if field.label.startswith("Target")).set_value(99.5).run()
    next(box for box in at.selectbox if box.label == "By the end of").set_value("2022-08").run()
    next(button for button in at.button if button.label == "Find the staffing").click().run().run()
    told = " ".join(error.value.replace("\\", "") for error in at.error)
    assert "at best" in told and "--" not in told


def test_a_replayed_scenario_has_no_slider_for_a_rule_that_changes(app: AppTest) -> None:
    at = AppTest.from_function(assessment, default_timeout=SECONDS)
    at.query_params["scenario"] = "bristol-2020"
    at.run().run()
    assert not at.exception
    assert not any(slider.label.startswith("Capacity reserved") for slider in at.slider)
    assert "given month by month" in text_of(at)


def test_evidence_counts_what_lies_inside_and_says_what_does_not(app: AppTest) -> None:
    at = opened(evidence)
    text = text_of(at)
    assert "published figures lie inside" in text
    assert "What is not matched, and why" in text
    assert "Measured on" in text and "python benchmarks/" in text
    assert any("It lies" in table.value.columns for table in at.table)
    assert "no better known afterwards than before" in text


def test_evidence_without_results_says_so(app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sufficiency.report.validation.FOLDER", tmp_path)
    text = text_of(opened(evidence))
    assert text.count("**Not measured yet.**") == 5
    assert "published figures lie inside" not in text
