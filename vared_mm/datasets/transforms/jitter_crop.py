"""A random window on a clip, with its boxes."""

import numpy as np
from mmcv.transforms import BaseTransform

from vared_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class JitterCrop(BaseTransform):
    """Move each side of the frame by up to ``jitter`` of its length, in or out.

    What is outside of the frame becomes black. Boxes are moved along and clipped to the window; one
    that is left with less than ``min_side`` of a side is dropped.

    Source: YOWO (arXiv 1911.06644), its public code's augmentation.

    Required keys: imgs, img_shape, gt_bboxes, gt_labels.
    Changed keys: the same, and gt_tubes.

    Args:
        jitter: greatest shift of a side, as a share of it; below 0.5.
        min_side: of a box that stays, pixels.

    Raises:
        ValueError: if ``jitter`` is not in [0, 0.5).
    """

    def __init__(self, jitter: float = 0.2, min_side: float = 2.0) -> None:
        if not 0 <= jitter < 0.5:
            raise ValueError(f'jitter={jitter}: must be in [0, 0.5)')
        self.jitter = jitter
        self.min_side = min_side

    def transform(self, results: dict) -> dict:
        """Crop all frames alike."""
        height, width = results['img_shape']
        limit = np.array([width, height] * 2) * self.jitter
        inset = np.random.uniform(-limit, limit).astype(int)  # left, top, right, bottom
        left, top, right, bottom = inset.tolist()
        window = (left, top, width - right, height - bottom)
        results['imgs'] = [crop(image, window) for image in results['imgs']]
        results['img_shape'] = results['imgs'][0].shape[:2]
        new_height, new_width = results['img_shape']
        boxes = results['gt_bboxes'] - np.array([left, top] * 2, np.float32)
        boxes = np.clip(boxes, 0, np.array([new_width, new_height] * 2, np.float32))
        kept = (boxes[:, 2:] - boxes[:, :2] >= self.min_side).all(1)
        results['gt_bboxes'] = boxes[kept]
        for key in ('gt_labels', 'gt_tubes'):
            if key in results:
                results[key] = results[key][kept]
        return results

    def __repr__(self) -> str:
        return f'{self.__class__.__name__}(jitter={self.jitter}, min_side={self.min_side})'


def crop(image: np.ndarray, window: tuple[int, int, int, int]) -> np.ndarray:
    """A window (x1, y1, x2, y2) of an image (H, W, 3), black where it reaches outside."""
    x1, y1, x2, y2 = window
    out = np.zeros((y2 - y1, x2 - x1, image.shape[2]), image.dtype)
    inner = image[max(y1, 0) : max(y2, 0), max(x1, 0) : max(x2, 0)]
    row, column = max(-y1, 0), max(-x1, 0)
    out[row : row + inner.shape[0], column : column + inner.shape[1]] = inner
    return out
