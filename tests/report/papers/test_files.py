"""Laws of the files: they open again, say what the content says, hold nothing live, and are the same bytes each time."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from sufficiency.domain.problem import InputProblem
from sufficiency.report.chain import Chain
from sufficiency.report.papers.content import Paper, note_of
from sufficiency.report.papers.files import FILES, papers, write_papers
from sufficiency.report.papers.web import page
from sufficiency.report.papers.word import document
from sufficiency.report.papers.workbook import sheet_names, workbook


def test_the_same_chain_gives_the_same_bytes(chain: Chain, files: dict[str, bytes], made: dt.date) -> None:
    assert tuple(files) == FILES
    assert papers(chain, made) == files


def test_the_workbook_has_each_table_on_its_sheet_and_no_formula(report: Paper, files: dict[str, bytes]) -> None:
    book = load_workbook(io.BytesIO(files["report.xlsx"]))
    names = sheet_names(report)
    assert book.sheetnames == ["Read me", "Dictionary", *(names[table.key] for table in report.tables())]
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row), sheet.title
    for table in report.tables():
        rows = list(book[names[table.key]].iter_rows(min_row=4, values_only=True))
        assert list(rows[0]) == [column.title for column in table.columns]
        assert len(rows) == 1 + len(table.rows)
        for cells, row in zip(rows[1:], table.rows, strict=True):
            for cell, value in zip(cells, row, strict=True):
                if isinstance(value, int | float):
                    assert cell == pytest.approx(value)
    dictionary = {(row[0], row[1]) for row in book["Dictionary"].iter_rows(min_row=2, values_only=True)}
    assert dictionary == {(names[table.key], column.title) for table in report.tables() for column in table.columns}


def test_text_that_would_be_a_formula_is_text_everywhere(files: dict[str, bytes], live: str) -> None:
    with zipfile.ZipFile(io.BytesIO(files["report.xlsx"])) as book:
        sheets = "".join(book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/"))
        assert "<f>" not in sheets
        assert "<hyperlink" not in sheets
        shared = unescape(book.read("xl/sharedStrings.xml").decode())
    assert f": {live}" in shared, "the title, after the paper's own words"
    assert ">'+1-1 " in shared, "the scenario's note, first in its cell"
    assert not re.search(r"<t[^>]*>[=+\-@]", shared)
    web = files["report.html"].decode()
    assert "<script" not in web
    assert "<b>Test" not in web


def test_the_word_report_says_what_the_content_says(report: Paper, files: dict[str, bytes]) -> None:
    """Every answer is a paragraph, and every printed table is there cell by cell."""
    made = Document(io.BytesIO(files["report.docx"]))
    paragraphs = [paragraph.text for paragraph in made.paragraphs]
    assert report.answer in paragraphs
    assert [p.text for p in made.paragraphs if p.style.name == "Heading 1"] == [
        report.question, *(section.heading for section in report.sections)
    ]  # fmt: skip
    for section in report.sections:
        assert section.answer in paragraphs
    printed = [table for table in report.tables() if not table.only_in_workbook]
    assert len(made.tables) == len(printed)
    for grid, table in zip(made.tables, printed, strict=True):
        cells = [tuple("".join(t.text or "" for t in tc.iter(qn("w:t"))) for tc in tr.tc_lst) for tr in grid._tbl.tr_lst]
        cells = [tuple(words.replace("\u2060", "") for words in row) for row in cells]  # keeps a sign at its number
        assert cells == [tuple(column.title for column in table.printed_columns()), *table.printed_rows()]
        assert note_of(table) in paragraphs


def test_the_word_report_can_be_read_by_everybody(report: Paper, files: dict[str, bytes], made: dt.date) -> None:
    word = Document(io.BytesIO(files["report.docx"]))
    about = word.core_properties
    assert (about.title, about.language, about.author, about.last_modified_by) == (report.title, "en-GB", "", "")
    assert about.created.date() == made
    pictures = list(word.element.body.iter(qn("wp:docPr")))
    assert [picture.get("descr") for picture in pictures] == [chart.alt for chart in report.charts()]
    for grid in word.tables:
        first = grid._tbl.tr_lst[0]
        assert first.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert grid._tbl.tblPr.find(qn("w:tblCaption")) is not None
        widths = [column.width.cm for column in grid.columns]
        assert 16.9 < sum(widths) < 17.1, "as wide as the text"
        assert [cell.width.cm for cell in first.tc_lst] == pytest.approx(widths)
    languages = {each.get(qn("w:val")) for each in word.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"}


def written(element: Any) -> str:
    return "".join(text.text or "" for text in element.iter(qn("w:t")))


def test_the_contents_lead_to_every_section_in_its_order(report: Paper, files: dict[str, bytes]) -> None:
    body = Document(io.BytesIO(files["report.docx"])).element.body
    links = [(link.get(qn("w:anchor")), written(link)) for link in body.iter(qn("w:hyperlink"))]
    marks = {mark.get(qn("w:name")): written(mark.getparent()) for mark in body.iter(qn("w:bookmarkStart"))}
    assert [words for _, words in links] == [section.heading for section in report.sections]
    assert [marks[mark] for mark, _ in links] == [words for _, words in links]
    # One field holds them, which Word can renew: begun before the first and ended after the last.
    kinds = [field.get(qn("w:fldCharType")) for field in body.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]


def test_the_web_page_is_whole_and_asks_for_nothing(report: Paper, files: dict[str, bytes]) -> None:
    web = files["report.html"].decode()
    assert '<html lang="en-GB">' in web
    for landmark in ("<header>", "<nav aria-label=", '<main id="main">', "<footer>"):
        assert web.count(landmark) == 1
    asked = [*re.findall(r'(?:src|href)="([^"]{0,40})', web), *re.findall(r"url\(([^)]{0,40})", web)]
    assert asked
    assert all(address.startswith(("#", "data:image/png")) for address in asked)
    assert [unescape(alt) for alt in re.findall(r'<img [^>]*alt="([^"]*)"', web)] == [chart.alt for chart in report.charts()]
    text = unescape(web)
    for table in report.tables():
        if not table.only_in_workbook:
            assert all(f">{cell}<" in text for row in table.printed_rows() for cell in row), table.key


def test_the_invitation_is_made_from_its_paper(invitation: Paper, files: dict[str, bytes]) -> None:
    assert document(invitation) == files["invitation.docx"]
    assert page(invitation) == files["invitation.html"]
    assert load_workbook(io.BytesIO(workbook(invitation)))["lots"].max_row > 4


def test_files_are_written_whole_or_refused_in_words(files: dict[str, bytes], tmp_path: Path) -> None:
    assert write_papers(files, tmp_path) == FILES
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files
    with pytest.raises(InputProblem, match="cannot be written"):
        write_papers(files, tmp_path / "missing")
