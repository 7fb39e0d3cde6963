"""Turns pydantic's findings into messages for people: where, which value, what is allowed, how to mend it."""

from __future__ import annotations

import datetime as dt
import re
import typing
from collections.abc import Mapping
from itertools import islice
from typing import Any

from pydantic import BaseModel, ValidationError

from sufficiency.domain.problem import Finding, InputProblem, nearest, suggestion
from sufficiency.scenario.figures import Figure

MOST_LISTED = 50
"""Problems listed at once: a file of nothing but mistakes would else take minutes to describe."""

MISSING = "a key is missing"
_SET_BY_PROGRAM = ("overrides",)
_KINDS = {
    # pydantic's type: what is wrong, what is allowed, how to mend it
    "float_type": ("the value is not a number", "a number", "write a plain number without quotes"),
    "int_type": ("the value is not a whole number", "a whole number", "write it without quotes or decimal point"),
    "finite_number": ("the value is not a finite number", "a finite number", "write the number in plain digits"),
    "bool_type": ("the value is neither true nor false", "true or false", "write true or false without quotes"),
    "string_type": ("the value is not text", "text", "write the text in quotes"),
    "string_unicode": ("the text holds characters that are not Unicode", "Unicode text", "write the text anew"),
    "date_type": ("the value is not a date", "a date", "write the date without quotes or time, for example 2022-03-07"),
    "tuple_type": ("the value is not a list", "a list", 'write it as a list, for example ["ASD", "SEMH"]'),
    "dict_type": ("the value is not a table", "a table", "write { key = value, ... }"),
    "model_type": ("this is not a table", "a table", "write it under a heading of its own, in brackets"),
    "model_attributes_type": ("this is not a table", "a table", "write it under a heading of its own, in brackets"),
    "invalid_key": ("a key is not text", "text", "write the key as text"),
}
_PATTERNS = {
    r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$": "1 to 64 letters, digits, hyphens or underscores",
    r"^[a-z0-9][a-z0-9-]{0,63}$": "1 to 64 lower-case letters, digits or hyphens",
    r"^[A-Za-z0-9][A-Za-z0-9 _-]{0,63}\.(csv|xlsx)$": "the name of a CSV or Excel file without a folder, such as eois.csv",
    r"^(19|20)[0-9]{2}$": "a year such as 2022",
    r"^[0-9]{1,2}$": "a number of terms such as 0, 1 or 3",
}
_RANGE = ("greater_than_equal", "greater_than", "less_than_equal", "less_than")


def problems(error: ValidationError, root: type[BaseModel], *, where: str) -> list[InputProblem]:
    """One InputProblem for each of pydantic's findings, in the order of the model; at most :data:`MOST_LISTED`."""
    return [_problem(detail, root, where) for detail in error.errors(include_url=False)[:MOST_LISTED]]


def first_problem(error: ValidationError, root: type[BaseModel], *, where: str) -> InputProblem:
    """The first of the findings, saying how many more there are.

    A key that is missing beside one that is unknown has most likely been misspelt: then the unknown one comes first.
    """
    details = error.errors(include_url=False)
    first = details[0]
    if first["type"] == "missing":
        lacking = [str(d["loc"][-1]) for d in details if d["type"] == "missing" and d["loc"][:-1] == first["loc"][:-1]]
        unknown = (d for d in details if d["type"] == "extra_forbidden" and d["loc"][:-1] == first["loc"][:-1])
        first = next((d for d in islice(unknown, MOST_LISTED) if nearest(str(d["loc"][-1]), lacking)), first)
    found = _problem(first, root, where)
    found.more = len(details) - 1
    return found


def _problem(detail: Any, root: type[BaseModel], where: str) -> InputProblem:
    loc = tuple(part for part in detail["loc"] if part != "[key]" and not str(part).startswith("function-"))
    is_key = detail["loc"][-1:] == ("[key]",)
    if detail["type"] == "invalid_key" or (is_key and detail["type"] == "string_type"):
        loc = loc[:-1]  # a key that is not text names no place
    path = ".".join(str(part)[:80] for part in loc)
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if isinstance(cause := context.get("error"), Finding):
        return cause.problem(where=where, under=path)
    place = ", ".join(part for part in (where, path) if part)
    if kind == "extra_forbidden":
        names = [name for name in _fields_at(root, loc[:-1]) if name not in _SET_BY_PROGRAM or len(loc) > 1]
        key, parent = str(loc[-1]), ".".join(str(part)[:80] for part in loc[:-1])
        place = ", ".join(part for part in (where, parent) if part)
        mend = suggestion(key, names, "remove it or correct its name")
        return InputProblem("unknown key", where=place, value=key, allowed=", ".join(names), mend=mend, field=path)
    if kind == "missing":
        return InputProblem(MISSING, where=place, mend=_how_to_add(root, loc), field=path)
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"])
        what, allowed, mend = "the value is not one of those allowed", ", ".join(choices), "use one of these"
        mend = suggestion(value, choices, mend) if isinstance(value, str) else mend
    else:
        what, allowed, mend = _words(kind, context, detail["msg"], is_key)
        if kind in (*_RANGE, "float_type", "int_type", "finite_number") and (range_ := _range_at(root, loc)):
            allowed = f"{_KINDS[kind][1]}, {range_}" if kind in _KINDS else range_
    if isinstance(value, Mapping | list | tuple):
        what, value = f"{what} but a {'table' if isinstance(value, Mapping) else 'list'}", None
        what = what if kind in _KINDS else what.split(" but a ")[0]
    return InputProblem(what, where=place, value=value, allowed=allowed, mend=mend, field=path)


def _words(kind: str, context: Mapping[str, Any], message: str, is_key: bool) -> tuple[str, str, str]:
    """What is wrong, what is allowed and how to mend it, without pydantic's jargon."""
    if is_key and kind == "string_type":
        kind = "invalid_key"
    if kind in _KINDS:
        return _KINDS[kind]
    if kind.startswith("date"):
        return _KINDS["date_type"]
    if kind in _RANGE:
        ends = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
        key, limit = next((key, limit) for key, limit in context.items() if key in ends)
        return "the value is out of range", f"{ends[key]} {_number(limit)}", "change the value"
    if kind == "string_pattern_mismatch":
        allowed = _PATTERNS.get(context["pattern"], f"text of the form {context['pattern']}")
        return f"the {'key' if is_key else 'text'} is not of the form wanted", allowed, "write it in that form"
    if kind in ("string_too_short", "string_too_long"):
        length = "at least" if kind == "string_too_short" else "at most"
        number = context.get("min_length", context.get("max_length"))
        short = kind == "string_too_short"
        return f"the text is too {'short' if short else 'long'}", f"{length} {number:,} characters", "change the text"
    if kind in ("too_short", "too_long"):
        limit = f"at least {context['min_length']}" if kind == "too_short" else f"at most {context['max_length']}"
        few = "few" if kind == "too_short" else "many"
        return f"there are too {few} entries", f"{limit} entries", f"{'add' if few == 'few' else 'remove'} some"
    return f"the value is not acceptable ({message.removeprefix('Value error, ')})", "", "change the value"


def _how_to_add(root: type[BaseModel], loc: tuple[Any, ...]) -> str:
    model = _model_in(_declared(root, loc)[0])
    if model is None:
        return "add it"
    what = "value, unit, source, known_from and verified" if issubclass(model, Figure) else "its keys"
    return f"add [{'.'.join(str(part) for part in loc)}] with {what}"


def _range_at(root: type[BaseModel], loc: tuple[Any, ...]) -> str:
    """Both ends of the range declared at ``loc``, in words; empty where either is not declared."""
    ends: dict[str, Any] = {}
    for constraint in _declared(root, loc)[1]:
        for end in ("ge", "gt", "le", "lt"):
            if (limit := getattr(constraint, end, None)) is not None:
                ends[end] = limit
    if "le" not in ends or not {"ge", "gt"} & ends.keys():
        return ""
    low = f"{_number(ends['ge'])}" if "ge" in ends else f"above {_number(ends['gt'])}"
    return f"{low} to {_number(ends['le'])}"


def _number(limit: Any) -> str:
    if isinstance(limit, dt.date | str):  # pydantic gives the limits of dates as text
        return str(limit)
    return f"{int(limit):,}" if float(limit).is_integer() else f"{limit:g}"


def _declared(root: Any, loc: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """The type and the constraints declared at ``loc``, seen from the model ``root``; (None, ()) where nothing is."""
    here, constraints = root, ()
    for part in loc:
        model = _model_in(here)
        if model is not None and part in model.model_fields:
            field = model.model_fields[str(part)]
            here, constraints = field.annotation, tuple(field.metadata)
        elif model is None and (value := _dict_value(here)) is not None:
            here, constraints = value, ()
        else:
            return None, ()
        here, constraints = _bare(here, constraints)
    return here, constraints


def _bare(annotation: Any, constraints: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """``annotation`` without ``| None`` and ``Annotated``, its constraints added."""
    inner = typing.get_args(annotation)
    if type(None) in inner:
        return _bare(next(part for part in inner if part is not type(None)), constraints)
    if typing.get_origin(annotation) is typing.Annotated:
        found = [c for part in inner[1:] for c in getattr(part, "metadata", (part,))]
        return _bare(inner[0], (*constraints, *found))
    return annotation, constraints


def _fields_at(root: Any, loc: tuple[Any, ...]) -> tuple[str, ...]:
    """Names of the fields of the model found by following ``loc`` from ``root``; empty where it leads to none."""
    model = _model_in(_declared(root, loc)[0])
    return tuple(model.model_fields) if model is not None else ()


def _model_in(annotation: Any) -> type[BaseModel] | None:
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _dict_value(annotation: Any) -> Any:
    return typing.get_args(annotation)[1] if typing.get_origin(annotation) is dict else None
