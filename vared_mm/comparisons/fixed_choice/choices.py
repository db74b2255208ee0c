"""All choices of a layer or a block."""

from itertools import product

import torch
from torch import Tensor

from vared_mm.cost import Candidates

MOST = 10_000  # choices; a chain of many convolutions has more


def one_hot_choices(search: Candidates) -> tuple[Tensor, Tensor]:
    """Weight 1 for one candidate of each axis, for all K choices, the last axis fastest.

    Shapes: V_t (K, S_t), V_c (K, S_c), of a block's channel axes side by side.

    Raises:
        ValueError: if there are more than :data:`MOST`.
    """
    count = torch.Size(search.axes).numel()
    if count > MOST:
        raise ValueError(f'{count} choices of one block: must be at most {MOST}')
    choices = list(product(*map(range, search.axes)))
    temporal, *channel = (
        torch.eye(size)[list(index)]
        for size, index in zip(search.axes, zip(*choices, strict=True), strict=True)
    )
    return temporal, torch.cat(channel, dim=1)
