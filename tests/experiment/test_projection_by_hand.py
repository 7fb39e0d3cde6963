"""The expectation against a second implementation: plain dictionaries, straight from the text of docs/transitions.md."""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from sufficiency.evidence.transitions import read_history
from sufficiency.experiment.projection.expectation import measures
from sufficiency.experiment.projection.project import from_history, project
from sufficiency.report.projection_files import write_projection

TRANSITION = ["calendar-year", "setting-1", "need-1", "academic-year-1", "setting-2", "need-2", "academic-year-2"]
VALID = ["setting", "setting-group", "min-academic-year", "max-academic-year", "needs", "setting->setting"]


class Slow:
    """One rule a method; a state is (NCY, need, setting)."""

    def __init__(
        self, rows: list[Any], population: dict[Any, Any], valid: list[Any], costs: dict[Any, Any], legacy: bool
    ) -> None:
        self.rows, self.population, self.valid_rows, self.costs, self.legacy = rows, population, valid, costs, legacy
        self.years = sorted({row[0] for row in rows})
        was = [row for row in rows if row[1] != "NONSEND"]
        self.leavers = Counter((a, n, x) for _, x, n, a, d, _, _ in was if d == "NONSEND")
        self.movers = Counter((a, n, x) for _, x, n, a, d, _, _ in was if d not in ("NONSEND", x))
        self.stayers = Counter((a, n, x) for _, x, n, a, d, _, _ in was if d == x)
        self.moves = Counter(((a, n, x), (m, d)) for _, x, n, a, d, m, _ in was if d not in ("NONSEND", x))
        self.joined = [(y, b, m, d) for y, x, _, _, d, m, b in rows if x == "NONSEND"]

    def valid(self, a: int, n: str, x: str) -> bool:
        return any(s == x and low <= a <= high and n in needs for s, low, high, needs, _ in self.valid_rows)

    def list_of(self, a: int, n: str, x: str) -> list[str]:
        covering = [row for row in self.valid_rows if row[0] == x and row[1] <= a <= row[2] and n in row[3]]
        return sorted({d for row in covering or [row for row in self.valid_rows if row[0] == x] for d in row[4]})

    @staticmethod
    def at(counts: Counter[Any], a: int) -> int:
        return sum(number for (b, *_), number in counts.items() if b == a)

    def leave(self, state: Any) -> float:
        left, others = self.at(self.leavers, state[0]), self.at(self.movers, state[0]) + self.at(self.stayers, state[0])
        return self.beta(self.leavers[state], self.movers[state] + self.stayers[state], left, others, 0.5)

    def move(self, state: Any) -> float:
        return self.beta(
            self.movers[state], self.stayers[state], self.at(self.movers, state[0]), self.at(self.stayers, state[0]), 1
        )

    @staticmethod
    def beta(yes: int, no: int, all_yes: int, all_no: int, unseen: float) -> float:
        total = all_yes + all_no + 1
        alpha, beta = ((all_yes + 0.5) / total, (all_no + 0.5) / total) if total > 1 else (unseen, unseen)
        return (yes + alpha) / (yes + alpha + no + beta)

    def moves_into(self, a: int) -> Counter[str]:
        if a < -20:
            return Counter()
        into: Counter[str] = Counter()
        for ((b, _, _), (_, d)), number in self.moves.items():
            if b == a:
                into[d] += number
        return into or self.moves_into(a - 1)

    def destination(self, state: Any) -> dict[tuple[str, str], float]:
        a, n, x = state
        allowed = [d for d in self.list_of(a, n, x) if self.valid(a if self.legacy else a + 1, n, d)]
        w: dict[str, float] = defaultdict(float)
        for d in allowed:
            w[d] += 1 / len(allowed)
        for d, number in self.moves_into(a).items():
            if self.legacy or d in allowed:
                w[d] += number
        w.pop(x, None)
        total = sum(w.values())
        weights: dict[tuple[str, str], float] = defaultdict(float)
        for d, value in w.items():
            weights[n, d] += value / total
        for (origin, to), number in self.moves.items():
            if origin == state:
                weights[to] += number
        whole = sum(weights.values())
        return {to: value / whole for to, value in weights.items()}

    def join(self, a: int) -> float:
        alpha = beta = 0.0
        for year in self.years:
            joiners = sum(1 for y, b, _, _ in self.joined if (y, b) == (year, a))
            alpha += joiners / len(self.years) if joiners else 0.001
            beta += (self.population[year, a] - joiners) / len(self.years)
        return alpha / (alpha + beta)

    def joiner_state(self, a: int) -> dict[tuple[str, str], float]:
        weights: dict[tuple[str, str], float] = defaultdict(float)
        for _, b, m, d in self.joined:
            if b == a:
                weights[m, d] += 1
        states = {(n, s) for s, low, high, needs, _ in self.valid_rows for n in needs if low <= a <= high}
        if weights:
            for state in states:
                weights[state] += 1 / len(states)
        total = sum(weights.values())
        return {state: value / total for state, value in weights.items()}

    def can_move(self, state: Any) -> bool:
        a, n, x = state
        others = [s for s, low, high, _, _ in self.valid_rows if low <= a + 2 <= high and s != x]
        return len(self.list_of(a, n, x)) > 1 and bool(others)

    def step(self, stock: dict[Any, float], year: int) -> tuple[dict[Any, float], dict[str, float]]:
        after: dict[Any, float] = defaultdict(float)
        flow: dict[str, float] = defaultdict(float)
        for (a, n, x), number in stock.items():
            if self.legacy and (a >= 21 or not self.valid(a, n, x)):
                flow["dropped"] += number
                continue
            left = number * self.leave((a, n, x))
            rest = number - left
            flow["leavers"] += left
            to = self.destination((a, n, x))
            forced = not self.legacy and not self.valid(a + 1, n, x)
            if forced and not to:
                flow["forced_leavers"] += rest
                continue
            able = bool(to) and (not self.legacy or self.can_move((a, n, x)))
            moving = rest if forced else rest * self.move((a, n, x)) if able else 0.0
            flow["forced_movers" if forced else "movers"] += moving
            after[a + 1, n, x] += rest - moving
            for (m, d), share in to.items():
                after[a + 1, m, d] += moving * share
        for a in {b for _, b, _, _ in self.joined}:
            arriving = self.population[year, a] * self.join(a)
            flow["joiners"] += arriving
            for (n, x), share in self.joiner_state(a).items():
                after[a, n, x] += arriving * share
        return after, flow

    def project(self) -> tuple[dict[Any, float], dict[Any, float]]:
        """Every row of expectation.csv that is not 0, and of flows.csv."""
        last = self.years[-1]
        stock: dict[Any, float] = Counter((b, m, d) for y, _, _, _, d, m, b in self.rows if y == last and d != "NONSEND")
        found: dict[Any, float] = defaultdict(float)
        flows: dict[Any, float] = {}
        for year in range(last + 1, max(y for y, _ in self.population) + 1):
            if year > last + 1:
                stock, flow = self.step(stock, year)
                flows |= {(str(year), name): value for name, value in flow.items()}
            for (a, n, x), number in stock.items():
                keys = {"total": "", "ncy": str(a), "need": n, "setting": x}
                for measure, key in keys.items():
                    found[str(year), measure, key] += number
                found[str(year), "cost", ""] += number * self.costs.get((n, x), 0.0)
        return found, flows


def random_history(seed: int) -> tuple[list[Any], dict[Any, Any], list[Any], dict[Any, Any]]:
    """A few years of children of whom some are where they should not be; settings end, and some have two rows."""
    draw = random.Random(seed)  # noqa: S311 - examples, not secrets
    needs, settings = ["ASD", "SEMH", "SLD"], ["MAIN", "SPEC", "INDEP", "FE", "AP"]
    valid: list[Any] = []
    for setting in settings:
        low = draw.randint(-3, 8)
        high = draw.randint(low, 22)
        lists = lambda: draw.sample(settings, draw.randint(1, len(settings)))  # noqa: E731
        some = draw.sample(needs, draw.randint(1, 3))
        valid.append((setting, low, high, some, lists()))
        if draw.random() < 0.4:
            valid.append((setting, high + 1 + draw.randint(0, 1), high + 4, draw.sample(needs, 2), lists()))
    used_needs = sorted({need for row in valid for need in row[3]})
    first, years = 2018, draw.randint(1, 4)
    rows = []
    for _ in range(draw.randint(30, 300)):
        a = draw.choice([draw.randint(-4, 24), draw.randint(3, 8)])
        setting, need = draw.choice(settings), draw.choice(used_needs)
        to = draw.choice(
            [(setting, need), (setting, need), (draw.choice(settings), draw.choice(used_needs)), ("NONSEND", "NONSEND")]
        )
        was = ("NONSEND", "NONSEND") if to[0] != "NONSEND" and draw.random() < 0.2 else (setting, need)
        rows.append((first + draw.randrange(years), *was, a, *to, a + 1))
    years_seen = sorted({row[0] for row in rows})
    horizon = years_seen[-1] + draw.randint(1, 6)
    population = {(y, a): draw.randint(300, 900) for y in range(years_seen[0], horizon + 1) for a in range(-5, 27)}
    costs = {(n, x): draw.randint(1000, 50000) / 7 for n in used_needs for x in settings if draw.random() < 0.8}
    return rows, population, valid, costs


def written(
    folder: Path, rows: list[Any], population: dict[Any, Any], valid: list[Any], costs: dict[Any, Any]
) -> dict[str, Path]:
    tables = {
        "transitions": (TRANSITION, rows),
        "population": (["calendar-year", "academic-year", "population"], [(*key, value) for key, value in population.items()]),
        "valid-states": (VALID, [(s, "g", low, high, ",".join(needs), ",".join(to)) for s, low, high, needs, to in valid]),
        "costs": (["need", "setting", "cost"], [(*key, value) for key, value in costs.items()]),
    }
    for name, (header, lines) in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *lines])
    return {name: folder / f"{name}.csv" for name in tables}


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_the_expectation_is_that_of_the_text(seed: int, legacy: bool, tmp_path: Path) -> None:
    history = random_history(seed)
    files = written(tmp_path, *history)
    basis = from_history(read_history(*files.values(), accept_invalid=True), legacy_states=legacy)
    done = project(basis, 0, base_seed=1)
    write_projection(done, files, tmp_path)
    with (tmp_path / "expectation.csv").open(newline="", encoding="utf-8") as file:
        mine = {(row["year"], row["measure"], row["key"]): float(row["value"]) for row in csv.DictReader(file)}
    with (tmp_path / "flows.csv").open(newline="", encoding="utf-8") as file:
        my_flows = {(row["year"], row["flow"]): float(row["expectation"]) for row in csv.DictReader(file)}
    theirs, their_flows = Slow(*history, legacy).project()
    assert {key for key, value in theirs.items() if value} <= set(mine)
    for key, value in mine.items():
        assert value == pytest.approx(theirs.get(key, 0.0), rel=1e-9, abs=1e-9), key
    for key, value in my_flows.items():
        assert value == pytest.approx(their_flows.get(key, 0.0), rel=1e-9, abs=1e-9), key


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_futures_of_any_history_keep_the_books(seed: int, legacy: bool, tmp_path: Path) -> None:
    files = written(tmp_path, *random_history(seed))
    basis = from_history(read_history(*files.values(), accept_invalid=True), legacy_states=legacy)
    done = project(basis, 25, base_seed=1, redraw_yearly=seed % 2 == 1)
    assert done.futures is not None
    total, flows = done.futures.measures["total"][:, :, 0], done.futures.flows
    out = flows["leavers"] + flows["forced_leavers"] + flows["dropped"]
    assert (total[:, 1:] == total[:, :-1] + flows["joiners"][:, 1:] - out[:, 1:]).all()
    for name, exact in measures(done.expected, done.cost).items():
        assert not done.futures.measures[name].sum(axis=0)[exact == 0].any()
