"""Replays 2020 to 2024 and writes the table into docs/replay-2020.md, between its two markers.

Run: python benchmarks/replay.py [futures] [--write], where --write keeps the result for the app's Assessment and Evidence pages.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from sufficiency.experiment.observed import load_observed
from sufficiency.experiment.replay import DEFAULT_REPLAYS, Replay, replay
from sufficiency.experiment.runner import local_executor, usable_cores
from sufficiency.report.replay_files import checks_table, replay_markdown, replay_words
from sufficiency.report.validation import write
from sufficiency.scenario.library import load

PAGE = Path(__file__).resolve().parents[1] / "docs" / "replay-2020.md"
BEGINS, ENDS = "<!-- table begins -->", "<!-- table ends -->"


def table(done: Replay, *, before: bool = False) -> Iterator[str]:
    """The table of a replay with what it is of."""
    yield f"`bristol-2020` {'without' if before else 'with'} its posterior, {done.futures} futures, seed {done.base_seed}:"
    yield ""
    yield from replay_markdown(done)
    yield ""
    yield from (f"- {words}" for words in replay_words(done))


def with_table(page: Path, lines: Sequence[str]) -> None:
    """Put ``lines`` between the two markers of a page."""
    text = page.read_text(encoding="utf-8")
    head, tail = text[: text.index(BEGINS)], text[text.index(ENDS) :]
    page.write_text(head + "\n".join([BEGINS, "", *lines]).rstrip("\n") + "\n\n" + tail, encoding="utf-8")


def main() -> None:
    """Replay with and without the posterior, and write both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("futures", type=int, nargs="?", default=DEFAULT_REPLAYS)
    parser.add_argument("--write", action="store_true", help="keep the result for the app")
    chosen = parser.parse_args()
    futures = chosen.futures
    scenario = load("bristol-2020")
    observed = load_observed("bristol-2020").joined(load_observed("bristol-yearly"))
    with local_executor(usable_cores()) as executor:
        began = time.perf_counter()
        after = replay(scenario, observed, futures, executor=executor)
        seconds = time.perf_counter() - began
        before = replay(scenario.model_copy(update={"posterior": None}), observed, futures, executor=executor)
    with_table(PAGE, [*table(after), "", *table(before, before=True)])
    print("\n".join(table(after)))
    if chosen.write:
        rows = [
            {"version": version, **row}
            for version, each in (("calibrated", after), ("before", before))
            for row in checks_table(each).to_dict("records")
        ]
        print(
            write(
                "replay-2020",
                rows,
                command=f"python benchmarks/replay.py {futures} --write",
                futures=futures,
                seed=after.base_seed,
            )
        )
    print(f"{futures} futures of 2020 to 2024 in {seconds:.1f} s on {usable_cores()} cores, workers' start included.")


if __name__ == "__main__":
    main()
