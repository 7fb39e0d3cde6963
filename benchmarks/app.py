"""The app under load, in one run: how soon it is there, and what one person's work costs another.

Times of other sessions are told as ratios to their idle times, measured in turns, because machines differ and are shared. The
limits in brackets are the project's own. Linux only (memory and processes are read from /proc); the browser part needs
Playwright and Chromium.

    python benchmarks/app.py [--quick]
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path
from time import perf_counter, sleep

import numpy as np
from _visitor import Server, Visitor

QUICK = "--quick" in sys.argv
RERUNS = 15 if QUICK else 40
ROUNDS = 1 if QUICK else 3
SESSIONS = 20
FIRST_FUTURES = 40
LONG = 400
AT_WORK = 4
"""Sessions that each simulate a scenario of their own, while another moves a slider."""
ANSWER = "By the January census of"
SLIDER, MONEY = "Change of one thing at a time", "money"
"""A slider on a page: from the pupil-years of the run it draws the account up again."""


def main() -> None:
    """All parts, each with a server of its own where it matters."""
    with tempfile.TemporaryDirectory() as folder:
        first_visit(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        others_during_a_run(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        stopping_and_dying(Path(folder))


def told(what: str, found: str, limit: str = "") -> None:
    """One line of the outcome."""
    print(f"{what + ':':<58} {found}{f' [{limit}]' if limit else ''}", flush=True)


def first_visit(folder: Path) -> None:
    """A server without stored runs, then one that finds them after a crash; sessions and memory."""
    server = Server(folder, FIRST_FUTURES)
    told("Health", f"{server.seconds_to_health:.1f} s", "at most 2 s")
    in_browser(server, "cold", "at most 6 s")
    visitor = Visitor(server)
    begun = perf_counter()
    visitor.rerun()
    visitor.wait_for(ANSWER, every=0.2)
    told(f"Answer on Start, simulated anew in {FIRST_FUTURES} futures", f"{perf_counter() - begun:.1f} s", "under 15 s")
    in_browser(server, "warm", "at most 3 s")
    visitor.wait_for("expected to close")  # the bids are chosen: the server is idle
    sleep(1)
    server.kill()

    server = Server(folder, FIRST_FUTURES)
    visitor = Visitor(server)
    begun = perf_counter()
    visitor.rerun()
    visitor.wait_for(ANSWER, every=0.1)
    told("The same after the server was killed, from the stored run", f"{perf_counter() - begun:.1f} s", "at once")
    visitor.wait_for("expected to close")
    many(server)
    server.kill()


def in_browser(server: Server, what: str, limit: str) -> None:
    """Seconds to the first sentence in Chromium, its own start left out."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        told(f"First text in a browser, {what}", "not measured: needs Playwright and Chromium")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        begun = perf_counter()
        page.goto(server.address)
        page.get_by_text("nothing you enter or upload leaves it").wait_for(timeout=60_000)
        told(f"First text in a browser, {what}", f"{perf_counter() - begun:.1f} s", limit)
        browser.close()


def many(server: Server) -> None:
    """Twenty sessions that all move the slider at once; each has a page of its own in memory."""
    before = server.memory()
    visitors = [Visitor(server, MONEY) for _ in range(SESSIONS)]
    for visitor in visitors:
        visitor.rerun()
        visitor.wait_for("No slider is moved")
    alone = [visitors[0].move(SLIDER, 1 + i % 40) for i in range(RERUNS)]
    told("Slider rerun over the websocket, idle, p95", f"{1000 * np.quantile(alone, 0.95):.0f} ms", "at most 300 ms")
    seconds = [0.0] * SESSIONS

    def move(index: int) -> None:
        seconds[index] = visitors[index].move(SLIDER, 41 + index % 10)

    begun = perf_counter()
    threads = [threading.Thread(target=move, args=(index,)) for index in range(SESSIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    served = sum(f"{41 + index % 10} % more" in visitor.text for index, visitor in enumerate(visitors))
    told(f"{SESSIONS} sessions that move the slider at once", f"{served} served, the last after {perf_counter() - begun:.1f} s")
    per_session = (server.memory() - before) / SESSIONS
    told("Memory of the server", f"{server.memory():.0f} MB, {per_session:.1f} MB a session (workers apart)")


def others_during_a_run(folder: Path) -> None:
    """Rerun times of one session while others' simulations run, against idle ones before and after."""
    server = Server(folder, FIRST_FUTURES)
    seed = Visitor(server, MONEY)  # the page needs an answer of its own first
    seed.rerun()
    seed.wait_for("No slider is moved")
    sleep(1)
    ratios = []
    for turn in range(ROUNDS):
        idle = [seed.move(SLIDER, 1 + i % 40) for i in range(RERUNS)]
        others = [Visitor(server, link=f"set=demand.growth={0.10 + turn / 100 + n / 1000:g}") for n in range(AT_WORK)]
        for other in others:
            other.rerun()
        others[0].wait_for("futures done")  # they are under way
        busy = []
        while len(busy) < RERUNS:
            busy.append(seed.move(SLIDER, 1 + len(busy) % 40))
            sleep(0.05)
        running = 0
        for other in others:
            other.rerun()
            running += ANSWER not in other.text
            if "Stop" in other.buttons():
                other.rerun(clicked="Stop")
            other.close()
        assert running, "the runs ended before the reruns did: nothing was measured"
        sleep(3)
        idle += [seed.move(SLIDER, 1 + i % 40) for i in range(RERUNS)]
        ratios.append((np.median(busy) / np.median(idle), np.quantile(busy, 0.95) / np.quantile(idle, 0.95)))
    middle, late = np.median(np.array(ratios), axis=0)
    told("Others' rerun during a run, against idle", f"median × {middle:.2f}, p95 × {late:.2f}", "at most 1.25")
    server.kill()


def stopping_and_dying(folder: Path) -> None:
    """Seconds until a run has stopped, and a run one of whose workers is killed."""
    server = Server(folder, LONG)
    visitor = Visitor(server)
    visitor.rerun()
    visitor.wait_for("futures done", every=0.1)
    begun = perf_counter()
    visitor.rerun(clicked="Stop")
    visitor.wait_for("**Stopped.**", every=0.05)
    told("A run is stopped", f"after {perf_counter() - begun:.1f} s", "within 2 s")
    server.kill()

    server = Server(folder, FIRST_FUTURES)
    visitor = Visitor(server)
    visitor.rerun()
    visitor.wait_for("futures done", every=0.1)
    victim = server.workers()[0]
    os.kill(victim, signal.SIGKILL)
    visitor.wait_for(ANSWER, "**Failed.**", every=0.2)
    told("A worker is killed during a run", "the answer is there, whole" if ANSWER in visitor.text else "a message, no answer")
    server.kill()


if __name__ == "__main__":
    main()
