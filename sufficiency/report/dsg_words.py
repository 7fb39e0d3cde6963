"""The management plan in sentences for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from sufficiency.domain.dictionaries import DSG_CATEGORIES
from sufficiency.dsg.balances import override_ends, target, targets
from sufficiency.dsg.break_even import BreakEven
from sufficiency.dsg.plan import Plan
from sufficiency.dsg.sensitivity import Change
from sufficiency.places.gap import band
from sufficiency.report.words import pounds, priced, share


def plan_lines(plan: Plan, asked: tuple[str | None, float | None], root: BreakEven | None) -> list[str]:
    """The account by year, savings by workstream, targets, the end of the override, and a break-even.

    ``asked`` is a financial year and the balance to be reached at its end, where one is asked for.
    """
    by, balance = asked
    without, with_all = plan.unmitigated, plan.mitigated
    lines = [f"Dedicated Schools Grant (DSG), {plan.scenario.title}; unverified defaults are in every line."]
    for i, year in enumerate(without.financial_years):
        lines.append(
            f"  {year}: in-year unmitigated {priced(band(without.in_year_balance[:, i]))}; "
            f"cumulative {pounds(band(without.cumulative_balance[:, i]).p50)} unmitigated, "
            f"{pounds(band(with_all.cumulative_balance[:, i]).p50)} with interventions"
        )
    lines += _worth_lines(plan)
    for t in targets(plan.scenario, with_all):
        lines.append(f"Target of {pounds(t.balance)} at the end of {t.financial_year}: met in {share(t.probability)} of futures.")
    if by is not None and balance is not None:
        found = target(with_all, by, balance)
        lines.append(f"A balance of {pounds(balance)} at the end of {by}: reached in {share(found.probability)} of futures.")
    if (ends := override_ends(plan.scenario, with_all)) is not None:
        lines.append(
            f"The statutory override ends in {ends[0]}: the balance then is {priced(band(ends[1]))} with interventions, "
            "and would fall on the council's own reserves."
        )
    return [*lines, *(_root_lines(root) if root else [])]


def sensitivity_lines(changes: Sequence[Change]) -> list[str]:
    """What single changes do to the last cumulative balance, in the order given."""
    last = changes[0].financial_years[-1]
    lines = [f"One change at a time, effect on the balance at the end of {last}; nothing is simulated again:"]
    for change in changes:
        found = band(change.cumulative)
        lines.append(
            f"  {change.percent:+g} % {change.changed} in {DSG_CATEGORIES.label(change.category).lower()}: {pounds(found.mean)} "
            f"(8 in 10 futures: {pounds(found.p10)} to {pounds(found.p90)}); {change.theme}"
        )
    return lines


def _worth_lines(plan: Plan) -> list[str]:
    worth, spared = plan.worth, plan.spared
    if not worth.players:
        return ["No intervention is switched on."]
    last = worth.financial_years[-1]
    how = "every order weighed" if worth.is_exact else "orders sampled"
    lines = [f"Savings by {last}, costs included (Shapley values, {how}); the balance is better where they are above nothing:"]
    ordered = sorted(
        zip(worth.players, worth.cumulative[:, :, -1], worth.error[:, -1], strict=True), key=lambda row: -row[1].mean()
    )
    for player, values, error in ordered:
        found = band(values)
        sampled = f", standard error {pounds(error)}" if error else ""
        lines.append(
            f"  {player.title}: {pounds(found.mean)} on average (8 in 10 futures: {pounds(found.p10)} to {pounds(found.p90)}"
            f"{sampled}); delivery {player.rating}, evidence {player.confidence}"
        )
    whole = band(worth.cumulative[:, :, -1].sum(axis=0))
    lines.append(f"  All together: {pounds(whole.mean)} (8 in 10 futures: {pounds(whole.p10)} to {pounds(whole.p90)})")
    if spared.requests >= 1:
        lines.append(
            f"  By {plan.scenario.horizon:%B %Y} they spare requests: {spared.requests:,.0f}; plans: {spared.plans:,.0f}; "
            f"cases in the queue for assessment: {spared.waiting:,.0f}. While staff limits plans, sparing requests saves little."
        )
    return lines


def _root_lines(root: BreakEven) -> list[str]:
    label = DSG_CATEGORIES.label(root.category).lower()
    if root.pupils_fewer is None:
        return [
            f"No number of pupils fewer in {label} balances {root.financial_year}: {pounds(root.balance)} as it is, "
            f"{pounds(root.with_none)} with none at all."
        ]
    more = "fewer" if root.pupils_fewer >= 0 else "more"
    return [
        f"{root.financial_year} balances with {abs(root.pupils_fewer):,.0f} of {root.pupils:,.0f} pupils {more} in {label}, "
        f"if nothing is paid for them elsewhere; possible in {share(root.possible)} of futures."
    ]
