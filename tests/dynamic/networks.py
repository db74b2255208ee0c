"""Networks to convert."""

import torch
from torch import nn


class Net(nn.Module):
    """Two 3-D convolutions in blocks, a head, and one layer that is used twice."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv3d(3, 8, (1, 3, 3), stride=(1, 2, 2), padding=(0, 1, 1))
        self.block = nn.Sequential(nn.BatchNorm3d(8), nn.ReLU(), nn.Conv3d(8, 12, 3, (2, 1, 1), 1))
        self.shared = nn.Conv3d(12, 12, 1)
        self.head = nn.Linear(12, 4)

    def forward(self, x):
        x = self.block(self.stem(x))
        x = self.shared(self.shared(x))
        return self.head(x.mean((2, 3, 4)))


SHAPE = (3, 8, 16, 16)


def two_layers(**options) -> nn.Module:
    torch.manual_seed(0)
    convs = nn.Conv3d(3, 8, 3, padding=1, **options), nn.Conv3d(8, 8, 3, **options)
    return nn.Sequential(convs[0], nn.ReLU(), convs[1])
