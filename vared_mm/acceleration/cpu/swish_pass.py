"""Swish as one native pass, with the scaling of a squeeze-and-excitation before it."""

from typing import Any

import torch
from torch import fx, ops

ADD, DIV, MUL = ops.aten.add.Tensor, ops.aten.div.Tensor, ops.aten.mul.Tensor
EXP, NEG, SIGMOID = ops.aten.exp.default, ops.aten.neg.default, ops.aten.sigmoid.default


def fuse_swishes(graph: fx.Graph) -> None:
    """Let one operation compute ``y * sigmoid(y)`` of clips, and ``y = x * scale`` where it can.

    Args:
        graph: of ATen operations; changed in place.
    """
    for node in list(graph.nodes):
        parts = _by_sigmoid(node) or _by_exponential(node)
        if not parts or not _is_float_clips(node):
            continue
        *parts, clips = parts
        scale = None
        if set(clips.users) <= set(parts) and (factors := _scaled(clips)):
            parts.append(clips)
            clips, scale = factors
        with graph.inserting_before(node):
            swish = graph.call_function(ops.vared_mm_native.swish.default, (clips, scale))
        swish.meta = dict(node.meta)
        node.replace_all_uses_with(swish)
        for part in parts:
            graph.erase_node(part)


def _by_sigmoid(node: fx.Node) -> list[fx.Node]:
    """``y * sigmoid(y)``: its nodes from the last to y; empty if it is none."""
    if node.target is MUL:
        for one, other in (node.args, node.args[::-1]):
            if _is_alone(other, SIGMOID) and other.args == (one,):
                return [node, other, one]
    return []


def _by_exponential(node: fx.Node) -> list[fx.Node]:
    """``y / (exp(-y) + 1)``, as torch takes ``silu`` apart: likewise."""
    if node.target is not DIV or not _is_alone(add := node.args[1], ADD) or add.args[1] != 1:
        return []
    if not _is_alone(exp := add.args[0], EXP) or not _is_alone(neg := exp.args[0], NEG):
        return []
    return [node, add, exp, neg, node.args[0]] if neg.args == (node.args[0],) else []


def _is_alone(node: Any, target: Any) -> bool:
    """Whether it is such an operation, for one other only."""
    return isinstance(node, fx.Node) and node.target is target and len(node.users) == 1


def _is_float_clips(node: fx.Node) -> bool:
    value = node.meta.get('val')
    if not isinstance(value, torch.Tensor) or value.dim() != 5 or value.dtype != torch.float32:
        return False
    return value.is_contiguous(memory_format=torch.channels_last_3d)


def _scaled(node: fx.Node) -> tuple[fx.Node, fx.Node] | None:
    """Factors of a product of clips (N, C, T, H, W) and a scale (N, C, 1, 1, 1); else None."""
    if node.target is not MUL:
        return None
    for clips, scale in (node.args, node.args[::-1]):
        sides = [side.meta.get('val') for side in (clips, scale) if isinstance(side, fx.Node)]
        if len(sides) == 2 and all(isinstance(side, torch.Tensor) for side in sides):
            shape = tuple(sides[0].shape)
            if len(shape) == 5 and tuple(sides[1].shape) == (*shape[:2], 1, 1, 1):
                return clips, scale
    return None
