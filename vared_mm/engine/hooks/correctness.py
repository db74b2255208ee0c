"""Whether a model is right about each sample, from its logits: mu of the efficiency loss."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# Where the logits come from, by the task's head; the first that a model has.
LOGIT_LAYERS = ('cls_head', 'decode_head.conv_seg', 'head')


def find_logit_layer(model: nn.Module, name: str | None = None) -> nn.Module:
    """The layer whose output are the logits.

    Raises:
        ValueError: if the model has none, or none of this name.
    """
    modules = dict(model.named_modules())
    for candidate in [name] if name else LOGIT_LAYERS:
        if candidate in modules:
            return modules[candidate]
    wanted = name or ', '.join(LOGIT_LAYERS)
    raise ValueError(f'{type(model).__name__} has no layer that gives logits named: {wanted}')


def correctness(logits: Tensor, data_samples: Sequence[Any]) -> Tensor:
    """Per sample: 1 or 0, whether the top class is right; or the share of pixels that are.

    Of several labels any is right; of a soft one, the class that it says most of.

    Shapes: (N, classes) or (N, classes, H, W) -> (N,) in [0, 1], without gradient. Several clips
    of a sample follow each other: (N * clips, classes) -> (N * clips,).

    Raises:
        ValueError: if that is no such logits.
    """
    if not (torch.is_tensor(logits) and logits.dim() in (2, 4)):
        found = tuple(logits.shape) if torch.is_tensor(logits) else type(logits).__name__
        raise ValueError(f'logits must be (N, classes) or (N, classes, H, W), not {found}')
    logits = logits.detach()
    if logits.dim() == 4:
        truth = torch.stack([sample.gt_sem_seg.data.squeeze(0) for sample in data_samples])
        return pixel_accuracy(logits, truth.to(logits.device))
    truth = torch.stack([torch.as_tensor(s.gt_label).flatten() for s in data_samples])
    truth = truth.to(logits.device).repeat_interleave(len(logits) // len(truth), dim=0)
    top = logits.argmax(dim=1, keepdim=True)
    if truth.shape[1] == 1:
        return (top == truth)[:, 0].float()
    return (truth.gather(1, top)[:, 0] == truth.amax(dim=1)).float()


def pixel_accuracy(logits_NKHW: Tensor, truth_NHW: Tensor, ignore_index: int = 255) -> Tensor:
    """Share of the labelled pixels of each image whose top class is right, (N,)."""
    if logits_NKHW.shape[2:] != truth_NHW.shape[1:]:
        size = truth_NHW.shape[1:]
        logits_NKHW = F.interpolate(logits_NKHW, size, mode='bilinear', align_corners=False)
    labelled = truth_NHW != ignore_index
    right = (logits_NKHW.argmax(dim=1) == truth_NHW) & labelled
    return right.flatten(1).sum(1) / labelled.flatten(1).sum(1).clamp(min=1)
