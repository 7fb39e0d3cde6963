"""Rates of an authority from published tables, by what was counted by a January census: the object that transitions give too.

The authority's figures never reach beyond the census. England's shapes (by need, NCY and setting) do so only where a later year
is asked for by name, because until 2023 no release gave settings by age, and until 2025 none gave needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sufficiency.domain.dictionaries import NEEDS, SETTINGS
from sufficiency.domain.problem import InputProblem
from sufficiency.evidence.dfe.placed import STOCK, Placed
from sufficiency.evidence.dfe.published import ENGLAND, Published, authority_named, check_census
from sufficiency.experiment.projection.rates import Ageing, Betas, Destinations, Rates, SharedMoves, StateSpace
from sufficiency.experiment.published_rates.arrays import ALL_NEEDS, FIRST_NCY, NCYS, SETTING, SPECIALIST, Numbers
from sufficiency.experiment.published_rates.balance import Nation, into_specialist, nation
from sufficiency.experiment.published_rates.hazards import SCHOOL, Hazards, hazards
from sufficiency.experiment.published_rates.local import Joining, Leaving, at_census, joining, leaving, stock_of
from sufficiency.experiment.published_rates.panel import Records, net_moves, recorded_moves
from sufficiency.experiment.published_rates.shrinkage import Multiplier
from sufficiency.experiment.published_rates.sources import settings_of

LEAST_ALPHA = 1e-9
"""Stands for 0 as a Beta's parameter, of which no draw can be made."""
NATIONAL_ONLY = Multiplier(100.0, 100.0)
"""The multiplier where no table says anything of how authorities differ."""


@dataclass(frozen=True, eq=False)
class PublishedRates:
    """What published tables say of an authority, and the rates made of it."""

    name: str
    census: int
    england_through: int
    """The last January census of England's shapes."""
    nation: Nation
    hazards: Hazards
    multiplier: Multiplier
    """The authority's hazard of moving into a specialist place over England's."""
    records: Records | None
    """What the multiplier was learned from."""
    leaving: Leaving
    joining: Joining
    stock: Numbers
    """Plans of the authority at the census: (needs, NCYs, settings)."""
    rates: Rates
    population: Mapping[tuple[int, int], float] | None
    recorded: dict[tuple[str, int], tuple[float, float]]
    """England's moves as authorities recorded them, and the plans in the settings they left, by what and year."""

    @property
    def joiners(self) -> Numbers:
        """Joiners expected in a year like the last, by need, NCY at the census after and setting there."""
        chance = _chances(self.nation, self.hazards, self.multiplier.mean)
        return at_census(self.joining.new, chance) + self.joining.came


def published_rates(
    placed: Placed,
    published: Published,
    la: str,
    census: int,
    *,
    england_through: int | None = None,
    population: Mapping[tuple[int, int], float] | None = None,
) -> PublishedRates:
    """The rates of an authority from what was counted by January ``census``; "England" stands for the whole country.

    ``england_through`` names a later census whose national tables may give shapes (default: none later). ``population`` gives
    children by (calendar year, NCY); without it nobody joins, for a chance needs children to have it. Raises InputProblem for an
    unknown authority, a census that the tables do not hold, and where the tables do not suffice.
    """
    check_census(published, census)
    name = ENGLAND if la.strip().casefold() == ENGLAND.casefold() else authority_named(published, la, or_all=False)
    through = census if england_through is None else england_through
    if through < census:
        raise InputProblem("England's tables end before the census", value=through, allowed=f"{census} or later")
    if through != census:
        check_census(published, through)
    whole = nation(placed.until(through), published.until(through), through)
    known, counted = placed.until(census), published.until(census)
    if whole is None:
        raise InputProblem(
            "the tables do not suffice for England's rates", value=through,
            allowed="plans of two Januaries running, and new plans of the year between, by age and by setting",
            mend="name the releases of that census and of the years before it",
        )  # fmt: skip
    found = hazards(whole)
    both = stock_of(known, counted, whole, name, census)
    if both is None:
        raise InputProblem(
            f"the tables give no plans of {name} by setting at that census or the three before it", value=census,
            mend="name an authority, or a census, whose placements are recorded",
        )  # fmt: skip
    stock, before = both
    records = net_moves(known, counted, whole, found) if through == census else None
    if records is None or name not in records.names:
        records = recorded_moves(known, counted, census)
    multiplier = records.multiplier(name) if records else NATIONAL_ONLY
    left = leaving(known, counted, whole, name, census, before)
    joined = joining(known, counted, whole, name, census, stock)
    rates = _rates(whole, found, multiplier, left, joined, stock, census, population)
    recorded = _recorded(placed.until(through))
    return PublishedRates(
        name, census, through, whole, found, multiplier, records, left, joined, stock, rates, population, recorded
    )


def _recorded(placed: Placed) -> dict[tuple[str, int], tuple[float, float]]:
    """Moves between mainstream and special schools that England's authorities recorded, by what and year."""
    found = {}
    for flow, what, left in (
        ("to_special", "mainstream to special", ("mainstream", "resourced")),
        ("to_mainstream", "special to mainstream", ("special", "independent")),
    ):
        for year, moved in placed.flows.get(flow, {}).get(ENGLAND, {}).items():
            plans = settings_of(placed, STOCK, ENGLAND, year)
            if plans is not None:
                found[what, year] = float(moved), float(plans[[SETTING[each] for each in left]].sum())
    return found


def _chances(nation: Nation, found: Hazards, multiplier: float) -> Numbers:
    """Chances to move in a year, (needs, NCYs before, settings from, settings to), at a multiplier."""
    into = -np.expm1(-multiplier * found.need[:, None, None] * found.base)
    return into[..., None] * _split(nation)[None] + (1 - into)[..., None] * _others(nation)[None]


def _split(nation: Nation) -> Numbers:
    """Where movers into specialist places go, (NCYs, settings from, settings to)."""
    flows = np.zeros(nation.flows.shape)
    flows[:, :, SPECIALIST] = nation.flows[:, :, SPECIALIST]
    flows[into_specialist(nation.flows) <= 0] = 0.0
    return _over(flows, flows.sum(axis=2, keepdims=True))


def _others(nation: Nation) -> Numbers:
    """Chances of every other move, of those who do not move into a specialist place: (NCYs, settings from, settings to)."""
    into = into_specialist(nation.flows)
    flows = nation.flows.copy()
    flows[:, :, SPECIALIST] = np.where(into[:, :, None] > 0, 0.0, flows[:, :, SPECIALIST])
    return _over(flows, np.maximum(nation.exposed.sum(axis=0) - into, 0.0)[:, :, None])


def _rates(
    nation: Nation,
    found: Hazards,
    multiplier: Multiplier,
    left: Leaving,
    joined: Joining,
    stock: Numbers,
    census: int,
    population: Mapping[tuple[int, int], float] | None,
) -> Rates:
    space = StateSpace(FIRST_NCY, NCYS.size, NEEDS.codes if len(stock) > 1 else (ALL_NEEDS,), SETTINGS.codes)

    def by_state(of_settings: Numbers) -> Numbers:
        """(NCYs, settings) for every need: (NCYs, pairs)."""
        return np.tile(of_settings, (1, len(space.needs)))

    own = np.maximum(stock.sum(axis=0), 1.0)
    others = _others(nation)
    moving = np.minimum(others.sum(axis=2), 1.0)
    leave = np.repeat(left.mean[:, None], space.pairs, axis=1)
    strength = np.repeat(left.strength[:, None], space.pairs, axis=1)
    arriving = at_census(joined.new, _chances(nation, found, multiplier.mean)) + joined.came
    hazard = found.need[:, None, None] * found.base
    everywhere = np.ones(space.shape, dtype=np.bool_)
    return Rates(
        space=space,
        known=_pairs(stock + nation.after.table + arriving, space) > 0,
        leave=Betas(np.maximum(leave * strength, LEAST_ALPHA), (1 - leave) * strength),
        move=Betas(np.maximum(by_state(moving * own), LEAST_ALPHA), by_state((1 - moving) * own)),
        destination=_destinations(_over(others, others.sum(axis=2, keepdims=True)), moving * own, space),
        join=_join(arriving.sum(axis=(0, 2)), census - 1, population),
        joiner_state=_pairs(arriving, space),
        ageing=Ageing(everywhere, by_state(moving) > 0, ~everywhere),
        shared=SharedMoves(
            _pairs(hazard, space),
            _destinations(_tilted(_split(nation), stock, nation), found.base * own, space),
            multiplier.shape,
            multiplier.rate,
        ),
        pooled=True,
        join_shape=1 / joined.spread**2,
    )  # fmt: skip


def _pairs(table: Numbers, space: StateSpace) -> Numbers:
    """(needs, NCYs, settings) as (NCYs, pairs)."""
    return np.moveaxis(table, 0, 1).reshape(space.shape)


def _destinations(shares: Numbers, movers: Numbers, space: StateSpace) -> Destinations:
    """Dirichlet weights from shares (NCYs, from, to), as sure as the ``movers`` of a year (NCYs, from); alike for all needs."""
    weights = shares * np.maximum(movers, 1.0)[:, :, None]
    weights[-1] = 0.0
    weights[weights < 1e-6] = 0.0
    ncy, setting, to = np.nonzero(weights)
    settings = len(SETTING)
    of_needs = np.arange(len(space.needs))[:, None] * settings
    state = (ncy * space.pairs + setting)[None, :] + of_needs
    target = to[None, :] + of_needs
    order = np.lexsort((target.ravel(), state.ravel()))
    weight = np.tile(weights[ncy, setting, to], len(space.needs))
    return Destinations(state.ravel()[order], target.ravel()[order], weight[order])


def _tilted(split: Numbers, stock: Numbers, nation: Nation) -> Numbers:
    """England's split of movers over specialist settings, by how far the authority's own places at school are split otherwise."""
    own, whole = (table[:, SCHOOL].sum(axis=(0, 1))[SPECIALIST] for table in (stock, nation.after.table))
    # Ten children spread like England's stand in for settings that an authority has hardly any of.
    own = own + 10 * whole / max(whole.sum(), 1e-9)
    found = split.copy()
    found[:, :, SPECIALIST] *= _over(own / own.sum(), whole / max(whole.sum(), 1e-9))
    return _over(found, found.sum(axis=2, keepdims=True))


def _join(arriving: Numbers, year: int, population: Mapping[tuple[int, int], float] | None) -> Betas:
    """Chances to join by NCY: a year's joiners over the population of the year in which they came."""
    alpha, beta = np.zeros(NCYS.size), np.zeros(NCYS.size)
    for at, ncy in enumerate(NCYS.tolist()):
        children = None if population is None else population.get((year, ncy))
        if children is not None and arriving[at] > 0:
            alpha[at], beta[at] = arriving[at], max(children - arriving[at], 0.0)
    return Betas(alpha, beta)


def _over(above: Numbers, below: Numbers) -> Numbers:
    return np.divide(above, below, out=np.zeros(np.broadcast(above, below).shape), where=below > 0)
