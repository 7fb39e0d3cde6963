"""Turns pydantic's findings into messages for people: where, which value, what is allowed, how to mend it."""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from sufficiency.domain.problem import InputProblem, nearest

_MENDS = {
    "missing": "add it, with value, unit, source, known_from and verified where it is a figure",
    "extra_forbidden": "remove it or correct its name",
    "date_type": "write the date without quotes, for example 2022-03-07",
    "date_from_datetime_parsing": "write the date without quotes, for example 2022-03-07",
    "float_type": "write a plain number without quotes",
    "int_type": "write a whole number without quotes",
    "bool_type": "write true or false without quotes",
    "string_type": "write the text in quotes",
}


def problems(error: ValidationError, root: type[BaseModel], *, where: str) -> list[InputProblem]:
    """One InputProblem for each of pydantic's findings, in the order of the file."""
    found = []
    for detail in error.errors(include_url=False):
        loc = tuple(part for part in detail["loc"] if not str(part).startswith("function-"))
        path = ".".join(str(part) for part in loc)
        kind = detail["type"]
        message = detail["msg"].removeprefix("Value error, ")
        value: Any = detail["input"]
        if kind == "extra_forbidden":
            names = _fields_at(root, loc[:-1])
            like = nearest(str(loc[-1]), names)
            mend = f'did you mean "{like}"?' if like else _MENDS[kind]
            found.append(
                InputProblem("unknown key", where=where, value=path, allowed=", ".join(names)[:300], mend=mend, field=path)
            )
            continue
        if kind == "missing":
            found.append(InputProblem(f'the key "{path}" is missing', where=where, mend=_MENDS[kind], field=path))
            continue
        if kind == "value_error" and (value is None or isinstance(value, Mapping)):
            value = None
        elif isinstance(value, Mapping | Sequence) and not isinstance(value, str):
            value = f"a {'table' if isinstance(value, Mapping) else 'list'}"
        label = f'the key "{path}" is not acceptable' if path else "the scenario does not hold together"
        mend = _MENDS.get(kind, "change the value")
        found.append(InputProblem(label, where=where, value=value, allowed=_plain(message), mend=mend, field=path))
    return found


def first_problem(error: ValidationError, root: type[BaseModel], *, where: str) -> InputProblem:
    """The first of :func:`problems`, saying how many more there are."""
    found = problems(error, root, where=where)
    first = found[0]
    if len(found) > 1:
        more = f"{len(found) - 1} more problem{'s' if len(found) > 2 else ''} in the same file"
        first.mend = f"{first.mend.rstrip('.')} ({more})" if first.mend else more
    return first


def _plain(message: str) -> str:
    """Pydantic's words without its jargon."""
    for jargon, plain in (
        ("Input should be a valid ", "a "),
        ("Input should be ", ""),
        ("String should have ", "text with "),
        ("String should match pattern ", "text of the form "),
        ("Field required", "a value"),
    ):
        if message.startswith(jargon):
            return plain + message.removeprefix(jargon)
    return message


def _fields_at(root: Any, loc: tuple[Any, ...]) -> tuple[str, ...]:
    """Names of the fields of the model found by following ``loc`` from ``root``; empty where it leads to none."""
    here: Any = root
    for part in loc:
        model = _model_in(here)
        if model is not None and part in model.model_fields:
            here = model.model_fields[str(part)].annotation
        elif model is None and (value := _dict_value(here)) is not None:
            here = value
        else:
            return ()
    model = _model_in(here)
    return tuple(model.model_fields) if model is not None else ()


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) is dict:
        return None
    for inner in typing.get_args(annotation):
        found = _model_in(inner)
        if found is not None:
            return found
    return None


def _dict_value(annotation: Any) -> Any:
    if typing.get_origin(annotation) is dict:
        return typing.get_args(annotation)[1]
    for inner in typing.get_args(annotation):
        found = _dict_value(inner)
        if found is not None:
            return found
    return None
