"""clip-1, video-1 and video-5, from one pass over the views of each video."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.evaluator import BaseMetric
from scipy.special import softmax

from vared_mm.registry import METRICS


@METRICS.register_module()
class RecognitionMetric(BaseMetric):
    """Accuracy of one clip and of the averaged views, in percent.

    ``clip-1``: top-1 of one view, the centre crop of the middle clip. ``video-1``, ``video-5``:
    top-1 and top-5 of the views' probabilities, averaged.
    Source: VA-RED2 (arXiv 2102.07887), Sec. 4 (K clips x left, centre, right crop).

    The model's head must leave the views apart: ``cls_head.average_clips=None``. The views come
    as mmaction2's ``ThreeCrop`` gives them: left, right, centre crop, the K clips of each together.
    Shapes: pred_score (V, classes) logits, V = crops * K, or (classes,) of a model that has
    averaged them already, of which ``clip-1`` is not known unless V = 1.

    Args:
        crops: crops per clip; 3 where V can be divided by it, else 1.
        topk: of the averaged views.
        collect_device: ``'cpu'`` or ``'gpu'``, where results of several processes are gathered.
        prefix: of the metrics' names.
    """

    default_prefix = 'acc'

    def __init__(
        self,
        crops: int = 3,
        topk: Sequence[int] = (1, 5),
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.crops = crops
        self.topk = tuple(topk)

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Keep whether the one clip is right, and the rank of the true class."""
        for sample in data_samples:
            scores = np.asarray(sample['pred_score'].detach().cpu().float())
            label = int(sample['gt_label'].flatten()[0])
            views = scores[None] if scores.ndim == 1 else scores
            averaged = softmax(views, axis=1).mean(axis=0) if len(views) > 1 else views[0]
            crops = self.crops if len(views) % self.crops == 0 else 1
            per_crop = views.reshape(crops, -1, views.shape[1])
            one_clip = per_crop[-1, per_crop.shape[1] // 2]
            self.results.append((_rank(one_clip, label), _rank(averaged, label)))

    def compute_metrics(self, results: list[tuple[int, int]]) -> dict[str, float]:
        """Percentages over all videos."""
        clip_ranks, video_ranks = np.asarray(results).T
        metrics = {'clip-1': _percent(clip_ranks, 1)}
        metrics.update({f'video-{k}': _percent(video_ranks, k) for k in self.topk})
        return metrics


def _rank(scores: np.ndarray, label: int) -> int:
    """How many classes stand before the true one; ties, and NaN, count against it."""
    others = np.delete(scores, label)
    return int((~(others < scores[label])).sum())


def _percent(ranks: np.ndarray, k: int) -> float:
    return float((ranks < k).mean() * 100)
