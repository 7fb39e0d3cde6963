"""Single numbers of a scenario by dotted path: a figure that is one number, or one entry of a figure that is a table.

``advice.advice_per_week`` is the first kind, ``assessment_team.age_profile.20`` (the entry ``20`` of ``age_profile``) the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from sufficiency.domain.problem import Finding, suggestion
from sufficiency.scenario.figures import Figure


@dataclass(frozen=True)
class Number:
    """One number of a scenario: its path, the path of its figure, the figure, and the entry within it ("" for the whole)."""

    path: str
    figure_path: str
    figure: Figure[Any]
    leaf: str

    @property
    def value(self) -> float:
        """The number itself."""
        return float(_entry(self.figure.value, self.leaf))

    @property
    def span(self) -> tuple[float, float, float] | None:
        """Least plausible, most likely and largest plausible value, or None where the figure is no range."""
        if not self.figure.is_range:
            return None
        low, high = (float(_entry(side, self.leaf)) for side in (self.figure.low, self.figure.high))
        return low, self.value, high

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole number, to which anything else is rounded."""
        return isinstance(_entry(self.figure.value, self.leaf), int)

    def check(self, number: float, *, at: str = "") -> None:
        """Raise a Finding where ``number`` is not a value that the figure may have."""
        figure = self.figure
        content = {name: getattr(figure, name) for name in ("unit", "source", "known_from", "verified", "reason")}
        whole = round(number) if self.is_whole else float(number)
        try:
            type(figure).model_validate({**content, "value": _with_entry(figure.value, self.leaf, whole)})
        except ValidationError as error:
            reason = error.errors(include_url=False)[0]["msg"].lower().removeprefix("input should be ")
            raise Finding("the number is not one that the figure may have", at=at, value=number, allowed=reason) from None


def numbers(root: BaseModel) -> Iterator[Number]:
    """Every number of every figure under ``root``, in the order of the models."""
    for path, figure in _figures(root, ""):
        for leaf in figure.leaves:
            yield Number(f"{path}.{leaf}" if leaf else path, path, figure, leaf)


def number_at(root: BaseModel, path: str, *, at: str = "") -> Number:
    """The number at a dotted path; raises a Finding that names the nearest one where there is none."""
    node: Any = root
    parts = path.split(".")
    for position, part in enumerate(parts):
        if isinstance(node, Figure):
            return _in_figure(node, ".".join(parts[:position]), ".".join(parts[position:]), at)
        node = node.get(part) if isinstance(node, dict) else getattr(node, part, None) if isinstance(node, BaseModel) else None
    if isinstance(node, Figure):
        return _in_figure(node, path, "", at)
    known = [number.path for number in numbers(root)]
    raise Finding("there is no figure of that name", at=at, value=path, mend=suggestion(path, known, "name a figure by its path"))


def with_numbers(root: Any, changes: Mapping[str, float]) -> Any:
    """``root`` (a scenario) with the numbers at those paths set and no longer drawn; values are not checked again.

    The other entries of a table keep their ranges. Raises KeyError where a path leads to no number.
    """
    split = {tuple(path.split(".")): number for path, number in changes.items()}
    return _set(root, split) if split else root


def _set(node: Any, changes: Mapping[tuple[str, ...], float]) -> Any:
    if isinstance(node, Figure):
        return _figure_with(node, {".".join(path): number for path, number in changes.items()})
    below: dict[str, dict[tuple[str, ...], float]] = {}
    for path, number in changes.items():
        below.setdefault(path[0] if path else "", {})[path[1:]] = number
    if isinstance(node, dict):
        return {**node, **{name: _set(node[name], part) for name, part in below.items()}}
    if not isinstance(node, BaseModel):
        raise KeyError(".".join(next(iter(changes))))
    return node.model_copy(update={name: _set(getattr(node, name), part) for name, part in below.items()})


def _figure_with(figure: Figure[Any], leaves: Mapping[str, float]) -> Figure[Any]:
    changes: dict[str, Any] = {}
    for side in ("value", "low", "high"):
        content = getattr(figure, side)
        if content is not None:
            for leaf, number in leaves.items():
                content = _with_entry(content, leaf, round(number) if isinstance(_entry(content, leaf), int) else float(number))
            changes[side] = content
    return figure.model_copy(update=changes)


def _in_figure(figure: Figure[Any], path: str, leaf: str, at: str) -> Number:
    whole = f"{path}.{leaf}" if leaf else path
    if leaf in figure.leaves:
        return Number(whole, path, figure, leaf)
    if not leaf:
        allowed = ", ".join(f"{path}.{name}" for name in figure.leaves[:20]) or "a figure that is a number"
        raise Finding("the figure is a table, not one number", at=at, value=path, allowed=allowed, mend="name one of its entries")
    known = [f"{path}.{name}" if name else path for name in figure.leaves]
    raise Finding("there is no such entry in the figure", at=at, value=whole, mend=suggestion(whole, known, "name an entry"))


def _figures(node: Any, path: str) -> Iterator[tuple[str, Figure[Any]]]:
    items = node.items() if isinstance(node, dict) else ((name, getattr(node, name)) for name in type(node).model_fields)
    for name, content in items:
        here = f"{path}.{name}" if path else str(name)
        if isinstance(content, Figure):
            yield here, content
        elif isinstance(content, BaseModel | dict):
            yield from _figures(content, here)


def _entry(content: Any, leaf: str) -> Any:
    for part in _keys(content, leaf):
        content = content[part]
    return content


def _with_entry(content: Any, leaf: str, number: float) -> Any:
    keys = _keys(content, leaf)
    if not keys:
        return number
    return {**content, keys[0]: _with_entry(content[keys[0]], ".".join(keys[1:]), number)}


def _keys(content: Any, leaf: str) -> list[str]:
    """The keys that lead to an entry; keys of tables hold no dots."""
    return leaf.split(".") if leaf and isinstance(content, dict) else []
