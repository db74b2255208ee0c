"""Networks to accelerate, and values for them that tell clips and candidates apart."""

import torch
from torch import Tensor, nn

from vared_mm.dynamic import dynamic_layers


class Frames(nn.Module):
    """Two 2-D convolutions over folded frames."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 10, 3, padding=1, padding_mode='reflect', bias=False)
        self.bn = nn.BatchNorm2d(10)
        self.second = nn.Conv2d(10, 7, 5, 2)

    def forward(self, x: Tensor) -> Tensor:
        """Shapes: (N * T, 3, H, W) -> (N * T, 7, (H - 3) // 2, (W - 3) // 2)."""
        return self.second(torch.tanh(self.bn(self.first(x))))


def vary(model: nn.Module, gate_std: float = 0.3) -> nn.Module:
    """Gates and cheap operations unlike their start; the model is left in training mode."""
    with torch.no_grad():
        for layer in dynamic_layers(model).values():
            nn.init.normal_(layer.gate.excite, std=gate_std)
            for rebuild in layer.temporal_reconstructions:
                nn.init.normal_(rebuild.weight, std=0.3)
    return model.train()
