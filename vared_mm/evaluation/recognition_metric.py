"""clip-1, video-1 and video-5, from one pass over the views of each video."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.evaluator import BaseMetric
from mmengine.logging import print_log
from scipy.special import softmax

from vared_mm.evaluation.confusion import Confusion
from vared_mm.registry import METRICS


@METRICS.register_module()
class RecognitionMetric(BaseMetric):
    """Accuracy of one clip and of the averaged views, in percent.

    ``clip-1``: top-1 of one view, the centre crop of the middle clip. ``video-1``, ``video-5``:
    top-1 and top-5 of the views' probabilities, averaged. ``mean-class``: mean over the classes of
    their video-1. ``confusion`` then holds which class was taken for which.
    Source: VA-RED2 (arXiv 2102.07887), Sec. 4 (K clips x left, centre, right crop).

    :class:`vared_mm.engine.hooks.ViewScoresHook` leaves what this reads: ``view_scores`` (crops,
    clips, classes), in the order of mmaction2's ``ThreeCrop``, centre last; and ``pred_score``
    (classes,). Where views can't be told apart, as with averaged scores only, ``clip-1`` is left
    out. Without the hook ``pred_score`` may be (V, classes), logits.

    Args:
        crops: of views that the sample does not say the number of; the clips of a crop follow each
            other. None: not known.
        topk: of the averaged views.
        collect_device: ``'cpu'`` or ``'gpu'``, where results of several processes are gathered.
        prefix: of the metrics' names.

    Raises:
        ValueError: if a video has several labels, or ``crops`` does not divide its views.
    """

    default_prefix = 'acc'

    def __init__(
        self,
        crops: int | None = None,
        topk: Sequence[int] = (1, 5),
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.crops = crops
        self.topk = tuple(topk)
        self.confusion: Confusion | None = None
        self._classes = 0

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Keep the rank of the true class, and the class that the video is taken for."""
        for sample in data_samples:
            label = _only_label(sample['gt_label'])
            scores = _array(sample['pred_score'])
            views = _array(sample['view_scores']) if 'view_scores' in sample else scores
            one_clip = self._one_clip(views) if views.ndim > 1 else None
            flat = views.reshape(-1, views.shape[-1])
            if scores.ndim > 1:
                scores = softmax(flat, axis=1).mean(axis=0)
            if views.ndim > 1 and len(flat) == 1:
                scores = flat[0]  # logits order classes whose probabilities round to the same
            clip_rank = None if one_clip is None else _rank(one_clip, label)
            rank = _rank(scores, label)
            self.results.append((clip_rank, rank, label, _taken_for(scores, label, rank)))
            self._classes = len(scores)

    def _one_clip(self, views: np.ndarray) -> np.ndarray | None:
        """Scores of the centre crop of the middle clip; None where it is unknown."""
        if views.ndim == 2:
            crops = 1 if len(views) == 1 else self.crops
            if crops is None:
                return None
            if len(views) % crops:
                raise ValueError(f'RecognitionMetric: crops={crops} for {len(views)} views')
            views = views.reshape(crops, -1, views.shape[1])
        return views[-1, views.shape[1] // 2]

    def compute_metrics(self, results: list[tuple[int | None, int, int, int]]) -> dict[str, float]:
        """Percentages over all videos; sets ``confusion`` too."""
        clip_ranks, video_ranks, labels, taken = zip(*results, strict=True)
        metrics = {}
        if None in clip_ranks:
            print_log(
                "RecognitionMetric: clip-1 is left out, as a video's views can't be told apart: "
                "the hook 'vared_mm.ViewScoresHook', and 'num_clips' among PackActionInputs' "
                'meta_keys, tell them',
                'current',
                level=30,
            )
        else:
            metrics['clip-1'] = _percent(clip_ranks, 1)
        metrics.update({f'video-{k}': _percent(video_ranks, k) for k in self.topk})
        names = (self.dataset_meta or {}).get('classes')
        self.confusion = Confusion.of(labels, taken, self._classes, names)
        metrics['mean-class'] = self.confusion.mean_class_accuracy()
        return metrics


def _array(scores: Any) -> np.ndarray:
    return np.asarray(scores.detach().cpu().float())


def _only_label(label: Any) -> int:
    if label.numel() != 1:
        raise ValueError(
            f'RecognitionMetric: a video has one class, key "gt_label" of a sample holds '
            f"{label.numel()} values: mmaction2's AccMetric has mean_average_precision for them"
        )
    return int(label.item())


def _rank(scores: np.ndarray, label: int) -> int:
    """How many classes stand before the true one; ties, and NaN, count against it."""
    others = np.delete(scores, label)
    return int((~(others < scores[label])).sum())


def _taken_for(scores: np.ndarray, label: int, rank: int) -> int:
    """The best class; where the true one ties with others, the first of these."""
    if rank == 0:
        return label
    others = np.nan_to_num(scores, nan=np.inf)
    others[label] = -np.inf
    return int(others.argmax())


def _percent(ranks: Sequence[int | None], k: int) -> float:
    return float((np.asarray(ranks) < k).mean() * 100)
