"""Labelled images of any classes, laid out as ADE20K."""

from pathlib import Path
from typing import Any

from vared_mm.datasets.segmentation.paired_files import PairedFiles
from vared_mm.datasets.video_list import read_classes
from vared_mm.registry import DATASETS


@DATASETS.register_module()
class SceneDataset(PairedFiles):
    """Images ``.jpg`` and labels ``.png``; label 0 is none, label n the n-th name of a text file.

    Args:
        data_root: folder of the set.
        classes_file: class names, one a line, relative to ``data_root``.
        **kwargs: of :class:`PairedFiles`.

    Raises:
        FileNotFoundError: if there is no such list, and as :class:`PairedFiles` does.
        ValueError: if the list is empty or malformed.
    """

    def __init__(self, data_root: str, classes_file: str = 'classes.txt', **kwargs: Any) -> None:
        path = Path(data_root, classes_file)
        classes = tuple(read_classes(str(path)))
        settings = dict(reduce_zero_label=True, metainfo=dict(classes=classes))
        super().__init__(data_root=data_root, **{**settings, **kwargs})
