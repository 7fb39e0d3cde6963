"""The weekly services against queueing theory.

A service that takes the c oldest cases each week from a queue with Poisson arrivals is the discrete-time queue

    Q' = max(Q + A - c, 0),    A ~ Poisson(m),

with Q counted after the week's meeting. It is the M/D/c queue with a service time of one week seen at whole weeks (Crommelin
1932): the number in system N of M/D/c obeys N(w + 1) = max(N(w) - c, 0) + A(w, w + 1], so that N(w) is what our service finds
at its meeting and Q what it leaves. On the same arrivals, whoever our service takes at w began service in M/D/c in (w - 1, w]:
the discretisation delays a case by less than a week, and by half a week in the mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from sufficiency.domain.dictionaries import FIRST_NCY, LAST_NCY, NEEDS
from sufficiency.simulation.caseload import NEVER

CAPACITY = {
    "decision": "decisions.decisions_per_week",
    "advice": "advice.advice_per_week",
    "team": "assessment_team.cases_per_week",
}
LAG = {"decision": 0, "advice": 0, "team": 6}
"""Weeks between a request and its entry into each queue where no other queue holds it up."""
SERVERS, LOAD = 10, 0.9
YEAR_1 = {str(ncy): float(ncy == 1) for ncy in range(FIRST_NCY, LAST_NCY + 1)}
"""Everyone asks in Year 1, so that in ten years nobody leaves school."""


def poisson(mean: float, largest: int) -> NDArray[np.float64]:
    """P(A = k) for k from 0 to ``largest``."""
    k = np.arange(largest + 1)
    logs = np.concatenate(([0.0], np.cumsum(np.log(k[1:]))))
    return np.exp(k * math.log(mean) - mean - logs)


def next_week(law: NDArray[np.float64], mean: float, capacity: int) -> NDArray[np.float64]:
    """Law of max(Q + A - c, 0) from that of Q, cut off at the same length."""
    total = np.convolve(law, poisson(mean, law.size))
    after = total[capacity : capacity + law.size].copy()
    after[0] += total[:capacity].sum()
    return after


def exact_means(means: NDArray[np.float64], capacity: int, longest: int = 300) -> NDArray[np.float64]:
    """Exact mean of Q at the end of each week, from an empty queue, for weekly mean arrivals ``means``."""
    law = np.zeros(longest)
    law[0] = 1.0
    found = []
    for mean in means:
        law = next_week(law, mean, capacity) if mean > 0 else law
        found.append(law @ np.arange(longest))
    assert abs(law.sum() - 1) < 1e-9, "the cut-off loses mass"
    return np.array(found)


def stationary_mean(mean: float, capacity: int, weeks: int = 3000) -> float:
    """Mean of Q in the steady state, by iterating the chain."""
    return float(exact_means(np.full(weeks, mean), capacity)[-1])


def test_the_chain_gives_pollaczek_and_khinchine_for_one_server() -> None:
    for load in (0.3, 0.6, 0.8):
        assert stationary_mean(load, 1) == pytest.approx(load**2 / (2 * (1 - load)), rel=1e-6)


def test_the_chain_gives_crommelins_mean_for_many_servers() -> None:
    """Mean wait in M/D/c: sum over i of exp(-i a) [sum_{j >= ic} (ia)^j / j! - (1 / load) sum_{j > ic} (ia)^j / j!]."""
    for servers, load in ((2, 0.7), (10, 0.9)):
        offered = servers * load
        wait = 0.0
        for i in range(1, 400):
            tail = poisson(i * offered, int(i * servers + 40 * math.sqrt(i * servers) + 60))
            wait += tail[i * servers :].sum() - tail[i * servers + 1 :].sum() / load
        assert stationary_mean(offered, servers) == pytest.approx(wait * offered, rel=1e-6)


@pytest.mark.parametrize("queue", CAPACITY)
def test_mean_queue_is_that_of_the_chain(queue: str, run_steady: Callable) -> None:
    """Exact, week by week from empty queues, so that no warm-up has to be guessed."""
    runs = run_steady({CAPACITY[queue]: float(SERVERS)}, requests_a_week=SERVERS * LOAD, futures=8)
    lag = LAG[queue]
    means = runs[0].means
    expected = exact_means(np.concatenate((np.zeros(lag), means))[: means.size], SERVERS).mean()
    found = np.array([run.length(queue).mean() for run in runs])
    error = found.std(ddof=1) / math.sqrt(found.size)
    assert abs(found.mean() - expected) < 3 * error, f"{found.mean():.3f}, theory {expected:.3f}, standard error {error:.3f}"
    assert error < 0.15 * expected, "too few futures to tell"


@pytest.mark.parametrize("queue", CAPACITY)
def test_little(queue: str, run_steady: Callable) -> None:
    """L = lambda W: lengths are counted at the meetings, waits are read from the children's own dates."""
    run = run_steady({CAPACITY[queue]: float(SERVERS)}, requests_a_week=SERVERS * LOAD, futures=1)[0]
    caseload, weeks = run.caseload, run.council.weeks
    if queue == "decision":
        left = caseload.decision_week.astype(np.int64)
    elif queue == "advice":
        left = caseload.plan_week.astype(np.int64) - 6 - 6
    else:
        left = caseload.plan_week.astype(np.int64) - 6
    entered = caseload.request_week.astype(np.int64) + LAG[queue]
    came = np.flatnonzero(entered < weeks)
    # Those of the last weeks have not all been dated: count over the weeks in which everyone who was there has.
    undated = came[left[came] > weeks]
    last = int(entered[undated].min()) if undated.size else weeks
    waits = np.minimum(left, last)[came] - entered[came]
    waits = waits[entered[came] < last]
    lengths = run.length(queue)[:last]
    assert last > 1000
    assert lengths.sum() == waits.sum()
    rate = waits.size / last
    assert lengths.mean() == pytest.approx(rate * waits.mean())
    assert rate == pytest.approx(SERVERS * LOAD, rel=0.05)


def test_little_over_the_whole_pathway_in_tandem(run_steady: Callable) -> None:
    """Three limited services one after the other: those in them and their delays, against the time from request to plan."""
    limits = dict(zip(CAPACITY.values(), (12.0, 11.0, 10.0), strict=True))
    run = run_steady({**limits, "decisions.weeks_before_panel": 4}, requests_a_week=9.0, futures=1)[0]
    caseload, weeks = run.caseload, run.council.weeks
    asked, issued = caseload.request_week.astype(np.int64), caseload.plan_week.astype(np.int64)
    inside = np.array([((asked <= week) & (issued > week)).sum() for week in range(weeks)])
    steady = slice(200, weeks - 100)
    while_steady = (asked >= 200) & (asked < weeks - 100)
    assert (issued[while_steady] < NEVER).all()
    rate = while_steady.sum() / (weeks - 300)
    time_inside = (issued - asked)[while_steady].mean()
    # Over a finite time the two differ by what is inside at its ends.
    ends = 2 * inside.max() * time_inside / (weeks - 300)
    assert inside[steady].mean() == pytest.approx(rate * time_inside, abs=ends)
    fixed = 4 + 6 + 6
    queues = sum(run.length(queue)[steady].mean() for queue in ("advice", "team"))
    panel = run.length("decision")[steady].mean() - 4 * rate
    assert rate * (time_inside - fixed) == pytest.approx(queues + panel, abs=ends)


def test_a_case_is_taken_less_than_a_week_later_than_in_the_continuous_queue(run_steady: Callable) -> None:
    """M/D/c in continuous time on the same arrivals, spread within their weeks: the bound of the discretisation, case by case."""
    run = run_steady({CAPACITY["decision"]: float(SERVERS)}, requests_a_week=SERVERS * LOAD, futures=1)[0]
    caseload = run.caseload
    week = caseload.request_week.astype(np.float64)
    # A request of week w has come by the meeting at w: at some time in (w - 1, w], in the order of the rows.
    within = np.random.default_rng(3).random(week.size)
    arrived = np.sort(week - within)
    assert (np.ceil(arrived) == week).all()
    started = arrived.copy()
    for i in range(started.size):  # the case c before me frees my server a week after it began
        if i >= SERVERS:
            started[i] = max(arrived[i], started[i - SERVERS] + 1)
    taken = caseload.decision_week.astype(np.float64)
    seen = taken < NEVER
    late = (taken - started)[seen]
    assert late.min() >= -1e-9
    assert late.max() < 1
    assert late.mean() == pytest.approx(0.5, abs=0.02)


def test_a_waiting_list_without_places_is_the_infinite_server_queue(run_steady: Callable) -> None:
    """M/M/infinity: Poisson arrivals, each leaving (here to an independent school) by an exponential clock of its own.

    A clock of theta a week that starts in week w and rings E later is acted on in week w + 1 + floor(E), so that the mean stay is
    1 / (1 - exp(-theta)) weeks: between 1 / theta and 1 / theta + 1.
    """
    hazard, share, rate = 2.0, 0.5, 20.0
    changes = {
        "placements.specialist_at_issue": dict.fromkeys(NEEDS.codes, share),
        "placements.to_independent": hazard,
        "estate.resident_share": 0.0,
        "demand.by_ncy": YEAR_1,
    }
    runs = run_steady(changes, requests_a_week=rate, futures=8, years=10, places=True)
    theta = hazard * 7 / 365.25
    delay = 12  # advice and finalising
    joining = np.concatenate((np.zeros(delay), share * runs[0].means))[: runs[0].means.size]
    stay = np.exp(-theta * np.arange(joining.size))  # P(1 + floor(E) > k) at the end of the k-th week after joining
    expected = np.convolve(joining, stay)[: joining.size].mean()
    found = np.array([run.length("waiting").mean() for run in runs])
    error = found.std(ddof=1) / math.sqrt(found.size)
    assert abs(found.mean() - expected) < 3 * error, f"{found.mean():.2f}, theory {expected:.2f}, standard error {error:.2f}"
    assert error < 0.05 * expected
    # In the steady state the number waiting is Poisson: far from the start, one count a year from each future.
    counts = np.concatenate([run.length("waiting")[260::52] for run in runs])
    steady = joining[-1] / (1 - math.exp(-theta))
    assert joining[-1] / theta < steady < joining[-1] / theta + joining[-1]
    assert counts.mean() == pytest.approx(steady, abs=3 * math.sqrt(steady / counts.size * 1.4))
    assert 0.5 < counts.var(ddof=1) / counts.mean() < 1.7


def test_ample_places_are_the_infinite_server_queue_with_the_estates_own_stays(run_steady: Callable) -> None:
    """M/G/infinity: with a place for everyone, those who hold one are Poisson, whatever the law of the stay, with mean the sum
    over past weeks of arrivals times the chance of still being there.

    A stay is until the next September and on, with a chance p a year of ending, in a week spread evenly over 52. It is not
    exponential, so that M/M/c with waiting has no counterpart here; M/G/infinity needs only the stay's law.
    """
    share, rate, ends = 0.5, 5.0, 0.4
    changes = {
        "placements.specialist_at_issue": dict.fromkeys(NEEDS.codes, share),
        "placements.resourced_suitable": dict.fromkeys(NEEDS.codes, 0.0),
        "placements.step_down": ends,
        "estate.resident_share": 1.0,
        "demand.by_need": {need: float(need == "ASD") for need in NEEDS.codes},
        "demand.by_ncy": YEAR_1,
    }
    runs = run_steady(changes, requests_a_week=rate, futures=10, years=10, places=True)
    assert sum(run.length("waiting").sum() for run in runs) == 0
    weeks = runs[0].means.size
    joining = np.concatenate((np.zeros(12), share * runs[0].means))[:weeks]
    expected = np.zeros(weeks)
    septembers = runs[0].council.calendar.september_weeks
    for week in range(weeks):
        stays = np.ones(weeks)
        stays[:week] = 0.0
        for september in (s for s in septembers if s > week):
            ended = np.clip(np.arange(weeks) - september + 1, 0, 52) / 52
            stays *= 1 - ends * ended
        expected += joining[week] * stays
    found = np.array([run.length("placed").mean() for run in runs])
    error = found.std(ddof=1) / math.sqrt(found.size)
    assert abs(found.mean() - expected.mean()) < 3 * error, f"{found.mean():.2f}, theory {expected.mean():.2f}, error {error:.2f}"
    assert error < 0.05 * expected.mean()
    last = np.array([run.length("placed")[-1] for run in runs])
    assert last.mean() == pytest.approx(expected[-1], abs=3 * math.sqrt(expected[-1] / last.size))
