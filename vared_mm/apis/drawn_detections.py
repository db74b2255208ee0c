"""Boxes, classes and scores drawn on a frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import cv2
import numpy as np

#: Shorter side of a drawn frame, at least: else the text can't be read.
_READABLE = 240
_FONT = cv2.FONT_HERSHEY_SIMPLEX


@dataclass(frozen=True)
class Detections:
    """What was found in one frame.

    Args:
        boxes: (M, 4), x1, y1, x2, y2 in pixels of the frame, best first.
        scores: (M,), confidence times class probability.
        labels: (M,).
    """

    boxes: np.ndarray
    scores: np.ndarray
    labels: np.ndarray

    @classmethod
    def of(cls, sample: Any) -> 'Detections':
        """Those of a detector's sample, in pixels of the frame as it was before it was resized."""
        one = sample.pred_instances.cpu().numpy()
        height, width = sample.img_shape
        scale = np.divide(sample.original_shape[::-1], (width, height))
        return cls(one.bboxes * np.tile(scale, 2), one.scores, one.labels)


def draw(
    image: np.ndarray, found: Detections, labels: Sequence[str], threshold: float = 0
) -> np.ndarray:
    """A frame with its boxes; lines and text grow with it, and text stays inside.

    Shapes: uint8 (H, W, 3) -> the same, a small one enlarged, H and W even.

    Args:
        image: the frame, RGB.
        found: in it.
        labels: names of the classes.
        threshold: lower scores are not drawn.
    """
    factor = max(ceil(_READABLE / min(image.shape[:2])), 1)
    height, width = (side * factor // 2 * 2 for side in image.shape[:2])
    image = cv2.resize(image, (width, height), interpolation=cv2.INTER_NEAREST)
    scale = max(min(height, width) / 640, 0.45)
    line = max(round(scale * 1.5), 1)
    for box, score, label in zip(found.boxes, found.scores, found.labels, strict=True):
        if score < threshold:
            continue
        x1, y1, x2, y2 = np.rint(box * factor).astype(int).tolist()
        cv2.rectangle(image, (x1, y1), (x2, y2), (0, 255, 0), line + 1)
        text = f'{labels[label]} {score:.2f}'
        (text_width, text_height), below = cv2.getTextSize(text, _FONT, scale, line)
        left = max(min(x1, width - text_width), 0)
        bottom = min(max(y1 - below, text_height + below), height - below)
        corner = (left + text_width, bottom - text_height - below)
        cv2.rectangle(image, (left, bottom + below), corner, (0, 0, 0), cv2.FILLED)
        cv2.putText(image, text, (left, bottom), _FONT, scale, (255, 255, 255), line, cv2.LINE_AA)
    return image
