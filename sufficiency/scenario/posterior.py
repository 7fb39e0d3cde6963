"""What calibration has learnt: numbers that go together, one set of which is drawn a future in place of their ranges."""

from __future__ import annotations

import datetime as dt
from itertools import accumulate
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from sufficiency.domain.problem import Finding
from sufficiency.scenario.figures import Frozen, Number, Positive, Text
from sufficiency.scenario.numbers import number_at

MOST_PARTICLES = 5_000


def _numbers(content: Any) -> Any:
    """A list as TOML gives it, whole numbers included."""
    if isinstance(content, list | tuple):
        return tuple(float(x) if isinstance(x, int) and not isinstance(x, bool) else x for x in content)
    return content


Column = Annotated[tuple[Number, ...], BeforeValidator(_numbers), Field(min_length=1, max_length=MOST_PARTICLES)]
Weights = Annotated[tuple[Positive, ...], BeforeValidator(_numbers), Field(min_length=1, max_length=MOST_PARTICLES)]


class Posterior(Frozen):
    """A joint posterior as weighted particles. Each future draws one particle, and with it all of these numbers together."""

    source: Text
    """What was calibrated on which observed figures."""
    as_of: dt.date
    """The day from which the observed figures that were fitted were known."""
    weights: Weights
    """Weight of each particle; they need not sum to 1."""
    particles: Annotated[dict[str, Column], Field(min_length=1, max_length=40)]
    """Values by the dotted path of the number (a figure, or an entry of a figure's table), one for each particle."""

    @model_validator(mode="after")
    def _check_lengths(self) -> Self:
        for path, column in self.particles.items():
            if len(column) != len(self.weights):
                raise Finding(
                    "there are not as many values as weights",
                    at=f"particles.{path}",
                    value=len(column),
                    allowed=f"{len(self.weights)} values, one for each particle",
                    mend="give each particle a value and a weight",
                )
        return self

    def check(self, root: BaseModel, fixed: tuple[str, ...]) -> None:
        """Raise a Finding where a path leads to no number of the scenario ``root``, to a figure whose shares sum to 1
        (``fixed``), or a value is none that the figure may have."""
        for path, column in self.particles.items():
            at = f"posterior.particles.{path}"
            number = number_at(root, path, at=at)
            if number.figure_path in fixed:
                raise Finding("shares that must sum to 1 cannot be set one by one", at=at, value=path, mend="leave it out")
            for end in {min(column), max(column)}:
                number.check(end, at=at)

    def drawn(self, uniform: float) -> dict[str, float]:
        """The numbers of the particle at ``uniform`` on (0, 1) of the weights' cumulated sum, by path."""
        reached = list(accumulate(self.weights))
        chosen = next((i for i, edge in enumerate(reached) if uniform * reached[-1] < edge), len(reached) - 1)
        return {path: column[chosen] for path, column in self.particles.items()}

    def quantile(self, path: str, share: float) -> float:
        """The weighted quantile of one number: the least value up to which at least ``share`` of the weight lies."""
        ordered = sorted(zip(self.particles[path], self.weights, strict=True))
        reached = list(accumulate(weight for _, weight in ordered))
        return next((x for (x, _), edge in zip(ordered, reached, strict=True) if edge >= share * reached[-1]), ordered[-1][0])
