"""The decision of a gated convolution, activation by activation."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ChannelGate(nn.Module):
    """Tell, for each output activation, whether the partial sum is worth completing.

    ``d = 1 where sigmoid(alpha * (norm(y) - threshold)) > 0.5``; norm is a batch norm without
    scale and shift. The gradient is that of the sigmoid, the result exactly 0 or 1.

    Source: Hua et al. (arXiv 1805.12549), Sec. 3.
    Shapes: partial sums (N, C, ...) -> decisions (N, C, ...).
    Cost: 2 MACs an activation, of the norm.

    Args:
        channels: C.
        threshold: where every channel's learned threshold starts, in standard deviations.
        alpha: slope of the sigmoid.
    """

    def __init__(self, channels: int, threshold: float = 0.0, alpha: float = 2.0) -> None:
        super().__init__()
        self.alpha = alpha
        self.threshold = nn.Parameter(torch.full((channels,), float(threshold)))
        self.register_buffer('running_mean', torch.zeros(channels))
        self.register_buffer('running_var', torch.ones(channels))

    def forward(self, partial: Tensor) -> Tensor:
        """Decide; see the class for shapes."""
        # Not a batch norm layer: it is no part of the static model, whose MACs are counted.
        normed = F.batch_norm(partial, self.running_mean, self.running_var, training=self.training)
        threshold = self.threshold.view(-1, *[1] * (partial.dim() - 2))
        soft = torch.sigmoid(self.alpha * (normed - threshold))
        hard = (soft > 0.5).to(soft.dtype)
        return hard + soft - soft.detach() if soft.requires_grad else hard
