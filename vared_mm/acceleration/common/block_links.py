"""Which convolutions of dynamic blocks can be accelerated, and how they are linked."""

from collections.abc import Mapping
from dataclasses import dataclass

from mmcv.cnn.bricks import Swish
from torch import nn

from vared_mm.blockwise import BlockConv2d, BlockConv3d, BlockConvolution, DynamicBlock
from vared_mm.blockwise.eager import EagerBlockBackend
from vared_mm.blockwise.squeeze_within import is_squeeze_within
from vared_mm.dynamic import TemporalReconstruction

from .as_made import is_as_made, is_hooked
from .fusion import Fusible, feeds_only, first_reader
from .watch import Watch

#: What computes element by element.
ACTIVATIONS = (Swish, nn.SiLU, nn.ReLU, nn.ReLU6, nn.Hardswish)


@dataclass(frozen=True)
class Link:
    """From a convolution of a block to the next one of its chain.

    Args:
        behind: the next one.
        between: modules in between, beside what is fused, each of which alone reads what the one
            before it gives: a squeeze-and-excitation, activations.
    """

    behind: nn.Module
    between: tuple[nn.Module, ...] = ()


class Unlinked(RuntimeError):
    """Some convolutions of a block can be accelerated, and others not."""


def is_block_convolution(layer: nn.Module) -> bool:
    """Whether it computes what a convolution of a block does, and so does the block."""
    if not is_as_made(layer, BlockConv2d, BlockConv3d) or layer.training:
        return False
    block = layer.place.block
    plain = is_as_made(block, DynamicBlock) and not block.training
    rebuilds = [module for chain in block.reconstructions for module in chain]
    plain = plain and all(is_as_made(module, TemporalReconstruction) for module in rebuilds)
    return plain and type(layer.backend) is EagerBlockBackend


def find_links(watch: Watch, fusible: Mapping[nn.Module, Fusible]) -> dict[nn.Module, Link]:
    """Convolutions of blocks whose results reach nothing but the next one of the chain.

    Args:
        watch: of a pass.
        fusible: what can be fused into each layer.
    """
    found = {}
    for conv, (norm, relu) in fusible.items():
        if isinstance(conv, BlockConvolution) and not conv.place.ends:
            chain = conv.place.block.chains[conv.place.chain]
            behind = chain[chain.index(conv) + 1]
            link = _link(watch, relu or norm or conv, behind)
            if behind in fusible and link is not None:
                found[conv] = link
    return found


def _link(watch: Watch, last: nn.Module, behind: nn.Module) -> Link | None:
    between: list[nn.Module] = []
    while not feeds_only(watch, last, behind):
        reader = first_reader(watch, last, lambda m: _is_known(m, behind))
        if reader is None or reader in between or not feeds_only(watch, last, reader):
            return None
        between.append(last := reader)
    return Link(behind, tuple(between))


def _is_known(module: nn.Module, behind: nn.Module) -> bool:
    """Whether it can be computed of some channels and frames alone, in front of a convolution."""
    if is_squeeze_within(module):  # of a frame at a time it is where frames are images
        inner = (*module.modules(),)[1:]
        plain = all(is_as_made(m, type(m)) for m in inner) and not is_hooked(module)
        return plain and isinstance(behind, BlockConv3d)
    return is_as_made(module, *ACTIVATIONS)


def check_blocks(part: nn.Module, fusible: Mapping[nn.Module, Fusible]) -> None:
    """Check that of a block all convolutions can be accelerated, or none is there.

    Raises:
        Unlinked: if only some can: they pass on tensors that only they understand.
    """
    for name, layer in part.named_modules():
        if isinstance(layer, BlockConvolution) and layer not in fusible:
            raise Unlinked(f'{name}, of a dynamic block, has a hook or something else of its own')
