"""ADE20K, its pairs checked."""

from mmseg.datasets import ADE20KDataset as UpstreamADE20KDataset

from vared_mm.datasets.segmentation.paired_files import PairedFiles
from vared_mm.registry import DATASETS


@DATASETS.register_module()
class ADE20KDataset(UpstreamADE20KDataset, PairedFiles):
    """mmsegmentation's ADE20K (150 classes, label 0 is none), which checks its pairs of files.

    Args:
        **kwargs: of both classes.

    Raises:
        FileNotFoundError: as :class:`PairedFiles` does.
    """
