"""``--help`` answers at once: it imports none of the heavy libraries."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("numpy", "pandas", "pydantic", "simpy", "scipy", "pulp", "streamlit", "altair")


def test_the_command_line_imports_nothing_heavy() -> None:
    script = (
        "import sys; from typer.testing import CliRunner; from sufficiency.cli import app; "
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0; "
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
