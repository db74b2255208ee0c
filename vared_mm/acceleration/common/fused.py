"""Batch norms and ReLUs that were fused into the layer before them."""

from functools import cache

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


class Fused:
    """Replaces the forward of a module that was fused into the layer before it.

    The module keeps its parameters and attributes, which the model's forward may read.
    """

    #: Whether results are other tensors than inputs, as they were before.
    distinct = False

    def forward(self, x: Tensor) -> Tensor:
        """The input itself, if the module takes such an input."""
        if isinstance(self, _BatchNorm):
            self._check_input_dim(x)
        if not self.distinct:
            return x
        return x.view_as(x) if getattr(self, 'inplace', False) else x.clone()


def become_fused(module: nn.Module) -> None:
    """Let a module do nothing from now on, under all its names."""
    module.__class__ = _fused(type(module))


@cache
def _fused(kind: type[nn.Module]) -> type[nn.Module]:
    return type(f'Fused{kind.__name__}', (Fused, kind), {'__doc__': Fused.__doc__})
