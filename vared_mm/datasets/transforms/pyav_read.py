"""Second half of decoding: the frames that were sampled."""

import numpy as np
from mmcv.transforms import BaseTransform

from vared_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class PyAVRead(BaseTransform):
    """Decode the sampled frames of the video that `PyAVOpen` read, each exactly.

    Only these are converted to RGB.

    Required keys: video_reader, frame_inds.
    Added keys: imgs (a list of (H, W, 3) uint8), original_shape, img_shape (both (H, W)).
    Removed keys: video_reader.

    Raises:
        VideoError: naming the file, and the frame that cannot be decoded or the limit that it
            goes beyond.
    """

    def transform(self, results: dict) -> dict:
        """Decode `results['frame_inds']`."""
        results['frame_inds'] = np.ravel(results['frame_inds'])
        imgs = results.pop('video_reader').read(results['frame_inds'].tolist())
        shape = imgs[0].shape[:2]
        results.update(imgs=imgs, original_shape=shape, img_shape=shape)
        return results

    def __repr__(self) -> str:
        return f'{self.__class__.__name__}()'
