"""Which futures to simulate: a block of them whose draws lie near their expectations.

Every authority's future of the same number draws the same national path and the same own shocks, so what chance gives a hundred
futures does not average out over authorities. Of many blocks of futures the one is taken whose means are least by chance: the
choice rests on the draws alone, before anything is simulated, and is the same for every authority.
"""

from __future__ import annotations

import numpy as np

from sufficiency.scenario.scenario import Scenario
from sufficiency.simulation.demand import growth_path
from sufficiency.simulation.streams import Streams

BLOCKS = 200


def balanced_block(scenario: Scenario, futures: int, base_seed: int, blocks: int = BLOCKS) -> range:
    """The block of ``futures`` replications (0 on, one of ``blocks``) whose mean draws are nearest to those of all blocks.

    Looked at are the logarithm of requests in each year and the uniform of each number that is drawn once a future; the distance
    is the sum of squares of the means in standard errors.
    """
    count = max(min(blocks, 20_000 // futures), 1)
    names = [f"parameter/{path}/{leaf}" for path, figure in scenario.figures() if figure.is_range for leaf in figure.leaves]
    draws = []
    for replication in range(count * futures):
        streams = Streams(base_seed, replication)
        draws.append([*growth_path(scenario, streams).values(), *(streams.uniform(name) for name in names)])
    values = np.array(draws)
    spread = values.std(axis=0)
    moving = spread > 0
    means = values.reshape(count, futures, -1).mean(axis=1)
    distance = (((means - values.mean(axis=0))[:, moving] / spread[moving]) ** 2).sum(axis=1)
    best = int(np.argmin(distance))
    return range(best * futures, (best + 1) * futures)
