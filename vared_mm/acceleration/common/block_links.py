"""Which convolutions of dynamic blocks can be accelerated, and how they are linked."""

from collections.abc import Mapping

from torch import nn

from vared_mm.blockwise import BlockConv2d, BlockConv3d, BlockConvolution, DynamicBlock
from vared_mm.blockwise.eager import EagerBlockBackend
from vared_mm.dynamic import TemporalReconstruction

from .as_made import is_as_made
from .fusion import Fusible, feeds_only
from .watch import Watch


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


def find_direct(watch: Watch, fusible: Mapping[nn.Module, Fusible]) -> dict[nn.Module, nn.Module]:
    """Convolutions of blocks whose results go to the next one of the chain only, and that one.

    Args:
        watch: of a pass.
        fusible: what can be fused into each layer.
    """
    found = {}
    for conv, (norm, relu) in fusible.items():
        if isinstance(conv, BlockConvolution) and not conv.place.ends:
            chain = conv.place.block.chains[conv.place.chain]
            behind = chain[chain.index(conv) + 1]
            if behind in fusible and feeds_only(watch, relu or norm or conv, behind):
                found[conv] = behind
    return found


def check_blocks(part: nn.Module, fusible: Mapping[nn.Module, Fusible]) -> None:
    """Check that of a block all convolutions can be accelerated, or none is there.

    Raises:
        Unlinked: if only some can: they pass on tensors that only they understand.
    """
    for name, layer in part.named_modules():
        if isinstance(layer, BlockConvolution) and layer not in fusible:
            raise Unlinked(f'{name}, of a dynamic block, has a hook or something else of its own')
