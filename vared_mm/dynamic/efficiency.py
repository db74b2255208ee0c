"""The efficiency loss: the share of the dense MACs that a clip executes, squared."""

from collections.abc import Iterable

import torch
from torch import Tensor

from .execution import DecidedRecord


def executed_share(records: Iterable[DecidedRecord]) -> Tensor:
    """Convolution MACs that each clip executes, as a share of the dense ones.

    Source: VA-RED2 (arXiv 2102.07887), the sum in Eq. 3.6. Differs: none.
    Shapes: L records of N clips -> (N,), with gradients to the gates.

    Raises:
        ValueError: if there is no record.
    """
    records = list(records)
    if not records:
        raise ValueError('efficiency loss: no dynamic layer has run')
    stacked = torch.stack([record.executed_share() for record in records], dim=1)
    weights = stacked.new_tensor([record.dense for record in records])
    return stacked @ (weights / weights.sum())


def efficiency_loss(
    records: Iterable[DecidedRecord], correctness: Tensor, target: float = 0.0
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
