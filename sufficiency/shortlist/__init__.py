"""The shortlist: which expressions of interest to take forward, and when, over a sample of futures.

:func:`solve_shortlist` chooses, :func:`evaluate` re-checks a choice from the data alone, :func:`adopt` puts it back into the
scenario as supply, :func:`table` shows it row by row. The solver is imported only when something is solved.
"""

from __future__ import annotations

from sufficiency.shortlist.adopt import adopt
from sufficiency.shortlist.evaluation import Evaluation, evaluate
from sufficiency.shortlist.futures import NetDemand, net_demand
from sufficiency.shortlist.plan import Chosen, NotChosen, ShortlistPlan, Stage, Status, Stops, table
from sufficiency.shortlist.posing import shortlist_problem
from sufficiency.shortlist.problem import ShortlistProblem
from sufficiency.shortlist.solve import solve_problem, solve_shortlist

__all__ = [
    "Chosen",
    "Evaluation",
    "NetDemand",
    "NotChosen",
    "ShortlistPlan",
    "ShortlistProblem",
    "Stage",
    "Status",
    "Stops",
    "adopt",
    "evaluate",
    "net_demand",
    "shortlist_problem",
    "solve_problem",
    "solve_shortlist",
    "table",
]
