"""Money: the management plan of the Dedicated Schools Grant, and what its balance is most sensitive to."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from sufficiency.cli.options import SEED, Futures, Jobs, Out, Overrides, ScenarioName, Seed
from sufficiency.cli.working import progress_bars, say, simulated, workers, written


def dsg(
    scenario: ScenarioName,
    out: Out,
    override: Overrides = None,
    futures: Futures = 100,
    seed: Seed = SEED,
    jobs: Jobs = None,
    percent: Annotated[float, typer.Option("--percent", help="Size of the change in the sensitivity table, %.")] = 10.0,
    category: Annotated[
        str, typer.Option("--category", help="Provision of break-even and two-way grid, such as independent or special.")
    ] = "independent",
    year: Annotated[str | None, typer.Option("--year", help="Financial year of the break-even (2026-27; default: all).")] = None,
    target: Annotated[float | None, typer.Option("--target", help="Balance to be reached, £ (a deficit is negative).")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Financial year by whose end it is to be reached (2028-29).")] = None,
    on_time: Annotated[bool, typer.Option("--as-planned", help="Interventions start on their day and work in full.")] = False,
) -> None:
    """Draw up the Dedicated Schools Grant account, unmitigated and mitigated, with savings, sensitivity and the plan in Excel."""
    from sufficiency.dsg.plan import plan
    from sufficiency.report.dsg_files import Asked, check_asked, write_dsg
    from sufficiency.report.results import out_folder
    from sufficiency.scenario.delivery import as_planned
    from sufficiency.scenario.library import load

    loaded = load(scenario, override or ())
    chosen = as_planned(loaded) if on_time else loaded
    asked = Asked(percent, category, year, target, by)
    check_asked(asked, chosen)
    folder = out_folder(out)
    without = chosen.unmitigated()
    if without.simulated_digest == chosen.simulated_digest:  # what is simulated is the same: it is simulated once
        [run] = simulated([without], futures, seed, jobs)
        runs = [run, replace(run, scenario=chosen)]
    else:
        runs = simulated([without, chosen], futures, seed, jobs)
    with workers(jobs) as executor, progress_bars() as tell:
        done = plan(runs[0], runs[-1], executor=executor, progress=lambda n, of: tell("What each workstream is worth", n, of))
    names, lines = write_dsg(done, runs[-1], folder, asked)
    for line in lines:
        say(line.strip(), "  " if line.startswith(" ") else "")
    written(folder, *names)


def sensitivity(
    scenario: ScenarioName,
    out: Out,
    override: Overrides = None,
    whole_chain: Annotated[
        bool, typer.Option("--global", help="Sobol' indices over the inputs of the whole chain; takes some minutes.")
    ] = False,
    samples: Annotated[int, typer.Option("--samples", help="Samples of --global: a power of two.")] = 64,
    year: Annotated[
        str | None, typer.Option("--year", help="Financial year whose in-year balance is looked at (2026-27).")
    ] = None,
    percent: Annotated[float, typer.Option("--percent", help="Size of one change at a time, %.")] = 10.0,
    futures: Futures = 100,
    seed: Seed = SEED,
    jobs: Jobs = None,
) -> None:
    """Ask what the balance hangs on: one change at a time, or (--global) where its whole spread comes from."""
    from sufficiency.dsg.global_sensitivity import check_samples, global_sensitivity
    from sufficiency.report.dsg_files import Asked, check_asked, write_one_at_a_time
    from sufficiency.report.results import out_folder
    from sufficiency.report.sensitivity_files import write_global
    from sufficiency.scenario.library import load

    chosen = load(scenario, override or ())
    asked = Asked(percent, year=year)
    check_asked(asked, chosen)
    check_samples(samples, "--samples")
    folder = out_folder(out)
    if whole_chain:
        with workers(jobs) as executor, progress_bars() as tell:
            found = global_sensitivity(
                chosen, samples, year=year, base_seed=seed, executor=executor,
                progress=lambda n, of: tell("Simulating the samples", n, of),
            )  # fmt: skip
        names, lines = write_global(found, chosen, seed, folder)
    else:
        names, lines = write_one_at_a_time(simulated([chosen], futures, seed, jobs)[0], folder, asked)
    for line in lines:
        say(line.strip(), "  " if line.startswith(" ") else "")
    written(folder, *names)


def invest(
    scenario: ScenarioName,
    out: Out,
    override: Overrides = None,
    futures: Futures = 100,
    seed: Seed = SEED,
    jobs: Jobs = None,
    optimism: Annotated[
        str, typer.Option("--optimism", help="Optimism bias: none, standard, non-standard or cautious.")
    ] = "none",
    ample_staff: Annotated[
        bool, typer.Option("--ample-staff", help="As if staff did not limit how many plans are issued (twice the capacity).")
    ] = False,
) -> None:
    """Invest to save: payback, net present value and the worth of knowing more, for each option of a proposal."""
    from sufficiency.dsg.invest import bias_named, check_options, do_nothing, with_ample_staff
    from sufficiency.dsg.invest import invest as invested
    from sufficiency.report.invest_files import write_invest
    from sufficiency.report.results import out_folder
    from sufficiency.scenario.library import load

    loaded = load(scenario, override or ())
    chosen = with_ample_staff(loaded) if ample_staff else loaded
    bias = bias_named(optimism, "--optimism")
    check_options(chosen)
    folder = out_folder(out)
    nothing = simulated([do_nothing(chosen)], futures, seed, jobs)[0]
    with workers(jobs) as executor, progress_bars() as tell:
        found = invested(
            chosen, nothing, bias=bias, executor=executor, progress=lambda n, of: tell("Simulating the options", n, of)
        )
    names, lines = write_invest(found, nothing, folder, ample_staff=ample_staff)
    for line in lines:
        say(line.strip(), "  " if line.startswith(" ") else "")
    written(folder, *names)
