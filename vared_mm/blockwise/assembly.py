"""Put a block together of a network's convolutions."""

from collections.abc import Sequence

from torch import nn

from vared_mm.cost import BlockSearchSpace
from vared_mm.dynamic import Gate
from vared_mm.dynamic.selection import plain_base

from .block import DynamicBlock
from .candidates import Kept, clip_frames
from .convolution import BlockConv2d, BlockConv3d
from .find_blocks import Chain
from .neighbours import Neighbours
from .place import Place, SqueezePlace
from .squeeze_within import SqueezeWithin


def assemble(
    chains: Sequence[Chain],
    space: BlockSearchSpace,
    kept: Kept,
    gate: Gate,
    kernel_size: int,
    bias: bool,
) -> None:
    """Make chains of convolutions one block, in place.

    Args:
        chains: that begin at one tensor.
        space: the block's candidates.
        kept: channels of each hidden tensor, by candidate.
        gate: of the block.
        kernel_size: of the cheap operations.
        bias: whether candidates have biases.
    """
    readers = [tensor.reader.layer.out_channels for chain in chains for tensor in chain.hidden]
    convs = tuple(tuple(step.layer for step in chain.convs) for chain in chains)
    first = chains[0].convs[0]
    frames = clip_frames(first.event)
    block = DynamicBlock(
        space, kept, convs, frames, gate, kernel_size, tuple(readers) if bias else ()
    )
    block.neighbours = tuple(Neighbours.of(tensor) for chain in chains for tensor in chain.hidden)
    weight = first.layer.weight
    block.to(device=weight.device, dtype=weight.dtype).train(first.layer.training)
    number = 0  # of the hidden tensor
    for index, chain in enumerate(chains):
        places = {step: Place(block, index) for step in chain.convs}
        for tensor in chain.hidden:
            places[tensor.writer].writes = number
            places[tensor.reader].reads = number
            behind = tensor.writer.layer
            for step in tensor.between:
                if step in places:
                    places[step].reads = places[step].writes = number
                    behind = step.layer
                elif step.layer is not None:
                    place = SqueezePlace(block, index, number, behind)
                    vars(step.layer)['forward'] = SqueezeWithin(step.layer, place)
            number += 1
        places[chain.convs[0]].begins = places[chain.convs[-1]].ends = True
        for step, place in places.items():
            _become_part(step.layer, place)
    first.layer.add_module('block', block)


def what_hinders(chains: Sequence[Chain]) -> str:
    """An attribute of one of the layers that a block would use; empty if there is none."""
    for step in (step for chain in chains for step in chain.steps):
        wanted = (
            {'place', 'block', 'backend'} if plain_base(step.layer) is not None else {'forward'}
        )
        own = wanted & {*vars(step.layer), *step.layer._modules}
        if own:
            return f'{step.within} has an attribute {min(own)} of its own'
    return ''


def _become_part(conv: nn.Module, place: Place) -> None:
    conv.__class__ = BlockConv3d if isinstance(conv, nn.Conv3d) else BlockConv2d
    vars(conv)['place'] = place
