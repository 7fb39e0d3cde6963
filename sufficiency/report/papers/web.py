"""A paper as one web page: nothing beside it is needed, nothing is asked of another machine, and no script runs."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib.resources import files

from sufficiency.report.papers.content import Block, Chart, Column, Paper, Points, Section, Table, day, note_of
from sufficiency.report.papers.pictures import png_address

NOT_ALLOWED = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""The page may show the pictures that are in it, and nothing else."""


def page(paper: Paper) -> bytes:
    """The page's bytes in UTF-8."""
    return "\n".join(_lines(paper)).encode() + b"\n"


def _lines(paper: Paper) -> Iterator[str]:
    style = files("sufficiency.report.papers").joinpath("paper.css").read_text("utf-8")
    yield '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(NOT_ALLOWED)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(paper.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>"
    yield '<a class="skip" href="#main">Skip to the content</a>'
    yield f"<header>\n<h1>{escape(paper.title)}</h1>\n<p>Made on {day(paper.made)}</p>\n</header>"
    yield '<nav aria-label="Contents">\n<ol>'
    for at, section in enumerate(paper.sections, 1):
        yield f'<li><a href="#section-{at}">{escape(section.heading)}</a></li>'
    yield '</ol>\n</nav>\n<main id="main">'
    yield f'<section class="answer" aria-labelledby="question">\n<h2 id="question">{escape(paper.question)}</h2>'
    yield f"<p><strong>{escape(paper.answer)}</strong></p>"
    if paper.cautions:
        yield '<ul class="caution">' + "".join(f"<li>{escape(caution)}</li>" for caution in paper.cautions) + "</ul>"
    yield "</section>"
    for at, section in enumerate(paper.sections, 1):
        yield from _section(section, at)
    yield "</main>\n<footer>\n<p>Made with sufficiency, an open simulator, on the council's own machine.</p>\n</footer>"
    yield "</body>\n</html>"


def _section(section: Section, at: int) -> Iterator[str]:
    yield f'<section aria-labelledby="section-{at}">\n<h2 id="section-{at}">{escape(section.heading)}</h2>'
    yield f"<p><strong>{escape(section.answer)}</strong></p>"
    for block in section.blocks:
        yield from _block(block)
    yield "</section>"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, str):
        yield f"<p>{escape(block)}</p>"
    elif isinstance(block, Points):
        yield "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in block.items) + "</ul>"
    elif isinstance(block, Chart):
        yield f'<figure>\n<img src="{png_address(block.spec)}" alt="{escape(block.alt)}">'
        yield f"<figcaption><strong>{escape(block.title)}.</strong> {escape(block.caption)}</figcaption>\n</figure>"
    elif not block.only_in_workbook:
        yield from _table(block)


def _table(table: Table) -> Iterator[str]:
    """A table that scrolls by itself where it is wider than the screen; the keyboard reaches it."""
    name = f"table-{table.key}"
    yield f'<div class="wide" role="region" aria-labelledby="{name}" tabindex="0">\n<table>'
    yield f'<caption id="{name}">{escape(table.title)}</caption>\n<thead>\n<tr>'
    columns = table.printed_columns()
    yield "".join(f'<th scope="col"{_kind(column)}>{escape(column.title)}</th>' for column in columns)
    yield "</tr>\n</thead>\n<tbody>"
    for row in table.printed_rows():
        head, *others = row
        cells = (f"<td{_kind(column)}>{escape(words)}</td>" for words, column in zip(others, columns[1:], strict=True))
        yield f'<tr><th scope="row">{escape(head)}</th>{"".join(cells)}</tr>'
    yield "</tbody>\n</table>\n</div>"
    if note := note_of(table):
        yield f'<p class="note">{escape(note)}</p>'


def _kind(column: Column) -> str:
    return "" if column.kind in ("text", "day") else ' class="number"'
