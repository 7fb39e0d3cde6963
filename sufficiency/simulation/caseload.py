"""The caseload: every child of one future as a row of NumPy columns.

All rows are laid out before the clock starts: the opening stock of plans, the cases already open (oldest request first), the
requests of the whole horizon in the order in which they will arrive, then those who move in with a plan. A row's number is
therefore also its place in the order of requests, and queues are sorted arrays of row numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import PHASE_STARTS, SETTINGS
from sufficiency.simulation.streams import Keys

Rows = NDArray[np.int64]
NEVER = 32_000
"""A week that never comes."""
STATUTORY_WEEKS = 20
"""A final plan is due within 20 weeks of the request (SEND Regulations 2014, regulation 13)."""
NO_SETTING, NO_PROVISION = -1, -1
OUT_OF_AREA = -2
"""Stands for a provision where a child holds a place in a state special school of another authority."""

# What a row is at the moment. Where a request stands is told by its weeks; UNDECIDED is said of the first day only.
NOT_YET, UNDECIDED, HAS_PLAN, CEASED = range(4)

_DATES = (
    "decision_week", "withdrawal_week", "refusal_week", "overturn_week", "not_issued_week", "reversal_week", "plan_week",
)  # fmt: skip
"""Columns of the weeks in which something happened to a child."""

S = {code: i for i, code in enumerate(SETTINGS.codes)}
"""Position of each setting on the setting axis."""


def constant(value: int, dtype: type[np.generic]) -> NDArray[Any]:
    """A number as an array of no axes, which cannot be written to.

    For what is done every week: of a plain number NumPy makes such an array anew each time, which takes as long as the rest of a
    small operation.
    """
    found = np.array(value, dtype=dtype)
    found.flags.writeable = False
    return found


AT = {code: constant(i, np.int8) for code, i in S.items()}
"""The same positions, for what is done every week."""
YES, NO = constant(True, np.bool_), constant(False, np.bool_)


@dataclass
class Caseload:
    """Columns of equal length, one row a child; weeks count from the start of the clock (negative before it)."""

    key: Keys
    """Key of the child's own draws."""
    area: NDArray[np.int8]
    need: NDArray[np.int8]
    reception_year: NDArray[np.int16]
    """Academic year in which the child is in Reception: NCY is the academic year less this."""
    request_week: NDArray[np.int16]
    """Week of the request; ``NEVER`` where the child came with a plan."""
    setting: NDArray[np.int8]
    state: NDArray[np.int8]
    priority: NDArray[np.bool_]
    """Taken first by the allocation meeting."""
    ncy: NDArray[np.int8] = field(init=False)
    phase: NDArray[np.int8] = field(init=False)
    decision_week: NDArray[np.int16] = field(init=False)
    refusal_week: NDArray[np.int16] = field(init=False)
    overturn_week: NDArray[np.int16] = field(init=False)
    not_issued_week: NDArray[np.int16] = field(init=False)
    withdrawal_week: NDArray[np.int16] = field(init=False)
    reversal_week: NDArray[np.int16] = field(init=False)
    """Week in which a decision not to issue was overturned."""
    plan_week: NDArray[np.int16] = field(init=False)
    """Week in which the final plan was issued; ``NEVER`` where none was or the child came with one."""
    provision: NDArray[np.int16] = field(init=False)
    """The provision whose place the child holds, ``OUT_OF_AREA`` or ``NO_PROVISION``."""
    waiting: NDArray[np.bool_] = field(init=False)
    """On the list for a specialist place here."""
    wait_since: NDArray[np.int16] = field(init=False)

    def __post_init__(self) -> None:
        rows = len(self.key)
        for name in _DATES:
            setattr(self, name, np.full(rows, NEVER, dtype=np.int16))
        self.provision = np.full(rows, NO_PROVISION, dtype=np.int16)
        self.waiting = np.zeros(rows, dtype=np.bool_)
        self.wait_since = np.full(rows, NEVER, dtype=np.int16)
        self.ncy = np.zeros(rows, dtype=np.int8)
        self.phase = np.zeros(rows, dtype=np.int8)

    def __len__(self) -> int:
        return len(self.key)

    def age_to(self, academic_year: int) -> None:
        """Set every row's NCY and phase to those of an academic year."""
        np.subtract(academic_year, self.reception_year, out=self.ncy, casting="unsafe")
        self.phase = phase_of(self.ncy)

    def phase_in(self, rows: Rows, academic_years: NDArray[np.int64]) -> NDArray[np.int8]:
        """Phase of ``rows`` in given academic years; both of shape (n,)."""
        return phase_of(academic_years - self.reception_year[rows])


def phase_of(ncy: NDArray[np.integer]) -> NDArray[np.int8]:
    """Position of the phase of each NCY (-128 to 127), the same shape."""
    phase: NDArray[np.int8] = _PHASE_BY_BYTE[ncy.astype(np.int8).view(np.uint8)]
    return phase


_PHASE_BY_BYTE = np.searchsorted(PHASE_STARTS, np.arange(256, dtype=np.uint8).view(np.int8), side="right").astype(np.int8)


def joined(parts: list[Caseload]) -> Caseload:
    """One caseload of several, in the order given (only the columns given at creation are carried over)."""
    names = [f.name for f in fields(Caseload) if f.init]
    return Caseload(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
