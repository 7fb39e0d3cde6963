"""A session of the app without a browser: over the websocket it says what was clicked or moved, and reads what comes back."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path
from time import perf_counter, sleep

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

TOP = Path(__file__).resolve().parents[1]
PATIENCE = 300
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


class Server:
    """The app on a free port, with its runs in ``folder``."""

    def __init__(self, folder: Path, futures: int) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = os.environ | {"SUFFICIENCY_RUNS": str(folder), "SUFFICIENCY_FUTURES": str(futures)}
        begun = perf_counter()
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)]
        self._process = subprocess.Popen(command, cwd=TOP, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.address = f"http://localhost:{self.port}"
        while True:
            with suppress(OSError), urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=2):  # noqa: S310
                break
            if perf_counter() - begun > PATIENCE or self._process.poll() is not None:
                raise RuntimeError("the app did not start")
            sleep(0.02)
        self.seconds_to_health = perf_counter() - begun

    def workers(self) -> list[int]:
        """The processes that the server has started."""
        found: list[int] = []
        for task in Path(f"/proc/{self._process.pid}/task").iterdir():
            children: list[str] = []
            with suppress(OSError):  # a thread or a child may end while it is looked at
                children = (task / "children").read_text().split()
            for child in children:
                with suppress(OSError):
                    found += [int(child)] if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text() else []
        return found

    def memory(self) -> float:
        """Resident memory of the server alone, in MB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.wait()


class Visitor:
    """One session; ``page`` is that of the address and ``link`` what follows the question mark."""

    def __init__(self, server: Server, page: str = "", link: str = "") -> None:
        address = f"ws://localhost:{server.port}/_stcore/stream"
        self._socket = connect(address, origin=server.address, max_size=None, subprotocols=["streamlit"])
        self._page, self._link = page, link
        self._values: dict[str, list[float]] = {}
        self.text = ""
        """What the last run of the script showed."""
        self._widgets: dict[str, tuple[str, str, str]] = {}
        """Kind, label and part of the page of each, by its name."""

    def rerun(self, clicked: str = "", fragment: str = "") -> float:
        """Run the page (or one part of it) as it now is, having ``clicked`` a button; gives the seconds until all is there."""
        asked = BackMsg()
        asked.rerun_script.fragment_id = fragment
        asked.rerun_script.page_name = self._page
        asked.rerun_script.query_string = self._link
        for name, value in self._values.items():
            state = asked.rerun_script.widget_states.widgets.add(id=name)
            state.double_array_value.data.extend(value)
        if clicked:
            asked.rerun_script.widget_states.widgets.add(id=self._found("button", clicked), trigger_value=True)
        if not fragment:
            self._widgets = {}
        begun = perf_counter()
        self._socket.send(asked.SerializeToString())
        self._read()
        return perf_counter() - begun

    def move(self, label: str, value: float) -> float:
        """Move a slider; gives the seconds until what it moves is there: as in a browser, its own part of the page alone."""
        slider = self._found("slider", label)
        self._values[slider] = [value]
        return self.rerun(fragment=self._widgets[slider][2])

    def wait_for(self, *words: str, every: float = 1.0) -> float:
        """Rerun as the page does while a job runs, until it says one of ``words``; gives the seconds."""
        begun = perf_counter()
        while not any(word in self.text for word in words):
            if perf_counter() - begun > PATIENCE:
                raise RuntimeError(f"the page never said {words}")
            sleep(every)
            self.rerun()
        return perf_counter() - begun

    def buttons(self) -> list[str]:
        """The words on the buttons shown."""
        return [words for kind, words, _ in self._widgets.values() if kind == "button"]

    def close(self) -> None:
        """End the session."""
        self._socket.close()

    def _found(self, kind: str, label: str) -> str:
        return next(name for name, (its, words, _) in self._widgets.items() if its == kind and words.startswith(label))

    def _read(self) -> None:
        self.text = ""
        while True:
            said = ForwardMsg.FromString(self._socket.recv(timeout=PATIENCE))
            kind = said.WhichOneof("type")
            if kind == "script_finished":
                if said.script_finished in (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY):
                    return
            elif kind == "delta" and said.delta.WhichOneof("type") == "new_element":
                element = said.delta.new_element
                what = element.WhichOneof("type")
                if what == "markdown":  # as it is read: without the addresses of its links
                    self.text += _LINK.sub(r"\1", element.markdown.body) + "\n"
                elif what == "alert":
                    self.text += element.alert.body + "\n"
                elif what in ("slider", "button"):
                    widget = getattr(element, what)
                    self._widgets[widget.id] = (what, widget.label, said.delta.fragment_id)
