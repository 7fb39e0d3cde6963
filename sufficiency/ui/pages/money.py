"""Money: the high-needs account, what would change it, and what interventions are worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from sufficiency.domain.dictionaries import DSG_CATEGORIES
from sufficiency.domain.problem import InputProblem
from sufficiency.dsg.account import Account
from sufficiency.dsg.balances import override_ends, target, targets
from sufficiency.dsg.compare import compare
from sufficiency.places.gap import band
from sufficiency.report.charts.captions import fan_caption
from sufficiency.report.charts.shapes import fan
from sufficiency.ui.answers import Answer, key_of
from sufficiency.ui.downloads import offer, records
from sufficiency.ui.formats import better, in_ten, money, number, percent, plain, rough_money, whole_label
from sufficiency.ui.frame import head, rests_on
from sufficiency.ui.glossary import linked
from sufficiency.ui.headlines import balance_sentence
from sufficiency.ui.invest_section import invest_section
from sufficiency.ui.notes import note
from sufficiency.ui.redraw_section import redraw_section
from sufficiency.ui.savings_section import savings_section
from sufficiency.ui.tornado_section import break_even_section, grid_section, tornado_section
from sufficiency.ui.waiting import further_answer, present_answer, say_left_out
from sufficiency.ui.workshop import workshop

WITHOUT, WITH, WITH_SHORTLIST = "Without interventions", "With interventions", "With interventions and shortlist"
QUANTITIES = ("mean", "p10", "p50", "p90")


def show() -> None:
    """The page."""
    head("What happens to the high-needs deficit?")
    answer, fresh = present_answer(empty="Run the scenario to see its account.")
    if answer is None:
        return
    on = any(intervention.enabled for intervention in answer.scenario.interventions.values())
    condition = "with the interventions switched on" if on else "without interventions"
    st.markdown(f"## {linked(balance_sentence(answer, answer.account, condition), 'DSG', '8 in 10 futures')}")
    _balance(_accounts(answer, fresh))
    _targets(answer)
    redraw_section(answer)
    tornado_section(answer)
    grid_section(answer)
    break_even_section(answer)
    savings_section(answer)
    invest_section(answer)
    _spend(answer.account)
    rests_on(
        answer, "DSG", "EHCP", "SEN", "Resourced provision", "Shapley value", "Net present value", "Future", "8 in 10 futures"
    )


def _accounts(answer: Answer, fresh: bool) -> dict[str, Account]:
    """The accounts to compare, by name: the unmitigated one needs a run of its own, paired by its seed."""
    scenario, key = answer.scenario, answer.key
    without = scenario.unmitigated()
    found = {WITHOUT: answer.account}
    if without.digest == scenario.digest:
        st.info(
            "This scenario has no intervention switched on, so that mitigated and unmitigated are the same. Lay “Demand "
            "management” over it on the Scenarios page to see what interventions do."
        )
    else:
        found = {WITH: answer.account}
        if fresh:
            words = "Simulating without interventions"
            second = further_answer(without, key_of(without, key.futures, key.seed), words, WITHOUT)
            found = {WITHOUT: second.account, **found} if second is not None else found
    simulated = st.session_state.get("with-shortlist")
    listed = workshop().answer(simulated[1]) if simulated and simulated[0] == key else None
    if listed is not None:
        say_left_out(listed, WITH_SHORTLIST)
        found[WITH_SHORTLIST] = listed.account
    return found


def _balance(accounts: dict[str, Account]) -> None:
    st.header("How does the balance develop?", anchor=False)
    rows: list[dict[str, Any]] = []
    for name, account in accounts.items():
        for i, year in enumerate(account.financial_years):
            found = band(account.cumulative_balance[:, i])
            rows.append({"period": year, "series": name} | {q: getattr(found, q) / 1e6 for q in QUANTITIES})
    st.markdown(
        "**Cumulative balance at the end of each financial year.** Below zero is a deficit; the band holds 8 in 10 futures."
    )
    st.altair_chart(fan(rows, money=True), alt="Cumulative balance by financial year; its numbers are in the table below")
    shown = list(accounts)[-1]
    note(fan_caption(rows, shown, lambda value: rough_money(1e6 * value), what=f"{shown[0].lower()}{shown[1:]}"))
    if WITHOUT in accounts and WITH in accounts:
        _saved(accounts[WITHOUT], accounts[WITH])
    years = next(iter(accounts.values())).financial_years
    of = {(row["series"], row["period"]): _in_words(row) for row in rows}
    table = [{"Financial year": whole_label(year)} | {name: of[name, year] for name in accounts} for year in years]
    st.table(table, hide_index=True, border="horizontal", alt="Cumulative balance by financial year")
    note("Mean over the futures; in brackets the range of 8 in 10 futures. Home-to-school transport is not in it.")
    plain_rows = [
        {"financial_year": row["period"], "version": row["series"]} | {f"{q}_pounds": row[q] * 1e6 for q in QUANTITIES}
        for row in rows
    ]
    offer(plain_rows, "balance", what="the balance")


def _saved(without: Account, with_them: Account) -> None:
    try:
        saved = band(compare(without, with_them).cumulative[:, -1])
    except InputProblem as problem:
        st.error(f"**These results are not compared.** {plain(problem)}")
        return
    st.markdown(
        f"With the interventions the balance at the end is **{better(saved.mean)}** on average; in 8 of 10 futures, paired, "
        f"between {better(saved.p10)} and {better(saved.p90)}. Their costs are included."
    )


def _in_words(row: dict[str, Any]) -> str:
    mean, low, high = (rough_money(row[q] * 1e6) for q in ("mean", "p10", "p90"))
    return f"{mean} ({low} to {high})"


@st.fragment
def _targets(answer: Answer) -> None:
    """How likely a target is, and what stands when the statutory override ends."""
    scenario, account = answer.scenario, answer.account
    st.header("How likely is a target?", anchor=False)
    for known in targets(scenario, account):
        st.markdown(
            f"The target of {rough_money(known.balance)} at the end of {whole_label(known.financial_year)} is met "
            f"**{in_ten(known.probability)}** (a probability of {percent(known.probability)})."
        )
    years = account.financial_years
    one, two = st.columns(2)
    middle = round(float(account.cumulative_balance[:, -1].mean()) / 1e6)
    wanted = one.number_input(
        "Balance to be reached (£ million; a deficit is negative)", value=float(middle), step=5.0, format="%.1f",
        key=f"target-{years[0]}", help="At least this much at the end of the financial year.",
    )  # fmt: skip
    year = two.selectbox("By the end of", years, len(years) - 1, format_func=whole_label, key=f"target-by-{years[0]}")
    if not -1e6 < wanted < 1e6:
        one.error("**Not accepted.** Allowed is an amount between −£1,000,000 million and £1,000,000 million.")
    else:
        found = target(account, year, 1e6 * wanted)
        st.markdown(
            f"A balance of {rough_money(found.balance)} or better at the end of {whole_label(year)} is reached "
            f"**{in_ten(found.probability)}** (a probability of {percent(found.probability)})."
        )
    if (ends := override_ends(scenario, account)) is not None:
        then = band(ends[1])
        st.markdown(
            "The statutory override, which keeps the deficit out of the council's own reserves, ends with "
            f"{whole_label(ends[0])}. The balance is then **{rough_money(then.mean)}**; in 8 of 10 futures between "
            f"{rough_money(then.p10)} and {rough_money(then.p90)}."
        )


def _spend(account: Account) -> None:
    st.header("What is the money spent on?", anchor=False)
    spend = account.amounts.sum(axis=3).mean(axis=0)
    income = account.income.sum(axis=2).mean(axis=0)
    years = account.financial_years
    last = spend[-1]
    most = int(last.argmax())
    st.markdown(
        f"In {years[-1]} **{money(float(last.sum()))}** is spent against an income of {money(float(income[-1]))}; most of it, "
        f"{money(float(last[most]))}, on {DSG_CATEGORIES.entries[most].label.lower()}."
    )
    lines = {entry.label: spend[:, i] for i, entry in enumerate(DSG_CATEGORIES)}
    lines |= {"All spend": spend.sum(axis=1), "Income": income, "In-year balance": income - spend.sum(axis=1)}
    if account.deficit_grants.any():
        lines["Payments towards the deficit"] = account.deficit_grants.mean(axis=0)
    lines["Transport to school (General Fund, in no sum)"] = account.transport.mean(axis=0)

    def table(at: Sequence[int]) -> list[dict[str, str]]:
        return [
            {"£ million": name} | {whole_label(years[i]): number(float(line[i]) / 1e6, 1) for i in at}
            for name, line in lines.items()
        ]

    ends = (0, len(years) - 1) if len(years) > 1 else (0,)
    st.table(table(ends), hide_index=True, border="horizontal", alt="Spend by category, first and last year, in £ million")
    with st.expander("All years"):
        every = table(range(len(years)))
        st.table(every, hide_index=True, border="horizontal", alt="Spend by category and financial year, in £ million")
    note("Means over the futures, at the prices of each year.")
    offer(records(account.rows()), "account", what="the account item by item")
