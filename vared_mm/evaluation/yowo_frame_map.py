"""Frame-mAP as YOWO's public code counts it."""

import numpy as np
from mmaction.evaluation.functional.ava_evaluation.np_box_ops import iou

from vared_mm.evaluation.average_precision import average_precision
from vared_mm.evaluation.detections import FrameDetections
from vared_mm.evaluation.frame_map import FrameMAP
from vared_mm.registry import METRICS


@METRICS.register_module()
class YOWOFrameMAP(FrameMAP):
    """``yowo_frame_map``, and ``yowo_ap/<class>``, in percent: the protocol of YOWO's public code.

    It differs from :class:`FrameMAP` in this:

    - a box counts again, always as one of its best class, for each further class whose score
      (confidence times probability) is above ``score_threshold``: one more false alarm each;
    - boxes are rounded to whole pixels of the frame as it was filmed, and overlap as if each were
      one pixel wider and higher;
    - a detection is wrong if the true box that it overlaps most is taken, even if another is left.

    Recall and classification are the same in both, so they are not given again.

    Source: YOWO's public code of August 2020, and the evaluator of detections that comes with it.

    Args:
        score_threshold: see above; that of the model's head.
        kwargs: as of :class:`FrameMAP`.
    """

    def __init__(self, score_threshold: float = 0.005, **kwargs) -> None:
        super().__init__(**kwargs)
        self.score_threshold = score_threshold

    def compute_metrics(self, results: list[FrameDetections]) -> dict[str, float]:
        """Percentages over all frames."""
        precisions = self.precisions(results)
        metrics = {'yowo_frame_map': float(np.mean(list(precisions.values())))}
        for label, precision in precisions.items() if self.per_class else ():
            metrics[f'yowo_ap/{self.class_name(label)}'] = precision
        return metrics

    def _precision(self, results: list[FrameDetections], label: int, total: int) -> float:
        scores, overlaps, found = [], [], []  # of every line of every frame's file
        seen = 0
        for frame in results:
            own, true = frame.labels == label, frame.true_labels == label
            of_frame = _overlaps(frame, own, true)
            box, further = np.nonzero(frame.class_scores[own] > self.score_threshold)
            scores.append(frame.class_scores[own][box, further])
            overlaps.append(of_frame.max(axis=1, initial=0)[box])
            best = of_frame.argmax(axis=1) if true.any() else np.zeros(len(of_frame), int)
            found.append(seen + best[box])
            seen += int(true.sum())
        score, overlap, place = (np.concatenate(rows) for rows in (scores, overlaps, found))
        order = np.argsort(-score, kind='stable')
        near = order[overlap[order] >= self.threshold]
        _, first = np.unique(place[near], return_index=True)
        right = np.zeros(len(score), bool)
        right[near[first]] = True
        return average_precision(score, right, total)


def _overlaps(frame: FrameDetections, own: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Intersection over union of some detections with some true boxes, (D, G); see the class."""
    scale = np.tile(frame.pixel, 2)
    pixel = np.array([0, 0, 1, 1])
    boxes = np.rint(frame.boxes[own] * scale)
    # Scaled to the input and back, equal overlaps would differ in the last bit.
    truth = (frame.true_boxes[true] * scale).round(3)
    return iou(boxes + pixel, truth + pixel)
