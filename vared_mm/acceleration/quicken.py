"""Quick layers put in the place of others."""

from torch import nn

from vared_mm.dynamic import DynamicConvolution

from .epilogue import Epilogue
from .example_pass import Part
from .proven_forward import Pair
from .taken import take
from .twins import Twins


def quicken(model: nn.Module, part: Part, twins: Twins) -> list[Pair]:
    """Put twins in the place of a part's layers and poolings, under all their names.

    Args:
        model: that the part is of; is changed.
        part: of it.
        twins: that there are.

    Returns:
        Layers with what they have taken in; a ReLU behind a norm is the norm's.
    """
    pairs: list[Pair] = []
    for layer, followers in part.followers.items():
        norm, relu = followers.norm, followers.relu
        if isinstance(layer, DynamicConvolution):
            twin = twins.dynamic(layer, Epilogue.of(layer, norm, relu is not None))
        else:
            relu = relu if twins.takes_relu(layer) else None
            twin = twins.static(layer, norm, relu is not None)
        replace(model, layer, twin)
        taken = [module for module in (norm, relu) if module is not None]
        for module in taken:
            take(module)
        pairs += zip([twin, *taken], taken, strict=False)
    for pool in [m for m in part.module.modules() if isinstance(m, nn.MaxPool3d)]:
        replace(model, pool, twins.pool(pool))
    return pairs


def replace(model: nn.Module, old: nn.Module, new: nn.Module) -> None:
    """Put a module in another's place, under all its names."""
    for parent in list(model.modules()):
        for name, child in list(parent._modules.items()):
            if child is old:
                setattr(parent, name, new)
