"""What the blocks of a network can choose from."""

from collections.abc import Sequence

from torch import nn

from vared_mm.cost import BlockSearchSpace, kept_channels, kept_frames
from vared_mm.dynamic.tracing import LayerCall

from .find_blocks import Chain
from .geometry import frames_out

Kept = tuple[tuple[int, ...], ...]


def candidates_of(
    chains: Sequence[Chain], temporal: int, channel: int, multiple: int
) -> tuple[BlockSearchSpace, Kept]:
    """The part of a search space that a block can have, and the channels that it keeps.

    Args:
        chains: of the block.
        temporal: S_t.
        channel: S_c.
        multiple: numbers of channels are rounded up to multiples of this.
    """
    widths = [tensor.writer.layer.out_channels for chain in chains for tensor in chain.hidden]
    kept = tuple(kept_channels(width, channel, multiple=multiple) for width in widths)
    along_time = min(len(_strides(chain, temporal)) for chain in chains)
    return BlockSearchSpace(along_time, tuple(map(len, kept))), kept


def check_candidates(
    model: nn.Module, spaces: Sequence[BlockSearchSpace], temporal: int, channel: int
) -> None:
    """Check that some block can have what is asked for.

    Raises:
        ValueError: if none can.
    """
    largest = (
        max((space.temporal for space in spaces), default=1),
        max((size for space in spaces for size in space.channels), default=1),
    )
    if largest != (temporal, channel):
        raise ValueError(
            f'temporal={temporal}, channel={channel}: no selected block of '
            f'{type(model).__name__} can have more than temporal={largest[0]}, '
            f'channel={largest[1]}'
        )


def clip_frames(call: LayerCall) -> int:
    """T of a clip at the input of a convolution, in a pass of one clip."""
    return call.inputs[2] if isinstance(call.layer, nn.Conv3d) else call.inputs[0]


def _strides(chain: Chain, temporal: int) -> list[int]:
    """Strides along time that a chain's input can have.

    The result has to have every R-th frame of the result for the whole clip, as when convolutions
    change the number of frames by strides alone, and every convolution its frames one by one.
    """
    first = chain.convs[0].event
    frames = clip_frames(first)
    counts = [frames]
    for step in chain.convs:
        counts.append(frames_out(step.layer, counts[-1]))
    seen = [clip_frames(step.event) for step in chain.convs]
    if counts[:-1] != seen or any(tensor.mixes_frames for tensor in chain.hidden):
        return [1]
    strides = []
    for j in range(len(kept_frames(min(counts[0], counts[-1]), temporal))):
        count = -(-frames // 2**j)
        for step in chain.convs:
            count = frames_out(step.layer, count)
        if count != -(-counts[-1] // 2**j):
            break
        strides.append(2**j)
    return strides
