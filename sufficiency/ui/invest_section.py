"""The part of the Money page on invest to save: what the options of a proposal pay back, and when."""

from __future__ import annotations

from typing import Any

import streamlit as st

from sufficiency.dsg.invest import BIASES, DISCOUNT_RATE, Investment, Option, options_of
from sufficiency.places.gap import band
from sufficiency.report.charts.colours import OPTIONS
from sufficiency.report.charts.shapes import fan
from sufficiency.report.invest_files import meanings, options_table, payback_table, worth_knowing
from sufficiency.ui.answers import Answer
from sufficiency.ui.downloads import offer, records
from sufficiency.ui.dsg_answers import InvestKey, investment_of
from sufficiency.ui.formats import number, percent, plain, rough_change, rough_money, whole_label
from sufficiency.ui.notes import note
from sufficiency.ui.waiting import ended_badly, watch
from sufficiency.ui.workshop import workshop

_LISTED = 5


def invest_section(answer: Answer) -> None:
    """The switch against optimism, the button, and each option against doing nothing."""
    st.header("Do the options of the proposal pay back?", anchor=False)
    scenario, shop = answer.scenario, workshop()
    options = options_of(scenario)
    if not options:
        st.info("**Empty.** This scenario puts no option forward: no programme of it is marked as one.")
        return
    words = "Upper bounds of the Green Book are for buildings; none is published for programmes, for which they stand in."
    bias = st.selectbox(
        "Optimism bias",
        list(BIASES),
        format_func=lambda name: BIASES[name].label,
        key="invest-bias",
        persist_state="session",
        help=words,
    )
    ample = st.checkbox(
        "As if staff did not limit how many plans are issued", key="invest-ample", persist_state="session",
        help="Twice the assessment capacity of the scenario, which is not paid for here.",
    )  # fmt: skip
    key = InvestKey(answer.key, bias, ample)
    found: Investment | None = shop.kept.get(key)
    if found is not None:
        shop.jobs.forget(key)
        _show(found, answer.key.seed, ample)
        return
    if ended_badly(key, "Ask again"):
        return
    if shop.jobs.get(key) is None:
        st.markdown(f"{len(options)} options are compared with doing nothing, each simulated in the same futures.")
        if not st.button("Compare the options", type="primary", key="invest"):
            return
    said = "Comparing the options with doing nothing"
    shop.jobs.start(key, said, lambda job: investment_of(job, scenario, key, shop.pool, shop.store, shop.kept))
    watch(key)


def _show(found: Investment, seed: int, ample: bool) -> None:
    last = whole_label(found.financial_years[-1])
    known = worth_knowing(found, seed)
    best = "doing nothing" if known.best == 0 else found.options[known.best - 1].player.title
    st.markdown(
        f"**Best on average by the end of {last}: {plain(best)}.** The table says what each option costs and saves by then, "
        f"in real £ discounted at {percent(DISCOUNT_RATE, 1)} a year; savings that come later are not in it."
    )
    st.table([_row(option) for option in found.options], hide_index=True, border="horizontal", alt="Options of the proposal")
    note("Means of paired futures; in brackets the range of 8 in 10.")
    if not ample:
        st.warning(
            "**Before judging an option that spares requests**, compare again as if staff did not limit how many plans are "
            "issued: while it does, fewer requests shorten the queue for assessment and save little money."
        )
    with st.expander("More of each option"):
        st.table([_further(option) for option in found.options], hide_index=True, border="horizontal", alt="More of each option")
        note("Home-to-school transport is the General Fund's, and in no other number.")
    names = {_short(option): option for option in found.options}
    colours = {title: OPTIONS[i % len(OPTIONS)] for i, title in enumerate(names)}
    rows: list[dict[str, Any]] = [
        {"period": year, "series": title, **dict.fromkeys(("p10", "p50", "p90"), float(option.paid_back[i]))}
        for title, option in names.items()
        for i, year in enumerate(found.financial_years)
    ]
    st.markdown("**Share of futures in which an option has paid back by the end of each year**")
    chart = fan(rows, share=True, height=240, colours=colours)
    st.altair_chart(chart, alt="Share of futures paid back by year; its numbers are in the table below")
    with st.expander("The numbers of this chart"):
        shown = [
            {"Option": plain(title)}
            | {whole_label(y): percent(float(o.paid_back[i])) for i, y in enumerate(found.financial_years)}
            for title, o in names.items()
        ]
        st.table(shown, hide_index=True, border="horizontal", alt="Share of futures in which each option has paid back")
    _knowing(found, known.perfect, known.numbers)
    offer(records(options_table(found)), "options", what="the options")
    offer(records(payback_table(found)), "payback", what="payback by year")


def _short(option: Option) -> str:
    """What stands before the colon of its title: narrow tables and the ends of lines have room for no more."""
    return option.player.title.partition(":")[0]


def _row(option: Option) -> dict[str, str]:
    worth = band(option.net_present_value)
    cost, gross = (float((values * option.real).sum(axis=1).mean()) for values in (option.cost, option.gross))
    return {
        "Option": plain(_short(option)),
        "Costs": rough_money(cost),
        "Saves": rough_money(gross),
        "Net present value": f"{rough_change(worth.mean)} ({rough_change(worth.p10)} to {rough_change(worth.p90)})",
    }


def _further(option: Option) -> dict[str, str]:
    transport = float((option.transport * option.real).sum(axis=1).mean())
    end_cost, end_gross = (float(values[:, -1].mean()) for values in (option.cost, option.gross))
    return {
        "Option": plain(option.player.title),
        "Saved for each £1": f"£{number(option.saved_per_pound, 2)}",
        "In the last year": f"saves {rough_money(end_gross)}, costs {rough_money(end_cost)}",
        "Transport saved": rough_money(transport),
    }


def _knowing(found: Investment, perfect: float, numbers: dict[str, float]) -> None:
    meaning = meanings(found)
    st.markdown(f"**What would it be worth to know more before deciding?** Knowing everything: {rough_money(perfect)}.")
    if not numbers:
        note("No single number stands out from chance in so many futures: none of them alone would change the choice.")
        return
    rows = [
        {"Known": plain(meaning[path].rstrip(".")), "Worth": rough_money(worth)}
        for path, worth in list(numbers.items())[:_LISTED]
    ]
    st.table(rows, hide_index=True, border="horizontal", alt="What knowing single numbers would be worth")
