"""Lists of videos, checked before any long work."""

import logging
import os.path as osp
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import torch
from mmaction.datasets import VideoDataset as UpstreamVideoDataset
from mmengine.fileio import join_path
from mmengine.logging import print_log

from vared_mm.datasets.decoding_limits import DEFAULT_LIMITS, DecodingLimits, VideoError
from vared_mm.datasets.encoded_video import EncodedVideo
from vared_mm.datasets.transforms import PyAVOpen
from vared_mm.datasets.video_list import read_classes, read_video_list
from vared_mm.registry import DATASETS

#: Above this many videos, looking for each file takes too long on network disks.
_QUICK_TO_LOOK_FOR = 20_000


@DATASETS.register_module()
class VideoDataset(UpstreamVideoDataset):
    """mmaction2's list of labelled videos, with checks, columns and broken videos thought of.

    A video that is missing or cannot be decoded is named. Training goes on without it: one known
    to be missing is left out, one found later is replaced by another, drawn at random, and
    `undecodable` counts them over all data loader workers. Testing stops, unless
    `skip_undecodable` is set: then every video is decoded once when the data set is built (on
    all cores) and the bad ones are left out, so that samplers and metrics never meet them.

    Args:
        ann_file: list with lines `path label` and then `columns`; see `read_video_list`.
        pipeline: transforms.
        delimiter: between the fields of a line.
        columns: names of fields after the label; they reach the pipeline's results, from where
            `PackActionInputs(meta_keys=...)` takes them to the data sample.
        classes_file: class names, one a line, relative to `data_root`; fills
            `metainfo['classes']` and `num_classes`.
        num_classes: labels must be below it.
        check_files: look for every video file at once; default: if there are at most 20,000.
        skip_undecodable: leave bad videos out in testing.
        max_refetch: so many bad videos in a row are replaced in training, then it stops.
        **kwargs: of mmaction2's `VideoDataset`; `multi_class` lists are not read.

    Raises:
        FileNotFoundError: if the list or its videos are missing.
        ValueError: for an empty or malformed list or a label out of range, naming file and line.
        VideoError: when a sample is taken that cannot be decoded, as said above.
    """

    def __init__(
        self,
        ann_file: str,
        pipeline: list[dict | Callable],
        delimiter: str = ' ',
        columns: Sequence[str] = (),
        classes_file: str = '',
        num_classes: int | None = None,
        check_files: bool | None = None,
        skip_undecodable: bool = False,
        max_refetch: int = 20,
        **kwargs,
    ) -> None:
        if kwargs.get('multi_class'):
            raise ValueError('multi_class: this data set takes one label a video')
        self.columns = tuple(columns)
        self.check_files = check_files
        self.skip_undecodable = skip_undecodable
        self._bad_in_a_row = 0
        if classes_file:
            classes_file = join_path(kwargs.get('data_root') or '', classes_file)
            classes = read_classes(classes_file)
            if num_classes not in (None, len(classes)):
                raise ValueError(f'{classes_file}: {len(classes)} names for {num_classes} classes')
            num_classes = len(classes)
            kwargs['metainfo'] = dict(kwargs.get('metainfo') or {}, classes=classes)
        super().__init__(
            ann_file,
            pipeline,
            num_classes=num_classes,
            delimiter=delimiter,
            max_refetch=max_refetch,
            **kwargs,
        )

    def load_data_list(self) -> list[dict]:
        """Read the list; see `read_video_list`."""
        videos = read_video_list(self.ann_file, self.delimiter, self.columns, self.num_classes)
        if repeated := len(videos) - len({tuple(video.values()) for video in videos}):
            message = (
                f'{self.ann_file}: {repeated} lines name a video again, which counts each time'
            )
            print_log(message, 'current', logging.WARNING)
        for video in videos:
            video['filename'] = osp.join(self.data_prefix.get('video') or '', video['filename'])
        return videos

    def filter_data(self) -> list[dict]:
        """Leave out videos that are known to be bad, or stop."""
        videos = self.data_list
        look = self.check_files
        if len(videos) <= _QUICK_TO_LOOK_FOR if look is None else look:
            stop = self.test_mode and not self.skip_undecodable
            videos = self._without(videos, _find_missing, stop)
        if self.test_mode and self.skip_undecodable:
            videos = self._without(videos, partial(_find_undecodable, self._limits()), False)
        return videos

    def _limits(self) -> DecodingLimits:
        """Those that the pipeline decodes with."""
        opening = (step for step in self.pipeline.transforms if isinstance(step, PyAVOpen))
        return next((step.limits for step in opening), DEFAULT_LIMITS)

    def _without(self, videos: list[dict], find: Callable, stop: bool) -> list[dict]:
        bad = find([video['filename'] for video in videos])
        reasons = [reason for reason in bad if reason]
        if not reasons:
            return videos
        message = f'{self.ann_file}: {len(reasons)} of {len(videos)} videos cannot be used'
        if stop or len(reasons) == len(videos):
            kind = FileNotFoundError if find is _find_missing else VideoError
            raise kind(f'{message}, the first: {reasons[0]}')
        print_log(
            '\n  '.join([f'{message} and are left out:', *reasons]), 'current', logging.WARNING
        )
        return [video for video, reason in zip(videos, bad, strict=True) if not reason]

    def full_init(self) -> None:
        """Read and check the list."""
        if not self._fully_initialized:
            super().full_init()
            # Shared with the workers of a data loader, which are forked or spawned from here.
            self._undecodable = torch.zeros(len(self), dtype=torch.uint8).share_memory_()

    @property
    def undecodable(self) -> list[str]:
        """Videos that training met and could not decode."""
        return [self.get_data_info(i)['filename'] for i in self._undecodable.nonzero()[:, 0]]

    def prepare_data(self, idx: int) -> dict | None:
        """Run the pipeline; None asks the base class for another sample."""
        try:
            data = super().prepare_data(idx)
        except VideoError as error:
            if self.test_mode:
                raise
            self._bad_in_a_row += 1
            if self._bad_in_a_row > self.max_refetch:
                raise VideoError(f'{error} (nor could the {self.max_refetch} before it)') from error
            if not self._undecodable[idx]:
                self._undecodable[idx] = 1
                count = int(self._undecodable.sum())
                message = f'{error}; another video takes its place ({count} undecodable so far)'
                print_log(message, 'current', logging.WARNING)
            return None
        self._bad_in_a_row = 0
        return data


def _find_missing(filenames: list[str]) -> list[str | None]:
    return [None if osp.isfile(name) else f'{name}: no such file' for name in filenames]


def _find_undecodable(limits: DecodingLimits, filenames: list[str]) -> list[str | None]:
    def reason(filename: str) -> str | None:
        try:
            EncodedVideo(filename, limits=limits).verify()
        except VideoError as error:
            return str(error)
        return None

    with ThreadPoolExecutor() as pool:
        return list(pool.map(reason, filenames))
