"""MACs of single operations of torch, as its dispatcher sees them."""

from collections.abc import Callable
from math import prod
from typing import Any

import torch
from torch import Tensor
from torch.utils.flop_counter import flop_registry

from vared_mm.cost import norm_macs

from .tracing import Operation

aten = torch.ops.aten

#: Products of matrices and vectors that torch's own table does not have.
_PRODUCTS: dict[Any, Callable[..., int]] = {
    aten.mv: lambda matrix, vector: matrix.numel(),
    aten.addmv: lambda bias, matrix, vector, **_: matrix.numel(),
    aten.dot: lambda one, other: one.numel(),
    aten.vdot: lambda one, other: one.numel(),
    aten.addbmm: lambda bias, one, other, **_: one.numel() * other.shape[2],
    aten._int_mm: lambda one, other: one.numel() * other.shape[1],
    aten._trilinear: lambda one, weight, other, *_: _bilinear_macs(len(one), *weight.shape),
}
_NORMS = {
    packet
    for name in (
        'native_batch_norm',
        '_native_batch_norm_legit',
        '_native_batch_norm_legit_no_training',
        '_batch_norm_no_update',
        '_batch_norm_with_update',
        'native_layer_norm',
        'native_group_norm',
        '_fused_rms_norm',
    )
    if (packet := getattr(aten, name, None)) is not None
}
#: Operations of torch whose number of multiplications does not follow from shapes alone.
_UNKNOWN = ('_cdist', '_fft', '_weight_int', 'linalg_', 'mkldnn_rnn', '_cudnn_rnn', '_thnn_fused')
_ELEMENTWISE = {'linalg_vector_norm', 'linalg_cross'}


def product_macs(operation: Operation) -> int | None:
    """MACs of a convolution, with its bias, or of a matrix product; None for anything else."""
    packet = operation.func.overloadpacket
    if packet in _PRODUCTS:
        return _PRODUCTS[packet](*operation.args, **operation.kwargs)
    if packet not in flop_registry:
        return None
    flops = flop_registry[packet](*operation.args, **operation.kwargs, out_val=operation.result)
    return int(flops) // 2 + _bias_macs(operation)


def _bilinear_macs(rows: int, outputs: int, one: int, other: int) -> int:
    """Of ``x W_k y`` for each output k."""
    return rows * outputs * (one * other + other)


def is_convolution(operation: Operation) -> bool:
    """Whether an operation is a convolution, transposed or not."""
    return 'convolution' in operation.func.overloadpacket.__name__


def normalization_macs(operation: Operation) -> int | None:
    """MACs of a batch, instance, layer or group norm; None for anything else."""
    if operation.func.overloadpacket not in _NORMS:
        return None
    return norm_macs(operation.args[0].numel())


def is_unknown(operation: Operation) -> bool:
    """Whether an operation may multiply, and nothing here tells how often.

    Operations that are not torch's own are, and of torch's own a few.
    """
    name = operation.func.overloadpacket.__name__
    if operation.func.namespace not in ('aten', 'prims', 'profiler'):
        return True
    return name.startswith(_UNKNOWN) and name not in _ELEMENTWISE


def _bias_macs(operation: Operation) -> int:
    """One an output of a convolution that has a bias."""
    biased = is_convolution(operation) and isinstance(operation.args[2], Tensor)
    return prod(operation.result.shape) if biased else 0
