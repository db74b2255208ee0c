"""Random hue, saturation and brightness of a clip."""

import cv2
import numpy as np
from mmcv.transforms import BaseTransform

from vared_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class HSVJitter(BaseTransform):
    """Turn the hue, scale saturation and value, alike in all frames.

    Source: YOWO (arXiv 1911.06644), its public code's augmentation.

    Required keys: imgs (uint8, RGB).
    Changed keys: imgs.

    Args:
        hue: greatest turn, as a share of the circle.
        saturation: greatest factor; as often its inverse. 1 or above.
        value: likewise.

    Raises:
        ValueError: if a factor is below 1.
    """

    def __init__(self, hue: float = 0.1, saturation: float = 1.5, value: float = 1.5) -> None:
        if min(saturation, value) < 1:
            raise ValueError(f'saturation={saturation}, value={value}: must be 1 or above')
        self.hue, self.saturation, self.value = hue, saturation, value

    def transform(self, results: dict) -> dict:
        """Change all frames alike, by one table of 256 entries a channel."""
        turn = np.random.uniform(-self.hue, self.hue) * 256
        factors = [_factor(self.saturation), _factor(self.value)]
        levels = np.arange(256)
        tables = [(levels + turn) % 256, *(np.clip(levels * f, 0, 255) for f in factors)]
        table = np.stack(tables, axis=-1).astype(np.uint8)[None]
        results['imgs'] = [
            cv2.cvtColor(
                cv2.LUT(cv2.cvtColor(image, cv2.COLOR_RGB2HSV_FULL), table),
                cv2.COLOR_HSV2RGB_FULL,
            )
            for image in results['imgs']
        ]
        return results

    def __repr__(self) -> str:
        return (
            f'{self.__class__.__name__}(hue={self.hue}, saturation={self.saturation}, '
            f'value={self.value})'
        )


def _factor(limit: float) -> float:
    factor = np.random.uniform(1, limit)
    return factor if np.random.random() < 0.5 else 1 / factor
