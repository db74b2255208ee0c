"""Give a network accelerated layers, with norms and ReLUs fused."""

from collections.abc import Mapping

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
    replaced: dict[nn.Module, nn.Module] = {}
    for layer, (norm, relu) in part.fusible.items():
        if isinstance(layer, DynamicConvolution):
            layer.backend = accelerator.dynamic(layer, PostOps.of(layer, norm, relu is not None))
            layer.record, layer.listeners = None, []  # a copy has none yet
            fast: nn.Module = layer
        else:
            relu = relu if accelerator.fuses_relu(layer) else None
            fast = accelerator.static(layer, norm, relu is not None)
            replaced[layer] = fast
        fused = [module for module in (norm, relu) if module is not None]
        for module in fused:
            become_fused(module)
        pairs += zip([fast, *fused], fused, strict=False)
    pools = [m for m in part.module.modules() if isinstance(m, nn.MaxPool3d)]
    replace(model, replaced | {pool: accelerator.pool(pool) for pool in pools})
    return pairs


def replace(model: nn.Module, replaced: Mapping[nn.Module, nn.Module]) -> None:
    """Put modules in others' places, under all their names.

    Args:
        model: is changed.
        replaced: what stands where a module stood, by that module.
    """
    for parent in list(model.modules()):
        for name, child in list(parent._modules.items()):
            if child in replaced:
                setattr(parent, name, replaced[child])
