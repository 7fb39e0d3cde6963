"""The shortlist's model on plain tables: one year, one future, proven to the end.

:func:`solve_allocation` chooses, :func:`assess` values a choice and checks it from the tables alone.
"""

from __future__ import annotations

from sufficiency.shortlist.allocation.assessment import Assessment, assess
from sufficiency.shortlist.allocation.solve import Allocation, solve_allocation

__all__ = ["Allocation", "Assessment", "assess", "solve_allocation"]
