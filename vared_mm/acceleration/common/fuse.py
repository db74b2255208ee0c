"""Give a network accelerated layers, with norms and ReLUs fused."""

from torch import nn

from vared_mm.dynamic import DynamicConvolution

from .accelerator import Accelerator
from .example_pass import Part
from .fused import become_fused
from .post_ops import PostOps
from .proven_forward import Pair


def fuse(model: nn.Module, part: Part, accelerator: Accelerator) -> list[Pair]:
    """Give a part's dynamic layers a backend, and replace its static layers and poolings.

    Args:
        model: of which the part is one; is changed. Layers are replaced under all their names.
        part: of it.
        accelerator: of the model's device.

    Returns:
        Pairs of modules, one right behind the other, of which the second was fused.
    """
    pairs: list[Pair] = []
    for layer, (norm, relu) in part.fusible.items():
        if isinstance(layer, DynamicConvolution):
            layer.backend = accelerator.dynamic(layer, PostOps.of(layer, norm, relu is not None))
            layer.record, layer.listeners = None, []  # a copy has none yet
            fast: nn.Module = layer
        else:
            relu = relu if accelerator.fuses_relu(layer) else None
            fast = accelerator.static(layer, norm, relu is not None)
            replace(model, layer, fast)
        fused = [module for module in (norm, relu) if module is not None]
        for module in fused:
            become_fused(module)
        pairs += zip([fast, *fused], fused, strict=False)
    for pool in [m for m in part.module.modules() if isinstance(m, nn.MaxPool3d)]:
        replace(model, pool, accelerator.pool(pool))
    return pairs


def replace(model: nn.Module, old: nn.Module, new: nn.Module) -> None:
    """Put a module in another's place, under all its names."""
    for parent in list(model.modules()):
        for name, child in list(parent._modules.items()):
            if child is old:
                setattr(parent, name, new)
