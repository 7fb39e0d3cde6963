"""One small chain, its papers and their files, made once."""

from __future__ import annotations

import datetime as dt

import pytest

from sufficiency.report.chain import Chain, whole_chain
from sufficiency.report.papers.content import Paper
from sufficiency.report.papers.files import papers
from sufficiency.report.papers.invitation import invitation_paper
from sufficiency.report.papers.report import report_paper
from sufficiency.scenario.eoi_list import load_eois
from sufficiency.scenario.library import load
from sufficiency.scenario.scenario import Scenario

MADE = dt.date(2026, 11, 22)
FUTURES = 3
LIVE = '=HYPERLINK("x")'
"""A title that a spreadsheet would run, with letters that a page would take for its own."""


@pytest.fixture(scope="session")
def made() -> dt.date:
    """The day on which the papers are made."""
    return MADE


@pytest.fixture(scope="session")
def live() -> str:
    """Text of a title that must not come alive."""
    return LIVE


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    """Four years, with text a person might have written to do harm."""
    whole = load("bristol-2022")
    return whole.changed("", horizon=dt.date(2026, 4, 30), title=f"{LIVE} & <b>Test</b>", note="+1-1 <script>alert(1)</script>")


@pytest.fixture(scope="session")
def chain(scenario: Scenario) -> Chain:
    return whole_chain(scenario, load_eois(scenario)[:12], FUTURES)


@pytest.fixture(scope="session")
def report(chain: Chain) -> Paper:
    return report_paper(chain, MADE)


@pytest.fixture(scope="session")
def invitation(chain: Chain) -> Paper:
    return invitation_paper(chain.run, MADE)


@pytest.fixture(scope="session")
def files(chain: Chain) -> dict[str, bytes]:
    return papers(chain, MADE)
