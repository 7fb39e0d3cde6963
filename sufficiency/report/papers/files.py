"""The files of the papers: report.xlsx, report.docx, report.html, invitation.docx and invitation.html."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from sufficiency.report.chain import Chain
from sufficiency.report.excel import write_bytes
from sufficiency.report.papers.content import Paper
from sufficiency.report.papers.invitation import invitation_paper
from sufficiency.report.papers.report import report_paper
from sufficiency.report.papers.web import page
from sufficiency.report.papers.word import document
from sufficiency.report.papers.workbook import workbook

FILES = ("report.xlsx", "report.docx", "report.html", "invitation.docx", "invitation.html")
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
}
"""Media types by the ending of a file's name."""
STAGE = "Writing the papers"


def papers(chain: Chain, made: dt.date, tell: Callable[[int, int], object] | None = None) -> dict[str, bytes]:
    """The content of every file of :data:`FILES` by its name; ``tell`` hears of steps done and of steps in all."""
    report, invitation = report_paper(chain, made), invitation_paper(chain.run, made)
    renderings: dict[str, tuple[Callable[[Paper], bytes], Paper]] = {
        "report.xlsx": (workbook, report),
        "report.docx": (document, report),
        "report.html": (page, report),
        "invitation.docx": (document, invitation),
        "invitation.html": (page, invitation),
    }
    found = {}
    for done, name in enumerate(FILES):
        if tell:
            tell(done, len(FILES))
        render, paper = renderings[name]
        found[name] = render(paper)
    if tell:
        tell(len(FILES), len(FILES))
    return found


def write_papers(found: dict[str, bytes], folder: Path) -> tuple[str, ...]:
    """Write the files into ``folder``, each whole or not at all; their names. Raises InputProblem where one cannot be written."""
    for name, content in found.items():
        write_bytes(folder / name, content)
    return tuple(found)
