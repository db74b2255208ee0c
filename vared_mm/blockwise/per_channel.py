"""Which steps treat each channel of a tensor alone."""

from collections.abc import Collection

import torch

from .flow import Step, Value

aten = torch.ops.aten

#: In a pass without data; whatever the layer is that they run in.
_NORMS = {
    aten.native_batch_norm,
    aten._native_batch_norm_legit,
    aten._native_batch_norm_legit_no_training,
    aten._batch_norm_no_update,
    aten._batch_norm_with_update,
    aten.cudnn_batch_norm,
    aten.miopen_batch_norm,
}
_POOLS = {
    aten.max_pool2d_with_indices,
    aten.max_pool3d_with_indices,
    aten.avg_pool2d,
    aten.avg_pool3d,
}
_COPIES = {aten.clone, aten._to_copy}
#: Element by element, though torch does not say so.
_POINTWISE = {aten.hardswish, aten.hardswish_, aten.gelu_, aten.mish_, aten.native_dropout}


def is_per_channel(step: Step, values: Collection[Value]) -> bool:
    """Whether an operation treats each channel of these values alone, and each frame or clip.

    A batch norm, a pooling, a copy, or anything element by element, such as activations, dropout
    and the product of two of these values.
    """
    if is_norm(step) or step.op in _POOLS or step.op in _COPIES:
        return step.reads[0] in values and not any(v.is_data for v in step.reads[1:])
    if torch.Tag.pointwise not in step.event.func.tags and step.op not in _POINTWISE:
        return False
    return all(_is_alike(value, step.gives, values) for value in step.reads)


def is_norm(step: Step) -> bool:
    """Whether a step is the operation of a batch norm."""
    return step.op in _NORMS


def mixes_frames(step: Step) -> bool:
    """Whether a pooling of clips looks at several frames, or leaves some out."""
    if step.op not in _POOLS or len(step.gives.shape) != 5:
        return False
    kernel, stride, padding = (*step.event.args[1:], None, None)[:3]
    return (_first(kernel, 1), _first(stride, 1), _first(padding, 0)) != (1, 1, 0)


def _is_alike(value: Value, result: Value, values: Collection[Value]) -> bool:
    """Whether it is one of the values, a number, or drawn for each element."""
    if value in values:
        return value.shape == result.shape
    numbers = torch.Size(value.shape).numel() == 1
    return not value.is_data and (numbers or value.shape == result.shape)


def _first(option: object, default: int) -> int:
    """Of an option along time, height and width, that along time."""
    if isinstance(option, list | tuple):
        return int(option[0]) if option else default
    return int(option) if isinstance(option, int) else default
