"""The uncertain inputs of the whole chain, in groups that can be drawn apart from one another.

Each group has one number on (0, 1). Where it holds a single drawn number that is its quantile; else it is the seed of the named
streams of all its numbers. So a variance can be told apart by group, whatever the number of figures in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from sufficiency.scenario.draws import PARTICLE_STREAM, drawn, settled
from sufficiency.scenario.figures import Figure
from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.demand import growth_path
from sufficiency.simulation.streams import Streams

_PARAMETER = "parameter/"
_SEEDS, _REPLICATIONS = 2**52, 2**31


Known = Literal["from records", "by evaluation", "only with time"]
_RECORDS: Known = "from records"
_EVALUATION: Known = "by evaluation"
_TIME: Known = "only with time"


@dataclass(frozen=True)
class Input:
    """A group of uncertain figures: those whose dotted path begins with one of ``paths`` and with no longer one of another."""

    name: str
    label: str
    """What it is, in words."""
    paths: tuple[str, ...]
    known: Known
    """How it could become known: from the council's own records, by evaluating what is done, or only as years go by."""
    is_simulated: bool = True
    """Whether it changes what happens to children; the others change what is paid, and need no simulation."""


SHOCKS, CHANCE, CALIBRATED = "shocks", "chance", "calibrated"
INPUTS = (
    Input("growth", "Mean growth of requests", ("demand.growth",), _TIME),
    Input(SHOCKS, "Shocks to requests from year to year", (), _TIME),
    Input("requests", "Other assumptions about requests and decisions", ("demand", "decisions", "population"), _RECORDS),
    Input("assessment", "Capacity of the assessment service", ("advice", "assessment_team"), _RECORDS),
    Input("latent", "Need that history hides", ("placements.latent",), _RECORDS),
    Input(
        "need",
        "Who comes to need a specialist place, and when",
        (
            "placements.specialist_at_issue", "placements.emergence_by_need", "placements.emergence_primary",
            "placements.emergence_secondary", "placements.jump_at_reception", "placements.jump_at_secondary",
            "placements.resourced_suitable",
        ),
        _RECORDS,
    ),
    Input("to_independent", "How fast those who wait go to independent schools", ("placements.to_independent",), _RECORDS),
    Input("moves", "Other moves, and when plans end", ("placements", "reviews"), _RECORDS),
    Input("places", "Places and how late they open", ("supply", "estate", "commitment"), _RECORDS),
    Input("caseload", "The caseload at the start", ("caseload",), _RECORDS),
    Input("delivery", "What interventions do and how much is delivered", ("interventions", "programmes"), _EVALUATION),
    Input(CALIBRATED, "What calibration has learnt", ("posterior",), _RECORDS),
    Input(CHANCE, "Chance: the courses of single children, and building", (), _TIME),
    Input("fees", "Level and spread of independent fees", ("money.independent_fee", "money.fee_spread"), _RECORDS, False),
    Input("fee_inflation", "Inflation of independent fees", ("money.fee_inflation",), _TIME, False),
    Input("top_ups", "Level of top-ups, and places elsewhere", ("money",), _RECORDS, False),
    Input("inflation", "Inflation of top-ups and lines", ("money.inflation",), _TIME, False),
    Input("lines", "Lines that follow no pupil", ("money.other_lines", "money.no_plan_top_ups"), _RECORDS, False),
    Input(
        "income",
        "Level of income",
        (
            "money.high_needs_income", "money.known_income", "money.schools_block", "money.transfer_share",
            "money.transfer_share_by_year", "money.other_income", "money.net_imports", "money.import_rate",
            "money.other_blocks", "money.payments", "money.stability_grant",
        ),
        _RECORDS,
        False,
    ),
    Input(
        "income_growth",
        "Growth of the high-needs allocation",
        ("money.income_growth", "money.income_growth_by_year"),
        _TIME,
        False,
    ),
    Input("opening", "Balance at the start", ("money.opening_balance",), _RECORDS, False),
)  # fmt: skip
_NOT_DRAWN = ("shortlist",)


@dataclass(frozen=True)
class Drawing:
    """A scenario as one point of its inputs gives it: certain throughout, with the replication that settles chance."""

    scenario: Scenario
    replication: int


class Inputs:
    """The inputs that are uncertain in a scenario, and what a point of them gives."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._owner: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        for path, figure in scenario.figures():
            if figure.is_range and not path.startswith(_NOT_DRAWN):
                name = owner(path)
                self._owner[path] = name
                self._numbers[name] = self._numbers.get(name, 0) + len(figure.leaves)
        always = {SHOCKS, CHANCE} | ({CALIBRATED} if scenario.posterior else set())
        self.inputs = tuple(i for i in INPUTS if i.name in self._numbers or i.name in always)
        """Those that are uncertain here, in the order of :data:`INPUTS`."""

    def at(self, point: Mapping[str, float]) -> Drawing:
        """The scenario where each input has its number on (0, 1)."""
        streams = {name: Streams(int(u * _SEEDS), 0) for name, u in point.items()}

        def uniform(name: str) -> float:
            if name == PARTICLE_STREAM:
                return point[CALIBRATED]
            path = name.removeprefix(_PARAMETER).rpartition("/")[0]
            group = self._owner[path]
            return point[group] if self._numbers[group] == 1 else streams[group].uniform(name)

        scenario = settled(drawn(self._scenario, uniform))
        path = growth_path(scenario, streams[SHOCKS])
        known = {str(year): path[year] - path[before] for before, year in pairwise(sorted(path))}
        figure = Figure[dict[str, float]](
            value=known, unit="change of the logarithm", source="drawn", known_from=scenario.knowledge_date, verified=True
        )
        demand = scenario.demand.model_copy(update={"known_growth": figure})
        return Drawing(scenario.model_copy(update={"demand": demand}), int(point[CHANCE] * _REPLICATIONS))


def owner(path: str) -> str:
    """Name of the input that a figure belongs to: that with the longest path that the figure's begins with."""
    begins = [(len(prefix), i.name) for i in INPUTS for prefix in i.paths if path == prefix or path.startswith(f"{prefix}.")]
    if not begins:
        raise LookupError(f"the figure {path} belongs to no input of the chain")
    return max(begins)[1]
