"""Losses that layers have of their own, whatever the task."""

from typing import Any

from mmengine.runner import Runner
from torch import nn

from vared_mm.registry import HOOKS

from .model_hook import ModelHook


@HOOKS.register_module()
class LayerLossHook(ModelHook):
    """Add ``loss_layers``: ``weight`` times what the model's parts give as ``layer_loss()``.

    The comparisons' parts have one: a gated backbone that of its thresholds, an adaptive one that
    of what it has used.

    Args:
        weight: of the sum.

    Raises:
        ValueError: in a step, if no part of the model has such a loss.
    """

    mode = 'loss'

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.weight = weight

    def before_train(self, runner: Runner) -> None:
        """Attach to the model."""
        self.attach(runner.model)

    def after_train(self, runner: Runner) -> None:
        """Let go of the model."""
        self.detach()

    def after_forward(self, model: nn.Module, inputs: Any, data_samples: Any, output: Any) -> None:
        """Add the loss."""
        losses = [part.layer_loss() for part in model.modules() if hasattr(part, 'layer_loss')]
        if not losses:
            raise ValueError(f'LayerLossHook: no part of {type(model).__name__} has a layer_loss')
        output['loss_layers'] = self.weight * sum(losses)
