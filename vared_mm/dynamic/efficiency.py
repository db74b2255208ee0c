"""The efficiency loss: the share of the dense MACs that a clip executes, squared."""

from collections.abc import Iterable

import torch
from torch import Tensor

from .convolution import LayerRecord


def chosen_share(weights: Tensor, shares: Tensor) -> Tensor:
    """Share computed along one axis, exact forward, straight-through backward.

    ``sum_i s_i a_i prod_{k<i} (1 - a_k)`` with ``a_i = 1[V_i > 0]``, whose gradient to V_i is 1;
    the last candidate is always there (a = 1), as the gate falls back to it.

    Shapes: (N, S) weights, (S,) shares -> (N,).
    """
    active = (weights > 0).to(weights.dtype) + (weights - weights.detach())
    share = shares[-1].expand(len(weights))
    for i in range(weights.shape[1] - 2, -1, -1):
        share = active[:, i] * shares[i] + (1 - active[:, i]) * share
    return share


def executed_share(records: Iterable[LayerRecord]) -> Tensor:
    """Convolution MACs that each clip executes, as a share of the dense ones.

    Source: VA-RED2 (arXiv 2102.07887), the sum in Eq. 3.6. Differs: none.
    Shapes: L records of N clips -> (N,), with gradients to the gates.

    Raises:
        ValueError: if there is no record.
    """
    shares, dense = [], []
    for record in records:
        decision, cost = record.decision, record.cost
        dtype = torch.promote_types(decision.temporal.dtype, torch.float32)
        per_axis = [(decision.temporal, cost.frames), (decision.channel, cost.channels)]
        time, channel = (
            chosen_share(weights.to(dtype), weights.new_tensor(sizes / sizes[0], dtype=dtype))
            for weights, sizes in per_axis
        )
        shares.append(time * channel)
        dense.append(cost.dense)
    if not shares:
        raise ValueError('efficiency loss: no dynamic layer has run')
    stacked = torch.stack(shares, dim=1)
    weights = stacked.new_tensor(dense)
    return stacked @ (weights / weights.sum())


def efficiency_loss(
    records: Iterable[LayerRecord], correctness: Tensor, target: float = 0.0
) -> Tensor:
    """``mean_n (mu_n * max(share_n - target, 0))^2``; with target 0 Eq. 3.6.

    Args:
        records: of the dynamic layers' last forward.
        correctness: mu, (N,): 1 where the clip is classified correctly, else 0; an image's pixel
            accuracy in dense prediction.
        target: share of the dense MACs that costs nothing; the thesis has none.
    """
    above = (executed_share(records) - target).clamp(min=0) if target else executed_share(records)
    return ((correctness.detach() * above) ** 2).mean()
