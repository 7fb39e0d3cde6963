"""The part of the Money page that says what each workstream of the plan is worth, and gives the plan as files."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from sufficiency.dsg.plan import Plan
from sufficiency.places.gap import Band, band
from sufficiency.report.charts.colours import BETTER, TOTAL, WORSE
from sufficiency.report.charts.shapes import waterfall
from sufficiency.report.dsg_files import account_lines, savings_table
from sufficiency.report.management_plan import management_plan
from sufficiency.ui.answers import Answer
from sufficiency.ui.downloads import offer, records
from sufficiency.ui.dsg_answers import DsgKey, kept_plan, plan_of
from sufficiency.ui.formats import better, counted, plain, rough_change, rough_money, whole_label
from sufficiency.ui.notes import note
from sufficiency.ui.tornado_section import SIGNS
from sufficiency.ui.waiting import ended_badly, watch
from sufficiency.ui.workshop import workshop

_KINDS = {"Better": BETTER, "Worse": WORSE, "All together": TOTAL}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def savings_section(answer: Answer) -> None:
    """Savings by workstream, once they have been asked for: workstreams that act on children need simulations of their own."""
    st.header("What is each intervention worth?", anchor=False)
    scenario, shop, key = answer.scenario, workshop(), DsgKey(answer.key)
    if not any(intervention.enabled for intervention in scenario.interventions.values()):
        st.info("**Empty.** No intervention is switched on. Lay “Demand management” over the scenario on the Scenarios page.")
        return
    found = kept_plan(shop.kept, key)
    if found is not None:
        shop.jobs.forget(key)
        _show(found)
        return
    if ended_badly(key, "Work it out again"):
        return
    if shop.jobs.get(key) is None:
        st.markdown(
            "Interventions overlap: what one is worth depends on which others are there. Each is valued over the orders in which "
            "they could be switched on (Shapley values), so that their savings sum to the whole. That takes further simulations "
            "of the same futures."
        )
        if not st.button("Work out the savings", type="primary", key="savings"):
            return
    words = "Working out what each intervention is worth"
    shop.jobs.start(key, words, lambda job: plan_of(job, scenario, key, shop.pool, shop.store, shop.kept))
    watch(key)


def _show(plan: Plan) -> None:
    worth, last = plan.worth, whole_label(plan.worth.financial_years[-1])
    values = worth.cumulative[:, :, -1]
    whole = band(values.sum(axis=0))
    st.markdown(
        f"**Together the interventions make the balance at the end of {last} {better(whole.mean)}** on average, their costs "
        f"included; in 8 of 10 futures it is between {better(whole.p10)} and {better(whole.p90)}."
    )
    if plan.spared.requests >= 1:
        st.warning(
            "**Fewer requests shorten the queue first.** Over the years simulated the interventions spare "
            f"{counted(round(plan.spared.requests), 'request')} and {counted(round(plan.spared.plans), 'plan')}; the queue for "
            f"assessment is {counted(round(plan.spared.waiting), 'case')} shorter at the end. While staff limits how many plans "
            "are issued, sparing requests saves little money."
        )
    order = [int(i) for i in np.argsort(-values.mean(axis=1))]
    bands = [band(values[i]) for i in order]
    titles = [plan.worth.players[i].title for i in order]
    st.altair_chart(
        waterfall(_bars(titles, bands, whole), kinds=_KINDS, money=True), alt="Savings by workstream; numbers in the table below"
    )
    rows = []
    for position, i in enumerate(order):
        player, found = worth.players[i], bands[position]
        rated = f"delivery {player.rating}, evidence {player.confidence}, {player.theme}"
        row = {
            "Workstream": plain(f"{player.title} ({rated})"),
            f"By {last}": rough_change(found.mean),
            "8 in 10 futures": f"{rough_change(found.p10)} to {rough_change(found.p90)}",
        }
        if not worth.is_exact:
            row[f"By {last}"] += f" (± {rough_money(float(worth.error[i, -1]))})"
        rows.append(row)
    st.table(rows, hide_index=True, border="horizontal", alt="Savings by workstream")
    how = (
        "Every order is weighed." if worth.is_exact else "Orders are sampled, two in each future; after ± the error of the mean."
    )
    note(f"{how} Delivery is rated red, amber or green; evidence low, medium or high. {SIGNS}")
    with st.expander("What is known of each intervention"):
        st.table(_evidence(plan), hide_index=True, border="horizontal", alt="Evidence of each intervention")
    _downloads(plan)


def _bars(titles: list[str], bands: list[Band], whole: Band) -> list[dict[str, Any]]:
    """From nothing to all together, £ million."""
    rows: list[dict[str, Any]] = []
    reached = 0.0
    for title, found in zip(titles, bands, strict=True):
        end = reached + found.mean / 1e6
        kind = "Better" if found.mean >= 0 else "Worse"
        rows.append(_bar(title, reached, end, kind, found))
        reached = end
    return [*rows, _bar("All together", 0.0, whole.mean / 1e6, "All together", whole)]


def _bar(title: str, start: float, end: float, kind: str, found: Band) -> dict[str, Any]:
    spread = f"{rough_change(found.p10)} to {rough_change(found.p90)}"
    return {"line": title, "start": start, "end": end, "kind": kind, "words": rough_change(found.mean), "range": spread}


def _evidence(plan: Plan) -> list[dict[str, str]]:
    return [
        {
            "Intervention": plain(i.title),
            "Acts on": i.quantity.replace("_", " "),
            "What is known": plain(i.evidence or "nothing was read"),
            "Why this effect": plain(i.effect.reason or i.effect.source),
        }
        for i in plan.scenario.interventions.values()
        if i.enabled
    ]


def _downloads(plan: Plan) -> None:
    import pandas as pd

    content = management_plan(plan)
    st.download_button(
        "Download the management plan (Excel)",
        content,
        file_name="management-plan.xlsx",
        mime=_XLSX,
        key="xlsx-plan",
        on_click="ignore",
    )
    offer(records(savings_table(plan)), "savings", what="the savings")
    lines = pd.concat([account_lines(account) for account in (plan.unmitigated, plan.mitigated)])
    offer(records(lines), "account-lines", what="the account without and with interventions")
