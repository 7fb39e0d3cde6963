"""Learns rates from child-level transitions, all years pooled.

State = (NCY a, need n, setting x). L_a and S_a are the leavers and non-leavers at NCY a over all states, M_a and T_a the movers
and stayers among the non-leavers. The source of every formula is the project's page on transitions (``docs/transitions.md``);
what it leaves open is decided here:

- A setting's row is the row of the valid states that covers the state; a state that none covers has all rows of its setting.
- A state valid at the NCY below and not at the new one is one whose setting does not serve the new NCY: validity is by NCY and
  need together. Its children leave at their rate; the others must move, or leave where there is no destination.
- Movers of a state without a destination who need not move stay.
- Years are those that have transitions. An NCY never seen has nobody (of the non-leavers, for moves) on side 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sufficiency.evidence.transitions import History
from sufficiency.experiment.projection.rates import Ageing, Betas, Destinations, Flags, Numbers, Positions, Rates, StateSpace

LEGACY_LAST_NCY = 20
"""With legacy states nobody above it is aged on."""
YEAR_WITHOUT_JOINER = 0.001
"""What a year without a joiner adds to alpha."""


def learned(history: History, *, legacy_states: bool = False) -> Rates:
    """The rates of a history, by the rules of older tools where ``legacy_states``."""
    space = state_space(history)
    valid, listed = _valid(history, space), _listed(history, space)
    counts = _Counts(history, space)
    if legacy_states:
        allowed = listed & _by_setting(valid, space)
        ageing = _legacy_ageing(valid, listed, space)
    else:
        later = np.zeros(space.shape, dtype=np.bool_)
        later[:-1] = valid[1:]
        allowed = listed & _by_setting(later, space)
        everywhere = np.ones(space.shape, dtype=np.bool_)
        ageing = Ageing(carried=everywhere, may_move=everywhere, must_move=~later)
    return Rates(
        space=space,
        known=valid | counts.seen,
        leave=_smoothed(counts.leavers, counts.movers + counts.stayers, never_seen=0.5),
        move=_smoothed(counts.movers, counts.stayers, never_seen=1.0),
        destination=_destinations(counts, allowed, only_allowed=not legacy_states),
        join=_join(history, space, counts.joiners_by_year),
        joiner_state=_joiner_state(counts.joiners, valid),
        ageing=ageing,
    )


def state_space(history: History) -> StateSpace:
    """All states seen or valid, and those one NCY above the last: whoever reaches them can only leave."""
    lowest = [row.first_ncy for row in history.valid_states]
    highest = [row.last_ncy for row in history.valid_states]
    low = min(*lowest, int(history.transitions.ncy.min()))
    high = max(*highest, int(history.transitions.ncy.max()) + 1) + 1
    return StateSpace(low, high - low + 1, history.needs, history.settings)


def start(history: History, space: StateSpace) -> NDArray[np.int64]:
    """Children at the start census: side 2 of the last year; shape (NCYs, pairs)."""
    rows = history.transitions
    there = (rows.year == rows.years[-1]) & (rows.setting_2 >= 0)
    pair = rows.need_2 * len(space.settings) + rows.setting_2
    return _count(space, (rows.ncy + 1 - space.first_ncy)[there], pair[there])


def _count(space: StateSpace, ncy: Positions, pair: Positions) -> NDArray[np.int64]:
    return np.bincount(ncy * space.pairs + pair, minlength=space.ncys * space.pairs).reshape(space.shape)


class _Counts:
    """What was observed, by state; arrays of shape (NCYs, pairs) unless said otherwise."""

    def __init__(self, history: History, space: StateSpace) -> None:
        rows, settings = history.transitions, len(space.settings)
        ncy = rows.ncy - space.first_ncy
        before, after = rows.need_1 * settings + rows.setting_1, rows.need_2 * settings + rows.setting_2
        was, will_be = rows.setting_1 >= 0, rows.setting_2 >= 0
        moved = was & will_be & (rows.setting_1 != rows.setting_2)
        stayed = was & will_be & ~moved
        self.space = space
        self.leavers = _count(space, ncy[was & ~will_be], before[was & ~will_be])
        self.movers = _count(space, ncy[moved], before[moved])
        self.stayers = _count(space, ncy[stayed], before[stayed])
        self.joiners = _count(space, ncy[~was] + 1, after[~was])
        self.seen: Flags = (self.leavers + self.movers + self.stayers + self.joiners) > 0
        self.seen |= _count(space, ncy[will_be] + 1, after[will_be]) > 0
        self.joiners_by_year = {
            year: np.bincount(ncy[~was & (rows.year == year)] + 1, minlength=space.ncys) for year in rows.years
        }
        """Of each year with transitions, by arrival NCY: shape (NCYs,)."""
        self.moves = np.stack((ncy[moved] * space.pairs + before[moved], after[moved]))
        """State before and pair after, a column a mover: shape (2, movers)."""
        self.moved_into = self._moved_into(ncy[moved], rows.setting_2[moved])

    def _moved_into(self, ncy: Positions, setting: Positions) -> NDArray[np.int64]:
        """Moves at each NCY into each setting, shape (NCYs, settings); an NCY without any has those of the one below."""
        settings = len(self.space.settings)
        found = np.bincount(ncy * settings + setting, minlength=self.space.ncys * settings).reshape(-1, settings)
        for at in range(1, len(found)):
            if not found[at].any():
                found[at] = found[at - 1]
        return found


def _smoothed(events: NDArray[np.int64], others: NDArray[np.int64], *, never_seen: float) -> Betas:
    """Beta(events + (E_a + ½)/(E_a + O_a + 1), others + (O_a + ½)/(E_a + O_a + 1)), E_a and O_a over all states of the NCY;
    at an NCY never seen the added pair is (``never_seen``, ``never_seen``)."""
    of_ncy, others_of_ncy = events.sum(axis=1, keepdims=True), others.sum(axis=1, keepdims=True)
    total = of_ncy + others_of_ncy
    alpha: Numbers = np.where(total > 0, (of_ncy + 0.5) / (total + 1), never_seen)
    beta: Numbers = np.where(total > 0, (others_of_ncy + 0.5) / (total + 1), never_seen)
    return Betas(events + alpha, others + beta)


def _valid(history: History, space: StateSpace) -> Flags:
    """Valid states; shape (NCYs, pairs)."""
    valid = np.zeros(space.shape, dtype=np.bool_)
    of = {label: at for at, label in enumerate(space.labels)}
    for row in history.valid_states:
        ncys = slice(row.first_ncy - space.first_ncy, row.last_ncy + 1 - space.first_ncy)
        valid[ncys, [of[need, row.setting] for need in row.needs]] = True
    return valid


def _listed(history: History, space: StateSpace) -> Flags:
    """Settings that each state's row lists; shape (NCYs, needs, settings from, settings to)."""
    needs, settings = len(space.needs), len(space.settings)
    listed = np.zeros((space.ncys, needs, settings, settings), dtype=np.bool_)
    covered = _valid(history, space).reshape(space.ncys, needs, settings)
    for row in history.valid_states:
        at, to = space.settings.index(row.setting), [space.settings.index(other) for other in row.moves_to]
        of_row = np.zeros((space.ncys, needs), dtype=np.bool_)
        ncys = slice(row.first_ncy - space.first_ncy, row.last_ncy + 1 - space.first_ncy)
        of_row[ncys, [space.needs.index(need) for need in row.needs]] = True
        for other in to:
            listed[:, :, at, other] |= of_row | ~covered[:, :, at]
    return listed


def _by_setting(states: Flags, space: StateSpace) -> Flags:
    """States as destinations within a need, to be broadcast over the setting left: shape (NCYs, needs, 1, settings)."""
    return states.reshape(space.ncys, len(space.needs), 1, len(space.settings))


def _legacy_ageing(valid: Flags, listed: Flags, space: StateSpace) -> Ageing:
    """Only valid states up to :data:`LEGACY_LAST_NCY` are aged on; a state can move if its setting's list has more than one entry
    and some other setting is valid two NCYs on for any need."""
    ncys = np.array(space.ncy_labels)
    served: Flags = np.any(valid.reshape(space.ncys, len(space.needs), -1), axis=1)
    others = np.zeros((space.ncys, len(space.settings)), dtype=np.bool_)
    others[:-2] = served[2:].sum(axis=1, keepdims=True) - served[2:] > 0
    may_move = (listed.sum(axis=3) > 1) & others[:, None, :]
    return Ageing(
        carried=valid & (ncys <= LEGACY_LAST_NCY)[:, None],
        may_move=may_move.reshape(space.shape),
        must_move=np.zeros(space.shape, dtype=np.bool_),
    )


def _destinations(counts: _Counts, allowed: Flags, *, only_allowed: bool) -> Destinations:
    """Dirichlet(observed moves to each (n', d) + w_d on (n, d)).

    w is 1/(number allowed) on each allowed setting, and the moves at the NCY into each (into allowed ones only where
    ``only_allowed``); then the state's own setting is dropped and the rest scaled to sum 1.
    """
    space = counts.space
    settings = len(space.settings)
    number = allowed.sum(axis=3, keepdims=True)
    weight: Numbers = allowed / np.maximum(number, 1)
    moved = counts.moved_into[:, None, None, :]
    weight = weight + (moved * allowed if only_allowed else moved)
    own = np.arange(settings)
    weight[:, :, own, own] = 0.0
    total = weight.sum(axis=3, keepdims=True)
    weight = np.divide(weight, total, out=np.zeros(weight.shape), where=total > 0)
    ncy, need, setting, to = np.nonzero(weight)
    prior = (ncy * space.pairs + need * settings + setting) * space.pairs + need * settings + to
    seen, times = np.unique(counts.moves[0] * space.pairs + counts.moves[1], return_counts=True)
    keys, place = np.unique(np.concatenate((prior, seen)), return_inverse=True)
    weights = np.bincount(place, weights=np.concatenate((weight[ncy, need, setting, to], times)), minlength=len(keys))
    return Destinations(keys // space.pairs, keys % space.pairs, weights.astype(np.float64))


def _join(history: History, space: StateSpace, joiners: dict[int, NDArray[np.int64]]) -> Betas:
    """Beta(Σ joiners/years, or 0.001 in a year without one; Σ (population − joiners)/years) by arrival NCY; unknown (both 0)
    where the population lacks the NCY in a year with transitions."""
    alpha, beta = np.zeros(space.ncys), np.zeros(space.ncys)
    for at, ncy in enumerate(space.ncy_labels):
        if all((year, ncy) in history.population for year in joiners):
            for year, arrived in joiners.items():
                alpha[at] += arrived[at] / len(joiners) if arrived[at] else YEAR_WITHOUT_JOINER
                beta[at] += (history.population[year, ncy] - arrived[at]) / len(joiners)
    return Betas(alpha, beta)


def _joiner_state(joiners: NDArray[np.int64], valid: Flags) -> Numbers:
    """Observed joiners + 1/(number of valid states) on each valid state; 0 at an NCY where nobody ever joined."""
    ever = joiners.any(axis=1, keepdims=True)
    spread = valid / np.maximum(valid.sum(axis=1, keepdims=True), 1)
    weights: Numbers = np.where(ever, joiners + spread, 0.0)
    return weights
