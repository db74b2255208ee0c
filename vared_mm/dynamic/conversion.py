"""Make any module tree dynamic."""

from collections import Counter
from collections.abc import Sequence

import torch
from torch import nn

from vared_mm.cost import SearchSpace

from .convolution import DynamicConv2d, DynamicConv3d, DynamicConvolution, Gate
from .gate import ConstantGate, SoftModulationGate
from .selection import Patterns, is_plain, matches, replace_layer
from .tracing import LayerCall, trace_calls


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
    """Replace convolutions of a model by dynamic ones, in place; weight names stay.

    An axis that a layer can't have is off there (one frame left, too few channels), so deep layers
    may get fewer candidates than asked for.

    Shapes: the model takes clips (N, C, T, H, W), or frames (N*T, C, H, W), or images (N, C, H, W).

    Args:
        model: any module tree whose forward takes one tensor.
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
        The model itself (a new layer where ``model`` is a convolution).

    Raises:
        ValueError: if no convolution is selected, if none of those selected can have the search
            space, or if the model does not run on such an input.
    """
    if gate not in ('soft', 'constant'):
        raise ValueError(f"gate={gate!r}: must be 'soft' or 'constant'")
    wanted = SearchSpace(temporal, channel)
    dtype = next((p.dtype for p in model.parameters()), None)
    clip = torch.empty(*_clip_shape(input_shape, frames), dtype=dtype, device='meta')
    calls = _select(model, trace_calls(model, is_plain, clip), include, exclude)
    largest = SearchSpace(1, 1)
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
        twin = DynamicConv3d if isinstance(conv, nn.Conv3d) else DynamicConv2d
        layer = twin(conv, frames_in, frames_out, search, made_gate, kernel_size)
        layer.to(device=conv.weight.device, dtype=conv.weight.dtype)
        model = replace_layer(model, call.name, layer)
    if largest != wanted:
        raise ValueError(
            f'temporal={temporal}, channel={channel}: no selected convolution can have more than '
            f'temporal={largest.temporal}, channel={largest.channel} with clips of '
            f'{tuple(input_shape)}'
        )
    model.register_forward_pre_hook(_forget)
    return model


def dynamic_layers(model: nn.Module) -> dict[str, DynamicConvolution]:
    """The dynamic convolutions of a model by their names, in the order of its modules."""
    return {n: m for n, m in model.named_modules() if isinstance(m, DynamicConvolution)}


def _clip_shape(input_shape: Sequence[int], frames: int | None) -> tuple[int, ...]:
    sizes = tuple(input_shape)
    if not all(isinstance(size, int) and size > 0 for size in sizes):
        raise ValueError(f'input_shape={sizes}: must hold positive integers')
    if len(sizes) == 4 and frames is None:
        return (1, *sizes)
    if len(sizes) == 3:
        return (frames or 1, *sizes)
    raise ValueError(
        f'input_shape={sizes}, frames={frames}: must be (C, T, H, W), or (C, H, W) with frames '
        'where they are folded into the batch'
    )


def _select(
    model: nn.Module, calls: list[LayerCall], include: Patterns, exclude: Patterns
) -> list[LayerCall]:
    """The calls of the layers to convert; a layer that is called twice in a pass stays static."""
    counts = Counter(call.name for call in calls)
    selected = [
        call
        for call in calls
        if counts[call.name] == 1
        and (include is None or matches(include, call.name))
        and not (exclude is not None and matches(exclude, call.name))
    ]
    if not selected:
        names = ', '.join(list(counts)[:5]) or 'none'
        raise ValueError(
            f'no convolution of {type(model).__name__} is selected by include={include!r}, '
            f'exclude={exclude!r}; its convolutions begin with: {names}'
        )
    return selected


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


def _forget(model: nn.Module, _inputs: object) -> None:
    """Before a forward: what an earlier one recorded is of no use any more."""
    left = [model]
    while left:  # by hand: torch's own walk, which makes names, would take a per cent of a forward
        module = left.pop()
        if isinstance(module, DynamicConvolution):
            vars(module)['record'] = None
        elif module is not None:
            left.extend(vars(module)['_modules'].values())
