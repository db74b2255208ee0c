"""Make any module tree dynamic."""

import warnings
from collections.abc import Sequence

from torch import nn

from vared_mm.cost import SearchSpace

from .becoming import all_or_nothing, become, what_hinders
from .convertible import CLIPS, convolution_calls, find_convertible, in_a_line
from .convolution import DynamicConvolution
from .dynamic_conv import DynamicConv2d, DynamicConv3d
from .frozen_gates import warn_of_frozen_gates
from .gate import ConstantGate, SoftModulationGate
from .selection import Patterns
from .tracing import LayerCall
from .unit import DynamicUnit, Gate

LAST = 99  # clipped to what a layer has
_WRAPPERS = (nn.DataParallel, nn.parallel.DistributedDataParallel)


def convert_to_dynamic(
    model: nn.Module,
    input_shape: Sequence[int],
    temporal: int = 2,
    channel: int = 2,
    include: Patterns = None,
    exclude: Patterns = None,
    frames: int | None = None,
    gate: str = 'soft',
    hidden: int = 16,
    temporal_bins: int | None = None,
    kernel_size: int = 3,
) -> nn.Module:
    """Make convolutions of a model dynamic, in place; names of weights stay.

    A layer stays the same object, with its weights, hooks and further attributes, and its other
    names where it has several. With the first candidates the model computes what it did.

    Dynamic layers are those that run once in a forward in evaluation mode and are plain: of class
    ``nn.Conv2d`` or ``nn.Conv3d``, or of one that defines no more than how its layers are made,
    with weights that are parameters (not worked out from others, as by ``weight_norm`` or
    pruning). A 3-D one has to see the clips as its batch, a 2-D one their frames, clip by clip;
    which frame comes first within a clip is not checked. The others stay static, and a warning
    names them.

    An axis that a layer can't have is off there (one frame left, too few channels), so deep layers
    may get fewer candidates than asked for.

    Shapes: the model takes clips (N, C, T, H, W), or frames (N*T, C, H, W), or images (N, C, H, W).

    Args:
        model: any module tree whose forward takes one tensor and returns anything.
        input_shape: one clip as the model takes it, (C, T, H, W), or one frame, (C, H, W).
        temporal: S_t, candidates along time.
        channel: S_c, candidates along channels.
        include: regular expressions, searched for in the layers' names; None takes every one.
        exclude: likewise, of what stays static.
        frames: T, where the model takes frames folded into the batch; None for images.
        gate: ``'soft'``, or ``'constant'`` for an equal mix without a gate, as a control.
        hidden: D_h of the gates.
        temporal_bins: bins of the gates' descriptors over time; None keeps every frame.
        kernel_size: of the cheap operations, 3 or 1.

    Returns:
        The model itself.

    Raises:
        ValueError: if no convolution is selected, if none of those selected can have the search
            space, or if the model does not run on such an input, also with dynamic layers. Then,
            and after any other exception, the model is as it was.

    Warns:
        UserWarning: in one line, of convolutions that are meant and stay static, and why; and of
            gates that do not train because the model freezes them (``frozen_stages``).
    """
    if gate not in ('soft', 'constant'):
        raise ValueError(f"gate={gate!r}: must be 'soft' or 'constant'")
    check_unwrapped(model)
    wanted, largest = SearchSpace(temporal, channel), SearchSpace(1, 1)
    one, several = (convolution_calls(model, input_shape, frames, n) for n in (1, CLIPS))
    length = frames or (input_shape[1] if len(input_shape) == 4 else 1)
    calls, static = find_convertible(model, one, several, length, include, exclude)
    converted: dict[nn.Module, DynamicConvolution] = {}
    for call in calls:
        frames_in, frames_out = _frames(call)
        conv = call.layer
        search = wanted.clipped(conv.out_channels, frames_out, conv.groups)
        largest = SearchSpace(
            max(largest.temporal, search.temporal), max(largest.channel, search.channel)
        )
        if search == SearchSpace(1, 1):
            continue
        made_gate = _make_gate(gate, conv, frames_in, search, hidden, temporal_bins)
        cls = DynamicConv3d if isinstance(conv, nn.Conv3d) else DynamicConv2d
        dynamic = cls(conv, frames_in, frames_out, search, made_gate, kernel_size)
        if key := what_hinders(conv, dynamic):
            static[call.name] = f'it has an attribute {key} of its own'
            continue
        converted[conv] = dynamic.to(device=conv.weight.device, dtype=conv.weight.dtype)
    if largest != wanted:
        raise ValueError(
            f'temporal={temporal}, channel={channel}: no selected convolution can have more than '
            f'temporal={largest.temporal}, channel={largest.channel} with clips of '
            f'{tuple(input_shape)}'
        )
    with all_or_nothing(model):
        for conv, dynamic in converted.items():
            become(conv, dynamic)
        check_calls(model, several, input_shape, frames)
        forget_before_forward(model)
        warn_of_frozen_gates(model)
    if static:
        warnings.warn(f'convert_to_dynamic: left static: {in_a_line(static)}', stacklevel=2)
    return model


def check_unwrapped(model: nn.Module) -> None:
    """Raise a ValueError if a model is compiled, or wrapped for several devices."""
    if isinstance(model, _WRAPPERS) or hasattr(model, '_orig_mod'):  # the latter a compiled one
        raise ValueError(f'{type(model).__name__}: convert the model before it is wrapped')


def check_calls(
    model: nn.Module, static: list[LayerCall], input_shape: Sequence[int], frames: int | None
) -> None:
    """Check that a model calls its layers as it did when they were static.

    Raises:
        ValueError: if it does not, as one that chooses by a layer's class, or does not run at all,
            as one that takes a ``view`` of a result, which may now be in channels-last order.
    """
    try:  # the last candidates, whose results are in that order
        dynamic = convolution_calls(model, input_shape, frames, CLIPS, candidate=LAST)
    except ValueError as error:
        raise ValueError(f'with dynamic layers {error}') from error
    before, after = ([(c.layer, c.inputs, c.outputs) for c in calls] for calls in (static, dynamic))
    if before != after:
        raise ValueError(
            f'{type(model).__name__} calls its layers in another way once they are dynamic: '
            'it may look at their class'
        )


def _frames(call: LayerCall) -> tuple[int, int]:
    """T and T_o of one clip; a 2-D convolution sees the frames as its batch."""
    axis = 2 if isinstance(call.layer, nn.Conv3d) else 0
    return call.inputs[axis], call.outputs[axis]


def _make_gate(
    kind: str,
    conv: nn.Conv2d | nn.Conv3d,
    frames: int,
    search: SearchSpace,
    hidden: int,
    temporal_bins: int | None,
) -> Gate:
    if kind == 'constant':
        return ConstantGate.equal_mix(search)
    return SoftModulationGate(conv.in_channels, frames, search, hidden, temporal_bins)


def forget_before_forward(model: nn.Module) -> None:
    """Let a model drop, before each forward, what an earlier one recorded."""
    if _forget not in model._forward_pre_hooks.values():
        model.register_forward_pre_hook(_forget)


def _forget(model: nn.Module, _inputs: object) -> None:
    """Drop what was recorded."""
    left = [model]
    while left:  # by hand: torch's own walk, which makes names, would take a per cent of a forward
        module = left.pop()
        if isinstance(module, DynamicUnit):
            vars(module)['record'] = None
        elif module is not None:
            left.extend(vars(module)['_modules'].values())
