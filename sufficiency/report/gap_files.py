"""Files of the gap: every cell with its band and what its spread rests on, the commitment, the invitation and the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sufficiency import __version__
from sufficiency.experiment.run import Run
from sufficiency.places.invitation import Invitation
from sufficiency.places.spread import Spread
from sufficiency.places.tracker import Tracker
from sufficiency.report.gap_tables import INVITATION_COLUMNS, commitment_table, gap_table, invitation_rows
from sufficiency.report.gap_words import invitation_page
from sufficiency.report.results import manifest, write_atomically, write_json, write_table

FILES = ("gap.csv", "commitment.csv", "invitation.csv", "invitation.md", "manifest.json")


def write_gap(runs: Mapping[str, Run], spread: Spread | None, found: Tracker, asked: Invitation, folder: Path) -> tuple[str, ...]:
    """Write :data:`FILES` into ``folder`` and return their names; ``runs`` are paired, by version."""
    import pandas as pd

    run = runs["with_pipeline"]
    write_table(gap_table(runs, spread), folder / "gap.csv")
    write_table(commitment_table(found), folder / "commitment.csv")
    rows = invitation_rows(run, asked, spread)
    write_table(pd.DataFrame(rows, columns=list(INVITATION_COLUMNS)), folder / "invitation.csv")
    page = invitation_page(run.scenario, asked, rows, made_of(run))
    write_atomically(folder / "invitation.md", lambda file: file.write(page))
    versions = {version: each.scenario.digest for version, each in runs.items()}
    crossed = spread.futures if spread else 0
    write_json(manifest(run) | {"versions": versions, "futures_crossed": crossed}, folder / "manifest.json")
    return FILES


def made_of(run: Run) -> str:
    """How a page was made, in one line."""
    scenario = run.scenario
    return (
        f"Scenario {scenario.name} ({scenario.title}), hash {scenario.digest}, standing at {scenario.knowledge_date:%-d %B %Y}; "
        f"model {__version__}, seed {run.base_seed}, {run.futures} futures. {len(scenario.unverified())} of its figures are "
        "unverified defaults."
    )
