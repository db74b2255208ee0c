"""What the gates do while they train, in the log."""

from typing import Any

import torch
from mmengine.dist import all_reduce
from mmengine.runner import Runner
from torch import nn

from vared_mm.dynamic import dynamic_layers, executed_share
from vared_mm.registry import HOOKS

from .model_hook import ModelHook

#: Share of the MACs above which no gate leaves anything out.
ALL_OPEN = 0.999


@HOOKS.register_module()
class GateMonitorHook(ModelHook):
    """Log ``gate/fallback_rate`` and ``cost/executed_share`` with the losses of each step.

    The first is the share of (clip, layer or block, axis) where no weight was above zero; the
    second the convolution MACs executed over the dense ones; both the mean over the clips of all
    processes. A model without dynamic layers logs nothing.

    It warns where gates have collapsed: they fall back too often, or all are open in spite of the
    efficiency loss.

    Args:
        fallback_limit: highest mean fallback rate without a warning.
        interval: steps over which is averaged, and from one look to the next.
    """

    mode = 'loss'

    def __init__(self, fallback_limit: float = 0.5, interval: int = 200) -> None:
        super().__init__()
        self.fallback_limit, self.interval = fallback_limit, interval

    def before_train(self, runner: Runner) -> None:
        """Attach to the model."""
        self.attach(runner.model)

    def after_train(self, runner: Runner) -> None:
        """Let go of the model."""
        self.detach()

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: Any = None
    ) -> None:
        """Warn, at times; the history is part of checkpoints."""
        due = self.every_n_train_iters(runner, self.interval)
        if not due or 'gate/fallback_rate' not in (outputs or {}):
            return
        keys = ('gate/fallback_rate', 'cost/executed_share')
        means = [runner.message_hub.get_scalar(f'train/{key}').mean(self.interval) for key in keys]
        time = f'in the {self.interval} steps up to {runner.iter + 1}'
        if means[0] > self.fallback_limit:
            runner.logger.warning(f'gates fell back in {means[0]:.0%} of their decisions {time}')
        if means[1] > ALL_OPEN and 'loss_efficiency' in outputs:
            runner.logger.warning(f'all gates were open {time}: the efficiency loss does nothing')

    @torch.no_grad()
    def after_forward(self, model: nn.Module, inputs: Any, data_samples: Any, output: Any) -> None:
        """Add both figures; mmengine logs, but does not add up, keys without ``loss``."""
        records = [layer.record for layer in dynamic_layers(model).values() if layer.record]
        if records:
            fallbacks = torch.cat([record.decision.fallback for record in records], dim=1)
            shares = executed_share(records)
            alone = fallbacks.to(shares.dtype).mean(dim=1)
            sums = torch.stack([alone, shares, torch.ones_like(shares)]).sum(dim=1)
            all_reduce(sums)
            output['gate/fallback_rate'], output['cost/executed_share'] = sums[:2] / sums[2]
