"""The answers in sentences: number, range and condition."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sufficiency.dsg.account import Account
from sufficiency.places.commitment import Commitment
from sufficiency.places.gap import Band, band, cut, gap
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist import ShortlistPlan
from sufficiency.ui.answers import Answer
from sufficiency.ui.formats import balance, day, in_ten, money, number, percent, plain, short


@dataclass(frozen=True)
class Totals:
    """Need, places and gap of one academic year, all areas, needs and phases together."""

    year: str
    need: float
    places: float
    gap: Band


_BASELINE_TITLE = re.compile(r"([^,]+), January (?:19|20)\d\d\b")
"""A planner's own title may begin with anything: "North, faster growth"."""


def council(scenario: Scenario) -> str:
    """The council's name where the title is that of a baseline ("Bristol, January 2022"), else "the council"."""
    found = _BASELINE_TITLE.match(scenario.title)
    return plain(found[1]) if found else "the council"


def key_year(answer: Answer) -> str:
    """The academic year of the commitment's day, or the nearest one simulated."""
    years = answer.run.labels("academic_year")
    by = answer.scenario.commitment.by
    first = by.year if by.month >= 9 else by.year - 1
    starts = [int(label[:4]) for label in years]
    return years[int(np.argmin([abs(start - first) for start in starts]))]


def key_calendar_year(scenario: Scenario, years: Sequence[str]) -> str:
    """The last whole calendar year before the commitment's day, or the nearest of ``years``."""
    before = scenario.commitment.by.year - 1
    return min(years, key=lambda year: (abs(int(year) - before), year))


def totals(answer: Answer, year: str) -> Totals:
    """Need, places and gap of one academic year."""
    run = answer.run
    position = run.labels("academic_year").index(year)
    need = float(cut(run, run.tallies["need"], ())[:, position].mean())
    places = float(cut(run, run.tallies["places"], ())[:, position].mean())
    return Totals(year, need, places, band(cut(run, gap(run, "gap_all"), ())[:, position]))


def places_sentence(answer: Answer) -> str:
    """The headline: how many places are needed, how many there are, and the gap with its range."""
    found = totals(answer, key_year(answer))
    need, places = round(found.need), round(found.places)
    name = council(answer.scenario)
    lacking = need - places
    more = f"{lacking:,} more are needed" if lacking > 0 else f"{-lacking:,} are to spare"
    return (
        f"By the January census of {found.year} {name} needs **{need:,} specialist places** and has **{places:,}**, "
        f"so that **{more}**; in 8 of 10 futures {between(found.gap)}."
    )


def between(found: Band) -> str:
    """``between 700 and 1,100``, with words where an end is a surplus."""
    low, high = round(found.p10), round(found.p90)
    if low >= 0:
        return f"between {low:,} and {high:,}"
    return f"between {short(low)} and {short(high)}"


def commitment_sentence(found: Commitment, start_words: str) -> str:
    """The promise, what of it is delivered and under way, and how likely it is to be kept."""
    return (
        f"Of **{found.promised:,} places promised** by {day(found.by)}, {found.delivered:,} were delivered before {start_words} "
        f"and {found.pipeline:,} are in the pipeline: **{found.missing:,} to find**. Without any bid {number(found.opened.mean)} "
        f"places are open by then on average, and the promise is kept {in_ten(found.probability)} "
        f"(a probability of {percent(found.probability)})."
    )


def plan_sentence(plan: ShortlistPlan, illustrative: bool) -> str:
    """What the bids could close of the commitment."""
    bids = "illustrative expressions of interest (EoIs)" if illustrative else "expressions of interest (EoIs)"
    return (
        f"Within {money(plan.capital_limit)} of capital, the best {len(plan.chosen)} of the {bids} are expected to close "
        f"**{number(plan.closed)} of the {number(plan.commitment_missing)} places to find** by {day(plan.commitment_by)}, which "
        f"leaves {number(plan.shortfall)}."
    )


def balance_sentence(answer: Answer, account: Account, condition: str) -> str:
    """The cumulative balance at the end of the commitment's financial year, with its range, and at the end of the last."""
    years = account.financial_years
    near = key_year(answer).replace("/", "-")
    at = years.index(near) if near in years else len(years) - 1
    found = band(account.cumulative_balance[:, at])
    later = ""
    if at < len(years) - 1:
        last = band(account.cumulative_balance[:, -1])
        later = (
            f" By 31 March {_ends(years[-1])} it is {balance(last.mean)}, between {balance(last.p10)} and {balance(last.p90)}."
        )
    return (
        f"The Dedicated Schools Grant (DSG) account stands at **{balance(found.mean)}** on 31 March {_ends(years[at])} "
        f"{condition}; in 8 of 10 futures between {balance(found.p10)} and {balance(found.p90)}.{later}"
    )


def _ends(financial_year: str) -> int:
    """The calendar year in which a financial year ends."""
    return int(financial_year[:4]) + 1
