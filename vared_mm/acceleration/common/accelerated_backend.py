"""What the backends for inference have in common."""

import torch
from torch import Tensor

from vared_mm.cost import LayerCost
from vared_mm.dynamic import Decision, DynamicConvolution, EagerBackend, LayerRecord, leave_record

from .operation import hold
from .post_ops import PostOps

#: Input sizes for which a layer keeps its cost, a few hundred bytes each.
COSTS = 256


class AcceleratedBackend(EagerBackend):
    """Computes a dynamic convolution and its post-ops; to a compiler that is one operation.

    For inference only: later changes of the weights have no effect.

    Args:
        layer: in evaluation mode; each has a backend of its own.
        post_ops: to fuse into it, without a residual.
    """

    def __init__(self, layer: DynamicConvolution, post_ops: PostOps) -> None:
        self.post_ops = post_ops
        self.handle = hold(layer)
        self._costs: dict[torch.Size, LayerCost] = {}  # by the size of a clip

    def run(self, layer: DynamicConvolution, x: Tensor) -> Tensor:
        """Call the operation, which calls :meth:`compute`."""
        return torch.ops.vared_mm.dynamic_convolution(x, self.handle)

    def compute(self, layer: DynamicConvolution, x: Tensor) -> Tensor:
        """The result with its post-ops."""
        return layer.from_clips(self.run_clips(layer, layer.to_clips(x)))

    def result_like(self, layer: DynamicConvolution, x: Tensor) -> Tensor:
        """An uninitialised result for an input, laid out as that of :meth:`compute`."""
        full = layer._conv_forward(x, x.new_empty(layer.weight.shape), None)
        batch, channels, *rest = full.shape
        return x.new_empty(batch, *rest, channels).movedim(-1, 1)

    def leave_record(
        self, layer: DynamicConvolution, decision: Decision, x_NCTHW: Tensor, out_NCTHW: Tensor
    ) -> None:
        """Leave a record in the layer; the cost formula is cached for each size of clips."""
        size = x_NCTHW.shape[1:]
        cost = self._costs.get(size)
        if cost is None:
            if len(self._costs) >= COSTS:
                self._costs.clear()
            cost = self._costs[size] = layer.cost_of(x_NCTHW, out_NCTHW)
        leave_record(layer, LayerRecord(decision, cost))
