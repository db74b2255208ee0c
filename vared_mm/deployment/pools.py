"""Poolings that reach beyond their input, which torch takes and OpenVINO does not."""

from typing import Any

import torch
from torch.export import ExportedProgram
from torch.fx import Node

aten = torch.ops.aten
POOLS = (
    aten.max_pool2d.default,
    aten.max_pool3d.default,
    aten.max_pool2d_with_indices.default,
    aten.max_pool3d_with_indices.default,
)


def shorten_pools(program: ExportedProgram) -> None:
    """Make kernels of max poolings no longer than their input; results stay what they are.

    With ``ceil_mode`` torch lets a kernel reach beyond the end, as TPN's do for fewer frames than
    it is made for.

    Args:
        program: is changed.
    """
    for node in program.graph.nodes:
        if node.target in POOLS:
            _shorten(node)


def _shorten(node: Node) -> None:
    x, kernel, stride, padding, dilation, ceil_mode = _arguments(node)
    size = x.meta['val'].shape[-len(kernel) :]
    axes = zip(kernel, size, padding, dilation, strict=True)
    short = [min(k, int(n)) if p == 0 and d == 1 else k for k, n, p, d in axes]
    if short != list(kernel):
        node.args = (x, short, list(stride or kernel), padding, dilation, ceil_mode)


def _arguments(node: Node) -> tuple[Any, ...]:
    x, kernel, *given = node.args
    axes = len(kernel)  # type: ignore[arg-type]
    usual = [[], [0] * axes, [1] * axes, False]
    return (x, kernel, *given, *usual[len(given) :])
