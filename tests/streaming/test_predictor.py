"""What is said about a stream is what is said about its clips."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from mmaction.datasets.transforms import Resize
from mmengine.config import Config
from mmengine.registry import init_default_scope

from vared_mm.apis import load_recognizer, recognize
from vared_mm.datasets import EncodedVideo
from vared_mm.datasets.synthetic import make_moving_shapes
from vared_mm.registry import MODELS
from vared_mm.streaming import StreamFrame, StreamPredictor, draw_prediction
from vared_mm.streaming.clip_window import ClipWindow

DEMO = Path(__file__).parents[2] / 'configs/demo'


@pytest.fixture(scope='module')
def model(tmp_path_factory):
    cfg = Config.fromfile(DEMO / 'vared-t2c2_r2plus1d-tiny_moving-shapes.py')
    init_default_scope('mmaction')
    path = tmp_path_factory.mktemp('weights') / 'weights.pth'
    torch.manual_seed(0)
    torch.save({'state_dict': MODELS.build(cfg.model).state_dict()}, path)
    return load_recognizer(cfg, str(path), 'cpu')


def test_the_first_clip_is_that_of_a_video(model, tmp_path, monkeypatch):
    folder = make_moving_shapes(tmp_path / 'set', {'train': 0, 'val': 0, 'test': 1}, frames=16)
    video = str(next(folder.rglob('*.mp4')))
    resized = []
    transform = Resize.transform
    monkeypatch.setattr(Resize, 'transform', lambda s, r: resized.append(1) or transform(s, r))
    predictor = StreamPredictor(model, every=1)
    found = [
        predictor.add(StreamFrame(number, image))
        for number, image in enumerate(EncodedVideo(video).frames())
    ]
    assert len(resized) == 16  # each frame once, for two clips
    assert [one is None for one in found] == [True] * 14 + [False, False]
    report = recognize(model, video)
    assert [label for label, _ in found[14].top] == [label for label, _ in report.top]
    assert found[14].top[0][1] == pytest.approx(report.top[0][1], abs=1e-5)
    assert found[14].cost['executed'] == pytest.approx(report.macs()['executed'])
    line = found[15].to_dict()
    assert line['frame'] == 15 and line['label'] == found[15].top[0][0] and line['macs'] > 0
    picture = draw_prediction(np.zeros((40, 56, 3), np.uint8), found[15], predictor.labels)
    assert picture.shape[0] >= 240 and picture.any()


def test_boxes_of_a_detector_are_drawn(tmp_path):
    cfg = Config.fromfile(DEMO / 'static_yowo-r2plus1d-tiny_acting-shapes.py')
    init_default_scope('mmaction')
    cfg.model.head.score_threshold = 0
    model = MODELS.build(cfg.model).eval()
    model.cfg = cfg
    predictor = StreamPredictor(model)
    images = np.random.default_rng(0).integers(0, 255, (8, 60, 80, 3), np.uint8)
    *none, found = [predictor.add(StreamFrame(i, image)) for i, image in enumerate(images)]
    assert none == [None] * 7 and len(found.detections.boxes) and found.cost['share'] == 1
    assert (
        found.top[0][0] == predictor.labels[found.detections.labels[0]] == found.to_dict()['label']
    )
    drawn, bare = (
        draw_prediction(images[-1], found, predictor.labels, threshold) for threshold in (0, 2)
    )
    assert (drawn != bare).any()


def test_where_a_frame_was_dropped_stands_the_one_before(model):
    window = ClipWindow(model.cfg)
    for number in range(0, 40, 3):  # two of three were dropped; the clips take every second one
        window.add(number, np.full((40, 56, 3), number, np.uint8))
    frames = window.sample()['inputs'][0, 0, :, 0, 0].tolist()
    assert frames == [number // 3 * 3 for number in range(25, 40, 2)]
    assert len(window._held) <= window.span


@pytest.mark.parametrize(
    ('change', 'words'),
    [
        ({'num_clips': 3}, 'samples frames over a whole video'),
        ({'frame_interval': (1, 2)}, 'draws its frame_interval'),
        ({'type': 'SampleFrames', 'clip_len': 8, 'other': {'type': 'Flip'}}, 'step Flip can not'),
    ],
)
def test_pipelines_that_a_stream_can_not_follow(model, change, words):
    cfg = copy.deepcopy(model.cfg)
    steps = [dict(step) for step in cfg.val_dataloader.dataset.pipeline]
    other = change.pop('other', None)
    steps[1].update(change)
    cfg.val_dataloader.dataset.pipeline = steps + ([other] if other else [])
    with pytest.raises(ValueError, match=words):
        ClipWindow(cfg)
