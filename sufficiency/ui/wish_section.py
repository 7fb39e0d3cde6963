"""What if a bid were in or out, larger or smaller, earlier or later: an answer in seconds, the full re-solve behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.shortlist import ShortlistPlan, Status
from sufficiency.shortlist.openings import allowed_openings
from sufficiency.shortlist.problem import Version
from sufficiency.shortlist.regret import Interval
from sufficiency.ui import shortlist_state as mine
from sufficiency.ui.answers import Answer
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import counted, day, money, number, plain, signed, signed_money
from sufficiency.ui.further_limits import FurtherSettings
from sufficiency.ui.notes import note
from sufficiency.ui.plan_answers import Asked, PlanKey, WishAnswer, WishKey, plan_key, start_plan, start_wish, warm_up
from sufficiency.ui.waiting import ended_badly, watch
from sufficiency.ui.workshop import workshop

_IN, _OUT = "in", "out"
_ANY = "as suits best"
_ASKED = "shortlist_wish"


def wish_section(answer: Answer, plan: ShortlistPlan, shown: mine.Shown) -> None:
    """The question, its quick answer with bounds, and what the full re-solve says."""
    st.header("What if one bid were decided otherwise?", anchor=False)
    warm_up(workshop(), shown.key, shown.asked, plan, answer)
    key = _question(plan, shown)
    if st.button("Ask", type="primary", key="ask-wish"):
        st.session_state[_ASKED] = key
    if st.session_state.get(_ASKED) != key:
        note("Answered in a few seconds, with bounds; the full re-solve follows in the background.")
        return
    shop = workshop()
    found: WishAnswer | None = shop.kept.get(key)
    if found is None:
        if not ended_badly(key, "Ask again"):
            start_wish(shop, key, shown.asked, plan, answer)
            watch(key)
        return
    shop.jobs.forget(key)
    _quick(plan, key, found)
    _anew(answer, plan, shown, key)


def _question(plan: ShortlistPlan, shown: mine.Shown) -> WishKey:
    asked = shown.asked
    bids = {eoi.id: eoi for eoi in asked.eois}
    chosen = {bid.eoi for bid in plan.chosen}
    names = {id: f"{id}: {eoi.title} ({'chosen' if id in chosen else 'not chosen'})" for id, eoi in bids.items()}
    ids = sorted(bids, key=lambda id: (id not in chosen, list(bids).index(id)))
    id = st.selectbox("Bid", ids, format_func=names.__getitem__, key="wish-bid", persist_state="session")
    id = id if id in bids else ids[0]
    ways = (_OUT, _IN) if id in chosen else (_IN, _OUT)
    wish = st.radio(
        "It is", ways, format_func={_IN: "in the plan", _OUT: "left out"}.__getitem__, horizontal=True, key=f"wish-{id}"
    )
    version = Version()
    if wish == _IN:
        version = _version(bids[id], asked)
    return WishKey(shown.key, id, wish, version)


def _version(eoi: ExpressionOfInterest, asked: Asked) -> Version:
    """Size and day of opening, where there is a choice."""
    years = tuple(year - 1 for year in asked.limited.calendar.census_years)
    found = allowed_openings(eoi, asked.limited, years)
    sizes = [size.places for size in eoi.sizes]
    days = sorted({opening.day for opening in found})
    left, right = st.columns(2)
    places: int | None = left.selectbox(
        "With", [None, *sizes], format_func=lambda n: f"{n} places" if n else f"a size {_ANY}", key=f"wish-size-{eoi.id}"
    )
    opens: dt.date | None = right.selectbox(
        "Opening", [None, *days], format_func=lambda d: day(d) if d else f"on a day {_ANY}", key=f"wish-day-{eoi.id}"
    )
    note("Sizes and days are those of the list of bids: edit the bid on the Bids page to offer others.")
    return Version(places, opens)


def _words(key: WishKey) -> str:
    if key.wish == _OUT:
        return f"Without {plain(key.id)}"
    size = f" at {key.version.places} places" if key.version.places else ""
    opens = f" opening {day(key.version.opens)}" if key.version.opens else ""
    return f"With {plain(key.id)}{size}{opens}"


def _quick(plan: ShortlistPlan, key: WishKey, found: WishAnswer) -> None:
    if not found.possible:
        st.markdown(
            f"**{_words(key)} no plan is known that keeps every limit.** The bounds below say how far one could go at best."
        )
    else:
        more = (found.shortfall.high or 0.0) - plan.shortfall
        years = f" and {signed((found.unmet.high or 0.0) - plan.unmet_after, 1)} unmet child-years" if found.unmet else ""
        cost = (found.cost.high or 0.0) - plan.cost
        st.markdown(
            f"**{_words(key)}** the plan, changed as little as that takes, has {signed(more, 1)} missing places of the commitment"
            f"{years}, and costs {signed_money(cost)}. {_swaps(found)}"
        )
    now: dict[str, tuple[float, Interval | None, Callable[[float], str]]] = {
        "Missing of the commitment (places)": (plan.shortfall, found.shortfall, lambda x: number(x, 1)),
        "Unmet child-years": (plan.unmet_after, found.unmet, lambda x: number(x, 1)),
        "Whole cost": (plan.cost, found.cost, money),
    }
    rows = [
        {"What": what, "The plan as it is": show(at),
         "At best, proven": "no such plan" if interval.low == float("inf") else show(interval.low),
         "Changed as little as that takes": "none known" if interval.high is None else show(interval.high)}
        for what, (at, interval, show) in now.items() if interval is not None
    ]  # fmt: skip
    st.table(rows, hide_index=True, border="horizontal", alt="What the wish does, with bounds")
    note(
        "Unmet need is bounded among plans that come as near to the commitment, cost among those that leave as little "
        "need unmet: "
        "where the commitment suffers, “no such plan” says so."
    )
    if found.possible:
        note(
            f"{number(found.places_bid)} places bid, {number(found.places_expected)} expected; {money(found.capital)} of capital."
        )


def _take(forced: FurtherSettings) -> None:
    """Choose with the bid forced from now on."""
    mine.use_further(forced)
    st.session_state.pop(_ASKED, None)


def _swaps(found: WishAnswer) -> str:
    parts = []
    if found.drops:
        parts.append(f"it displaces {plain(', '.join(found.drops))}")
    if found.adds:
        parts.append(f"{plain(', '.join(found.adds))} {'comes' if len(found.adds) == 1 else 'come'} in")
    return f"For that {' and '.join(parts)}." if parts else "No other bid changes."


def _anew(answer: Answer, plan: ShortlistPlan, shown: mine.Shown, key: WishKey) -> None:
    """The full re-solve with the wish forced: in the background, then beside the plan."""
    st.header("Chosen anew with that forced", anchor=False)
    forced = mine.further().forced(key.id, key.wish, key.version)
    asked = replace(
        shown.asked, force_in=forced.must_have, force_out=forced.must_not, versions=forced.versions
    )  # limits and bids stay
    shop = workshop()
    anew: PlanKey = plan_key(answer.key, asked)
    other: ShortlistPlan | None = shop.kept.get(anew)
    if other is None:
        if not ended_badly(anew, "Choose again"):
            start_plan(shop, anew, asked, answer, f"Choosing anew: {_words(key)[0].lower()}{_words(key)[1:]}".replace("\\", ""))
            watch(anew)
        return
    shop.jobs.forget(anew)
    if other.status is Status.INFEASIBLE:
        st.error(f"**No plan keeps every limit.** {' '.join(plain(remark) for remark in other.notes)}")
        return
    ours, theirs = {bid.eoi for bid in plan.chosen}, {bid.eoi for bid in other.chosen}
    gone, come = sorted(ours - theirs), sorted(theirs - ours)
    st.markdown(
        f"The best plan then differs in {counted(len(gone) + len(come), 'bid')}: out {plain(', '.join(gone) or 'none')}; in "
        f"{plain(', '.join(come) or 'none')}. It leaves **{signed(other.shortfall - plan.shortfall, 1)} places** of the "
        "commitment "
        f"and **{signed(other.unmet_after - plan.unmet_after, 1)} child-years** of need, and costs "
        f"**{signed_money(other.cost - plan.cost)}** against the plan."
    )
    rows = [
        {"what": what, "plan": a, "chosen_anew": b}
        for what, a, b in (
            ("missing of the commitment (places)", plan.shortfall, other.shortfall),
            ("unmet child-years", plan.unmet_after, other.unmet_after), ("whole cost (£)", plan.cost, other.cost),
            ("capital (£)", plan.capital, other.capital), ("places bid", plan.places_bid, other.places_bid),
            ("places expected to open", plan.places_expected, other.places_expected),
            ("gap not proven (£)", plan.gap, other.gap),
        )
    ]  # fmt: skip
    show = [
        {"What": row["what"], "The plan": number(float(row["plan"])), "Chosen anew": number(float(row["chosen_anew"]))}
        for row in rows
    ]
    st.table(show, hide_index=True, border="horizontal", alt="The plan beside the one chosen anew")
    # Taken before the page is drawn again: who turns to another view at once would else have pressed for nothing.
    st.button("Take this plan", key="take-wish", on_click=_take, args=(forced,))
    offer(rows, "what-if", what="this comparison")
