"""What the scores of a recognizer's head say, as probabilities."""

from typing import Any

from mmaction.models.losses import BCELossWithLogits, CBFocalLoss, HVULoss
from torch import Tensor, nn

# Losses that ask of each class by itself whether it is there.
INDEPENDENT = (BCELossWithLogits, CBFocalLoss, HVULoss)


def probabilities(scores: Tensor, head: nn.Module | None) -> Tensor:
    """A head's raw scores as probabilities.

    The sigmoid of each score where the head's loss takes every class by itself, as for several
    labels a video; else softmax over the classes.

    Shapes: (..., classes) -> the same.
    """
    if isinstance(getattr(head, 'loss_cls', None), INDEPENDENT):
        return scores.sigmoid()
    return scores.softmax(dim=-1)


def video_probabilities(sample: Any, head: nn.Module | None) -> Tensor:
    """Probabilities of the classes of a predicted video, whatever the head's ``average_clips``.

    ``'prob'`` has left probabilities, ``'score'`` the mean of raw scores, None the raw scores of
    every view, unless ``ViewScoresHook`` has made one of them.

    Shapes: pred_score (V, classes) or (classes,) -> (classes,).
    """
    scores = sample.pred_score.float()
    if scores.dim() == 2:
        return probabilities(scores, head).mean(dim=0)
    averaged = getattr(head, 'average_clips', None)
    return probabilities(scores, head) if averaged == 'score' else scores
