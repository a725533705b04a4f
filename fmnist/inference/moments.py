"""How a network answered while it learned, by the weights that its run kept of its training.

Each moment answers like the shipped network, by the same views and the same scaling. The scaling
was chosen for the last moment; as all share it, whatever changes from one to the next was learned.
Only the untrained network is not scaled: this would turn its 10 %, which is mere chance, into 20 %.
"""

import functools
from pathlib import Path

import numpy as np

from fmnist.inference.classify import predictor_with
from fmnist.inference.confidence import UNSCALED
from fmnist.networks.forward import ForwardPass
from fmnist.runs import records


def networks(run: records.Run, weights_dir: Path = records.WEIGHTS_DIR) -> dict[int, ForwardPass]:
    """By epoch, 0 for before the first, the network as it was after it; empty if none was kept.

    Raises RunError if the weights are missing or damaged.
    """
    kept = records.load_moments(run, weights_dir)
    if not kept:
        return {}
    network = records.forward_pass(run, weights_dir)
    return {epoch: network.with_weights(weights) for epoch, weights in kept.items()}


@functools.cache
def of_served(dataset: str, network: str) -> dict[int, ForwardPass]:
    """Likewise for the served run, loaded once. Also raises what `records.served_run` raises."""
    return networks(records.served_run(dataset, network))


def answers(
    run: records.Run, then: dict[int, ForwardPass], images: np.ndarray, *, drawn: bool = False
) -> np.ndarray:
    """The (moments, n, 10) probabilities that each moment gives, n at least 1.

    then: the moments of the run
    images, drawn: as for `fmnist.inference.classify.predictor`
    """
    predictors = [
        predictor_with(run, network, drawn, scaling=None if epoch else UNSCALED)
        for epoch, network in then.items()
    ]
    return np.array([predict(images) for predict in predictors])
