"""How well boxes and classes of single frames are found."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.evaluator import BaseMetric

from vared_mm.evaluation.average_precision import assign, average_precision
from vared_mm.evaluation.detections import FrameDetections
from vared_mm.registry import METRICS


@METRICS.register_module()
class FrameMAP(BaseMetric):
    """Frame-mAP, recall and classification, in percent.

    ``frame_map``: detections of all frames are pooled by their class; one is right if it is the
    best left (by score, confidence times class probability) that overlaps a true box of its class
    in its frame by the threshold (IoU) or more. The average precision (all points) of each class,
    ``ap/<class>``, averaged over the classes that occur. ``recall``: share of the true boxes whose
    best overlap with a detection, of any class, is above the threshold. ``classification``: share
    of those whose most overlapping detection has the right class. Both also per class.

    Source: YOWO (arXiv 1911.06644), as VA-RED2 (arXiv 2102.07887; thesis, table 4.9) reports it.
    Differs: YOWO's public code gives other average precisions, see :class:`YOWOFrameMAP`. Of
    classes without a true box, and of a classification where none is found, nothing is reported.

    Args:
        threshold: of the overlap.
        per_class: give the values of each class too.
        collect_device: ``'cpu'`` or ``'gpu'``, where results of several processes are gathered.
        prefix: of the metrics' names.
    """

    default_prefix = 'localization'

    def __init__(
        self,
        threshold: float = 0.5,
        per_class: bool = True,
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.threshold, self.per_class = threshold, per_class

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Keep each frame's detections and truth."""
        self.results += [FrameDetections.from_sample(sample) for sample in data_samples]

    def compute_metrics(self, results: list[FrameDetections]) -> dict[str, float]:
        """Percentages over all frames."""
        truth = np.concatenate([frame.true_labels for frame in results])
        located, classified = np.concatenate([self._find(frame) for frame in results], axis=1)
        precisions = self.precisions(results)
        metrics = {'frame_map': float(np.mean(list(precisions.values())))}
        metrics.update(_shares(located, classified))
        for label, precision in precisions.items() if self.per_class else ():
            name = self.class_name(label)
            of_class = _shares(located[truth == label], classified[truth == label])
            metrics.update({f'{key}/{name}': value for key, value in of_class.items()})
            metrics[f'ap/{name}'] = precision
        return metrics

    def precisions(self, results: list[FrameDetections]) -> dict[int, float]:
        """The average precision of each class that occurs, in percent."""
        labels, totals = np.unique(
            np.concatenate([frame.true_labels for frame in results]), return_counts=True
        )
        counted = zip(labels.tolist(), totals.tolist(), strict=True)
        return {label: self._precision(results, label, total) for label, total in counted}

    def class_name(self, label: int) -> str:
        """Of the data set; without one, the number."""
        names = (self.dataset_meta or {}).get('classes')
        return names[label] if names else str(label)

    def _precision(self, results: list[FrameDetections], label: int, total: int) -> float:
        scores, right = [], []
        for frame in results:
            own = frame.labels == label
            if own.any():
                overlaps = frame.overlaps[own][:, frame.true_labels == label]
                scores += frame.scores[own].tolist()
                right += (assign(overlaps, self.threshold) >= 0).tolist()
        return average_precision(scores, right, total)

    def _find(self, frame: FrameDetections) -> np.ndarray:
        """Per true box: is there a detection on it, and is that one's class right? (2, G)."""
        if len(frame.boxes) == 0:
            return np.zeros((2, len(frame.true_boxes)), bool)
        right = frame.labels[frame.overlaps.argmax(0)] == frame.true_labels
        return np.stack([frame.overlaps.max(0) > self.threshold, right])


def _shares(located: np.ndarray, classified: np.ndarray) -> dict[str, float]:
    shares = {'recall': 100 * float(located.mean())}
    if located.any():
        shares['classification'] = 100 * float(classified[located].mean())
    return shares
