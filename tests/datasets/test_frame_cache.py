"""Frames that are kept are those that decoding gives, of this video and size only."""

import os
import shutil

import numpy as np
import pytest

from vared_mm.datasets import CachedOpen, EncodedVideo, PyAVRead, VideoError


def _read(opening: CachedOpen, path: str, frames: list[int]) -> np.ndarray:
    opened = opening.transform({'filename': path})
    return np.stack(PyAVRead().transform({**opened, 'frame_inds': frames})['imgs'])


def test_the_same_frames_as_without(tmp_path, numbered_video, monkeypatch) -> None:
    path, asked = numbered_video('plain.mp4'), [7, 3, 3, 49]
    wanted = np.stack(EncodedVideo(path).read(asked))
    opening = CachedOpen(str(tmp_path / 'frames'))
    for _ in range(2):
        np.testing.assert_array_equal(_read(opening, path, asked), wanted)
        # The second time nothing is decoded.
        monkeypatch.setattr('vared_mm.datasets.transforms.cached_open.EncodedVideo', None)
    opened = opening.transform({'filename': path})
    assert (opened['total_frames'], opened['avg_fps']) == (50, 25)
    (file,) = (tmp_path / 'frames').rglob('*.*')
    file.write_bytes(file.read_bytes()[:-1000])  # cut off, so it is decoded again
    with pytest.raises(TypeError):
        _read(opening, path, asked)


def test_kept_copies_may_be_changed(tmp_path, numbered_video) -> None:
    opening, path = CachedOpen(str(tmp_path)), numbered_video('plain.mp4')
    first = _read(opening, path, [0])
    opening.transform({'filename': path})['video_reader'].read([0, 0])[0][:] = 0
    np.testing.assert_array_equal(_read(opening, path, [0]), first)


def test_another_video_of_the_name_or_another_size_is_decoded_anew(
    tmp_path, numbered_video, read_number
) -> None:
    path, folder = str(tmp_path / 'clip.mp4'), str(tmp_path / 'frames')
    shutil.copy(numbered_video('plain.mp4'), path)
    assert _read(CachedOpen(folder), path, [1]).shape == (1, 64, 96, 3)
    assert _read(CachedOpen(folder, short_side=32), path, [1]).shape == (1, 32, 48, 3)
    shutil.copy(numbered_video('twelve_frames.mp4', frames=12), path)
    os.utime(path, ns=(1, 1))
    opened = CachedOpen(folder).transform({'filename': path})
    assert opened['total_frames'] == 12
    assert len(list((tmp_path / 'frames').rglob('*.frames'))) == 3


def test_a_full_folder_changes_no_frame(tmp_path, numbered_video) -> None:
    path = numbered_video('plain.mp4')
    kept, full = CachedOpen(str(tmp_path / 'a'), 32), CachedOpen(str(tmp_path / 'b'), 32, 1e-6)
    np.testing.assert_array_equal(_read(kept, path, [5, 9]), _read(full, path, [5, 9]))
    assert not list((tmp_path / 'b').rglob('*'))


def test_the_folder_is_looked_through_once(tmp_path, numbered_video, monkeypatch) -> None:
    videos = [numbered_video(f'room{number}.mp4', frames=12) for number in range(3)]
    room = 2.5 * 12 * 64 * 96 * 3 / 1e9  # for two videos and a half
    opening, looks = CachedOpen(str(tmp_path / 'frames'), gigabytes=room), []
    look = opening.cache._size
    monkeypatch.setattr(opening.cache, '_size', lambda: looks.append(None) or look())
    for video in videos[:2]:
        opening.transform({'filename': video})
    assert len(looks) == 1
    opening.transform({'filename': videos[2]})
    assert len(list((tmp_path / 'frames').rglob('*.frames'))) == 2


def test_the_environment_names_another_folder(tmp_path, numbered_video, monkeypatch) -> None:
    monkeypatch.setenv('VARED_MM_FRAMES', str(tmp_path / 'there'))
    _read(CachedOpen(str(tmp_path / 'here')), numbered_video('plain.mp4'), [0])
    assert [p.name for p in tmp_path.iterdir()] == ['there']


def test_what_is_no_video_is_named(tmp_path) -> None:
    with pytest.raises(VideoError, match=r'none\.mp4'):
        CachedOpen(str(tmp_path)).transform({'filename': str(tmp_path / 'none.mp4')})
