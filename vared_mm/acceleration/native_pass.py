"""Native layers and their neighbours, joined while a model is compiled."""

from collections.abc import Hashable

from torch import fx, ops
from torch._inductor.custom_graph_pass import CustomGraphPass, get_hash_for_files

from . import averages_pass, epilogue_pass, swish_pass
from .accelerated_convolution import AcceleratedConvolution
from .opaque import layer_of


class NativePass(CustomGraphPass):
    """Lets native layers take in what follows them, and pass averages on to gates."""

    def __call__(self, graph: fx.Graph) -> None:
        """Change a graph of ATen operations in place."""
        alone = ops.vared_mm.accelerated_convolution.default
        for node in list(graph.find_nodes(op='call_function', target=alone)):
            layer = layer_of(node.args[1])
            if isinstance(layer, AcceleratedConvolution) and layer.native is not None:
                node.target = ops.vared_mm.joined_convolution.default
                node.args = (*node.args, None, None, False)
                node.meta = {'val': node.meta['val']}  # what else there is tells of the arguments
        epilogue_pass.join_epilogues(graph)
        swish_pass.join_swishes(graph)
        averages_pass.share_averages(graph)

    def uuid(self) -> Hashable:
        """By which compiled graphs are kept: the text of the passes."""
        passes = (epilogue_pass, swish_pass, averages_pass)
        return get_hash_for_files((__file__, *(joined.__file__ for joined in passes)))
