"""Draws a scenario's unverified ranges, once a future.

Each number of each range has a stream of its own, named after the figure's path: adding a figure, an area or a provision leaves
every other draw as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from sufficiency.scenario.figures import Figure
from sufficiency.scenario.scenario import DISTRIBUTIONS, Scenario

Uniforms = Callable[[str], float]
"""Gives the uniform on (0, 1) of a named stream in the future at hand."""

NOT_DRAWN = ("shortlist",)
"""Sections of decisions, not of uncertain quantities: their ranges inform, they are not drawn."""


def drawn(scenario: Scenario, uniform: Uniforms) -> Scenario:
    """The scenario with every range replaced by one draw, where ``uniform(name)`` gives the uniform of a stream."""
    changes: dict[str, Any] = {}
    for name in type(scenario).model_fields:
        section = getattr(scenario, name)
        if name not in NOT_DRAWN and isinstance(section, BaseModel | dict):
            changes[name] = _drawn(section, name, uniform)
    return scenario.model_copy(update=changes)


def _drawn(node: Any, path: str, uniform: Uniforms) -> Any:
    if isinstance(node, Figure):
        if not node.is_range:
            return node
        names = (f"parameter/{path}/{leaf}" for leaf in node.leaves)
        uniforms: NDArray[np.float64] = np.fromiter((uniform(name) for name in names), dtype=np.float64)
        return node.drawn(uniforms, distribution=path in DISTRIBUTIONS)
    if isinstance(node, dict):
        return {key: _drawn(value, f"{path}.{key}", uniform) for key, value in node.items()}
    if isinstance(node, BaseModel):
        changes = {}
        for name in type(node).model_fields:
            value = getattr(node, name)
            if isinstance(value, BaseModel | dict):
                new = _drawn(value, f"{path}.{name}", uniform)
                if new is not value:
                    changes[name] = new
        return node.model_copy(update=changes) if changes else node
    return node
