"""The losses of exits and gates."""

import torch
import torch.nn.functional as F
from mmaction.models import BaseHead
from torch import Tensor

from vared_mm.registry import MODELS


@MODELS.register_module()
class ExitHead(BaseHead):
    """Cross entropy, mean over the exits; and gates taught by what their exits would lose.

    A gate is to say stop where its exit's loss is at most ``beta * exp(t / 2)``, t = 1, 2, ...: the
    later, the more loss is let pass.

    Source: FrameExit (arXiv 2104.13400), Sec. 3.2; its public code has no training to
    compare with.
    Shapes: scores (N * V, num_classes) at test; in training what :class:`ExitingFrames` gives.

    Args:
        frames: T of one view.
        beta: greater stops earlier.
        kwargs: as of mmaction2's ``BaseHead``, without ``in_channels`` and settings of the loss.

    Raises:
        ValueError: if another loss is asked for.
    """

    def __init__(self, frames: int, beta: float, **kwargs) -> None:
        for name in ('loss_cls', 'multi_class', 'label_smooth_eps'):
            if kwargs.get(name):
                raise ValueError(f'ExitHead: {name}: gates learn from plain cross entropy only')
        super().__init__(in_channels=0, **kwargs)
        self.frames, self.beta = frames, beta

    def forward(
        self, x: Tensor | tuple[Tensor, Tensor], **kwargs
    ) -> Tensor | tuple[Tensor, Tensor]:
        """What the backbone gives."""
        return x

    def loss_by_feat(
        self, cls_scores: tuple[Tensor, Tensor], data_samples: list
    ) -> dict[str, Tensor]:
        """``loss_cls`` of the exits, ``loss_gate``, and accuracies of the last exit."""
        scores_NTK, gates_NT = cls_scores
        labels = torch.cat([sample.gt_label for sample in data_samples]).to(scores_NTK.device)
        each_NT = F.cross_entropy(
            scores_NTK.transpose(1, 2),
            labels[:, None].expand(scores_NTK.shape[:2]),
            reduction='none',
        )
        steps = torch.arange(1, gates_NT.shape[1] + 1, device=gates_NT.device)
        enough = each_NT[:, :-1].detach() <= self.beta * torch.exp(steps / 2)
        losses = super().loss_by_feat(scores_NTK[:, -1], data_samples)
        losses['loss_cls'] = each_NT.mean()
        losses['loss_gate'] = F.binary_cross_entropy_with_logits(gates_NT, enough.to(gates_NT))
        return losses
