"""J-HMDB's data set: both layouts, and every kind of bad input."""

from pathlib import Path

import numpy as np
import pytest
from mmengine.dataset import pseudo_collate
from mmengine.registry import DATASETS, init_default_scope

from vared_mm.datasets import JHMDBDataset, VideoError

META = ('img_shape', 'video', 'frame', 'gt_tubes')
PIPELINE = [
    dict(type='vared_mm.SampleClipToKeyFrame', clip_len=4),
    dict(type='vared_mm.ReadFrames'),
    dict(type='Resize', scale=(40, 30), keep_ratio=False),
    dict(type='FormatShape', input_format='NCTHW', collapse=True),
    dict(type='PackActionInputs', meta_keys=META),
]
FIRST = 'labels/disc_sideways/train_0000/00001.txt'


def build(root: Path, classes: list[str], ann_file: str = 'trainlist.txt', **options):
    init_default_scope('mmaction')
    return DATASETS.build(
        dict(
            type='vared_mm.JHMDBDataset',
            ann_file=ann_file,
            data_root=str(root),
            classes=classes,
            frame_size=(60, 80),
            pipeline=options.pop('pipeline', PIPELINE),
            **options,
        )
    )


def test_a_sample(acting_shapes, classes):
    dataset = build(acting_shapes, classes)
    assert isinstance(dataset, JHMDBDataset) and len(dataset) == 20 and not dataset.problems
    assert dataset.metainfo['classes'] == classes
    sample = dataset[7]  # third frame of the second video
    assert sample['inputs'].shape == (3, 4, 30, 40)
    truth = sample['data_samples'].gt_instances
    row = (acting_shapes / 'labels/disc_up_and_down/train_0001/00003.txt').read_text().split()
    assert truth.labels.tolist() == [1] == [int(row[0]) - 1]
    np.testing.assert_allclose(truth.bboxes[0], np.array(row[1:], float) / 2)
    assert sample['data_samples'].video == 'disc_up_and_down/train_0001'
    assert len(pseudo_collate([sample, dataset[0]])['inputs']) == 2


def test_both_layouts_say_the_same(acting_shapes, classes):
    for test_mode, name in ((False, 'trainlist.txt'), (True, 'testlist.txt')):
        lists = build(acting_shapes, classes, name, test_mode=test_mode)
        single = build(acting_shapes, None, 'JHMDB-GT.pkl', test_mode=test_mode)
        assert single.metainfo['classes'][:4] == classes

        def key(info: dict) -> tuple:
            return info['video'], info['frame']

        pairs = [
            sorted(map(one.get_data_info, range(len(one))), key=key) for one in (lists, single)
        ]
        assert len(pairs[0]) == len(pairs[1]) == len(lists)
        for a, b in zip(*pairs, strict=True):
            assert key(a) == key(b) and a['frame_size'] == b['frame_size']
            for field in ('gt_bboxes', 'gt_labels', 'gt_tubes', 'frame_numbers'):
                np.testing.assert_array_equal(a[field], b[field])


@pytest.mark.parametrize(
    ('text', 'kind', 'left'),
    [
        ('1 -5 10 20 70\n', 'box clipped to the frame', [0, 10, 20, 60]),
        ('1 5 5 20 20\n2 90 10 95 20\n', 'box outside the frame', [5, 5, 20, 20]),
        ('1 30 30 30 40\n', 'box without area', None),
        ('1 30 30 20 40\n', 'box without area', None),
        ('1 30 nan 40 40\n', 'box without area', None),
        ('1 -20 -20 -5 -5\n', 'box outside the frame', None),
        ('0 5 5 20 20\n', 'label out of range', None),
        ('5 5 5 20 20\n', 'label out of range', None),
        ('', 'empty label file', None),
        (' \n\n', 'empty label file', None),
        ('1 5 5 20\n', 'malformed label file', None),
        ('disc 5 5 20 20\n', 'malformed label file', None),
        ('1.5 5 5 20 20\n', 'malformed label file', None),
    ],
)
@pytest.mark.parametrize('test_mode', [False, True])
def test_bad_boxes_are_named_counted_and_left_out(spoiled, classes, text, kind, left, test_mode):
    (spoiled / FIRST).write_text(text)
    dataset = build(spoiled, classes, test_mode=test_mode)
    assert dataset.problems.counts == {kind: 1}
    (named,) = dataset.problems.found[kind]
    assert FIRST in named
    assert len(dataset) == 20 - (left is None)
    if left is not None:
        assert dataset.get_data_info(0)['gt_bboxes'].tolist() == [left]
    for i in (0, 1, len(dataset) - 1):
        assert len(dataset[i]['data_samples'].gt_instances.bboxes) == 1


def test_missing_files(spoiled, classes, caplog):
    (spoiled / FIRST).unlink()
    image = spoiled / 'rgb-images/triangle_sideways/train_0002/00003.png'
    image.unlink()
    dataset = build(spoiled, classes)
    assert dataset.problems.found == {
        'missing label file': [str(spoiled / FIRST)],
        'missing frame': [str(image)],
    }
    frames = [(info['video'], info['frame']) for info in map(dataset.get_data_info, range(18))]
    assert len(dataset) == 18 and ('triangle_sideways/train_0002', 3) not in frames
    # The clip of the next frame takes the one before in its place.
    info = dataset.get_data_info(frames.index(('triangle_sideways/train_0002', 4)))
    assert dataset.pipeline.transforms[0](info)['frame_inds'].tolist() == [1, 2, 2, 4]


def test_the_log_tells_what_is_left_out(spoiled, classes, capsys):
    (spoiled / FIRST).write_text('')
    build(spoiled, classes)
    message = capsys.readouterr()
    message = message.out + message.err
    assert (
        '19 of 20 frames are used' in message
        and 'empty label file: 1' in message
        and FIRST in message
    )


def test_an_image_that_cannot_be_decoded(spoiled, classes):
    """Found in the middle of an epoch: another sample in training, a named stop in testing."""
    image = spoiled / 'rgb-images/disc_sideways/train_0000/00005.png'
    image.write_bytes(image.read_bytes()[:40])
    np.random.seed(0)
    assert build(spoiled, classes)[4]['data_samples'].frame is not None
    with pytest.raises(VideoError, match='00005.png: not an image'):
        build(spoiled, classes, test_mode=True)[4]


def test_an_image_of_another_size(spoiled, classes):
    dataset = build(spoiled, classes, test_mode=True)
    info = dict(dataset.get_data_info(0), frame_inds=[1])
    dataset.pipeline.transforms[1](info)
    with pytest.raises(VideoError, match='00001.png: 80x60 pixels, but its boxes are for 320x240'):
        dataset.pipeline.transforms[1](dict(info, frame_size=(240, 320)))
    with pytest.raises(VideoError, match='00009.png: no such file'):
        dataset.pipeline.transforms[1](dict(info, frame_inds=[9]))


@pytest.mark.parametrize(
    ('change', 'error', 'message'),
    [
        (dict(ann_file='no.txt'), FileNotFoundError, 'no.txt: no such list'),
        (dict(ann_file='no.pkl'), FileNotFoundError, 'no.pkl: no such file'),
        (dict(data_prefix=dict(img='no')), FileNotFoundError, 'no: no such folder'),
        (dict(ann_file='classes.txt'), ValueError, r'classes.txt:1: expected labels/<class>'),
        (dict(ann_file='JHMDB-GT.pkl'), ValueError, "key 'labels' holds other classes"),
        (dict(ann_file='JHMDB-GT.pkl', split=2), ValueError, "'train_videos' has no split 2"),
        (dict(frame_size=(1, 1)), ValueError, 'no frame can be used'),
    ],
)
def test_what_stops_at_once(acting_shapes, classes, change, error, message):
    settings = dict(type='vared_mm.JHMDBDataset', ann_file='trainlist.txt', pipeline=PIPELINE)
    settings.update(data_root=str(acting_shapes), classes=classes[:3], frame_size=(60, 80))
    init_default_scope('mmaction')
    with pytest.raises(error, match=message):
        DATASETS.build({**settings, **change})
