"""What a paper rests on: every assumption with its reason and source, the data, and how the result was made."""

from __future__ import annotations

from sufficiency import __version__
from sufficiency.experiment.run import Run
from sufficiency.report.chain import Chain
from sufficiency.report.papers.content import Cell, Column, Points, Section, Table
from sufficiency.report.results import manifest
from sufficiency.scenario.eois import ExpressionOfInterest
from sufficiency.scenario.provenance import assumptions, in_words
from sufficiency.scenario.scenario import Scenario
from sufficiency.shortlist.plan import in_words as status_words

COLUMNS = (
    Column("Assumption", "What the figure means, and its place in the scenario file."),
    Column("Value", "The value, and the range drawn once a future where there is one."),
    Column("Unit", "Unit of the value."),
    Column("Source and date", "Where it comes from, and since when it is known."),
    Column("Reason", "Why this value, and what it stands in for."),
)


def assumptions_section(scenario: Scenario) -> Section:
    """All unverified figures, then all verified ones."""
    rows = assumptions(scenario)
    unverified, verified = ([row for row in rows if row["verified"] is kind] for kind in (False, True))
    ranges = sum(row["low"] is not None for row in unverified)
    answer = (
        f"{len(unverified)} of {len(rows)} figures are unverified defaults: assumptions, or figures that stand in for what "
        f"nobody has published; {ranges} of them are ranges drawn once a future. Every number here leans on some of them."
    )
    tables = (
        Table(
            "unverified", f"Unverified figures ({len(unverified)})", COLUMNS, tuple(_cells(row) for row in unverified),
            "A reason is asked for each of them.",
        ),
        Table("verified", f"Verified figures ({len(verified)})", COLUMNS, tuple(_cells(row) for row in verified),
              "The source was read and says so."),
    )  # fmt: skip
    return Section("What does this assume?", answer, tables)


def _cells(row: dict[str, object]) -> tuple[Cell, ...]:
    value = in_words(row["value"])
    if row["low"] is not None:
        ends = (
            "a range, drawn once a future"
            if isinstance(row["low"], str)
            else f"{in_words(row['low'])} to {in_words(row['high'])}"
        )
        value += f" ({ends})"
    meaning = str(row["meaning"]).replace("``", "") or str(row["path"])
    source = f"{row['source']}; known from {in_words(row['known_from'])}"
    return f"{meaning} [{row['path']}]", value, str(row["unit"]), source, str(row["reason"] or "none needed")


def sources_section(scenario: Scenario) -> Section:
    """The sources of verified figures, with the day on which each was known."""
    found = manifest_sources(scenario)
    answer = (
        f"{len(found)} sources were read and are verified. The scenario stands at {in_words(scenario.knowledge_date)}: no figure "
        "known later is used."
    )
    return Section("Which data is it built on?", answer, (Points(found),))


def manifest_sources(scenario: Scenario) -> tuple[str, ...]:
    """Sources of verified figures, sorted, each once."""
    figures = (figure for _, figure in scenario.figures() if figure.verified)
    return tuple(sorted({f"{figure.source} (known from {in_words(figure.known_from)})" for figure in figures}))


def record_section(chain: Chain) -> Section:
    """The run record: what is needed to make every number again."""
    rows = [*run_rows(chain.run), *_plan_rows(chain)]
    columns = (Column("What", "Entry of the run record."), Column("Value", "Its value."))
    again = (
        "The same scenario, bids, seed and number of futures give the same numbers again, whatever the number of worker "
        "processes."
    )
    return Section("How was this made?", again, (Table("run-record", "Run record", columns, tuple(rows)),))


def run_rows(run: Run) -> list[tuple[str, str]]:
    """Entries of the run record that any run has."""
    made = manifest(run)
    scenario = run.scenario
    return [
        ("Scenario", f"{'+'.join((scenario.name, *scenario.overrides))}: {scenario.title}"),
        ("Note of the scenario", scenario.note),
        ("Scenario hash", scenario.digest),
        ("Model version", __version__),
        ("Base seed", str(run.base_seed)),
        ("Futures", f"{run.futures:,}" + (f"; {len(run.failed)} failed and are left out" if run.failed else "")),
        ("Simulated", f"{in_words(scenario.start)} to {in_words(scenario.horizon)}"),
        ("Standing at", in_words(scenario.knowledge_date)),
        ("Data versions", "; ".join(made["data_versions"]) or "none verified"),
    ]


def _plan_rows(chain: Chain) -> list[tuple[str, str]]:
    plan = chain.plan
    return [
        ("Scenario without interventions, hash", chain.unmitigated.scenario.digest),
        ("Scenario with the chosen bids, hash", chain.with_shortlist.scenario.digest),
        ("Bids", f"{len(chain.eois)}{_made_up(chain.eois)}"),
        ("Shortlist", f"{status_words(plan.status)}; {plan.solver} {plan.solver_version}, seed {plan.seed}"),
        ("Futures the shortlist was chosen over", ", ".join(map(str, plan.replications))),
    ]


def _made_up(eois: tuple[ExpressionOfInterest, ...]) -> str:
    number = sum(eoi.illustrative for eoi in eois)
    return f", {number} of them illustrative" if number else ""
