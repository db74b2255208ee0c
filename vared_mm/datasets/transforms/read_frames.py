"""Frames that lie in image files."""

from pathlib import Path

import cv2
import mmcv
import numpy as np
from mmcv.transforms import BaseTransform

from vared_mm.datasets.decoding_limits import VideoError
from vared_mm.datasets.image_limit import MAX_PIXELS, image_problem
from vared_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class ReadFrames(BaseTransform):
    """Read the chosen frames of a folder.

    mmaction2's ``RawFrameDecode`` takes boxes as shares of the frame, and fails without a name on a
    file that is no image.

    As mmcv reads: turned upright where a camera's mark (EXIF) says so, 16 bits a channel cut to 8,
    greyscale repeated, an alpha channel dropped.

    Required keys: frame_dir, filename_tmpl, frame_inds, frame_size (optional).
    Added keys: imgs (a list of (H, W, 3) uint8, RGB), original_shape, img_shape (both (H, W)).

    Args:
        max_pixels: of an image; a larger one is refused before it is decoded.

    Raises:
        VideoError: naming a file that is missing, no image, too large, of several images or not of
            ``frame_size``.
    """

    def __init__(self, max_pixels: int = MAX_PIXELS) -> None:
        self.max_pixels = max_pixels

    def transform(self, results: dict) -> dict:
        """Read `results['frame_inds']`, each once."""
        numbers = [int(number) for number in results['frame_inds']]
        size = results.get('frame_size')
        read = {number: self._read(results, number, size) for number in dict.fromkeys(numbers)}
        imgs = [read[number] for number in numbers]
        shape = imgs[0].shape[:2]
        results.update(imgs=imgs, original_shape=shape, img_shape=shape)
        return results

    def _read(self, results: dict, number: int, size: tuple[int, int] | None) -> np.ndarray:
        path = Path(results['frame_dir'], results['filename_tmpl'].format(number))
        if not path.is_file():
            raise VideoError(f'{path}: no such file')
        if problem := image_problem(path, self.max_pixels):
            raise VideoError(f'{path}: {problem}')
        try:
            image = mmcv.imread(path, channel_order='rgb')
        except cv2.error:  # of newer OpenCV; older ones return None
            image = None
        if image is None:
            raise VideoError(f'{path}: not an image, or cut off')
        if size is not None and image.shape[:2] != tuple(size):
            have, want = ('x'.join(map(str, s[1::-1])) for s in (image.shape[:2], tuple(size)))
            raise VideoError(f'{path}: {have} pixels, but its boxes are for {want}')
        return image

    def __repr__(self) -> str:
        return f'{self.__class__.__name__}(max_pixels={self.max_pixels})'
