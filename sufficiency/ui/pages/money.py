"""Money: the high-needs account, and what would change it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from sufficiency.domain.dictionaries import DSG_CATEGORIES
from sufficiency.dsg.account import Account
from sufficiency.dsg.compare import compare
from sufficiency.dsg.sensitivity import Change, sensitivity, sensitivity_rows
from sufficiency.places.gap import band
from sufficiency.ui.answers import Answer, key_of
from sufficiency.ui.charts import fan, tornado
from sufficiency.ui.downloads import offer
from sufficiency.ui.formats import money, number, signed_money, whole_label
from sufficiency.ui.frame import head, rests_on
from sufficiency.ui.headlines import balance_sentence
from sufficiency.ui.notes import note
from sufficiency.ui.waiting import further_answer, present_answer
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
    st.markdown(f"## {balance_sentence(answer, answer.account, condition)}")
    _balance(_accounts(answer, fresh))
    _spend(answer.account)
    _sensitivity(answer)
    rests_on(answer, "DSG", "EHCP", "SEN", "Resourced provision", "Future", "8 in 10 futures")


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
            second = further_answer(without, key_of(without, key.futures, key.seed), words)
            found = {WITHOUT: second.account, **found} if second is not None else found
    simulated = st.session_state.get("with-shortlist")
    listed = workshop().answer(simulated[1]) if simulated and simulated[0] == key else None
    if listed is not None:
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
    if WITHOUT in accounts and WITH in accounts:
        saved = band(compare(accounts[WITHOUT], accounts[WITH]).cumulative[:, -1])
        st.markdown(
            f"Interventions change the balance at the end by **{signed_money(saved.mean)}** on average; in 8 of 10 futures, "
            f"paired, between {signed_money(saved.p10)} and {signed_money(saved.p90)}. Their costs are included."
        )
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


def _in_words(row: dict[str, Any]) -> str:
    mean, low, high = (money(row[q] * 1e6) for q in ("mean", "p10", "p90"))
    return f"{mean} ({low} to {high})"


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
    shown = [
        {"£ million": name} | {whole_label(year): number(value / 1e6, 1) for year, value in zip(years, line, strict=True)}
        for name, line in lines.items()
    ]
    st.table(shown, hide_index=True, border="horizontal", alt="Spend by category and financial year, in £ million")
    note("Means over the futures, at the prices of each year.")
    offer(_records(account.rows()), "account", what="the account item by item")


def _sensitivity(answer: Answer) -> None:
    account = answer.account
    st.header("What if pupil numbers or activity differ?", anchor=False)
    words = "Pupil numbers change top-ups and fees; activity or unit cost changes all spend of a category."
    percent = st.slider("Change of one thing at a time, %", 1, 50, 10, key="change", persist_state="session", help=words)
    changes = tuple(change for change in sensitivity(answer.basis, mitigated=True, percent=float(percent)) if change.size >= 1)
    worst = next(change for change in changes if change.percent > 0)
    st.markdown(
        f"**{percent} % more {worst.changed} in {DSG_CATEGORIES.label(worst.category).lower()}** matters most: the balance "
        f"at the end of {account.financial_years[-1]} changes by {signed_money(float(worst.cumulative.mean()))}. Nothing is "
        "simulated again: this is computed from the pupil-years and prices of the run."
    )
    rows = [_bar(change, percent) for change in changes]
    alt = f"What {percent} % more or less of one thing does to the balance; its numbers are in the table below"
    st.altair_chart(tornado(rows), alt=alt)
    with st.expander("The numbers of this chart"):
        columns = {"What differs": "line", "Change": "change", "Balance at the end": "words", "8 in 10 futures": "range"}
        table = [{title: row[name] for title, name in columns.items()} for row in rows]
        st.table(table, hide_index=True, border="horizontal", alt="Effect of each change on the balance")
    offer(_records(sensitivity_rows(changes)), "sensitivity", what="the sensitivity")


def _bar(change: Change, percent: int) -> dict[str, Any]:
    found = band(change.cumulative)
    return {
        "line": f"{DSG_CATEGORIES.label(change.category)}: {change.changed}",
        "change": f"{percent} % {'more' if change.percent > 0 else 'less'}",
        "effect": found.mean / 1e6,
        "words": signed_money(found.mean),
        "range": f"{signed_money(found.p10)} to {signed_money(found.p90)}",
        "order": change.size,
    }


def _records(frame: Any) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = frame.to_dict("records")
    return records
