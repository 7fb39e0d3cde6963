"""The services of the assessment pathway, as those who wire, drive and count them hand them on."""

from __future__ import annotations

from dataclasses import dataclass

from sufficiency.simulation.advice import AllocationMeeting
from sufficiency.simulation.assessments import AssessmentTeam
from sufficiency.simulation.caseload import Rows
from sufficiency.simulation.council import Council
from sufficiency.simulation.decisions import DecisionPanel


@dataclass
class Pathway:
    """The services from request to plan."""

    council: Council
    panel: DecisionPanel
    meeting: AllocationMeeting
    team: AssessmentTeam
    under_way: Rows
    """Cases whose assessment is open on the first day."""
