"""The decision of a gated convolution, activation by activation."""

from typing import Any

import torch
from torch import Tensor, nn


class ChannelGate(nn.Module):
    """Tell, for each output activation, whether the partial sum is worth completing.

    ``d = 1 where sigmoid(alpha * (norm(y) - threshold)) > 0.5``; norm is a batch norm without
    scale and shift, which ``sync_bn`` synchronizes as it does the model's. The gradient is that of
    the sigmoid, the result exactly 0 or 1.

    Source: Hua et al. (arXiv 1805.12549), Sec. 3.
    Shapes: partial sums (N, C, ...) -> decisions (N, C, ...).
    Cost: 2 MACs an activation, of the norm.

    Args:
        norm: batch norm of C channels, ``affine=False``.
        threshold: where every channel's learned threshold starts, in standard deviations.
        alpha: slope of the sigmoid.
    """

    def __init__(
        self,
        norm: nn.BatchNorm2d | nn.BatchNorm3d,
        threshold: float = 0.0,
        alpha: float = 2.0,
    ) -> None:
        super().__init__()
        self.alpha = alpha
        self.threshold = nn.Parameter(torch.full((norm.num_features,), float(threshold)))
        self.norm = norm
        self.register_load_state_dict_pre_hook(_convert_weights)

    def convert_weights(self, weights: dict[str, Tensor], prefix: str) -> None:
        """Take the statistics of a checkpoint from before the norm was a layer, in place."""
        for key in ('running_mean', 'running_var'):
            if f'{prefix}{key}' in weights:
                weights[f'{prefix}norm.{key}'] = weights.pop(f'{prefix}{key}')
                tracked = f'{prefix}norm.num_batches_tracked'
                weights.setdefault(tracked, torch.zeros((), dtype=torch.long))

    def forward(self, partial: Tensor) -> Tensor:
        """Decide; see the class for shapes."""
        threshold = self.threshold.view(-1, *[1] * (partial.dim() - 2))
        soft = torch.sigmoid(self.alpha * (self.norm(partial) - threshold))
        hard = (soft > 0.5).to(soft.dtype)
        return hard + soft - soft.detach() if soft.requires_grad else hard


def _convert_weights(gate: ChannelGate, weights: dict[str, Tensor], prefix: str, *_: Any) -> None:
    gate.convert_weights(weights, prefix)
