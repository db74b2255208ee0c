"""The decision whether enough frames have been seen."""

import torch
from torch import Tensor, nn

from vared_mm.cost import linear_macs


class ExitGate(nn.Module):
    """Tell from what was pooled over the frames, with and without the last one, whether to stop.

    Source: FrameExit (arXiv 2104.13400), Sec. 3.1. Differs from its public code: both
    inputs have layers of their own, of equal width and without norms; there they share theirs, 128
    and 64 wide, with a norm after each.
    Shapes: features (N, channels), one or two of them -> logits (N,); above 0 says stop.
    Cost: that of its linear layers, ``macs``.

    Args:
        channels: of pooled features.
        inputs: 1 for the gate after the first frame, which has none before it, else 2.
        hidden: of both layers that each input goes through.
    """

    def __init__(self, channels: int, inputs: int = 2, hidden: int = 64) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Sequential(
                nn.Linear(channels, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()
            )
            for _ in range(inputs)
        )
        self.fc = nn.Linear(inputs * hidden, 1)

    @property
    def macs(self) -> int:
        """Of one decision."""
        layers = [layer for layer in self.modules() if isinstance(layer, nn.Linear)]
        return sum(linear_macs(layer.in_features, layer.out_features) for layer in layers)

    def forward(self, *pooled: Tensor) -> Tensor:
        """Decide; see the class for shapes."""
        seen = [branch(x) for branch, x in zip(self.branches, pooled, strict=True)]
        return self.fc(torch.cat(seen, dim=1)).squeeze(1)
