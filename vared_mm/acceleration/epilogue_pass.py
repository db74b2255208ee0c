"""What follows native layers, taken into them."""

import torch
from torch import fx, ops

ADD, RELU = ops.aten.add.Tensor, ops.aten.relu.default


def join_epilogues(graph: fx.Graph) -> None:
    """Let layers add the shortcut of a residual block, and clip at zero, as they write.

    Args:
        graph: of ATen operations, with ``convolve`` and ``joined_convolution``; changed in place.
    """
    # Static layers first: they add in the same pass.
    convolve, joined = ops.vared_mm_native.convolve.default, ops.vared_mm.joined_convolution.default
    for node in list(graph.find_nodes(op='call_function', target=convolve)):
        clips, packed, shift, residual, *options, relu = node.args
        chain, residual, relu = _follow(node, residual, relu)
        _replace(graph, chain, (clips, packed, shift, residual, *options, relu))
    for node in list(graph.find_nodes(op='call_function', target=joined)):
        clips, handle, means, residual, relu = node.args
        chain, residual, relu = _follow(node, residual, relu)
        _replace(graph, chain, (clips, handle, means, residual, relu))


def _follow(
    node: fx.Node, residual: fx.Node | None, relu: bool
) -> tuple[list[fx.Node], fx.Node | None, bool]:
    """A layer and what it can take in, then what it adds, and whether it clips at zero."""
    chain = [node]
    if not relu and residual is None and _adds(user := _only_user(node), node):
        residual = user.args[1] if user.args[0] is node else user.args[0]
        chain.append(user)
    if not relu and (user := _only_user(chain[-1])) and user.target is RELU:
        relu = True
        chain.append(user)
    return chain, residual, relu


def _replace(graph: fx.Graph, chain: list[fx.Node], args: tuple) -> None:
    """Put a layer with other arguments in the place of the last of a chain that it began."""
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
