"""Predictions, costs and choices of every tested image, in one small file."""

from typing import Any

import numpy as np
import torch

from vared_mm.registry import HOOKS

from .clip_table_hook import ClipTableHook

IGNORED = 255  # of labels


@HOOKS.register_module()
class ImageTableHook(ClipTableHook):
    """Write ``images.npz`` at the end of a test of a segmentor: a :class:`ClipTableHook` of images.

    In place of ``label`` and ``scores`` there is ``confusion`` (N, K, K), int32: pixels of each
    image by their true class and the one that they were taken for; pixels without label are left
    out. Summed over images it gives the IoU of each class, as mmsegmentation's ``IoUMetric`` does.

    Args:
        keys: as of :class:`ClipTableHook`.
    """

    file = 'images.npz'

    def outcome(self, sample: Any) -> dict[str, np.ndarray]:
        """The image's confusion matrix."""
        true, taken = (pixels.data.flatten() for pixels in (sample.gt_sem_seg, sample.pred_sem_seg))
        classes = len(sample.seg_logits.data)
        here = true != IGNORED
        pairs = true[here].long() * classes + taken.to(true.device)[here]
        counts = torch.bincount(pairs, minlength=classes**2)
        return {'confusion': counts.view(classes, classes).cpu().numpy().astype(np.int32)}
