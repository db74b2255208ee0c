"""Make the blocks of any module tree dynamic."""

import warnings
from collections.abc import Sequence

from torch import nn

from vared_mm.cost import SearchSpace
from vared_mm.dynamic import all_or_nothing
from vared_mm.dynamic.conversion import LAST, check_unwrapped, forget_before_forward
from vared_mm.dynamic.convertible import CLIPS, convolution_calls, in_a_line
from vared_mm.dynamic.frozen_gates import warn_of_frozen_gates
from vared_mm.dynamic.selection import Patterns, plain_base
from vared_mm.dynamic.tracing import LayerCall

from .assembly import assemble, what_hinders
from .candidates import candidates_of, check_candidates, clip_frames
from .convolution import BlockConvolution
from .find_blocks import Search, find_blocks
from .gate import BlockGate
from .squeeze_within import SqueezeWithin


def convert_blocks(
    model: nn.Module,
    input_shape: Sequence[int],
    temporal: int = 2,
    channel: int = 2,
    include: Patterns = None,
    exclude: Patterns = None,
    frames: int | None = None,
    hidden: int = 16,
    temporal_bins: int | None = None,
    kernel_size: int = 3,
    multiple: int = 8,
    start: str = 'equal',
    bias: bool = False,
) -> nn.Module:
    """Make the blocks of a model dynamic, in place; names of weights stay.

    A block is one or several chains of convolutions that begin at one tensor and are joined by
    hidden tensors: tensors that one dense convolution writes and one dense convolution reads, with
    nothing in between but what treats each channel alone, and squeeze-and-excitation. Blocks are
    found by what the model computes, whatever its modules are called. With the first candidates
    the model computes what it did.

    Convolutions have to be plain, run once in a pass, and see clips or frames as their batch, as in
    :func:`vared_mm.dynamic.convert_to_dynamic`. All others stay static; a warning names those
    that would be part of a block if they were, and why they are not.

    An axis that a block can't have is off there: along time where the branch changes the number of
    frames otherwise than by strides, a channel axis where too few channels are hidden.

    Shapes: the model takes clips (N, C, T, H, W), or frames (N*T, C, H, W), or images (N, C, H, W).

    Args:
        model: any module tree whose forward takes one tensor and returns anything.
        input_shape: one clip as the model takes it, (C, T, H, W), or one frame, (C, H, W).
        temporal: S_t, candidates along time.
        channel: S_c, candidates along the channels of each hidden tensor.
        include: regular expressions, searched for in the names of a chain's convolutions, one of
            which is enough; None takes every chain.
        exclude: likewise, of chains that stay static.
        frames: T, where the model takes frames folded into the batch; None for images.
        hidden: D_h of the gates.
        temporal_bins: bins of the gates' descriptors over time; None keeps every frame.
        kernel_size: of the cheap operations that rebuild frames, 3 or 1.
        multiple: numbers of kept channels are rounded up to multiples of this.
        start: see :class:`BlockGate`.
        bias: whether what reads a hidden tensor gets a bias for each candidate but the first.

    Returns:
        The model itself.

    Raises:
        ValueError: if no block is found, if none can have the search space, or if the model does
            not run on such an input, also with dynamic blocks. Then, and after any other
            exception, the model is as it was.

    Warns:
        UserWarning: as of ``convert_to_dynamic``.
    """
    check_unwrapped(model)
    SearchSpace(temporal, channel)  # which checks both
    if not isinstance(multiple, int) or multiple < 1:
        raise ValueError(f'multiple={multiple!r}: must be an integer above 0')
    search = Search.of(model, input_shape, frames)
    length = frames or (input_shape[1] if len(input_shape) == 4 else 1)
    found, static = find_blocks(model, search, length, include, exclude)
    made = []
    for chains in found:
        first = chains[0].convs[0]
        if hinders := what_hinders(chains):
            static[first.within] = hinders
            continue
        space, kept = candidates_of(chains, temporal, channel, multiple)
        if max(space.axes) > 1:
            made.append((chains, space, kept))
    if not found:
        reasons = f'; can not be part of one: {in_a_line(static)}' if static else ''
        raise ValueError(
            f'no block of {type(model).__name__} is selected by include={include!r}, '
            f'exclude={exclude!r}{reasons}'
        )
    check_candidates(model, [space for _, space, _ in made], temporal, channel)
    with all_or_nothing(model):
        for chains, space, kept in made:
            conv, clip = chains[0].convs[0].layer, clip_frames(chains[0].convs[0].event)
            gate = BlockGate(conv.in_channels, clip, space, hidden, temporal_bins, start)
            assemble(chains, space, kept, gate, kernel_size, bias)
        calls = [call for call in search.several.calls if plain_base(call.layer) is not None]
        _check(model, calls, input_shape, frames)
        forget_before_forward(model)
        warn_of_frozen_gates(model)
    if static:
        warnings.warn(f'convert_blocks: left static: {in_a_line(static)}', stacklevel=2)
    return model


def _check(
    model: nn.Module, static: list[LayerCall], input_shape: Sequence[int], frames: int | None
) -> None:
    """Check that a model calls its convolutions as it did when its blocks were static.

    Raises:
        ValueError: if it does not, or does not run at all.
    """
    try:
        dynamic = convolution_calls(model, input_shape, frames, CLIPS, candidate=LAST)
    except ValueError as error:
        raise ValueError(f'with dynamic blocks {error}') from error
    if list(map(_outside, static)) != list(map(_outside, dynamic)):
        raise ValueError(
            f'{type(model).__name__} calls its convolutions in another way once its blocks are '
            'dynamic: it may look at their class'
        )


def _outside(call: LayerCall) -> tuple[object, ...]:
    """A layer, and the sizes that it takes and gives outside of blocks."""
    if any(isinstance(vars(layer).get('forward'), SqueezeWithin) for _, layer in call.within):
        return (call.layer,)
    place = call.layer.place if isinstance(call.layer, BlockConvolution) else None
    takes = call.inputs if place is None or place.begins else ()
    return call.layer, takes, call.outputs if place is None or place.ends else ()
