"""Files and words of global sensitivity: where the spread of the balance comes from, and where better data would pay."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sufficiency import __version__
from sufficiency.dsg.global_sensitivity import Indices, indices_table
from sufficiency.report.results import write_json, write_table
from sufficiency.report.words import count, pounds, share
from sufficiency.scenario.scenario import Scenario

FILES = ("global.csv", "manifest.json")
_LISTED = 10
_FIRM = 0.1
"""Half-width of a range up to which an index is called firm."""


def write_global(found: Indices, scenario: Scenario, seed: int, folder: Path) -> tuple[tuple[str, ...], list[str]]:
    """Write :data:`FILES` into ``folder``; returns their names and what the indices say in a few lines."""
    write_table(indices_table(found), folder / FILES[0])
    content = {
        "scenario": scenario.name,
        "overrides": list(scenario.overrides),
        "scenario_hash": scenario.digest,
        "model_version": __version__,
        "seed": seed,
        "samples": found.samples,
        "futures_simulated": found.simulated,
        "inputs": {i.name: {"label": i.label, "known": i.known, "figures": list(i.paths)} for i in found.inputs},
        "outputs": {name: {"mean": found.mean[o], "standard_deviation": found.spread[o]} for o, name in enumerate(found.outputs)},
        "unverified_defaults": list(scenario.unverified()),
    }
    write_json(content, folder / FILES[1])
    return FILES, global_lines(found)


def global_lines(found: Indices) -> list[str]:
    """The largest total indices of each output, and which of them data could narrow."""
    lines = [f"Sobol' indices of {len(found.inputs)} inputs, {found.samples} samples, {found.simulated:,} futures simulated."]
    for o, output in enumerate(found.outputs):
        shown = pounds if "balance" in output else count
        lines.append(
            f"{output[0].upper()}{output[1:]}: {shown(found.mean[o])} on average, standard deviation {shown(found.spread[o])}"
        )
        for i in np.argsort(-found.total[o])[:_LISTED]:
            if found.total[o, i] < 0.005:
                break
            low, high = found.total_range[:, o, i]
            rough = "" if (high - low) / 2 <= _FIRM else ", rough"
            lines.append(
                f"  {found.inputs[i].label}: {share(found.total[o, i])} of the variance ({share(low)} to {share(high)}{rough}); "
                f"alone {share(max(found.first[o, i], 0.0))}; {found.inputs[i].known}"
            )
    lines.append(better_data(found))
    return lines


def better_data(found: Indices) -> str:
    """Where better data would pay, in a sentence: the spread of the last balance by how its causes could be known."""
    shares = dict.fromkeys(("from records", "by evaluation", "only with time"), 0.0)
    for i, item in enumerate(found.inputs):
        shares[item.known] += max(float(found.total[0, i]), 0.0)
    whole = sum(shares.values()) or 1.0
    records = [i for i in np.argsort(-found.total[0]) if found.inputs[i].known == "from records"][:3]
    named = "; ".join(found.inputs[i].label.lower() for i in records)
    return (
        f"Of the spread of the balance about {share(shares['from records'] / whole)} comes from what the council's own records "
        f"could tell (first: {named}), {share(shares['by evaluation'] / whole)} from what evaluation could, and "
        f"{share(shares['only with time'] / whole)} from what only time will."
    )
