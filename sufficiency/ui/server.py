"""Starts the app's server on this machine, and readies it."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

from sufficiency.domain.problem import InputProblem

TOP = Path(__file__).resolve().parents[2]
_PATIENCE = 60


@asynccontextmanager
async def preloaded(app: object) -> AsyncIterator[None]:
    """While the server runs: it loads the pages before anybody asks for one, which would take seconds then."""
    threading.Thread(target=import_module, args=("sufficiency.ui.navigation",), daemon=True).start()
    yield


def serve(port: int, *, open_browser: bool) -> int:
    """Serve ``app.py`` on http://localhost:``port`` until it is stopped; returns the server's exit code.

    Raises InputProblem where the port is taken or the app is not beside the package.
    """
    script = TOP / "app.py"
    if not script.is_file():
        raise InputProblem("the app is not beside the package", where=str(script), mend="install with make install in a clone")
    if _is_taken(port):
        mend = f"open http://localhost:{port} if the app is running already, or choose another: sufficiency app --port {port + 1}"
        raise InputProblem("the port is taken", where="--port", value=port, mend=mend)
    address = f"http://localhost:{port}"
    print(f"The app opens on {address}; stop it with Ctrl+C.", flush=True)
    if open_browser:
        threading.Thread(target=_open_when_ready, args=(address,), daemon=True).start()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    try:
        return subprocess.call(command, cwd=TOP)  # noqa: S603 - our own interpreter and script
    except KeyboardInterrupt:
        return 0


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _open_when_ready(address: str) -> None:
    """Open the browser once the server answers; without a browser nothing happens, the address is on the terminal."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):  # noqa: S310 - our own server
                webbrowser.open(address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
