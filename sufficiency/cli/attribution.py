"""What a change in demand comes from: attribute."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from sufficiency.cli.options import SEED, Futures, Jobs, Out, ScenarioName, Seed
from sufficiency.cli.working import progress_bars, say, workers, written
from sufficiency.domain.problem import InputProblem

if TYPE_CHECKING:
    from sufficiency.experiment.attribution import Attribution

_WORDS = {
    "requests": "Requests in the year",
    "plans_issued": "Plans issued in the year",
    "caseload": "Plans on the January census",
    "need": "Specialist places needed on the January census",
}
_YEAR = "(default: the {} whole year of the scenario)"


def attribute(
    scenario: ScenarioName,
    out: Out,
    other: Annotated[str | None, typer.Argument(help="A second scenario, NAME+OVERRIDE, or an override of the first.")] = None,
    first: Annotated[int | None, typer.Option("--from", help=f"First calendar year {_YEAR.format('first')}.")] = None,
    last: Annotated[int | None, typer.Option("--to", help=f"Last calendar year {_YEAR.format('last')}.")] = None,
    futures: Futures = 100,
    seed: Seed = SEED,
    jobs: Jobs = None,
) -> None:
    """Split a change in requests, plans and need into population, rate, mix, policy and the rest: attribution.csv.

    With one scenario, its change from one year to another; with two, their difference in the last year (and, where --from is
    given, in each year from then on).
    """
    import pandas as pd

    from sufficiency.experiment.attribution import MEASURES, between_scenarios, between_years, whole_years
    from sufficiency.report.results import out_folder, write_table
    from sufficiency.scenario.library import bundled, load

    a = load(scenario)
    years = whole_years(a)
    if not years:
        mend = "move the start to the beginning of a January, or the horizon to the end of a December"
        raise InputProblem("the scenario covers no whole calendar year", where=a.title, mend=mend)
    end = years[-1] if last is None else last
    b = None
    if other is not None:
        b = load(f"{scenario}+{other}" if bundled().get(other) == "override" else other)
    measures = list(MEASURES)
    if a.demand.known_requests or (b is not None and b.demand.known_requests):
        measures.remove("requests")
        typer.echo(
            "Requests are left out: they are given (demand.known_requests), so that nothing in them can be attributed.", err=True
        )
    folder = out_folder(out)
    with workers(jobs) as executor, progress_bars() as tell:
        if b is None:
            start = years[0] if first is None else first
            found = between_years(a, start, end, futures, measures=measures, base_seed=seed, executor=executor, progress=tell)
        else:
            each = range(end if first is None else first, end + 1)
            found = between_scenarios(a, b, each, futures, measures=measures, base_seed=seed, executor=executor, progress=tell)
    rows = [asdict(row) for one in found for row in one.rows()]
    write_table(pd.DataFrame(rows).rename(columns={"start": "from", "end": "to"}), folder / "attribution.csv")
    for one in found:
        say(_sentence(one))
    written(folder, "attribution.csv")


def _sentence(found: Attribution) -> str:
    """A change and its parts, largest first; parts that are nothing are left out."""
    means = {row.part: row.mean for row in found.rows()}
    before, after, _ = (means.pop(name) for name in ("before", "after", "change"))
    ordered = sorted(means.items(), key=lambda part: -abs(part[1]))
    parts = [f"{name.replace('_', ' ')} {mean:+,.0f}" for name, mean in ordered if round(mean)]
    made_of = f": {', '.join(parts)}" if parts else ""
    return f"{_WORDS[found.measure]}, {found.start} to {found.end}: {before:,.0f} to {after:,.0f}{made_of}."
