"""What a forward of a block leaves."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from torch import Tensor

from vared_mm.cost import BlockCost, LayerExecution
from vared_mm.dynamic import Decision, LeastCost
from vared_mm.dynamic.share import chosen_share


@dataclass
class BlockRecord:
    """The decision of a block's gate, and the block's cost formula.

    See :class:`vared_mm.dynamic.execution.DecidedRecord`.

    Args:
        decision: along time one candidate has a weight.
        cost: of the block.
        gate_macs: of the gate, whether it ran or not.
    """

    decision: Decision
    cost: BlockCost
    gate_macs: int = 0

    @property
    def is_meta(self) -> bool:
        """Whether nothing was computed."""
        return self.decision.temporal.is_meta

    @property
    def dense(self) -> int:
        """MACs of the block's convolutions computed in full."""
        return self.cost.dense

    def execution(self) -> LayerExecution:
        """What was executed for each clip, from the candidates in use.

        Its ``channel_index`` numbers the first candidates of all hidden tensors together, those of
        the last one fastest; its ``channel_share`` is that of the MACs, with every frame computed.
        """
        first = [_first(weights) for weights in (self.decision.temporal, *self.decision.channels)]
        time, channels = first[0], np.stack(first[1:], axis=1)
        conv = self.cost.conv(time, channels)
        sizes = [weights.shape[1] for weights in self.decision.channels]
        return LayerExecution(
            dense=self.dense,
            conv=conv,
            cheap=self.cost.cheap(time),
            gate=np.full(len(conv), self.decision.gate_macs, dtype=np.int64),
            time_index=time,
            channel_index=np.ravel_multi_index(tuple(channels.T), sizes).astype(np.int64),
            time_share=np.array(self.cost.shares)[time],
            channel_share=self.cost.conv(np.zeros_like(time), channels) / self.dense,
        )

    def executed_share(self) -> Tensor:
        """See :meth:`vared_mm.dynamic.execution.DecidedRecord.executed_share`."""
        decision, cost = self.decision, self.cost
        dtype = torch.promote_types(decision.temporal.dtype, torch.float32)

        def chosen(weights: Tensor, sizes: tuple[int, ...]) -> Tensor:
            """What the candidates in use come to, with gradients."""
            return chosen_share(weights.to(dtype), weights.new_tensor(sizes, dtype=dtype))

        pairs = zip(decision.channels, cost.kept, strict=True)
        kept = [chosen(weights, sizes) for weights, sizes in pairs]
        macs = [conv.macs(chosen(decision.temporal, conv.frames), kept) for conv in cost.convs]
        return torch.stack(macs).sum(dim=0) / cost.dense

    def least_cost(self) -> LeastCost:
        """The least that the block can execute, over all decisions."""
        time, *channels = np.array(
            list(product(*(range(s) for s in (len(self.cost.shares), *map(len, self.cost.kept)))))
        ).T
        conv = self.cost.conv(time, np.stack(channels, axis=1))
        executed = conv + self.cost.cheap(time) + self.gate_macs
        return LeastCost(self.dense, int(conv.min()), int(executed.min()), self.gate_macs)


def _first(weights: Tensor) -> np.ndarray:
    """Index of the first candidate in use, (N,)."""
    return (weights.detach() != 0).cpu().numpy().argmax(axis=1)
