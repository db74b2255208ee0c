"""Residuals and ReLUs behind native layers, fused into them."""

import torch
from torch import fx, ops

ADD, RELU = ops.aten.add.Tensor, ops.aten.relu.default


def fuse_post_ops(graph: fx.Graph) -> None:
    """Fuse a residual and a ReLU into the native layer before them.

    Args:
        graph: of ATen operations, with ``convolve`` and ``native_convolution``, whose last
            arguments are a residual and whether there is a ReLU; changed in place.
    """
    # Static layers first: they add in the same pass.
    static, dynamic = ops.vared_mm_native.convolve, ops.vared_mm.native_convolution
    for target in (static.default, dynamic.default):
        for node in list(graph.find_nodes(op='call_function', target=target)):
            *rest, residual, relu = node.args
            chain, residual, relu = _follow(node, residual, relu)
            _replace(graph, chain, (*rest, residual, relu))


def _follow(
    node: fx.Node, residual: fx.Node | None, relu: bool
) -> tuple[list[fx.Node], fx.Node | None, bool]:
    """A layer and the nodes that can be fused into it, its residual, and whether it has a ReLU."""
    chain = [node]
    if not relu and residual is None and _adds(user := _only_user(node), node):
        residual = user.args[1] if user.args[0] is node else user.args[0]
        chain.append(user)
    if not relu and (user := _only_user(chain[-1])) and user.target is RELU:
        relu = True
        chain.append(user)
    return chain, residual, relu


def _replace(graph: fx.Graph, chain: list[fx.Node], args: tuple) -> None:
    """Replace a chain of nodes by the layer at its beginning, with other arguments."""
    first, last = chain[0], chain[-1]
    if last is first:
        return
    with graph.inserting_before(last):
        whole = graph.call_function(first.target, args)
    whole.meta = dict(first.meta)
    last.replace_all_uses_with(whole)
    for done in reversed(chain):
        graph.erase_node(done)


def _only_user(node: fx.Node) -> fx.Node | None:
    return next(iter(node.users)) if len(node.users) == 1 else None


def _adds(user: fx.Node | None, node: fx.Node) -> bool:
    """Whether it adds another tensor of the same size and type."""
    if user is None or user.target is not ADD or user.kwargs:
        return False
    one, other = (a.meta.get('val') if isinstance(a, fx.Node) else None for a in user.args)
    if not (isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor)):
        return False
    same = one.shape == other.shape and one.dtype == other.dtype
    return same and user.args[0] is not user.args[1]
