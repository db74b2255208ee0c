"""Averages of frames, which gates look at, taken once: by the layer that writes the frames."""

from collections import defaultdict
from operator import getitem

from torch import fx, ops

from ..common.operation import layer_of
from .backend import means_like

MEAN, VIEW = ops.aten.mean.dim, ops.aten.view.default


def share_means(graph: fx.Graph) -> None:
    """Let native layers return the averages of the frames they write, where a gate needs them.

    A squeeze-and-excitation, which averages over all frames, gets them too. Clips that several
    gates look at, and no native layer wrote, are averaged once.

    Args:
        graph: of ATen operations, with ``convolve``, ``swish`` and ``native_convolution``; changed
            in place.
    """
    dynamic = ops.vared_mm.native_convolution.default
    averaging = {
        ops.vared_mm_native.convolve.default: ops.vared_mm_native.convolve_averaged.default,
        ops.vared_mm_native.swish.default: ops.vared_mm_native.swish_averaged.default,
        dynamic: ops.vared_mm.native_convolution_averaged.default,
    }
    gates, squeezes = defaultdict(list), defaultdict(list)
    for node in graph.find_nodes(op='call_function', target=dynamic):
        if layer_of(node.args[1]).backend.gate is not None:
            gates[node.args[0]].append(node)
    for node in graph.find_nodes(op='call_function', target=MEAN):
        if node.args[0].target in averaging and _is_over_clips(node):
            squeezes[node.args[0]].append(node)
    for source in dict.fromkeys([*gates, *squeezes]):
        if source.target in averaging:
            means = _average_by(graph, source, averaging[source.target])
        elif len(gates[source]) > 1 and source.meta['val'].dim() == 5:
            means = _average(graph, source)
        else:
            continue
        frames = means.meta['val'].shape[1]
        for node in gates[source]:
            folded = node.meta['val'].dim() == 4
            if not folded or layer_of(node.args[1]).frames == frames:  # as clips of that length
                node.update_arg(2, means)
        for node in squeezes[source]:
            _squeeze_from(graph, node, means)


def _average_by(graph: fx.Graph, source: fx.Node, target: object) -> fx.Node:
    """Let a layer return averages too."""
    whole, frames = source.meta['val'], 1
    if whole.dim() == 4:
        frames = layer_of(source.args[1]).frames_out
    with graph.inserting_after(source):
        out = graph.call_function(getitem, (source, 0))
    with graph.inserting_after(out):
        means = graph.call_function(getitem, (source, 1))
    out.meta, means.meta = dict(source.meta), {'val': means_like(whole, frames)}
    source.replace_all_uses_with(out, delete_user_cb=lambda user: user not in (out, means))
    source.target, source.meta = target, {**source.meta, 'val': (whole, means.meta['val'])}
    return means


def _average(graph: fx.Graph, source: fx.Node) -> fx.Node:
    with graph.inserting_after(source):
        means = graph.call_function(ops.vared_mm_native.average_frames.default, (source,))
    means.meta['val'] = means_like(source.meta['val'])
    return means


def _squeeze_from(graph: fx.Graph, node: fx.Node, means: fx.Node) -> None:
    """Average over all frames from the averages of each."""
    shape = list(node.meta['val'].shape)
    with graph.inserting_before(node):
        mean = graph.call_function(MEAN, (means, [1]))
        mean.meta['val'] = means.meta['val'].mean(1)
        view = graph.call_function(VIEW, (mean, shape))
        view.meta['val'] = mean.meta['val'].view(shape)
    node.replace_all_uses_with(view)
    graph.erase_node(node)


def _is_over_clips(node: fx.Node) -> bool:
    """Whether it is the mean over time, height and width, all three kept as 1."""
    if node.kwargs or len(node.args) != 3 or not node.args[1] or not node.args[2]:
        return False
    axes = sorted(axis % 5 for axis in node.args[1])
    return node.args[0].meta['val'].dim() == 5 and axes == [2, 3, 4]
