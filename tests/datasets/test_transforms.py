"""Decoding inside a pipeline."""

import numpy as np
import pytest
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope

from vared_mm.datasets import VideoError


def _pipeline(**sample) -> Compose:
    init_default_scope('mmaction')
    return Compose(
        [
            dict(type='vared_mm.PyAVOpen'),
            dict(type='SampleFrames', **sample),
            dict(type='vared_mm.PyAVRead'),
        ]
    )


def test_sampled_frames_arrive(numbered_video, read_number) -> None:
    path = numbered_video('squares.mkv', fps=100, ticks=[i * i + i for i in range(50)])
    sample = dict(clip_len=4, frame_interval=3, num_clips=3, test_mode=True)
    results = _pipeline(**sample)(dict(filename=path, start_index=0))
    assert results['total_frames'] == 50
    # 10 frames of span fit 41 times; three clips begin at the first, middle and last place.
    expected = [first + 3 * step for first in (0, 20, 40) for step in range(4)]
    assert results['frame_inds'].tolist() == expected
    assert [read_number(image) for image in results['imgs']] == expected
    assert results['img_shape'] == results['original_shape'] == (64, 96)
    assert 'video_reader' not in results


def test_clip_longer_than_the_video_repeats_frames(numbered_video, read_number) -> None:
    path = numbered_video('short.mp4', frames=5)
    results = _pipeline(clip_len=8, test_mode=True)(dict(filename=path, start_index=0))
    assert [read_number(image) for image in results['imgs']] == [0, 1, 2, 3, 4, 0, 1, 2]
    # mmaction2's Flip works in place.
    assert len({id(image) for image in results['imgs']}) == 8
    assert not np.shares_memory(results['imgs'][0], results['imgs'][5])


def test_bad_video_is_named() -> None:
    with pytest.raises(VideoError, match='nowhere.mp4: No such file'):
        _pipeline(clip_len=2)(dict(filename='nowhere.mp4', start_index=0))
