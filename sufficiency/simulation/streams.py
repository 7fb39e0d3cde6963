"""Named randomness: every random decision has a stream of its own, and every child a key of its own.

A uniform is a pure function of (base seed, replication, stream name, key): SplitMix64's finaliser (Steele, Lea and Flood 2014)
applied to the child's key (itself such a hash) and the stream's. So a draw never depends on how many draws came before it, on
the order of services, on the number of workers, or on which other children, areas, needs, bids or interventions exist. Two
scenarios with the same base seed are paired child by child.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Uniform = NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
# As arrays of no axes: NumPy would make such arrays of plain numbers, anew each time.
_M1, _M2, _S30, _S27, _S31, _S11 = (
    np.array(number, dtype=np.uint64) for number in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 30, 27, 31, 11)
)
_TO_UNIT, _HALF = np.array(2.0**-53), np.array(0.5)
_ALL_BITS = 2**64 - 1


def mixed(x: Keys) -> Keys:
    """SplitMix64's finaliser: a bijection of 64 bits in which each bit of the input moves half of the output's.

    ``x`` has at least one axis; it is left as it was.
    """
    x = x ^ (x >> _S30)
    x *= _M1
    x ^= x >> _S27
    x *= _M2
    x ^= x >> _S31
    return x


@lru_cache(maxsize=65536)
def name_key(name: str) -> int:
    """The 64-bit key of a name: stable across runs, machines and Python versions."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def keys_of(name: str, count: int, start: int = 0) -> Keys:
    """Keys of ``count`` children of one origin (such as ``request/north/ASD``), by ordinal; shape (count,)."""
    ordinals = np.arange(start, start + count, dtype=np.uint64)
    return mixed((ordinals + np.uint64(1)) * _GOLDEN + np.uint64(name_key(name)))


class Streams:
    """The named streams of one future.

    ``base_seed`` and ``replication`` are whole numbers of at least 0. Scenarios with equal base seeds share all streams.
    """

    def __init__(self, base_seed: int, replication: int) -> None:
        self._future = name_key(f"{base_seed}/{replication}")

    def uniforms(self, name: str, keys: Keys) -> Uniform:
        """Uniforms on (0, 1) of stream ``name``, one for each key; the same shape as ``keys`` (at least one axis)."""
        bits = mixed(keys ^ np.uint64(self._stream(name)))
        bits >>= _S11
        uniforms: Uniform = bits.astype(np.float64)
        uniforms += _HALF
        uniforms *= _TO_UNIT
        return uniforms

    def uniform(self, name: str) -> float:
        """The one uniform of a stream that is used once a future, such as a parameter."""
        return ((_mixed_number(self._stream(name)) >> 11) + 0.5) * 2.0**-53

    def _stream(self, name: str) -> int:
        return _mixed_number(self._future ^ name_key(name))


def _mixed_number(x: int) -> int:
    """:func:`mixed` of one number."""
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & _ALL_BITS
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & _ALL_BITS
    return x ^ (x >> 31)
