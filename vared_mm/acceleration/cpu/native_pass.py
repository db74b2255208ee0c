"""Native layers and their neighbours, joined while a model is compiled."""

from collections.abc import Hashable

from torch import fx
from torch._inductor.custom_graph_pass import CustomGraphPass, get_hash_for_files

from . import means_pass, post_ops_pass, swish_pass


class NativePass(CustomGraphPass):
    """Fuses post-ops into native layers, and passes averages of frames on to gates."""

    def __call__(self, graph: fx.Graph) -> None:
        """Change a graph of ATen operations in place."""
        post_ops_pass.fuse_post_ops(graph)
        swish_pass.fuse_swishes(graph)
        means_pass.share_means(graph)

    def uuid(self) -> Hashable:
        """By which compiled graphs are kept: the text of the passes."""
        passes = (post_ops_pass, swish_pass, means_pass)
        return get_hash_for_files((__file__, *(one.__file__ for one in passes)))
