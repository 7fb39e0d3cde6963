"""The assumptions of a scenario as lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from sufficiency.scenario.provenance import assumptions
from sufficiency.scenario.scenario import Scenario

_LONGEST_VALUE = 100


def assumption_lines(scenario: Scenario) -> Iterator[str]:
    """Unverified figures first: path, value, range, unit, source, date and reason of each."""
    rows = assumptions(scenario)
    for verified, heading in ((False, "Unverified defaults"), (True, "Verified figures")):
        chosen = [row for row in rows if row["verified"] is verified]
        yield f"{heading}: {len(chosen)}"
        for row in chosen:
            value = _short(row["value"])
            if row["low"] is not None and not isinstance(row["low"], str):
                value += f" ({row['low']:,} to {row['high']:,}, drawn once a future)"
            elif row["low"] is not None:
                value += " (a range, drawn once a future)"
            yield f"  {row['path']}: {value} {row['unit']}"
            yield f"    {row['source']}; known from {row['known_from']}" + (f". {row['reason']}" if row["reason"] else "")


def _short(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int | float) else str(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."
