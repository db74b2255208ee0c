"""The efficiency loss as a hook, for the model of any task."""

from typing import Any

from mmengine.runner import Runner
from torch import Tensor, nn

from vared_mm.dynamic import DecidedRecord, dynamic_layers, efficiency_loss
from vared_mm.registry import HOOKS

from .correctness import correctness, find_logit_layer
from .model_hook import ModelHook, unwrapped


@HOOKS.register_module()
class EfficiencyLossHook(ModelHook):
    """Add ``loss_efficiency`` to the losses of a model with dynamic layers.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.6. Differs: straight-through gradients; in dense
    prediction mu is the image's pixel accuracy, in localization what
    :meth:`vared_mm.models.YOWOHead.correctness` says; a target may be set.

    Args:
        weight: lambda_e.
        target: share of the dynamic layers' MACs to aim at: what a clip executes beyond it is
            what costs. 0, the default, is the thesis' form.
        logits_from: name of the layer that gives the logits; None looks for the usual ones.

    Raises:
        ValueError: for a target that is no share; when training begins, if the model has no
            dynamic layer, or no such logits; in a step, if activation checkpointing has cut the
            gates off from the loss.
    """

    mode = 'loss'

    def __init__(
        self, weight: float = 0.8, logits_from: str | None = None, target: float = 0.0
    ) -> None:
        super().__init__()
        if not 0 <= target < 1:
            raise ValueError(f'EfficiencyLossHook: target={target}: must be from 0 to below 1')
        self.target = target
        self.weight = weight
        self.logits_from = logits_from
        self._logits: Tensor | None = None
        self._correctness = correctness

    def before_train(self, runner: Runner) -> None:
        """Attach to the model."""
        model = unwrapped(runner.model)
        if not dynamic_layers(model):
            raise ValueError('EfficiencyLossHook: the model has no dynamic layer')
        head = find_logit_layer(model, self.logits_from)
        self._correctness = getattr(head, 'correctness', correctness)
        self._handles.append(head.register_forward_hook(self._keep_logits))
        self.attach(model)

    def after_train(self, runner: Runner) -> None:
        """Let go of the model."""
        self.detach()

    def after_forward(self, model: nn.Module, inputs: Any, data_samples: Any, output: Any) -> None:
        """Add the loss, after ``lambda_e``."""
        records = [layer.record for layer in dynamic_layers(model).values() if layer.record]
        mu = self._correctness(self._logits, data_samples)
        loss = self.loss(records, mu)
        if not loss.requires_grad:
            raise ValueError(
                'EfficiencyLossHook: no gradient reaches the gates. They are frozen, or the '
                'backbone checkpoints activations (with_cp=True): switch that off'
            )
        output['loss_efficiency'] = self.weight * loss
        self._logits = None

    def loss(self, records: list[DecidedRecord], correctness: Tensor) -> Tensor:
        """The loss of a batch, before its weight; arguments as of :func:`efficiency_loss`."""
        return efficiency_loss(records, correctness, self.target)

    def _keep_logits(self, _head: nn.Module, _inputs: object, output: Tensor) -> None:
        self._logits = output
