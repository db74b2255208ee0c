"""Whether a module computes exactly what its class does."""

from torch import nn
from torch.nn.modules import module as torch_module

from vared_mm.dynamic import ChannelReconstruction, DynamicConvolution, TemporalReconstruction

_HOOKS = ('forward_hooks', 'forward_pre_hooks', 'backward_hooks', 'backward_pre_hooks')


def is_as_made(module: nn.Module | None, *kinds: type[nn.Module]) -> bool:
    """Whether a module is exactly of one of these classes, without hooks or methods of its own.

    A subclass may compute something else, and so may a parametrized module, which has a class of
    its own. Hooks, global ones too, would be lost with the module.
    """
    if module is None or type(module) not in kinds or is_hooked(module):
        return False
    return not any(callable(getattr(type(module), n, None)) for n in vars(module))


def is_hooked(module: nn.Module) -> bool:
    """Whether anything is called beside a module's forward."""
    hooked = any(getattr(module, f'_{name}') for name in _HOOKS)
    return hooked or any(getattr(torch_module, f'_global_{name}') for name in _HOOKS)


def has_plain_parts(layer: DynamicConvolution) -> bool:
    """Whether a dynamic layer's cheap operations are unmodified."""
    cheap = [*layer.temporal_reconstructions, *layer.channel_reconstructions]
    return all(is_as_made(r, TemporalReconstruction, ChannelReconstruction) for r in cheap)
