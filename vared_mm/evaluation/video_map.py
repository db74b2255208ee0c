"""How well actors are found through whole videos."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
from mmengine.evaluator import BaseMetric

from vared_mm.evaluation.average_precision import assign, average_precision
from vared_mm.evaluation.detections import FrameDetections
from vared_mm.evaluation.tubes import link_tubes, true_tubes, tube_iou
from vared_mm.registry import METRICS

# Averaged over as COCO does.
_FINE = tuple(np.linspace(0.5, 0.95, 10).round(2).tolist())


@METRICS.register_module()
class VideoMAP(BaseMetric):
    """Video-mAP at several overlaps, in percent.

    The detections of a video's tested frames are linked to tubes, per class
    (:func:`~vared_mm.evaluation.tubes.link_tubes`; a detection counts for every class, with its
    score for that one; a frame without any has those of the nearest that has some). A tube is
    right if it is the best left, by score, that overlaps a true tube of its class in its video by
    the threshold or more (:func:`~vared_mm.evaluation.tubes.tube_iou`). The average precision (all
    points) of each class over all videos is averaged over the classes that occur.

    ``video_map@T`` for each threshold T; ``video_map@0.5:0.95`` is the mean over 0.5, 0.55 ...
    0.95.

    Source: Gkioxari and Malik (arXiv 1411.6031), as YOWO (arXiv 1911.06644) uses it; what differs
    from its public code is described there.

    Args:
        thresholds: T.
        link_weight: as of ``link_tubes``.
        tubes_per_class: greatest number of tubes a class and video.
        collect_device: ``'cpu'`` or ``'gpu'``, where results of several processes are gathered.
        prefix: of the metrics' names.
    """

    default_prefix = 'localization'

    def __init__(
        self,
        thresholds: Sequence[float] = (0.2, 0.5, 0.75),
        link_weight: float = 1.0,
        tubes_per_class: int = 3,
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.thresholds = tuple(thresholds)
        self.link_weight = link_weight
        self.tubes_per_class = tubes_per_class

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Keep each frame's detections and truth."""
        self.results += [FrameDetections.from_sample(sample) for sample in data_samples]

    def compute_metrics(self, results: list[FrameDetections]) -> dict[str, float]:
        """Link, match, average."""
        ordered = sorted(results, key=lambda frame: (frame.video, frame.frame))
        totals: dict[int, int] = {}
        found: dict[int, list[tuple[list[float], np.ndarray]]] = {}  # class -> scores, overlaps
        for _, of_video in groupby(ordered, key=lambda frame: frame.video):
            frames = list(of_video)
            truth = true_tubes(frames)
            for label, tubes in truth.items():
                totals[label] = totals.get(label, 0) + len(tubes)
            linked = link_tubes(frames, self.link_weight, self.tubes_per_class)
            for label, tubes in enumerate(linked):
                true = truth.get(label, [])
                overlaps = [[tube_iou(tube, other) for other in true] for tube in tubes]
                shaped = np.asarray(overlaps, float).reshape(len(tubes), len(true))
                found.setdefault(label, []).append(([tube.score for tube in tubes], shaped))
        values = {t: _mean_precision(found, totals, t) for t in {*self.thresholds, *_FINE}}
        metrics = {f'video_map@{t:g}': values[t] for t in self.thresholds}
        metrics['video_map@0.5:0.95'] = float(np.mean([values[t] for t in _FINE]))
        return metrics


def _mean_precision(found: dict, totals: dict[int, int], threshold: float) -> float:
    precisions = []
    for label, total in totals.items():
        scores, right = [], []
        for of_video, overlaps in found.get(label, []):
            scores += of_video
            right += (assign(overlaps, threshold) >= 0).tolist()
        precisions.append(average_precision(scores, right, total))
    return float(np.mean(precisions)) if precisions else 0.0
