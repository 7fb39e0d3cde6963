"""``sufficiency allocate``: what it writes, and that a mistake in its tables is one clear line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

pytestmark = pytest.mark.integration
Call = Callable[..., subprocess.CompletedProcess[str]]

OFFERS = "id,places,fixed_cost\nA,10,100\nB,10,50\n"
DEMAND = "cell,children\nx,6.5\ny,4\n"
TRAVEL = "cell,id,cost_per_child\nx,A,1\nx,B,3\ny,A,2\n"


def write(folder: Path, offers: str = OFFERS, demand: str = DEMAND, travel: str = TRAVEL, limits: str | None = None) -> list[str]:
    """The tables as files; the command's arguments."""
    for name, text in (("offers.csv", offers), ("demand.csv", demand), ("travel.csv", travel), ("limits.toml", limits)):
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    arguments = [f"--{name}={folder / name}.csv" for name in ("offers", "demand", "travel")]
    return [*arguments, *([f"--limits={folder / 'limits.toml'}"] if limits is not None else []), f"--out={folder / 'out'}"]


def result(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "out" / "result.json").read_text(encoding="utf-8"))
    return found


def test_it_writes_the_plan_the_flows_and_the_proof(call: Call, tmp_path: Path) -> None:
    done = call("allocate", *write(tmp_path))
    assert done.returncode == 0, done.stderr
    found = result(tmp_path)
    assert found["status"] == "proven"
    assert found["chosen"] == ["A", "B"]
    assert found["objective"] == found["bound"] == pytest.approx(150 + 6 * 1 + 0.5 * 3 + 4 * 2)
    assert (found["gap"], found["unserved"]) == (0, 0)
    plan, flows = (pd.read_csv(tmp_path / "out" / name) for name in ("plan.csv", "flows.csv"))
    assert plan["id"].tolist() == ["A", "B"]
    assert flows.set_index(["cell", "id"])["children"].to_dict() == {("x", "A"): 6.0, ("x", "B"): 0.5, ("y", "A"): 4.0}


@pytest.mark.parametrize("limits", ["", "\n# none\n", "unserved_cost_per_child = 1\n"])
def test_limits_may_be_empty(call: Call, tmp_path: Path, limits: str) -> None:
    done = call("allocate", *write(tmp_path, limits=limits))
    assert done.returncode == 0, done.stderr
    priced = "unserved" in limits
    assert result(tmp_path)["objective"] == pytest.approx(10.5 if priced else 165.5)
    assert result(tmp_path)["unserved"] == (10.5 if priced else 0)


def test_an_infeasible_instance_is_an_answer(call: Call, tmp_path: Path) -> None:
    done = call("allocate", *write(tmp_path, limits="budget = 120\n"))
    assert done.returncode == 0, done.stderr
    found = result(tmp_path)
    assert (found["status"], found["objective"], found["bound"], found["chosen"]) == ("infeasible", None, None, [])
    assert found["clashes"] == [["every child served", "places", "budget"]]
    assert "budget" in done.stdout
    assert (tmp_path / "out" / "plan.csv").read_text().startswith("id,")


def test_columns_that_are_not_used_are_said(call: Call, tmp_path: Path) -> None:
    offers = "id,places,fixed_cost,minimum\nA,10,100,2\nB,10,50,2\n"
    done = call("allocate", *write(tmp_path, offers=offers))
    assert done.returncode == 0
    assert "minimum" in done.stderr


MISTAKES = [
    ({"offers": "id,places,fixed_cost\nA,10,100\nA,5,1\n"}, ("offers.csv", "rows 2 and 3", '"A"')),
    ({"offers": "id,places,fixed_cost\nA,-1,100\n"}, ("row 2", "places", '"-1"')),
    ({"offers": "id,places,fixed_cost\nA,ten,100\n"}, ("row 2", "places", '"ten"')),
    ({"offers": "id,places,fixed_cost\nA,10,nan\n"}, ("row 2", "fixed_cost", "nan")),
    ({"offers": "id,places,fixed_cost\nA,10,\n"}, ("row 2", "fixed_cost")),
    ({"offers": "id,places,fixed_cost\n,10,1\n"}, ("row 2", "column id")),
    ({"offers": "id,places,fixed_cost\n"}, ("no rows",)),
    ({"offers": "id,place,fixed_cost\nA,1,1\n"}, ("places", '"place"')),
    ({"offers": "id,places\nA,1\n"}, ("fixed_cost",)),
    ({"offers": "id,places,fixed_cost,id\nA,1,1,1\n"}, ("twice", '"id"')),
    ({"offers": "id;places;fixed_cost\nA;1;1\n"}, ("semicolons",)),
    ({"offers": ""}, ("empty", "offers.csv")),
    ({"demand": "cell,children\nx,1\nx,2\n"}, ("demand.csv", "rows 2 and 3")),
    ({"demand": "cell,children\nx,1e99\n"}, ("row 2", "children")),
    ({"travel": "cell,id,cost_per_child\nx,C,1\n"}, ("travel.csv", "row 2", "column id", '"C"')),
    ({"travel": "cell,id,cost_per_child\nX,A,1\n"}, ("column cell", '"X"', 'did you mean "x"?')),
    ({"travel": "cell,id,cost_per_child\nx,A,1\nx,A,2\n"}, ("rows 2 and 3", "x, A")),
    ({"travel": "cell,id,cost_per_child\nx,A,1,5\n"}, ("row 2", "too many")),
    ({"limits": "choose_exacly = 3\n"}, ("limits.toml", "choose_exacly", 'did you mean "choose_exactly"?')),
    ({"limits": "choose_exactly = 3\nchoose_at_most = 2\n"}, ("choose_exactly", "choose_at_most")),
    ({"limits": "choose_exactly = 1.5\n"}, ("choose_exactly", "1.5")),
    ({"limits": "budget = -1\n"}, ("budget", "-1")),
    ({"limits": "budget = inf\n"}, ("budget",)),
    ({"limits": "budget = \n"}, ("TOML",)),
]


@pytest.mark.parametrize(("changes", "words"), MISTAKES)
def test_a_mistake_is_one_clear_line(tmp_path: Path, changes: dict[str, str], words: tuple[str, ...]) -> None:
    from sufficiency.cli import app
    from sufficiency.domain.problem import InputProblem

    done = CliRunner().invoke(app, ["allocate", *write(tmp_path, **changes)])
    assert isinstance(done.exception, InputProblem), done.output
    message = str(done.exception)
    assert len(message.splitlines()) == 1
    for word in words:
        assert word in message
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there(call: Call, tmp_path: Path) -> None:
    arguments = write(tmp_path)
    (tmp_path / "demand.csv").unlink()
    done = call("allocate", *arguments)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "demand.csv" in done.stderr
