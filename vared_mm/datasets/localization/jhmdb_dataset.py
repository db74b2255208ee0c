"""J-HMDB-21 in both of its public layouts."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from mmengine.dataset import BaseDataset
from mmengine.logging import print_log

from vared_mm.datasets.decoding_limits import VideoError
from vared_mm.datasets.localization.ground_truth_pickle import read_ground_truth
from vared_mm.datasets.localization.key_frame import KeyFrame, check_boxes
from vared_mm.datasets.localization.label_files import read_label_files
from vared_mm.datasets.localization.problems import Problems
from vared_mm.registry import DATASETS

CLASSES = [
    'brush_hair', 'catch', 'clap', 'climb_stairs', 'golf', 'jump', 'kick_ball', 'pick', 'pour',
    'pullup', 'push', 'run', 'shoot_ball', 'shoot_bow', 'shoot_gun', 'sit', 'stand',
    'swing_baseball', 'throw', 'walk', 'wave',
]  # fmt: skip


@DATASETS.register_module()
class JHMDBDataset(BaseDataset):
    """Annotated frames, each with the frames before it.

    Two layouts, told by ``ann_file``: a list of label files (``trainlist.txt``; see
    :func:`read_label_files`), or the single ground-truth file (``JHMDB-GT.pkl``; see
    :func:`read_ground_truth`). Both have the frames at ``<img>/<class>/<video>/00001.png``.

    What is wrong with an annotation is named, counted (``problems``) and logged when the data set
    is built, in training and testing alike. Boxes over the frame's edge are clipped; boxes
    outside the frame, without area or of an unknown label are left out; a frame that is left
    without a box, or whose image file or label file is missing or malformed, is left out. A clip
    takes the nearest frame before one that is missing. An image that can't be decoded is found
    only when it is read: training takes another sample and says so; testing stops, naming it.

    Args:
        ann_file: list or ``.pkl`` file, below ``data_root``.
        pipeline: transforms.
        classes: names by label; the ``.pkl`` file's own if None, else J-HMDB's 21.
        frame_size: height and width that the boxes of label files are for, pixels.
        split: of the ``.pkl`` file: 1, 2 or 3.
        subset: of the ``.pkl`` file: ``'train'`` or ``'test'``; by ``test_mode`` if None.
        filename_tmpl: of the image files.
        data_prefix: ``img``: their folder, below ``data_root``.
        **kwargs: of mmengine's ``BaseDataset``.

    Raises:
        FileNotFoundError: if the annotation or the folder of images is missing.
        ValueError: if the annotation can't be read or leaves no frame; the file is named.
    """

    def __init__(
        self,
        ann_file: str,
        pipeline: Sequence[dict | Callable],
        classes: Sequence[str] | None = None,
        frame_size: tuple[int, int] = (240, 320),
        split: int = 1,
        subset: str | None = None,
        filename_tmpl: str = '{:05}.png',
        data_prefix: dict | None = None,
        **kwargs,
    ) -> None:
        self.classes = list(classes) if classes is not None else None
        self.frame_size = tuple(frame_size)
        self.split = split
        self.subset = subset or ('test' if kwargs.get('test_mode') else 'train')
        self.filename_tmpl = filename_tmpl
        self.problems = Problems()
        super().__init__(
            ann_file,
            data_prefix=data_prefix or {'img': 'rgb-images'},
            pipeline=list(pipeline),
            **kwargs,
        )

    def load_data_list(self) -> list[dict]:
        """Read the annotation, check it, look for the image files."""
        frames, sizes = self._read()
        self._metainfo['classes'] = self.classes
        root = Path(self.data_prefix['img'])
        if not root.is_dir():
            raise FileNotFoundError(f'{root}: no such folder of frames')
        samples, there = [], {}
        for frame in frames:
            size = sizes.get(frame.video, self.frame_size)
            good = check_boxes(frame, size, len(self.classes), self.problems)
            if good is None:
                continue
            if good.video not in there:
                there[good.video] = self._look_for(root / good.video)
            if good.frame in there[good.video]:
                samples.append(self._sample(root, good, there[good.video], size))
            else:
                file = root / good.video / self.filename_tmpl.format(good.frame)
                self.problems.add('missing frame', str(file))
        if self.problems:
            message = f'{self.ann_file}: {len(samples)} of {len(frames)} frames are used\n'
            print_log(message + self.problems.describe(), 'current', logging.WARNING)
        if not samples:
            raise ValueError(f'{self.ann_file}: no frame can be used: {self.problems.counts}')
        return samples

    def _read(self) -> tuple[list[KeyFrame], dict[str, tuple[int, int]]]:
        if not str(self.ann_file).endswith('.pkl'):
            self.classes = self.classes or CLASSES
            return read_label_files(self.ann_file, self.data_root, self.problems), {}
        truth = read_ground_truth(self.ann_file, self.subset, self.split)
        if self.classes not in (None, truth.classes):
            raise ValueError(f"{self.ann_file}: key 'labels' holds other classes than the config")
        self.classes = truth.classes
        return truth.frames, truth.sizes

    def _look_for(self, folder: Path) -> dict[int, None]:
        """Numbers of the frames in a folder, in order."""
        suffix = Path(self.filename_tmpl).suffix
        names = (path.stem for path in folder.glob(f'*{suffix}'))
        return dict.fromkeys(sorted(int(name) for name in names if name.isdecimal()))

    def _sample(self, root: Path, frame: KeyFrame, there: dict[int, None], size: tuple) -> dict:
        return {
            'video': frame.video,
            'frame': frame.frame,
            'frame_dir': str(root / frame.video),
            'filename_tmpl': self.filename_tmpl,
            'frame_numbers': np.fromiter(there, np.int64),
            'frame_size': size,
            'modality': 'RGB',
            'gt_bboxes': frame.boxes,
            'gt_labels': frame.labels,
            'gt_tubes': frame.tubes,
        }

    def prepare_data(self, idx: int) -> dict | None:
        """Run the pipeline; None asks the base class for another sample."""
        try:
            return super().prepare_data(idx)
        except VideoError as error:
            if self.test_mode:
                raise
            print_log(f'{error}; another sample takes its place', 'current', logging.WARNING)
            return None
