"""What clips cost that end at different frames."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from vared_mm.cost import LayerExecution
from vared_mm.dynamic import LeastCost


@dataclass(frozen=True)
class ExitCosts:
    """MACs of the parts.

    Args:
        frame: of one frame's features.
        classifier: of any one exit.
        gates: of the gate after each frame but the last, (T - 1,).
    """

    frame: int
    classifier: int
    gates: tuple[int, ...]


@dataclass(frozen=True)
class ExitRecord:
    """Cost of N clips.

    Args:
        costs: of the parts.
        seen: frames that were read of each clip, from 1 to T, (N,).
    """

    costs: ExitCosts
    seen: Tensor

    @property
    def is_meta(self) -> bool:
        """Whether nothing was computed."""
        return self.seen.is_meta

    @property
    def dense(self) -> int:
        """MACs of a clip whose frames are all read, with no gate asked."""
        return (len(self.costs.gates) + 1) * self.costs.frame + self.costs.classifier

    def execution(self) -> LayerExecution:
        """The frames that were read, one classifier, and the gates that were asked on the way."""
        seen = self.seen.cpu().numpy()
        asked = np.cumsum((*self.costs.gates, 0), dtype=np.int64)  # none after the last frame
        conv = seen * self.costs.frame + self.costs.classifier
        share = seen / len(asked)
        return LayerExecution.without_candidates(self.dense, conv, asked[seen - 1], share)

    def least_cost(self) -> LeastCost:
        """At least one frame and its gate."""
        gate = self.costs.gates[0] if self.costs.gates else 0
        conv = self.costs.frame + self.costs.classifier
        return LeastCost(self.dense, conv, conv + gate, gate)
