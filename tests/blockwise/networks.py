"""Small networks with one block of each kind, and decisions about all their candidates."""

from itertools import product

import torch
from torch import Tensor, nn

from vared_mm.dynamic import Decision, DynamicUnit, Override

CLIP, FRAME, FRAMES = (4, 8, 8, 8), (4, 8, 8), 8


def conv(inputs: int, outputs: int, kernel: int | tuple = 3, dims: int = 3, **options) -> nn.Module:
    """A convolution that keeps the size, and a norm of no trivial values."""
    if isinstance(kernel, int):
        kernel = (kernel,) * dims
    convolution, norm = (nn.Conv3d, nn.BatchNorm3d) if dims == 3 else (nn.Conv2d, nn.BatchNorm2d)
    made = norm(outputs)
    for values in (made.weight, made.bias, made.running_mean, made.running_var):
        nn.init.uniform_(values, 0.5, 1.5)
    padding = tuple(k // 2 for k in kernel)
    return nn.Sequential(
        convolution(inputs, outputs, kernel, padding=padding, bias=False, **options), made
    )


class Squeeze(nn.Module):
    """Squeeze-and-excitation."""

    def __init__(self, channels: int, dims: int) -> None:
        super().__init__()
        layer = nn.Conv3d if dims == 3 else nn.Conv2d
        self.pool = nn.AdaptiveAvgPool3d(1) if dims == 3 else nn.AdaptiveAvgPool2d(1)
        self.reduce, self.expand = layer(channels, 3, 1), layer(3, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.expand(self.reduce(self.pool(x)).relu()).sigmoid()


class Residual(nn.Module):
    """``relu(branch(x) + shortcut(x))``, its only ReLU used again and again, in place."""

    def __init__(self, *branch: nn.Module, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.branch = nn.ModuleList(branch)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = shortcut or nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        out = x
        for i, layer in enumerate(self.branch):
            out = layer(out)
            if i + 1 < len(self.branch) and not isinstance(layer, Squeeze):
                out = self.relu(out)
        return self.relu(out + self.shortcut(x))


class Branches(nn.Module):
    """Side by side: two chains with a pooling, and a single convolution."""

    def __init__(self, dims: int = 3) -> None:
        super().__init__()
        pool = nn.MaxPool3d((1, 3, 3), 1, (0, 1, 1)) if dims == 3 else nn.MaxPool2d(3, 1, 1)
        self.one = nn.Sequential(conv(4, 9, 1, dims), nn.SiLU(), conv(9, 5, 3, dims))
        self.other = nn.Sequential(conv(4, 8, 1, dims), pool, conv(8, 6, 3, dims), nn.ReLU())
        self.point = conv(4, 3, 1, dims)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.one(x), self.other(x), self.point(x)], 1)


def basic(dims: int = 3) -> nn.Module:
    """Two convolutions, the first strided, and a shortcut."""
    strided = {'stride': 2}
    return Residual(
        conv(4, 8, 3, dims, **strided),
        conv(8, 5, 3, dims),
        shortcut=conv(4, 5, 1, dims, **strided),
    )


def bottleneck(dims: int = 3) -> nn.Module:
    """Three convolutions: two hidden tensors."""
    return Residual(conv(4, 9, 1, dims), conv(9, 6, 3, dims), conv(6, 4, 1, dims))


def inverted(dims: int = 3) -> nn.Module:
    """Expand, depthwise, squeeze-and-excitation, project: one hidden tensor."""
    return Residual(
        conv(4, 12, 1, dims),
        conv(12, 12, 3, dims, groups=12),
        Squeeze(12, dims),
        conv(12, 4, 1, dims),
    )


def split_in_two(dims: int = 3) -> nn.Module:
    """Space, then time, twice: three hidden tensors."""
    space, time = ((1, 3, 3), (3, 1, 1)) if dims == 3 else (3, 1)
    widths, kernels = (4, 6, 8, 7, 4), (space, time, space, time)
    return Residual(*(conv(*widths[i : i + 2], kernels[i], dims) for i in range(4)))


KINDS = (basic, bottleneck, inverted, split_in_two, Branches)


def clips_of(count: int, dims: int = 3) -> Tensor:
    """Noise, of more and more contrast, in the layout of the network."""
    x = torch.randn(count, *CLIP) * torch.linspace(0.5, 2, count).view(-1, 1, 1, 1, 1)
    return x if dims == 3 else x.transpose(1, 2).flatten(0, 1)


def every_pattern(unit: DynamicUnit, dtype: torch.dtype) -> Decision:
    """A clip for each choice of first candidates, with weights for some of the later ones."""
    sizes = unit.search.axes
    firsts = torch.tensor(list(product(*map(range, sizes))))
    temporal = torch.eye(sizes[0], dtype=dtype)[firsts[:, 0]]
    channels = []
    for size, first in zip(sizes[1:], firsts.T[1:], strict=True):
        candidate, first = torch.arange(size)[None], first[:, None]
        used = (candidate == first) | ((candidate > first) & (torch.rand(len(first), size) > 0.5))
        channels.append(torch.rand(len(first), size, dtype=dtype).clamp(min=0.1) * used)
    none = torch.zeros(len(firsts), len(sizes), dtype=torch.bool)
    widths = sizes[1:] if len(sizes) > 2 else None
    return Decision(temporal, torch.cat(channels, 1), none, widths=widths)


def decided(decision: Decision):
    """An override that says this."""
    return lambda _unit: Override(lambda _clips: decision)
