"""Reading of the labels of an image's pixels."""

from io import BytesIO

import numpy as np
from mmengine.fileio import get
from mmseg.datasets.transforms import LoadAnnotations
from PIL import Image

from vared_mm.datasets.image_limit import MAX_PIXELS, image_problem, is_turned
from vared_mm.datasets.segmentation.image_error import ImageError
from vared_mm.registry import TRANSFORMS

IGNORED = 255
ONE_BYTE = ('L', 'P')  # Pillow's modes


@TRANSFORMS.register_module()
class LoadLabels(LoadAnnotations):
    """mmsegmentation's reading of ``seg_map_path``, that refuses labels which would mislead.

    mmsegmentation cuts labels to eight bits, and leaves labels above the class count to fail, or
    not, in the loss.
    Shapes: a file -> ``gt_seg_map`` (H, W), uint8, 255 where there is no label.

    Args:
        num_classes: labels of the model are below it.
        backend_args: of mmengine's file backend.
        max_pixels: of the labels; larger ones are refused before they are decoded.

    Raises:
        ImageError: for a file that is missing, too large or can't be decoded, is not of eight bits
            and one channel, is of another size than the image, or holds a label above the class
            count.
    """

    def __init__(
        self,
        num_classes: int,
        backend_args: dict | None = None,
        max_pixels: int = MAX_PIXELS,
    ) -> None:
        super().__init__(backend_args=backend_args)
        self.num_classes, self.max_pixels = num_classes, max_pixels

    def transform(self, results: dict) -> dict:
        """Read and check."""
        path = results['seg_map_path']
        try:
            content = BytesIO(get(path, backend_args=self.backend_args))
            if problem := image_problem(content, self.max_pixels):
                raise ImageError(f'{path}: {problem}')
            with Image.open(content) as file:
                mode = file.mode
            if is_turned(content):
                raise ImageError(f"{path}: turned by a camera's mark (EXIF); write it as drawn")
            if mode not in ONE_BYTE:
                raise ImageError(f'{path}: labels must be one channel of 8 bits, not {mode}')
            results = super().transform(results)
        except FileNotFoundError:
            raise ImageError(f'{path}: no such label file') from None
        except OSError:
            raise ImageError(f'{path}: not an image, or damaged') from None
        self._check(results['gt_seg_map'], path, results)
        return results

    def _check(self, labels: np.ndarray, path: str, results: dict) -> None:
        size = tuple(results.get('ori_shape', labels.shape))
        if labels.shape != size:
            raise ImageError(
                f'{path}: labels of {_size(labels.shape)} pixels for an image of {_size(size)}'
            )
        used = labels[labels != IGNORED]
        if used.size and used.max() >= self.num_classes:
            shift = int(bool(results['reduce_zero_label']))
            raise ImageError(
                f'{path}: label {used.max() + shift}, but the highest of {self.num_classes} '
                f'classes is {self.num_classes - 1 + shift}'
            )


def _size(shape: tuple[int, ...]) -> str:
    return f'{shape[1]} x {shape[0]}'
