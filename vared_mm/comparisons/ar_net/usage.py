"""What a policy's decisions cost."""

from dataclasses import dataclass

import numpy as np
import torch
from mmengine.dist import all_reduce
from torch import Tensor

from vared_mm.cost import LayerExecution
from vared_mm.dynamic import LeastCost


@dataclass(frozen=True)
class FrameCosts:
    """MACs of one frame.

    Args:
        actions: of each action, (A,): a network's, the policy's own classifier's, 0 of a skip.
        policy: of a decision: the policy network and its memory.
        longest_skip: frames for which the policy looks at one at least.
    """

    actions: tuple[int, ...]
    policy: int
    longest_skip: int


@dataclass(frozen=True)
class UsageRecord:
    """Cost of N clips of T frames, from the decisions.

    Args:
        costs: of one frame.
        action: what was decided on each frame, (N, T); within a skip, the skip.
        decided: where the policy looked, (N, T).
    """

    costs: FrameCosts
    action: Tensor
    decided: Tensor

    @property
    def is_meta(self) -> bool:
        """Whether nothing was computed."""
        return self.action.is_meta

    @property
    def dense(self) -> int:
        """MACs of a clip whose every frame takes the most expensive action."""
        return self.action.shape[1] * (max(self.costs.actions) + self.costs.policy)

    def execution(self) -> LayerExecution:
        """Networks that ran on the frames not skipped; the policy, where it decided."""
        action, decided = self.action.cpu().numpy(), self.decided.cpu().numpy()
        spent = np.array(self.costs.actions, dtype=np.int64)[action]
        conv = (spent + self.costs.policy * decided).sum(axis=1)
        used = (spent > 0).mean(axis=1)
        return LayerExecution.without_candidates(self.dense, conv, time_share=used)

    def least_cost(self) -> LeastCost:
        """At least the decisions to skip as far as possible."""
        decisions = -(-self.action.shape[1] // self.costs.longest_skip)
        least = decisions * self.costs.policy
        return LeastCost(self.dense, least, least, 0)


def usage_loss(usage: Tensor, costs: Tensor, uniform: float = 3.0) -> Tensor:
    """What the decisions of a step cost, and how unevenly they use the actions.

    ``sum(u * costs) + uniform * |u - mean(u)|``, u: mean of the usage over all frames, those of
    other processes too. Its gradient is that of this process' frames as data-parallel training
    needs it, which averages gradients over the processes.
    Source: AR-Net (arXiv 2007.15796), Eq. 5-7.

    Args:
        usage: one-hot decisions (N, T, A).
        costs: of each action in the loss' unit, (A,).
        uniform: weight of the second term.
    """
    own = usage.mean(dim=(0, 1))
    everywhere = own.detach().clone()
    all_reduce(everywhere, 'mean')
    share = own + (everywhere - own.detach())
    return (share * costs).sum() + uniform * torch.linalg.vector_norm(share - share.mean())
