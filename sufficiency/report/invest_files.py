"""Files and words of invest to save: what options pay back and when, and what it would be worth to know better."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sufficiency.dsg.information import Information, drawn_numbers, information
from sufficiency.dsg.invest import DISCOUNT_RATE, Investment, Option
from sufficiency.experiment.run import Run
from sufficiency.places.gap import band
from sufficiency.report.results import manifest, write_json, write_table
from sufficiency.report.words import pounds, share
from sufficiency.scenario.provenance import entries

if TYPE_CHECKING:
    import pandas as pd

FILES = ("options.csv", "payback.csv", "information.csv", "manifest.json")
NOTHING = "do nothing"
SHORT_STAFF = (
    "Where staff limits how many plans are issued, sparing requests shortens the queue and saves little: ask again as if it "
    "did not (--ample-staff) before judging an option that spares requests."
)
AMPLE_STAFF = (
    "As if staff did not limit how many plans are issued: twice the capacity of the scenario, which is not paid for here."
)
_LISTED = 8


def write_invest(found: Investment, run: Run, folder: Path, *, ample_staff: bool = False) -> tuple[tuple[str, ...], list[str]]:
    """Write :data:`FILES` into ``folder``; returns their names and the answer in a few lines. ``run`` is of doing nothing.

    ``ample_staff`` says whether the scenario was given staff enough to issue every plan.
    """
    known = worth_knowing(found, run.base_seed)
    write_table(options_table(found), folder / FILES[0])
    write_table(payback_table(found), folder / FILES[1])
    write_table(information_table(found, known), folder / FILES[2])
    extra = {"optimism_bias": found.bias.label, "discount_rate": DISCOUNT_RATE, "against": NOTHING, "ample_staff": ample_staff}
    write_json({**manifest(run), **extra}, folder / FILES[3])
    return FILES, [*_lines(found, known), AMPLE_STAFF if ample_staff else SHORT_STAFF]


def worth_knowing(found: Investment, seed: int) -> Information:
    """What it would be worth to know before choosing between doing nothing and the options, £ of net present value."""
    nothing = np.zeros(len(found.replications))
    values = np.column_stack([nothing, *(option.net_present_value for option in found.options)])
    return information(values, drawn_numbers(found.drawn, found.on), seed)


def options_table(found: Investment) -> pd.DataFrame:
    """Each option's present values over the years simulated, £ of the first year: means, and the range of the net one."""
    import pandas as pd

    rows = []
    for option in found.options:
        worth, real = band(option.net_present_value), option.real
        cost, gross = (float((values * real).sum(axis=1).mean()) for values in (option.cost, option.gross))
        rows.append(
            {
                "option": option.player.id,
                "title": option.player.title,
                "optimism_bias": found.bias.name,
                "cost": cost,
                "saving": gross,
                "saved_per_pound": option.saved_per_pound,
                "net_present_value": worth.mean,
                "p10": worth.p10,
                "p50": worth.p50,
                "p90": worth.p90,
                "probability_of_gain": float((option.net_present_value > 0).mean()),
                "transport_saving_general_fund": float((option.transport * real).sum(axis=1).mean()),
            }
        )
    return pd.DataFrame(rows)


def payback_table(found: Investment) -> pd.DataFrame:
    """By option and year: mean cost and saving, £ at the prices of the year, and the share of futures paid back by its end."""
    import pandas as pd

    rows = []
    for option in found.options:
        means = [values.mean(axis=0) for values in (option.cost, option.gross, option.net, np.cumsum(option.net, axis=1))]
        for year, *numbers in zip(found.financial_years, *means, option.paid_back, strict=True):
            rows.append((option.player.id, found.bias.name, year, *numbers))
    named = ["option", "optimism_bias", "financial_year", "cost", "saving", "net", "net_to_date", "paid_back_by"]
    return pd.DataFrame(rows, columns=named)


def information_table(found: Investment, known: Information) -> pd.DataFrame:
    """What knowing is worth: everything first, then single numbers, largest first; £ of net present value."""
    import pandas as pd

    meaning = meanings(found)
    rows = [("everything", "All that is uncertain", known.perfect)]
    rows += [(path, meaning[path], worth) for path, worth in known.numbers.items()]
    return pd.DataFrame(rows, columns=["known", "meaning", "worth"])


def meanings(found: Investment) -> dict[str, str]:
    """What each figure of the scenario means, by its path."""
    return {entry.path: entry.meaning for entry in entries(found.scenario)}


def _lines(found: Investment, known: Information) -> list[str]:
    last = found.financial_years[-1]
    lines = [
        f"Invest to save, {found.scenario.title}: each option against doing nothing in {len(found.replications)} paired futures, "
        f"to the end of {last}; real £ at {DISCOUNT_RATE:.1%} a year. Optimism bias: {found.bias.label.lower()}."
    ]
    for option in found.options:
        lines += _option_lines(option, last)
    best = NOTHING if known.best == 0 else found.options[known.best - 1].player.title
    lines.append(f"Best on average: {best}. Knowing everything before deciding would be worth {pounds(known.perfect)}.")
    meaning = meanings(found)
    for path, worth in list(known.numbers.items())[:_LISTED]:
        lines.append(f"  {pounds(worth)}: {meaning[path].rstrip('.')} ({path})")
    if not known.numbers:
        lines.append("  No single number stands out from chance in so many futures: none of them alone would change the choice.")
    return lines


def _option_lines(option: Option, last: str) -> list[str]:
    worth, end = band(option.net_present_value), (float(values[:, -1].mean()) for values in (option.gross, option.cost))
    saving, cost = end
    return [
        f"{option.player.title}: net present value {pounds(worth.mean)} on average (8 in 10 futures: {pounds(worth.p10)} to "
        f"{pounds(worth.p90)}); {option.saved_per_pound:.2f} saved for each £1.",
        f"  Paid back by the end of {last} in {share(float(option.paid_back[-1]))} of futures; in that year it saves "
        f"{pounds(saving)} and costs {pounds(cost)}.",
    ]
