"""Programmes of interventions that are paid for together, and checks of interventions against the rest of the scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from sufficiency.domain.problem import Finding
from sufficiency.scenario.figures import Figure, Frozen, NonNegative, Text
from sufficiency.scenario.money import Intervention, Money
from sufficiency.scenario.tables import check_keys


class Programme(Frozen):
    """Interventions that are decided on, paid for and valued as one: it runs where any of them is enabled."""

    title: Text
    """The name people read."""
    theme: Literal["demand management", "supply management"]
    """The theme of the council's DSG plan under which it is shown."""
    yearly_cost: Figure[NonNegative] | None = None
    """What it costs a year beside the costs of its interventions, from the first of them on, £."""
    one_off_cost: Figure[NonNegative] | None = None
    """What setting it up costs in the financial year of its start, £."""
    option: bool = False
    """Whether it is one of the options of an invest-to-save proposal."""


def check_interventions(
    interventions: Mapping[str, Intervention],
    programmes: Mapping[str, Programme],
    money: Money,
    provisions: Iterable[str],
    refused: Figure[float],
) -> None:
    """Raise a Finding where interventions name what the scenario does not have, or could push a share out of 0 to 1."""
    provisions = tuple(provisions)
    holder: dict[str, str] = {}
    for key, intervention in interventions.items():
        at = f"interventions.{key}"
        check_keys(
            [intervention.line] if intervention.line else (), money.other_lines.value, "line", complete=False, at=f"{at}.line"
        )
        named = [intervention.programme] if intervention.programme else ()
        check_keys(named, programmes, "programme", complete=False, at=f"{at}.programme")
        check_keys(intervention.provisions or (), provisions, "provision", complete=False, at=f"{at}.provisions")
        for provision in intervention.provisions or ():
            if provision in holder:
                raise Finding(
                    "two interventions open the same places",
                    at=f"{at}.provisions",
                    value=provision,
                    allowed=f"provisions that {holder[provision]} does not name",
                    mend="leave it to one of them",
                )
            holder[provision] = key
    if holder.keys() >= set(provisions):
        raise Finding(
            "every provision opens only with an intervention", at="interventions", mend="leave those that are open already out"
        )
    _check_pupils(interventions)
    _check_refusals(interventions, refused)


def _check_pupils(interventions: Mapping[str, Intervention]) -> None:
    """The same child must not be moved twice: together the shares moved from a setting are at most all of it."""
    moved: dict[str, float] = {}
    for key, intervention in interventions.items():
        if intervention.enabled and intervention.moves_from:
            effect = intervention.effect
            share = -(effect.value if effect.low is None else effect.low)
            moved[intervention.moves_from] = moved.get(intervention.moves_from, 0.0) + share
            if moved[intervention.moves_from] > 1:
                raise Finding(
                    "interventions on the same children move more of them than there are",
                    at=f"interventions.{key}.effect",
                    value=round(moved[intervention.moves_from], 4),
                    allowed=f"at most all pupils of {intervention.moves_from} together",
                    mend="lower the effects, or switch one of the interventions off",
                )


def _check_refusals(interventions: Mapping[str, Intervention], refused: Figure[float]) -> None:
    """No share of decisions above 1, whatever is drawn."""
    share = refused.value if refused.high is None else refused.high
    for key, intervention in interventions.items():
        if intervention.enabled and intervention.quantity == "refusal":
            effect = intervention.effect
            share *= 1 + (effect.value if effect.high is None else effect.high)
            if share > 1:
                raise Finding(
                    "the interventions could have more than every request refused",
                    at=f"interventions.{key}.effect",
                    value=round(share, 4),
                    allowed="a share of decisions refused of at most 1",
                    mend="lower the effect",
                )
