"""What metrics keep of a tested frame."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from mmaction.evaluation.functional.ava_evaluation.np_box_ops import iou


@dataclass(frozen=True)
class FrameDetections:
    """Detections and true boxes of one frame, boxes in pixels of the model's input.

    Args:
        video: that it is from.
        frame: its number there.
        boxes: (D, 4), best first.
        scores: (D,), of the best class.
        labels: (D,), the best class.
        class_scores: (D, K), of every class.
        true_boxes: (G, 4).
        true_labels: (G,).
        true_tubes: (G,), see ``KeyFrame``.
        pixel: width and height of the input's pixels, in pixels of the frame as it was filmed.
    """

    video: str
    frame: int
    boxes: np.ndarray
    scores: np.ndarray
    labels: np.ndarray
    class_scores: np.ndarray
    true_boxes: np.ndarray
    true_labels: np.ndarray
    true_tubes: np.ndarray
    pixel: tuple[float, float] = (1.0, 1.0)

    @cached_property
    def overlaps(self) -> np.ndarray:
        """Intersection over union of each detection with each true box, (D, G)."""
        return iou(self.boxes, self.true_boxes)

    @classmethod
    def from_sample(cls, sample: dict[str, Any]) -> 'FrameDetections':
        """From a data sample with ``pred_instances`` and ``gt_instances``.

        ``pixel`` is known of one with ``img_shape`` and ``original_shape``, (height, width) each.

        Raises:
            KeyError: if it lacks them, or ``video`` and ``frame``.
        """
        found, truth = sample['pred_instances'], sample['gt_instances']
        scores = _array(found['scores'])
        order = np.argsort(-scores, kind='stable')
        labels = _array(truth['labels'])
        shape = sample.get('img_shape', (1, 1))
        height, width = np.divide(sample.get('original_shape', shape), shape).tolist()
        return cls(
            video=sample['video'],
            frame=int(sample['frame']),
            boxes=_array(found['bboxes'])[order],
            scores=scores[order],
            labels=_array(found['labels'])[order],
            class_scores=_array(found['class_scores'])[order],
            true_boxes=_array(truth['bboxes']),
            true_labels=labels,
            true_tubes=_array(sample.get('gt_tubes', np.zeros_like(labels))),
            pixel=(width, height),
        )


def _array(values: Any) -> np.ndarray:
    return values.cpu().numpy() if torch.is_tensor(values) else np.asarray(values)
