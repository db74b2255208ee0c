"""What the gates do while they train, in the log."""

from typing import Any

import torch
from mmengine.dist import all_reduce
from mmengine.runner import Runner
from torch import nn

from vared_mm.dynamic import dynamic_layers, executed_share
from vared_mm.registry import HOOKS

from .model_hook import ModelHook


@HOOKS.register_module()
class GateMonitorHook(ModelHook):
    """Log ``gate/fallback_rate`` and ``cost/executed_share`` with the losses of each step.

    The first is the share of (clip, layer, axis) where no weight was above zero; the second the
    convolution MACs executed over the dense ones; both the mean over the clips of all processes. A
    model without dynamic layers logs nothing.
    """

    mode = 'loss'

    def before_train(self, runner: Runner) -> None:
        """Attach to the model."""
        self.attach(runner.model)

    def after_train(self, runner: Runner) -> None:
        """Let go of the model."""
        self.detach()

    @torch.no_grad()
    def after_forward(self, model: nn.Module, inputs: Any, data_samples: Any, output: Any) -> None:
        """Add both figures; mmengine logs, but does not add up, keys without ``loss``."""
        records = [layer.record for layer in dynamic_layers(model).values() if layer.record]
        if records:
            fallbacks = torch.stack([record.decision.fallback for record in records])
            shares = executed_share(records)
            alone = fallbacks.to(shares.dtype).mean(dim=(0, 2))
            sums = torch.stack([alone, shares, torch.ones_like(shares)]).sum(dim=1)
            all_reduce(sums)
            output['gate/fallback_rate'], output['cost/executed_share'] = sums[:2] / sums[2]
