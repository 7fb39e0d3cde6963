"""Named randomness: a draw depends on its name, its key and its future, and on nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sufficiency.simulation.streams import Streams, keys_of, mixed, name_key


def test_the_same_seed_name_and_key_give_the_same_uniform_in_any_order_and_company() -> None:
    keys = keys_of("request/north/ASD", 1000)
    whole = Streams(7, 3).uniforms("need", keys)
    other = Streams(7, 3)
    other.uniforms("something/else", keys)  # a draw before
    assert (other.uniforms("need", keys[::-1]) == whole[::-1]).all()
    assert (other.uniforms("need", keys[500:510]) == whole[500:510]).all()


def test_more_children_leave_the_keys_of_the_others() -> None:
    assert (keys_of("request/north/ASD", 10) == keys_of("request/north/ASD", 1000)[:10]).all()
    assert (keys_of("request/north/ASD", 10, start=5) == keys_of("request/north/ASD", 15)[5:]).all()


def test_drawing_leaves_the_keys_as_they_were() -> None:
    keys = keys_of("opening", 100)
    before = keys.copy()
    Streams(1, 0).uniforms("x", keys)
    mixed(keys)
    assert (keys == before).all()


def test_uniforms_lie_strictly_between_0_and_1_in_the_shape_of_the_keys() -> None:
    keys = np.concatenate([keys_of("a", 4998), np.array([0, 2**64 - 1], dtype=np.uint64)]).reshape(50, 100)
    drawn = Streams(0, 0).uniforms("x", keys)
    assert drawn.shape == keys.shape
    assert drawn.dtype == np.float64
    assert (drawn > 0).all()
    assert (drawn < 1).all()
    assert Streams(0, 0).uniforms("x", keys[:0]).shape == (0, 100)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1, 0, "a"), (1, 0, "b")),
        ((1, 0, "a"), (1, 1, "a")),
        ((1, 0, "a"), (2, 0, "a")),
        ((1, 23, "a"), (12, 3, "a")),
        ((1, 11, "a"), (11, 1, "a")),
    ],
)
def test_other_names_futures_and_seeds_are_independent(one: tuple[int, int, str], other: tuple[int, int, str]) -> None:
    keys = keys_of("request", 20_000)
    first, second = (Streams(seed, replication).uniforms(name, keys) for seed, replication, name in (one, other))
    assert abs(stats.spearmanr(first, second).statistic) < 0.03
    both = np.histogram2d(first, second, bins=10)[0].ravel()
    assert stats.chisquare(both).pvalue > 1e-4


def test_uniforms_are_uniform_across_children_and_across_names() -> None:
    across_children = Streams(5, 2).uniforms("x", keys_of("request", 50_000))
    across_names = np.array([Streams(5, 2).uniform(f"parameter/{i}") for i in range(5000)])
    across_futures = np.array([Streams(5, r).uniform("parameter") for r in range(5000)])
    for drawn in (across_children, across_names, across_futures):
        assert stats.kstest(drawn, "uniform").pvalue > 1e-3
        assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 0.05


def test_the_one_uniform_of_a_stream_is_that_of_key_0() -> None:
    streams = Streams(5, 2)
    assert streams.uniform("x") == streams.uniforms("x", np.zeros(1, dtype=np.uint64))[0]


def test_mixing_is_one_to_one_and_moves_half_the_bits() -> None:
    numbers = np.arange(100_000, dtype=np.uint64)
    images = mixed(numbers)
    assert len(np.unique(images)) == len(numbers)
    flipped = np.bitwise_count(mixed(numbers ^ np.uint64(1 << 17)) ^ images)
    assert abs(flipped.mean() - 32) < 0.1


def test_splitmix64_gives_its_published_numbers() -> None:
    """The first outputs of SplitMix64 from seed 1234567 (the reference implementation's test vector)."""
    golden = 0x9E3779B97F4A7C15
    counters = np.array([(1234567 + i * golden) % 2**64 for i in (1, 2, 3)], dtype=np.uint64)
    assert [int(x) for x in mixed(counters)] == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_keys_of_names_do_not_change_from_version_to_version() -> None:
    assert name_key("request/north/ASD") == 5061333144886287061
    assert len({name_key(f"name/{i}") for i in range(10_000)}) == 10_000
