"""Places: where, for which need and when places are short; what that rests on; what was promised; what to ask schools for."""

from __future__ import annotations

import streamlit as st

from sufficiency.ui.commitment_section import commitment_section
from sufficiency.ui.frame import head, rests_on
from sufficiency.ui.gap_fan_section import gap_fan
from sufficiency.ui.gap_map_section import KINDS, gap_map
from sufficiency.ui.glossary import NEEDS
from sufficiency.ui.headlines import key_year
from sufficiency.ui.invitation_section import invitation_section
from sufficiency.ui.place_versions import counted_version, own_version
from sufficiency.ui.spread_section import measured_spread, spread_section
from sufficiency.ui.timeline_section import timeline_section
from sufficiency.ui.waiting import present_answer
from sufficiency.ui.waits_section import waits_section


def show() -> None:
    """The page."""
    head("Where are places short, and for whom?")
    answer, fresh = present_answer(empty="Run the scenario to see where places are short.")
    if answer is None:
        return
    years = answer.run.labels("academic_year")
    left, right = st.columns(2)
    kind = left.radio("What counts as a gap", list(KINDS), format_func=KINDS.__getitem__, key="gap-kind", persist_state="session")
    first = years.index(key_year(answer))
    year = right.selectbox("Academic year (January census)", years, index=first, key="gap-year", persist_state="session")
    year = year if year in years else years[first]
    version, counted = counted_version(answer)
    spread = measured_spread(answer)
    own = version == own_version(answer.scenario)
    of_version = spread if own else None
    gap_map(counted, kind, year, of_version)
    spread_section(answer, kind, year, start=fresh, own=own)
    gap_fan(counted, kind)
    timeline_section(answer)
    waits_section(counted, year)
    commitment_section(answer)
    invitation_section(counted, kind, year, of_version)
    words = (
        "Specialist place",
        "SEN",
        "Resourced provision",
        "EoI",
        "Waiting",
        "Gap (all)",
        "Gap (waiting)",
        "Future",
        "8 in 10 futures",
        *NEEDS,
    )
    rests_on(answer, *words)
