"""Reading of an image that must have three channels of eight bits."""

from io import BytesIO

import cv2
import numpy as np
from mmcv import imfrombytes
from mmcv.transforms import LoadImageFromFile
from mmengine.fileio import get

from vared_mm.datasets.image_limit import MAX_PIXELS, image_problem, is_turned
from vared_mm.datasets.segmentation.image_error import ImageError
from vared_mm.registry import TRANSFORMS

CHANNELS = {1: 'greyscale', 3: 'colour', 4: 'four-channel'}


@TRANSFORMS.register_module()
class LoadRGBImage(LoadImageFromFile):
    """mmcv's reading of ``img_path``, that refuses what it would silently convert.

    Shapes: a file -> ``img`` (H, W, 3), uint8, BGR. A photograph that its camera marked as turned
    or mirrored (EXIF) is turned upright, but refused beside labels: they may be drawn either way.

    Args:
        greyscale: read a greyscale image as one of three equal channels.
        backend_args: of mmengine's file backend.
        max_pixels: of the image; a larger one is refused before it is decoded.

    Raises:
        ImageError: for a file that is missing, too large or can't be decoded, one of more than
            eight bits a channel, with an alpha channel, of several images, marked as turned where
            it has labels, or greyscale unless that is allowed.
    """

    def __init__(
        self,
        greyscale: bool = False,
        backend_args: dict | None = None,
        max_pixels: int = MAX_PIXELS,
    ) -> None:
        super().__init__(color_type='unchanged', backend_args=backend_args)
        self.greyscale, self.max_pixels = greyscale, max_pixels

    def transform(self, results: dict) -> dict:
        """Read and check."""
        path = results['img_path']
        try:
            content = BytesIO(get(path, backend_args=self.backend_args))
            if problem := image_problem(content, self.max_pixels):
                raise ImageError(f'{path}: {problem}')
            turned = is_turned(content)
            if turned and results.get('seg_map_path'):
                raise ImageError(
                    f"{path}: turned by a camera's mark (EXIF), and its labels may be drawn either "
                    'way; write it as its labels are'
                )
            results = super().transform(results)
        except FileNotFoundError:
            raise ImageError(f'{path}: no such image') from None
        except (AssertionError, OSError, cv2.error):
            raise ImageError(f'{path}: not an image, or damaged') from None
        image = self._as_bgr(results['img'], path)
        if turned:
            image = imfrombytes(content.getvalue(), 'color', 'bgr')
            results['img_shape'] = results['ori_shape'] = image.shape[:2]
        results['img'] = image
        return results

    def _as_bgr(self, image: np.ndarray, path: str) -> np.ndarray:
        kind = CHANNELS[1 if image.ndim == 2 else image.shape[2]]
        if image.dtype != np.uint8:
            bits = 8 * image.dtype.itemsize
            raise ImageError(f'{path}: {bits} bits a channel; convert it to 8')
        if kind == 'greyscale' and self.greyscale:
            return cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
        if kind != 'colour':
            hint = ', or set greyscale=True of LoadRGBImage' if kind == 'greyscale' else ''
            raise ImageError(f'{path}: a {kind} image; convert it to RGB{hint}')
        return image
