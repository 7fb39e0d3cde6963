"""What published tables cannot tell, said with the result: each gap, why it is there, and what stands in for it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sufficiency.experiment.published_rates.learn import PublishedRates

COLUMNS = ("what", "why", "stands-in", "would-be-identified-by")
Row = tuple[str, str, str, str]
_TRANSITIONS = "child-level transitions (sufficiency project --transitions)"


def not_identified(found: PublishedRates) -> Iterator[Row]:
    """What the rates leave open: rows of :data:`COLUMNS`."""
    hazards, nation = found.hazards, found.nation
    if hazards.flat:
        yield (
            "hazards by NCY, and the jump at Reception and Year 7",
            f"no release to January {found.england_through} gives settings by age",
            "one hazard at every NCY at school; which settings serve which NCY is assumed",
            "a release from January 2024 on (--england-through), or " + _TRANSITIONS,
        )
    if len(hazards.need) == 1:
        yield (
            "everything by primary need",
            f"no release to January {found.england_through} gives needs",
            'one need, "ALL"',
            "the release of January 2025 (--england-through 2025), or " + _TRANSITIONS,
        )
    else:
        stages = np.array(list(hazards.by_stage.values()))
        spread = float(np.nanmedian(np.nanmax(stages, axis=0) - np.nanmin(stages, axis=0)))
        yield (
            "interactions of need, NCY and setting",
            "tables give two of the three at a time, and needs at one census only",
            "a product of need effect and NCY effect; need effects fitted on primary, Year 7 and secondary alone differ by "
            f"{spread:.2f} in the median (hazards.csv)",
            _TRANSITIONS,
        )
        yield (
            "changes of primary need",
            "needs are published at one census only",
            "a child's need is taken to stay as it is",
            _TRANSITIONS,
        )
    back = (
        f"net moves, with {nation.step_down:.1%} of special schools' children a year moving back at every NCY at school, as "
        "England recorded from 2019 on, laid on both directions"
        if nation.step_down > 0
        else "net moves: nobody moves back, for no table given counts such moves"
    )
    yield "gross moves between settings", "stocks and new plans give net moves only", back, _TRANSITIONS
    yield (
        "which setting a mover comes from and goes to",
        "of several settings that lose and gain at an NCY only the totals are known",
        "losers spread over gainers in proportion; over specialist settings as England's, tilted to the authority's own",
        _TRANSITIONS,
    )
    yield (
        "leaving by need and setting",
        "plans that ended are published by age, and by setting, but not by both",
        "one chance for all children of an NCY",
        _TRANSITIONS,
    )
    yield (
        "where new plans were by the January census",
        "settings are published at the start of a plan",
        "a plan meets half of the year's moves, two thirds where most come in September",
        _TRANSITIONS,
    )
    yield (
        "whether the authority's multiplier lasts",
        "its records are of one pair of years, or of years long before",
        f"it is held for all years; 80 %: {found.multiplier.interval()[0]:.2f} to {found.multiplier.interval()[1]:.2f}",
        "several Januaries by age and setting",
    )
    yield (
        "need for a specialist place that found none",
        "tables count moves that happened, within the places there were",
        "nothing: hazards are of moves, not of need",
        "the authority's own waiting list",
    )
    if found.england_through > found.census:
        yield (
            "England's shapes as they were known at the census",
            f"tables to January {found.england_through} were asked for; they were not published in {found.census}",
            "later shapes: a hindcast from these rates knows more of England, though nothing more of the authority",
            "nothing: leave --england-through out for what was known",
        )


def open_ends(found: PublishedRates) -> str:
    """What the rates leave open, in one line."""
    named = [what for what, *_ in not_identified(found)]
    return f"published tables do not identify {len(named)} things (not_identified.csv): {'; '.join(named)}."
