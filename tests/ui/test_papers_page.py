"""The Papers page: nothing is made unasked, what is made can be downloaded, and it is marked when the inputs change."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from streamlit.testing.v1 import AppTest

from sufficiency.ui import state
from sufficiency.ui.choice import Choice

from .shown import unlinked
from .single import papers

SECONDS = 120
pytestmark = pytest.mark.integration


def text_of(app: AppTest) -> str:
    shown = [*app.markdown, *app.title, *app.header, *app.warning, *app.error, *app.info]
    return unlinked("\n".join(str(element.value) for element in shown))


def test_papers_are_made_when_asked_for_and_marked_when_out_of_date(app: AppTest, repo: Path) -> None:
    page = AppTest.from_function(papers, default_timeout=SECONDS)
    few = (repo / "scenarios" / "bristol-eois.csv").read_bytes().splitlines(keepends=True)[:9]
    page.session_state["eois"] = ("few.csv", b"".join(few))
    page.run()
    assert not page.exception
    assert "Which paper do you need?" in text_of(page)
    assert "**Empty.** No paper has been made of this scenario" in text_of(page)
    assert not page.get("download_button")

    page.button(key="make-papers").click().run()
    assert not page.exception
    assert "Your papers" in text_of(page)
    labels = [button.proto.label for button in page.get("download_button")]
    assert [label.partition(" (")[2].split(",")[0] for label in labels] == ["report.docx", "report.html", "report.xlsx"]

    page.radio(key="paper-kind").set_value("invitation").run()
    assert len(page.get("download_button")) == 2

    chosen: Choice = page.session_state["choice"]
    page.session_state["choice"] = replace(chosen, seed=chosen.seed + 1)
    page.run()
    assert "**Out of date.**" in text_of(page)
    assert "The last papers (out of date)" in text_of(page)
    assert page.button(key="make-papers")


def test_the_worker_writes_what_the_command_line_writes(app: AppTest) -> None:
    """The same choice gives the same bytes as the chain does in one go."""
    import datetime as dt

    from sufficiency.report.chain import whole_chain
    from sufficiency.report.papers.files import papers as files_of
    from sufficiency.ui.answers import key_of
    from sufficiency.ui.choice import limited_scenario_of
    from sufficiency.ui.jobs import Job
    from sufficiency.ui.paper_answers import PaperKey, papers_work
    from sufficiency.ui.plan_answers import Asked, plan_key
    from sufficiency.ui.workshop import workshop

    choice = Choice(futures=2)
    limited = limited_scenario_of(choice)
    shop, eois = workshop(), state.load_eois(limited)[:10]
    asked, made = Asked(limited, tuple(eois)), dt.date(2026, 11, 22)
    key = PaperKey(plan_key(key_of(limited, 2, choice.seed), asked), limited.title, made)
    job = Job("Making the papers")
    job.run(lambda j: papers_work(j, key, asked, shop.pool, shop.store, shop.kept))
    assert (job.state, job.problem) == ("done", "")
    found = shop.kept.get(key)
    assert found.files == files_of(whole_chain(limited, eois, 2, base_seed=choice.seed), made)
    assert found.answer in [paragraph.text for paragraph in Document(io.BytesIO(found.files["report.docx"])).paragraphs]
