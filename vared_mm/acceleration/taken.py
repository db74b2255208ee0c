"""Batch norms and ReLUs that a layer before them has taken in."""

from functools import cache

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


class Taken:
    """In place of a module's own forward: nothing is left to do.

    The module keeps its parameters and its attributes, for whoever asks for them.
    """

    #: Whether results are to be told apart from inputs, as they were before.
    apart = False

    def forward(self, x: Tensor) -> Tensor:
        """The input itself, if it is one."""
        if isinstance(self, _BatchNorm):
            self._check_input_dim(x)
        if not self.apart:
            return x
        return x.view_as(x) if getattr(self, 'inplace', False) else x.clone()


def take(module: nn.Module) -> None:
    """Let a module do nothing from now on, under whatever names it is called."""
    module.__class__ = _taken(type(module))


@cache
def _taken(kind: type[nn.Module]) -> type[nn.Module]:
    return type(f'Taken{kind.__name__}', (Taken, kind), {'__doc__': Taken.__doc__})
