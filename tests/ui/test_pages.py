"""The pages in a test of their logic: every page answers, and nothing that is wrong is lost or hidden."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Slider

from sufficiency.scenario.library import load
from sufficiency.ui.frame import UNVERIFIED

from .shown import unlinked
from .single import money, places, scenarios, shortlist

SECONDS = 120
pytestmark = pytest.mark.integration


def text_of(app: AppTest) -> str:
    shown = [*app.markdown, *app.title, *app.header, *app.subheader, *app.warning, *app.error, *app.info]
    return unlinked("\n".join(str(element.value) for element in shown))


def page(show: Callable[[], None], app: AppTest) -> AppTest:
    """A page on its own, in the session of ``app``'s fixture (which keeps its workers and folder to itself)."""
    return AppTest.from_function(show, default_timeout=SECONDS)


def test_the_start_shows_the_answer_and_what_it_rests_on(app: AppTest) -> None:
    app.run().run()
    assert not app.exception
    text = text_of(app)
    assert "By the January census of 2024/25 Bristol needs" in text
    assert "308 to find" in text
    assert "unverified defaults" in text
    assert "nothing you enter or upload leaves it" in text


def test_the_unverified_figures_are_drawn_once_they_are_opened(app: AppTest) -> None:
    app.run().run()
    assert not any("Source and reason" in table.value.columns for table in app.table)
    app.session_state[UNVERIFIED] = True
    app.run()
    assert not app.exception
    [table] = [table.value for table in app.table if "Source and reason" in table.value.columns]
    assert len(table) == len(load("bristol-2022").unverified())
    assert any(button.proto.label.startswith("Download all assumptions") for button in app.get("download_button"))


def test_a_link_that_names_nothing_known_is_told(app: AppTest) -> None:
    app.query_params["scenario"] = "no-such-scenario"
    app.run()
    assert any("the link names an unknown scenario" in error.value for error in app.error)


def test_a_link_brings_a_scenario_back(app: AppTest) -> None:
    app.query_params["scenario"] = "bristol-2022"
    app.query_params["with"] = ["high-growth"]
    app.run().run()
    assert "high growth" in text_of(app)


def test_a_changed_input_marks_the_result_out_of_date(app: AppTest) -> None:
    at = page(scenarios, app).run().run()
    assert "**Done.**" in text_of(at)
    growth = next(field for field in at.number_input if field.label.startswith("Growth of requests"))
    growth.set_value(15.0).run()
    text = text_of(at)
    assert "**Out of date.**" in text
    assert "0.113" in text and "0.15" in text
    next(button for button in at.button if button.label == "Run with the new inputs").click().run().run()
    assert "**Done.**" in text_of(at)


def test_a_number_out_of_range_is_told_by_the_field_and_kept(app: AppTest) -> None:
    at = page(scenarios, app).run().run()
    growth = next(field for field in at.number_input if field.label.startswith("Growth of requests"))
    growth.set_value(90.0).run()
    assert any("90.0 is out of range" in error.value.replace("\\", "") for error in at.error)
    assert next(f for f in at.number_input if f.label.startswith("Growth of requests")).value == 90.0
    futures = next(field for field in at.number_input if field.label == "Futures")
    futures.set_value(0).run()
    assert any("1 to 500" in error.value for error in at.error)


def test_places_say_that_area_shares_are_assumed(app: AppTest) -> None:
    at = page(places, app).run().run()
    assert not at.exception
    assert "**Area shares are assumed.**" in text_of(at)
    assert len(at.table) >= 3


def test_the_shortlist_gives_every_bid_a_reason(app: AppTest) -> None:
    at = page(shortlist, app).run().run().run()
    assert not at.exception
    text = text_of(at)
    assert "**Illustrative.**" in text
    assert "Chosen:" in text and "Not chosen:" in text
    rows = [table.value for table in at.table if "Why" in table.value.columns]
    assert sum(len(table) for table in rows) == 78
    assert all(table["Why"].str.len().min() > 20 for table in rows)


def test_money_answers_its_sliders_without_a_run(app: AppTest) -> None:
    at = page(money, app).run().run().run()
    assert not at.exception
    assert any("Cumulative balance" in element.value for element in at.markdown)
    assert "No slider is moved" in text_of(at)

    def slider(key: str) -> Slider:
        [found] = [s for s in at.slider if str(s.key).startswith(key)]
        return found

    slider("change").set_value(20).run()
    assert "20 % more" in text_of(at)
    slider("pupils-independent").set_value(-100 // 2).run()
    text = text_of(at)
    assert "No slider is moved" not in text and "m better** on average" in text
    slider("activity-special").set_value(50).run()
    assert "m worse** on average" in text_of(at)
    assert not at.exception


def test_where_nothing_moves_the_balance_the_page_says_so_and_goes_on(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sufficiency.ui.tornado_section.sensitivity", lambda *given, **named: ())
    at = page(money, app).run().run()
    assert not at.exception
    assert "10 % more or less of any one thing moves the balance by less than £1." in text_of(at)
    assert "And two changes at once?" in text_of(at)
