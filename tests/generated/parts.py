"""Layers that are not what their place, their name or their base class says."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# One name for both dimensions: (of images, of clips).
CONVS, NORMS, POOLS = (
    tuple(getattr(nn, f'{kind}{d}d') for d in (2, 3)) for kind in ('Conv', 'BatchNorm', 'MaxPool')
)


def variants(bases: tuple[type, ...], **own: object) -> tuple[type, ...]:
    """A subclass of each of some layers, with methods of its own."""
    return tuple(type(f'Own{base.__name__}', (base,), dict(own)) for base in bases)


def doing(base: type, after) -> object:
    """A ``forward`` that does something after that of the base class."""
    return lambda self, x: after(base.forward(self, x))


def _standardized(base: type) -> object:
    def convolve(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        return base._conv_forward(self, x, weight - weight.mean(), bias)

    return convolve


def _called(base: type) -> object:
    return lambda self, x: base.__call__(self, x) + 1


NAMED_CONVS, NAMED_NORMS, NAMED_POOLS = (variants(bases) for bases in (CONVS, NORMS, POOLS))
DOUBLED_CONVS = tuple(variants((b,), forward=doing(b, lambda y: 2 * y + 1))[0] for b in CONVS)
STANDARDIZED_CONVS = tuple(variants((b,), _conv_forward=_standardized(b))[0] for b in CONVS)
CALLED_CONVS = tuple(variants((b,), __call__=_called(b))[0] for b in CONVS)
ACTIVATED_NORMS = tuple(variants((b,), forward=doing(b, F.silu))[0] for b in NORMS)
SHIFTED_POOLS = tuple(variants((b,), forward=doing(b, lambda y: y + 1))[0] for b in POOLS)


class SlopedReLU(nn.ReLU):
    """A ReLU with a slope below zero."""

    def forward(self, x: Tensor) -> Tensor:
        """Shapes: any -> the same."""
        return F.leaky_relu(x, 0.3)


class NamedReLU(nn.ReLU):
    """A ReLU by another name."""


class ScaledByHand(nn.Module):
    """A batch norm of buffers, written out."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer('scale', torch.rand(channels) + 0.5)
        self.register_buffer('shift', torch.randn(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Shapes: (N, C, ...) -> the same."""
        shape = (1, -1, *[1] * (x.dim() - 2))
        return x * self.scale.view(shape) + self.shift.view(shape)


class ByHand(nn.Module):
    """A convolution without a module of its own: by function, by matrix product, by einsum.

    Args:
        kind: ``'functional'``, ``'matmul'`` or ``'einsum'``; the last two of one pixel.
        conv: whose sizes it takes.
    """

    def __init__(self, kind: str, conv: nn.Conv2d | nn.Conv3d) -> None:
        super().__init__()
        self.kind = kind
        self.kernel = nn.Parameter(conv.weight.detach().clone())
        self.options = (conv.stride, conv.padding, conv.dilation, conv.groups)

    def forward(self, x: Tensor) -> Tensor:
        """Shapes: as of the convolution."""
        if self.kind == 'functional':
            return (F.conv2d if x.dim() == 4 else F.conv3d)(x, self.kernel, None, *self.options)
        matrix = self.kernel.flatten(2).sum(2)
        if self.kind == 'einsum':
            return torch.einsum('oi,ni...->no...', matrix, x)
        return (matrix @ x.flatten(2)).unflatten(2, x.shape[2:])
