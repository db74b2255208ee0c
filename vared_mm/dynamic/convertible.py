"""Which convolutions of a model can be dynamic, and why others can not."""

from collections.abc import Sequence

from torch import nn

from .convolution import DynamicConvolution
from .selection import Patterns, is_meant, names_of, plain_base, why_not_plain
from .tracing import LayerCall, trace_batch

CLIPS = 3  # of the second of two passes, which are compared


def convolution_calls(
    model: nn.Module,
    input_shape: Sequence[int],
    frames: int | None,
    clips: int,
    candidate: int = 0,
) -> list[LayerCall]:
    """The calls of a model's convolutions in a pass of some clips.

    Args:
        model: may have dynamic layers.
        input_shape: as of ``convert_to_dynamic``.
        frames: likewise.
        clips: N.
        candidate: that dynamic layers take along each axis, clipped.

    Raises:
        ValueError: if the model does not run on such an input.
    """
    shape = batch_shape(input_shape, frames, clips)
    return trace_batch(model, _is_convolution, shape, candidate).calls


def find_convertible(
    model: nn.Module,
    one: list[LayerCall],
    several: list[LayerCall],
    frames: int,
    include: Patterns,
    exclude: Patterns,
) -> tuple[list[LayerCall], dict[str, str]]:
    """The calls of the selected layers that can be dynamic, and why others stay static.

    Args:
        model: that was traced.
        one: calls in a pass of one clip.
        several: calls in a pass of :data:`CLIPS` clips.
        frames: T of one clip.
        include: as of ``convert_to_dynamic``.
        exclude: likewise.

    Raises:
        ValueError: if there is none.
    """
    names = names_of(model)
    static: dict[str, str] = {}
    found = []
    for call in one:
        layer = call.layer
        if isinstance(layer, DynamicConvolution) or call.name in static:
            continue
        if not is_meant(names[layer], include, exclude):
            continue
        runs = [[c for c in calls if c.layer is layer] for calls in (one, several)]
        if reason := why_not_plain(layer) or why_not_by_clips(*runs, frames):
            static[call.name] = reason
        else:
            found.append(call)
    if not found:
        begin = ', '.join(list(dict.fromkeys(call.name for call in one))[:5]) or 'none'
        raise ValueError(
            f'no convolution of {type(model).__name__} is selected by include={include!r}, '
            f'exclude={exclude!r}; its convolutions begin with: {begin}'
            + (f'; can not be dynamic: {in_a_line(static)}' if static else '')
        )
    return found, static


def _is_convolution(module: nn.Module) -> bool:
    return plain_base(module) is not None


def in_a_line(reasons: dict[str, str]) -> str:
    """Names of layers by reason, in one line."""
    names: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        names.setdefault(reason, []).append(name or 'the model itself')
    return '; '.join(
        f'{", ".join(some[:3])}{f" and {len(some) - 3} more" if some[3:] else ""} ({reason})'
        for reason, some in names.items()
    )


def why_not_by_clips(one: list[LayerCall], several: list[LayerCall], frames: int) -> str:
    """Why a layer can't decide clip by clip, given its calls; empty if it can."""
    if len(one) > 1 or len(several) != 1:
        return 'it runs more than once in a pass'
    (call,), (of_several,) = one, several
    axes = 5 if isinstance(call.layer, nn.Conv3d) else 4
    if len(call.inputs) != axes:
        return 'its input has no axis of clips'
    rows = call.inputs[0]
    if of_several.inputs != (CLIPS * rows, *call.inputs[1:]):
        return f'its input is {call.inputs} of one clip and {of_several.inputs} of {CLIPS}'
    if rows > (1 if axes == 5 else frames):
        clip = 'clip' if axes == 5 or frames == 1 else f'clip of {frames} frames'
        return f'it sees {rows} rows for each {clip}'
    return ''


def batch_shape(input_shape: Sequence[int], frames: int | None, clips: int) -> tuple[int, ...]:
    """Shape of a batch as a model takes it; arguments as of :func:`convolution_calls`."""
    sizes = tuple(input_shape)
    if not all(isinstance(size, int) and size > 0 for size in sizes):
        raise ValueError(f'input_shape={sizes}: must hold positive integers')
    if len(sizes) == 4 and frames is None:
        return (clips, *sizes)
    if len(sizes) == 3:
        return (clips * (frames or 1), *sizes)
    raise ValueError(
        f'input_shape={sizes}, frames={frames}: must be (C, T, H, W), or (C, H, W) with frames '
        'where they are folded into the batch'
    )
