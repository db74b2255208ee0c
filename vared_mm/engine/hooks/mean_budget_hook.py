"""An efficiency loss on what a batch executes in the mean."""

from torch import Tensor

from vared_mm.dynamic import DecidedRecord, executed_share
from vared_mm.registry import HOOKS

from .efficiency_loss_hook import EfficiencyLossHook


@HOOKS.register_module()
class MeanBudgetHook(EfficiencyLossHook):
    """Add ``loss_efficiency``: ``weight`` times ``max(mean_n share_n - target, 0) ** 2``.

    The thesis' form squares each clip's own share, which draws all clips to the same cost. Here
    only their mean is held to a budget: a clip may execute more if another executes less.

    Source: none; not the thesis' form, see :class:`EfficiencyLossHook`. The share is taken over
    the clips of one process.

    Args:
        weight: of the loss.
        target: share of the dynamic layers' MACs that the mean clip may execute.

    Raises:
        ValueError: as of :class:`EfficiencyLossHook`.
    """

    def __init__(self, weight: float = 8.0, target: float = 0.5) -> None:
        super().__init__(weight=weight, target=target)

    def loss(self, records: list[DecidedRecord], correctness: Tensor) -> Tensor:
        """The loss of a batch, before its weight, whether clips are right or not."""
        return (executed_share(records).mean() - self.target).clamp(min=0) ** 2
