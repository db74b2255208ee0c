"""An efficiency loss that asks how sure the model is, not only whether it is right."""

from collections.abc import Sequence
from typing import Any

import torch
from mmengine.runner import Runner
from torch import Tensor

from vared_mm.registry import HOOKS

from .efficiency_loss_hook import EfficiencyLossHook


@HOOKS.register_module()
class MarginEfficiencyHook(EfficiencyLossHook):
    """Eq. 3.6 with mu_n = how far the true class' probability is above the next one's, from 0 on.

    In training a model is soon right about every clip, and then mu of the thesis' form spares none;
    a margin goes on telling easy clips from hard ones.

    Source: none; not the thesis' form, see :class:`EfficiencyLossHook`, whose arguments it takes.
    Recognition of one class a clip only.

    Raises:
        ValueError: as of :class:`EfficiencyLossHook`; in a step, if a clip has several labels.
    """

    def before_train(self, runner: Runner) -> None:
        """Attach to the model."""
        super().before_train(runner)
        self._correctness = margin


def margin(logits: Tensor, data_samples: Sequence[Any]) -> Tensor:
    """Probability of the true class less the highest other, 0 where that is higher.

    Shapes: (N, classes), or (N * clips, classes) where samples have several, -> (N,) or
    (N * clips,), in [0, 1], without gradient.

    Raises:
        ValueError: if those are no such logits, or a sample has several labels.
    """
    if logits.dim() != 2:
        raise ValueError(f'MarginEfficiencyHook: logits of shape {tuple(logits.shape)}')
    truth = torch.stack([torch.as_tensor(s.gt_label).flatten() for s in data_samples])
    if truth.shape[1] != 1:
        raise ValueError('MarginEfficiencyHook: a clip of several labels has no margin')
    truth = truth.to(logits.device).repeat_interleave(len(logits) // len(truth), dim=0)
    chances = logits.detach().float().softmax(dim=1)
    true = chances.gather(1, truth)[:, 0]
    others = chances.scatter(1, truth, 0).amax(dim=1)
    return (true - others).clamp(min=0)
