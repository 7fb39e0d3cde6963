"""How the worst futures weigh in a model: (1 - w) mean + w CVaR as linear rows.

With Y_s what a choice does in future s, p_s its probability, w the weight and a the share of the worst futures:
CVaR = min over e of e + 1/a sum of p_s max(Y_s - e, 0) (Rockafellar and Uryasev 2000). Y_s is never negative, nor is e.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sufficiency.shortlist.prices import Tail

Terms = list[tuple[Any, float]]


def mixed(
    name: str,
    by_future: Sequence[Terms],
    constants: Sequence[float],
    weights: Sequence[float],
    tail: Tail,
    add_variable: Callable[[str], Any],
    add_row: Callable[[str, Terms, float], None],
) -> tuple[Terms, float]:
    """Terms and constant of the mix of Y_s = terms + constant of each future.

    ``add_variable`` makes a variable that is not negative, ``add_row`` adds terms <= bound; neither is asked where only the mean
    weighs.
    """
    mean = sum(float(p) * float(constant) for p, constant in zip(weights, constants, strict=True))
    if tail.weight == 0:
        return [(v, c * float(p)) for p, each in zip(weights, by_future, strict=True) for v, c in each], mean
    threshold = add_variable(f"tail_{name}")
    found: Terms = [(threshold, tail.weight)]
    for s, (p, each, constant) in enumerate(zip(weights, by_future, constants, strict=True)):
        above = add_variable(f"tail_{name}_f{s}")
        add_row(f"tail_{name}_f{s}", [*each, (threshold, -1.0), (above, -1.0)], -float(constant))
        found.append((above, tail.weight * float(p) / tail.share))
        if tail.weight < 1:
            found += [(v, (1 - tail.weight) * c * float(p)) for v, c in each]
    return found, (1 - tail.weight) * mean
