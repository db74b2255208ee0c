"""One choice for all clips, at the cost of the choices per clip."""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from .choice_table import ChoiceTable

#: Shares of the cost that are to be reached at least, the first that any choice reaches.
CLOSE = (0.99, 0.97, 0.94, 0.9, 0.8, 0.0)


def best_fixed(table: ChoiceTable) -> dict[str, int]:
    """The choice of each layer that most clips agree with, under the clips' mean cost.

    Where every layer's modal choice costs just what the clips execute in the mean, it is that. Else
    the choices that agree with most (clip, layer) pairs among those which cost no more, and hardly
    less; a linear program with whole numbers finds them. A gate is not paid for, so what it costs
    is there for the convolutions.

    Returns:
        Index of the choice, by layer; see :class:`LayerChoices`.

    Raises:
        ValueError: if even the cheapest choices cost more.
    """
    layers = list(table.layers.values())
    sizes = [len(layer.count) for layer in layers]
    agreement = np.concatenate([layer.count / layer.count.sum() for layer in layers])
    macs = np.concatenate([layer.macs for layer in layers]).astype(float)
    target = float(table.macs.mean())
    ends = np.cumsum(sizes)
    one_each = np.zeros((len(layers), ends[-1]))
    for row, (end, size) in enumerate(zip(ends, sizes, strict=True)):
        one_each[row, end - size : end] = 1
    for share in CLOSE:
        within = LinearConstraint(macs[None] / target, share, 1)
        found = milp(
            # Ties go to what costs less.
            c=-agreement + 1e-9 * macs / target,
            constraints=[LinearConstraint(one_each, 1, 1), within],
            integrality=np.ones(len(macs)),
            bounds=Bounds(0, 1),
        )
        if found.x is not None:
            parts = np.split(np.round(found.x).astype(int), ends[:-1])
            return {n: int(p.argmax()) for n, p in zip(table.layers, parts, strict=True)}
    raise ValueError('best_fixed: the cheapest choices cost more than the clips execute')
