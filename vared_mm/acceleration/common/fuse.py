"""Give a network accelerated layers, with norms and ReLUs fused."""

from collections.abc import Mapping

from torch import nn

from vared_mm.blockwise import BlockConvolution
from vared_mm.blockwise.squeeze_within import is_squeeze_within
from vared_mm.dynamic import DynamicConvolution, DynamicUnit

from .accelerator import Accelerator
from .block_links import check_blocks
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
    check_blocks(part.module, part.fusible)
    between = {link.behind: link.between for link in part.links.values()}
    pairs: list[Pair] = []
    replaced: dict[nn.Module, nn.Module] = {}
    for layer, (norm, relu) in part.fusible.items():
        if isinstance(layer, BlockConvolution):
            post_ops, given = PostOps.of(layer, norm, relu is not None), layer in part.links
            layer.backend = accelerator.block(layer, post_ops, between.get(layer), given)
            forget(layer.place.block)
            fast: nn.Module = layer
        elif isinstance(layer, DynamicConvolution):
            layer.backend = accelerator.dynamic(layer, PostOps.of(layer, norm, relu is not None))
            forget(layer)
            fast = layer
        else:
            relu = relu if accelerator.fuses_relu(layer) else None
            fast = accelerator.static(layer, norm, relu is not None)
            replaced[layer] = fast
        fused = [module for module in (norm, relu) if module is not None]
        for module in fused:
            become_fused(module)
        if (link := part.links.get(layer)) is not None:
            fused += [*link.between, link.behind]
        pairs += zip([fast, *fused], fused, strict=False)
    for link in part.links.values():  # behind them there is a backend that computes them
        for module in link.between:
            vars(module).pop('forward', None)
            become_fused(module)
    for module in part.module.modules():
        if is_squeeze_within(module):
            accelerator.squeeze(module, vars(module)['forward'])
    pools = [m for m in part.module.modules() if isinstance(m, nn.MaxPool3d)]
    replace(model, replaced | {pool: accelerator.pool(pool) for pool in pools})
    return pairs


def forget(unit: DynamicUnit) -> None:
    """Let a copy begin without records and listeners."""
    unit.record, unit.listeners = None, []


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
