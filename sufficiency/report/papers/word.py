"""A paper as a Word document, with what readers of screens need: headings, alt text, repeated heading rows, the language."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

from sufficiency.report.papers.content import Block, Chart, Column, Paper, Points, Section, Table, day, note_of
from sufficiency.report.papers.pictures import png
from sufficiency.report.papers.word_contents import contents, marked
from sufficiency.report.words import unbroken

LANGUAGE = "en-GB"
_WIDE_TABLE = 6
"""Columns from which a table is set in small letters."""
_SHORTEST_LINE, _LONGEST_LINE, _LONGEST_NUMBER = 13.0, 50.0, 14
"""Letters of a line in a column of text, and of a number that is not broken over lines, for the widths of columns."""
_LETTER_CM, _CELL_MARGINS_CM = 0.022, 0.4
"""Width of a bold digit or letter a point of its size (0.62 of its height), and what a cell keeps free at its sides."""
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_PICTURE_CM, _MARGIN_CM = 16.5, 2.0
_ACCENT = "0B5563"


def document(paper: Paper) -> bytes:
    """The document's bytes: the same for the same paper."""
    from docx import Document

    made = Document()
    _set_up(made, paper)
    made.add_heading(paper.title, 0)
    made.add_paragraph(f"Made on {day(paper.made)}")
    made.add_heading(paper.question, 1)
    _strong(made, paper.answer)
    for caution in paper.cautions:
        made.add_paragraph(caution, style="List Bullet")
    contents(made, [section.heading for section in paper.sections])
    for at, section in enumerate(paper.sections, 1):
        _section(made, section, at)
    held = io.BytesIO()
    made.save(held)
    return _undated(held.getvalue())


def _section(made: Any, section: Section, at: int) -> None:
    marked(made.add_heading(section.heading, 1), at)
    _strong(made, section.answer)
    for block in section.blocks:
        _block(made, block)


def _block(made: Any, block: Block) -> None:
    if isinstance(block, str):
        made.add_paragraph(block)
    elif isinstance(block, Points):
        for item in block.items:
            made.add_paragraph(item, style="List Bullet")
    elif isinstance(block, Chart):
        _picture(made, block)
    elif not block.only_in_workbook:
        _table(made, block)


def _strong(made: Any, words: str) -> None:
    made.add_paragraph().add_run(words).bold = True


def _picture(made: Any, chart: Chart) -> None:
    """The chart with its caption above and its alt text inside."""
    from docx.shared import Cm

    head = made.add_paragraph()
    head.add_run(f"{chart.title}. ").bold = True
    head.add_run(chart.caption)
    head.paragraph_format.keep_with_next = True
    shape = made.add_picture(io.BytesIO(png(chart.spec)), width=Cm(_PICTURE_CM))
    named = shape._inline.docPr
    named.set("descr", chart.alt)
    named.set("title", chart.title)
    named.set("name", chart.key)


def _table(made: Any, table: Table) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    head = made.add_paragraph()
    head.add_run(table.title).bold = True
    head.paragraph_format.keep_with_next = True
    columns, rows = table.printed_columns(), list(table.printed_rows())
    grid = made.add_table(rows=1 + len(rows), cols=len(columns), style="Table Grid")
    grid.autofit = False
    _describe(grid, table)
    points = 8 if len(columns) >= _WIDE_TABLE else 9
    size, widths = Pt(points), _widths(table, points)
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width  # LibreOffice goes by the grid, Word by the cells
    heads = tuple(column.title for column in columns)
    for at, words in enumerate([heads, *rows]):
        # Cells are reached through the row's own elements: python-docx walks the whole table for each of them.
        for cell, text, column, width in zip(grid.rows[at]._tr.tc_lst, words, columns, widths, strict=True):
            _fill(cell, text, column, bold=at == 0, size=size, width=width)
        properties = grid.rows[at]._tr.get_or_add_trPr()
        properties.append(properties.makeelement(qn("w:cantSplit"), {}))
        if at == 0:
            properties.append(properties.makeelement(qn("w:tblHeader"), {}))
    note = made.add_paragraph()
    note.add_run(note_of(table)).font.size = Pt(9)


def _fill(cell: Any, text: str, column: Column, *, bold: bool, size: Any, width: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.text.paragraph import Paragraph

    cell.width = width
    paragraph = Paragraph(cell.p_lst[0], None)  # type: ignore[arg-type]
    run = paragraph.add_run(unbroken(text))
    run.bold, run.font.size = bold, size
    paragraph.paragraph_format.space_after = 0
    if column.kind not in ("text", "day"):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _widths(table: Table, points: float) -> list[Any]:
    """Widths of the columns, together as wide as the text: short numbers whole on a line, the rest as its words need."""
    from docx.shared import Cm

    columns, rows = table.printed_columns(), list(table.printed_rows())
    letter = points * _LETTER_CM
    longest = [max((len(row[at]) for row in rows), default=0) for at in range(len(columns))]
    whole, fixed, shared = 21.0 - 2 * _MARGIN_CM, dict[int, float](), dict[int, float]()
    for at, (column, letters) in enumerate(zip(columns, longest, strict=True)):
        word = max(map(len, column.title.split()))
        if column.kind not in ("text", "day") and letters <= _LONGEST_NUMBER:
            fixed[at] = (max(letters, word) + 1) * letter + _CELL_MARGINS_CM
        else:
            shared[at] = min(_LONGEST_LINE, max(_SHORTEST_LINE, letters, word + 1))
    left = max(whole - sum(fixed.values()), whole / 3 if shared else 0.0)
    widths = {**fixed, **{at: left * need / sum(shared.values()) for at, need in shared.items()}}
    scale = whole / sum(widths.values())
    return [Cm(widths[at] * scale) for at in range(len(columns))]


def _describe(grid: Any, table: Table) -> None:
    """Title and words for who cannot see the table, and that its first row and column are headings."""
    from docx.oxml.ns import qn

    properties = grid._tbl.tblPr
    for tag, words in (("w:tblCaption", table.title), ("w:tblDescription", note_of(table) or table.title)):
        properties.append(properties.makeelement(qn(tag), {qn("w:val"): words}))


def _set_up(made: Any, paper: Paper) -> None:
    """Page, looks, language and properties; no author is invented."""
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    page = made.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(_MARGIN_CM)
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)
    for name in ("Title", "Heading 1"):
        look = made.styles[name]
        look.font.color.rgb = RGBColor.from_string(_ACCENT)
        look.font.name = "Arial"
        fonts = look.element.rPr.rFonts
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
    for language in made.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    _page_number(page.footer.paragraphs[0], paper.title)
    moment = dt.datetime.combine(paper.made, dt.time())
    about = made.core_properties
    about.title, about.subject, about.language = paper.title, paper.question, LANGUAGE
    about.author = about.last_modified_by = about.comments = about.keywords = ""
    about.created = about.modified = moment
    about.revision = 1


def _page_number(paragraph: Any, title: str) -> None:
    """The title and the number of the page, which Word counts."""
    from docx.oxml.ns import qn

    paragraph.add_run(f"{title}, page ")
    element = paragraph._p
    field = element.makeelement(qn("w:fldSimple"), {qn("w:instr"): "PAGE"})
    element.append(field)


def _undated(content: bytes) -> bytes:
    """The same archive with one date for all of its parts, so that the same paper gives the same bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as found, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as written:
        for name in found.namelist():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(entry, found.read(name))
    return held.getvalue()
