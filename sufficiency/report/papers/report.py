"""The report: the whole chain as a paper for a committee."""

from __future__ import annotations

import datetime as dt

from sufficiency.places.commitment import commitment
from sufficiency.report.chain import Chain
from sufficiency.report.papers.assumptions import assumptions_section, record_section, sources_section
from sufficiency.report.papers.bids import ILLUSTRATIVE, commitment_section, shortlist_section
from sufficiency.report.papers.content import Paper, about, about_range, balance, chance, day
from sufficiency.report.papers.demand import demand_section
from sufficiency.report.papers.equality import equality_section
from sufficiency.report.papers.money import money_section
from sufficiency.report.papers.places import bands_of, places_section, waiting_section, where_section
from sufficiency.report.papers.quality import limits_section, quality_section
from sufficiency.report.papers.sensitivity import sensitivity_section
from sufficiency.report.summary import headline_year, rough_words

KEY = "report"
QUESTION = "Are there enough specialist places, where are they missing, and what do the bids and the money allow?"


def report_paper(chain: Chain, made: dt.date) -> Paper:
    """The paper of a chain; ``made`` is the day it is made on."""
    scenario = chain.scenario
    whole = chain.with_shortlist.scenario
    illustrative = any(eoi.illustrative for eoi in chain.eois)
    unverified = len(whole.unverified())
    cautions = [
        f"{unverified} of {sum(1 for _ in whole.figures())} figures behind this paper are unverified defaults; all are listed at "
        "its end with their reasons.",
        *([ILLUSTRATIVE] if illustrative else []),
        *rough_words(chain.run),
    ]
    return Paper(
        key=KEY,
        title=f"Specialist places: {scenario.title}",
        question=QUESTION,
        answer=_answer(chain),
        cautions=tuple(cautions),
        sections=(
            places_section(chain),
            where_section(chain),
            waiting_section(chain),
            commitment_section(chain),
            shortlist_section(chain),
            money_section(chain),
            sensitivity_section(chain),
            demand_section(chain.run),
            equality_section(chain),
            limits_section(chain.run, illustrative=illustrative),
            quality_section(scenario),
            sources_section(whole),
            record_section(chain),
            assumptions_section(whole),
        ),
        made=made,
    )


def _answer(chain: Chain) -> str:
    year = headline_year(chain.run)
    at = chain.run.labels("academic_year").index(year)
    missing, left = (bands_of(run, "gap_all")[at] for run in (chain.run, chain.with_shortlist))
    promise = commitment(chain.with_shortlist)
    last = float(chain.mitigated_account.cumulative_balance[:, -1].mean())
    found = about_range(missing) if missing.mean > 0 else f"about {about(-missing.mean)}"
    verb = "are missing" if missing.mean > 0 else "are to spare"
    later = f"about {about(left.mean)} are missing" if left.mean > 0 else f"about {about(-left.mean)} are to spare"
    return (
        f"In {year} {found} specialist places {verb}; with the chosen bids {later}. The promise of "
        f"{promise.promised:,} places by {day(promise.by)} is kept {chance(promise.probability, chain.run.futures)}. "
        "The Dedicated "
        f"Schools Grant stands at {balance(last)} on {_ends(chain)} with interventions and shortlist."
    )


def _ends(chain: Chain) -> str:
    return f"31 March {int(chain.mitigated_account.financial_years[-1][:4]) + 1}"
