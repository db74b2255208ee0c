"""Dynamic convolutions for inference that a compiler sees as one operation each."""

import torch
from torch import Tensor

from vared_mm.cost import LayerCost
from vared_mm.dynamic import DynamicConvolution

from .epilogue import Epilogue
from .opaque import call, hold

#: Sizes of which costs are kept, a few hundred bytes each: more than come in turn.
COSTS = 256


class OpaqueConvolution(DynamicConvolution):
    """A :class:`DynamicConvolution` for inference, with what follows it built in.

    To a compiler the layer is one operation. Weights are those at the time of making: it can't be
    trained.

    Shapes: as of the layer that it stands for.

    Args:
        layer: the layer to stand for, in evaluation mode.
        epilogue: what follows it.
    """

    def __init__(self, layer: DynamicConvolution, epilogue: Epilogue) -> None:
        frames, search = (layer.frames, layer.frames_out), layer.search
        super().__init__(layer, *frames, search, layer.gate, layer.rebuild_kernel)
        self.channel_reconstructions = layer.channel_reconstructions
        self.temporal_reconstructions = layer.temporal_reconstructions
        self.override = layer.override
        self.epilogue = epilogue
        self._costs: dict[torch.Size, LayerCost] = {}  # by the size of a clip
        self.handle = hold(self)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve, rebuild, mix, normalise; see the class for shapes."""
        return call(x, self.handle)

    def compute(self, x: Tensor) -> Tensor:
        """What :meth:`forward` gives, as the plain layer comes to it."""
        return super().forward(x)

    def result_like(self, x: Tensor) -> Tensor:
        """An uninitialised result for an input, as :meth:`forward` lays it out."""
        full = self._conv_forward(x, x.new_empty(self.weight.shape), None)
        batch, channels, *rest = full.shape
        return x.new_empty(batch, *rest, channels).movedim(-1, 1)

    def cost_of(self, x_NCTHW: Tensor, out_NCTHW: Tensor) -> LayerCost:
        """Of clips and their results, worked out once for a size."""
        size = x_NCTHW.shape[1:]
        cost = self._costs.get(size)
        if cost is None:
            if len(self._costs) >= COSTS:
                self._costs.clear()
            cost = self._cost(tuple(size), tuple(out_NCTHW.shape[1:]))
            self._costs[size] = cost
        return cost
