"""Folds keep sources apart and test every clip once; clips are made out of originals."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from vared_mm.datasets import EncodedVideo, VideoError
from vared_mm.datasets.preparation import ClipSet, group_folds, shrink_video, write_fold_lists
from vared_mm.datasets.synthetic import write_video
from vared_mm.datasets.video_list import read_video_list

pytest.importorskip('sklearn')
ROOT = Path(__file__).parents[2]


def _annotate(folder: Path, rows: list[str], classes: str = 'left\nright\n') -> Path:
    folder.mkdir(parents=True)
    (folder / 'classes.txt').write_text(classes)
    (folder / 'clips.csv').write_text('\n'.join(['clip,class,group,frames,source', *rows]))
    return folder


def _rows(prefix: str, clips: int = 40) -> list[str]:
    return [
        f'{prefix}{i}.mp4,{("left", "right")[i % 2]},g{i // 2},9,{prefix}{i}.avi'
        for i in range(clips)
    ]


def test_every_sample_is_tested_once_and_no_group_is_in_two_splits() -> None:
    rng = np.random.default_rng(0)
    groups = [f'g{n}' for n in rng.integers(0, 60, 400)]
    labels = rng.integers(0, 3, 400).tolist()
    folds = group_folds(labels, groups)
    assert Counter(i for fold in folds for i in fold.test) == Counter(range(400))
    for fold in folds:
        assert sorted(fold.train + fold.val + fold.test) == list(range(400))
        sources = [{groups[i] for i in split} for split in (fold.train, fold.val, fold.test)]
        assert not (sources[0] & sources[1] or sources[0] & sources[2] or sources[1] & sources[2])
        assert 0.1 < len(fold.val) / (len(fold.val) + len(fold.train)) < 0.3
        assert {labels[i] for i in fold.test} == {0, 1, 2}
    assert group_folds(labels, groups) == folds
    assert group_folds(labels, groups, seed=1) != folds


def test_too_few_groups_for_the_folds() -> None:
    with pytest.raises(ValueError, match='9 groups are too few for 5 folds'):
        group_folds([0] * 9, [str(i) for i in range(9)])
    with pytest.raises(ValueError, match='9 samples of class 1 are too few for 5 folds'):
        group_folds([0] * 30 + [1] * 9, [str(i) for i in range(39)])


def test_a_set_of_several_has_the_folds_of_each(tmp_path) -> None:
    sets = [ClipSet.read(_annotate(tmp_path / n, _rows(n))) for n in ('one', 'two')]
    alone = write_fold_lists(tmp_path / 'data/one', sets[:1])
    both = write_fold_lists(tmp_path / 'data/mix', sets)
    assert [[i for i in f.test if i < 40] for f in both] == [f.test for f in alone]
    listed = [
        video
        for fold in range(5)
        for video in read_video_list(
            str(tmp_path / f'data/mix/fold{fold}-test.txt'), ',', ('group', 'subset')
        )
    ]
    assert len(listed) == len({video['filename'] for video in listed}) == 80
    first = next(video for video in listed if video['filename'].endswith('two1.mp4'))
    assert first == dict(filename='../two/clips/two1.mp4', label=3, group='two:g0', subset='two')
    classes = (tmp_path / 'data/mix/classes.txt').read_text().split()
    assert classes == ['one:left', 'one:right', 'two:left', 'two:right']


@pytest.mark.parametrize(
    ('row', 'message'),
    [
        ('a.mp4,up,g,9,a.avi', "2: class 'up' is not in classes.txt"),
        ('a.mp4,left,,9,a.avi', '2: no group'),
        ('a.mp4,left,g,none,a.avi', "2: frames='none' is no number above 0"),
        ('"a,b.mp4",left,g,9,a.avi', "2: a comma in 'a,b.mp4'"),
        ('a.mp4,left,g,9,a.avi\na.mp4,left,g,9,a.avi', '3: a.mp4 is there already'),
        ('', 'lists no clip'),
    ],
)
def test_a_bad_line_is_named(tmp_path, row, message) -> None:
    with pytest.raises(ValueError, match=f'clips.csv:? ?{message}'):
        ClipSet.read(_annotate(tmp_path / 'set', [row]))


@pytest.mark.parametrize(
    ('name', 'clips', 'groups'), [('tennis7', 365, 71), ('hockey2', 997, 755), ('surv2', 300, 153)]
)
def test_the_annotations_that_are_here(name, clips, groups) -> None:
    found = ClipSet.read(ROOT / 'tools/data' / name)
    assert (len(found.clips), len({clip.group for clip in found.clips})) == (clips, groups)


def test_a_clip_is_small_short_and_without_borders(tmp_path) -> None:
    rng = np.random.default_rng(0)
    inside = rng.integers(60, 255, (8, 15), dtype=np.uint8).repeat(20, 0).repeat(20, 1)
    frame = np.zeros((200, 300, 3), np.uint8)
    frame[20:180] = inside[..., None]
    write_video(tmp_path / 'long.mp4', [frame] * 50, 30, options={'crf': '0'})
    shrink_video(tmp_path / 'long.mp4', tmp_path / 'clips/short.mp4', 37)
    clip = EncodedVideo(str(tmp_path / 'clips/short.mp4'))
    (image,) = clip.read([36])
    assert (len(clip), clip.fps, image.shape) == (37, 30, (128, 240, 3))
    assert image[0].mean() > 60  # no border
    assert clip._access.points == [0, 12, 24, 36]
    assert [p.name for p in (tmp_path / 'clips').iterdir()] == ['short.mp4']


def test_an_original_that_is_no_video_leaves_nothing(tmp_path) -> None:
    (tmp_path / 'bad.avi').write_bytes(b'no video')
    with pytest.raises(VideoError, match=r'bad\.avi'):
        shrink_video(tmp_path / 'bad.avi', tmp_path / 'clips/short.mp4', 37)
    assert not (tmp_path / 'clips').exists()
