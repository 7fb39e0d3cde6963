"""A variant of the account in a file: an override that holds it and nothing else, to be laid over any scenario."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from pydantic import ValidationError

from sufficiency.domain.files import decode
from sufficiency.domain.problem import InputProblem
from sufficiency.scenario.files import parse_toml
from sufficiency.scenario.messages import first_problem
from sufficiency.scenario.variant import Variant
from sufficiency.scenario.writing import toml_table, toml_value

LONGEST_TITLE = 80
_HEADINGS = ("kind", "name", "title", "note")
_UNITS = {"pupils": "%", "activity": "%", "income_growth": "% a year"}
_MEND = "lay such a file over a scenario on the command line (--override); here only what a variant holds can be shown"


def variant_of(
    pupils: dict[str, float], activity: dict[str, float], income_growth: float, *, known_from: dt.date, reason: str
) -> Variant | None:
    """The variant with these percentages, as figures known from a day; None where all are 0. Raises InputProblem."""
    given: dict[str, Any] = {
        "pupils": {key: percent for key, percent in pupils.items() if percent},
        "activity": {key: percent for key, percent in activity.items() if percent},
        "income_growth": income_growth,
    }
    held = {"source": "assumption", "known_from": known_from, "verified": False, "reason": reason}
    data = {name: {"value": value, "unit": _UNITS[name], **held} for name, value in given.items() if value}
    return _checked(data, "the variant") if data else None


def to_override(variant: Variant, title: str) -> str:
    """The variant as an override file of that title, which :func:`read_variant` and ``--override`` understand."""
    head = {"kind": "override", "name": file_stem(title), "title": title, "note": "A variant of the account."}
    lines = [f"{key} = {toml_value(value)}" for key, value in head.items()]
    return "\n".join([*lines, "", *toml_table(variant, ("money", "variant"))])


def read_variant(raw: bytes, *, where: str) -> tuple[Variant, str]:
    """The variant in a file, and its title; raises InputProblem for a file that is anything else."""
    data = parse_toml(decode(raw, where=where, kind="variant"), where=where, kind="variant")
    if data.get("kind") != "override":
        raise InputProblem("the file is not a variant", where=where, allowed='a file with kind = "override" on top', mend=_MEND)
    money = data.get("money")
    beside = [key for key in data if key not in (*_HEADINGS, "money")]
    beside += [f"money.{key}" for key in money if key != "variant"] if isinstance(money, dict) else []
    if beside:
        allowed = "the table money.variant alone"
        raise InputProblem("the file changes more than a variant does", where=where, value=beside[0], allowed=allowed, mend=_MEND)
    if not isinstance(money, dict) or "variant" not in money:
        raise InputProblem("the file holds no variant", where=where, allowed="a table [money.variant.pupils] or alike")
    title = data.get("title")
    return _checked(money["variant"], where), title[:LONGEST_TITLE] if isinstance(title, str) else ""


def file_stem(title: str) -> str:
    """A name for the file of a variant: the letters and digits of its title."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "variant"


def _checked(data: Any, where: str) -> Variant:
    try:
        return Variant.model_validate(data)
    except ValidationError as error:
        raise first_problem(error, Variant, where=where) from None
