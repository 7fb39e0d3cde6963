"""The contents of a Word document: a list of links that Word can renew with the numbers of pages.

Only a program that sets pages knows on which one a section begins. So the list comes as a TOC field (ECMA-376 part 1, section
17.16.5.68) that already holds the headings as links; who wants page numbers has Word update it (right click, or F9).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_INSTRUCTION = ' TOC \\o "1-1" \\h \\z '
_HEADING = "Contents"


def contents(made: Any, headings: Sequence[str]) -> None:
    """Add the list of ``headings``, each of which is to be :func:`marked` with its number from 1 on."""
    made.add_paragraph().add_run(_HEADING).bold = True  # no heading of its own: it would be in the list
    lines = [made.add_paragraph() for _ in headings]
    for at, (line, words) in enumerate(zip(lines, headings, strict=True), 1):
        line.paragraph_format.space_after = 0
        if at == 1:
            _field(line, "begin")
            instruction = _made(line.add_run()._r, "w:instrText", {"xml:space": "preserve"})
            instruction.text = _INSTRUCTION
            _field(line, "separate")
        link = _made(line._p, "w:hyperlink", {"w:anchor": _mark(at), "w:history": "1"})
        run = _made(link, "w:r", {})
        _made(run, "w:t", {}).text = words
        if at == len(headings):
            _field(line, "end")


def marked(heading: Any, at: int) -> None:
    """Give a heading the mark that its line of the contents leads to."""
    element = heading._p
    for tag, attributes in (("w:bookmarkStart", {"w:name": _mark(at)}), ("w:bookmarkEnd", {})):
        _made(element, tag, {"w:id": str(at), **attributes})


def _mark(at: int) -> str:
    return f"_Toc{at:08d}"


def _field(paragraph: Any, kind: str) -> None:
    _made(paragraph.add_run()._r, "w:fldChar", {"w:fldCharType": kind})


def _made(parent: Any, tag: str, attributes: dict[str, str]) -> Any:
    from docx.oxml.ns import nsmap, qn

    names = {"xml": "http://www.w3.org/XML/1998/namespace"} | nsmap
    spelt = {f"{{{names[name.split(':')[0]]}}}{name.split(':')[1]}": value for name, value in attributes.items()}
    element = parent.makeelement(qn(tag), spelt)
    parent.append(element)
    return element
