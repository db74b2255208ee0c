"""The sequence that an image is of, from its name."""

import re
from pathlib import Path

from mmcv.transforms import BaseTransform

from vared_mm.datasets.segmentation.image_error import ImageError
from vared_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class NameSequence(BaseTransform):
    """Leave as ``group`` what the name of an image begins with.

    Images of one drive are alike; intervals have to know which are of one.

    Args:
        pattern: regular expression of the beginning of a file's name, such as ``'[^_]+'``.

    Raises:
        ImageError: if a name begins with something else.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = re.compile(pattern)

    def transform(self, results: dict) -> dict:
        """Add the key."""
        found = self.pattern.match(Path(results['img_path']).name)
        if found is None:
            message = f'its name does not begin with {self.pattern.pattern!r}, a sequence'
            raise ImageError(f'{results["img_path"]}: {message}')
        results['group'] = found[0]
        return results
