"""What is bundled, what a scenario assumes, and the app."""

from __future__ import annotations

from typing import Annotated

import typer

from sufficiency.cli.options import Overrides, ScenarioName


def scenarios() -> None:
    """List the bundled scenarios and overrides."""
    from sufficiency.scenario.library import bundled

    for name, kind in bundled().items():
        typer.echo(f"{name:20} {kind}")


def assumptions(scenario: ScenarioName, override: Overrides = None) -> None:
    """List every figure of a scenario: value, range, source, date, and whether it is verified."""
    from sufficiency.report.assumption_lines import assumption_lines
    from sufficiency.scenario.library import load

    for line in assumption_lines(load(scenario, override or ())):
        typer.echo(line)


def open_app(
    port: Annotated[int, typer.Option("--port", help="Port on this machine.", min=1, max=65535)] = 8501,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Open the planner's app in the browser."""
    from sufficiency.ui.server import serve

    raise typer.Exit(serve(port, open_browser=browser))
