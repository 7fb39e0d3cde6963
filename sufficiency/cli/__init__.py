"""The command line: the whole chain in the terminal, results as files, and the app."""

from __future__ import annotations

import os
import sys

import typer

from sufficiency.cli import attribution, chain, dsg, library
from sufficiency.cli.allocate import allocate
from sufficiency.cli.calibration import calibrate, replay, staffing
from sufficiency.cli.forecast import evidence, forecast
from sufficiency.cli.gap import gap
from sufficiency.cli.project import project
from sufficiency.cli.rates import rates
from sufficiency.cli.report import report
from sufficiency.cli.returns import returns
from sufficiency.cli.shortlist import shortlist
from sufficiency.domain.problem import InputProblem

app = typer.Typer(
    help="Plan specialist (SEND) places: requests, plans, placements, places and money from one simulation.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

for command in (
    chain.plan,
    chain.run,
    chain.compare,
    shortlist,
    dsg.dsg,
    dsg.sensitivity,
    dsg.invest,
    library.scenarios,
    library.assumptions,
):
    app.command()(command)
app.command()(gap)
app.command()(allocate)
app.command()(project)
app.command()(rates)
app.command()(forecast)
app.command()(evidence)
app.command()(attribution.attribute)
app.command()(calibrate)
app.command()(replay)
app.command()(staffing)
app.command()(returns)
app.command()(report)
app.command("app")(library.open_app)


def main() -> None:
    """Entry point: a person's mistake is one line and exit code 2; a bug is named, without a traceback unless asked for."""
    try:
        app()
    except InputProblem as problem:
        typer.echo(f"Error: {problem}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo("Cancelled; nothing was written.", err=True)
        sys.exit(130)
    except BrokenPipeError:  # whoever read the output has left
        os._exit(1)
    except Exception as bug:
        if os.environ.get("SUFFICIENCY_DEBUG"):
            raise
        typer.echo(
            f"Something went wrong inside the program ({type(bug).__name__}: {str(bug)[:200]}). "
            "This is a defect, not your mistake; set SUFFICIENCY_DEBUG=1 to see where it arose.",
            err=True,
        )
        sys.exit(1)
