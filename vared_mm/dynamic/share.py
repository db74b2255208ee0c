"""The share that a gate chooses along one axis, with gradients to the gate."""

from torch import Tensor


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
