"""Papers of the whole chain: a workbook, a Word report, a web page and the invitation to bid."""

from __future__ import annotations

import datetime as dt

from sufficiency.cli.chain import beside
from sufficiency.cli.options import SEED, Eois, Futures, Jobs, Out, Overrides, ScenarioName, Seed
from sufficiency.cli.working import progress_bars, say, workers, written


def report(
    scenario: ScenarioName,
    out: Out,
    override: Overrides = None,
    futures: Futures = 100,
    seed: Seed = SEED,
    jobs: Jobs = None,
    eois: Eois = None,
) -> None:
    """Write papers for a committee: report.xlsx, report.docx, report.html, invitation.docx and invitation.html."""
    from sufficiency.report.chain import whole_chain
    from sufficiency.report.papers.files import STAGE, papers, write_papers
    from sufficiency.report.papers.report import report_paper
    from sufficiency.report.results import out_folder
    from sufficiency.scenario.eoi_list import load_eois
    from sufficiency.scenario.library import load

    chosen = load(scenario, override or ())
    bids = load_eois(chosen, eois, beside=beside(scenario))
    folder = out_folder(out)
    today = dt.date.today()
    with workers(jobs) as executor, progress_bars() as tell:
        chain = whole_chain(chosen, bids, futures, base_seed=seed, executor=executor, progress=tell)
        found = papers(chain, today, lambda done, of: tell(STAGE, done, of))
    names = write_papers(found, folder)
    say(report_paper(chain, today).answer)
    written(folder, *names)
