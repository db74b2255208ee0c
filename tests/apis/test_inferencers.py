"""The upstream inferencers on our configs: what our own calls give, and what each input cost."""

import json
from pathlib import Path

import av
import numpy as np
import pytest
import torch
from mmaction.apis import (
    ActionRecogInferencer,
    MMAction2Inferencer,
    inference_recognizer,
    init_recognizer,
)
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmseg.apis import MMSegInferencer

from vared_mm.apis import load_recognizer, load_segmentor, recognize, segment
from vared_mm.datasets.synthetic import make_moving_shapes, make_shape_scenes
from vared_mm.registry import MODELS

DEMO = Path(__file__).parents[2] / 'configs/demo'
RECOGNIZER = DEMO / 'vared-t2c2_r2plus1d-tiny_moving-shapes.py'
SEGMENTOR = DEMO / 'vared-c2_pspnet-tiny_shape-scenes.py'


@pytest.fixture(scope='module')
def weights(tmp_path_factory):
    """Random ones, whose gates do not choose alike, of each config."""
    folder, made = tmp_path_factory.mktemp('weights'), {}
    for config in (RECOGNIZER, SEGMENTOR):
        cfg = Config.fromfile(config)
        init_default_scope(cfg.default_scope)
        torch.manual_seed(0)
        model = MODELS.build(cfg.model)
        for name, parameter in model.named_parameters():
            if name.endswith('gate.excite'):
                torch.nn.init.normal_(parameter)
        made[config] = str(folder / f'{config.stem}.pth')
        torch.save({'state_dict': model.state_dict()}, made[config])
    return made


@pytest.fixture(scope='module')
def videos(tmp_path_factory) -> list[str]:
    folder = make_moving_shapes(
        tmp_path_factory.mktemp('clips') / 'set', {'train': 0, 'val': 0, 'test': 2}, frames=20
    )
    return sorted(map(str, folder.rglob('*.mp4')))


@pytest.fixture(scope='module')
def reports(weights, videos):
    """What our own call says about each video."""
    model = load_recognizer(Config.fromfile(RECOGNIZER), weights[RECOGNIZER], 'cpu')
    return [recognize(model, video, count=12) for video in videos]


def assert_as_reported(prediction, report) -> None:
    top = [f'class {i}' for i in np.argsort(prediction['pred_scores'])[::-1]]
    assert top[:3] == [label for label, _ in report.top[:3]]
    assert max(prediction['pred_scores']) == pytest.approx(report.top[0][1], abs=1e-5)
    assert prediction['pred_labels'] == [np.argmax(prediction['pred_scores'])]
    assert prediction['cost'] == pytest.approx({**report.macs(), 'views': 1})


def test_files_folders_and_lists(weights, videos, reports):
    infer = ActionRecogInferencer(str(RECOGNIZER), weights[RECOGNIZER], 'cpu')
    folder = str(Path(videos[0]).parent)
    for given, wanted in ((videos[1], reports[1:]), (videos, reports), ([folder], None)):
        found = infer(given, batch_size=2)['predictions']
        if wanted is None:
            assert len(found) == sum(Path(video).parent == Path(folder) for video in videos)
            continue
        for prediction, report in zip(found, wanted, strict=True):
            assert_as_reported(prediction, report)
    json.dumps(found)


def test_an_array_of_frames(weights, videos, reports):
    with av.open(videos[0]) as container:
        frames = np.stack([f.to_ndarray(format='rgb24') for f in container.decode(video=0)])
    infer = ActionRecogInferencer(str(RECOGNIZER), weights[RECOGNIZER], 'cpu', input_format='array')
    assert_as_reported(infer(frames)['predictions'][0], reports[0])


def test_the_unified_inferencer_keeps_the_cost(weights, videos, reports, tmp_path):
    infer = MMAction2Inferencer(str(RECOGNIZER), weights[RECOGNIZER], 'cpu')
    out = tmp_path / 'out.json'
    (found,) = infer(videos[1], pred_out_file=str(out))['predictions']
    keys = {'rec_scores': 'pred_scores', 'rec_labels': 'pred_labels', 'rec_cost': 'cost'}
    assert_as_reported({new: found[old][0] for old, new in keys.items()}, reports[1])
    assert json.loads(out.read_text())['predictions'] == [found]


def test_one_video_by_every_view(weights, videos):
    model = init_recognizer(str(RECOGNIZER), weights[RECOGNIZER], 'cpu')
    sample = inference_recognizer(model, videos[0])
    report = recognize(model, videos[0], all_views=True, count=12)
    scores = {'pred_scores': sample.pred_score.tolist(), 'pred_labels': int(sample.pred_label)}
    assert max(scores['pred_scores']) == pytest.approx(report.top[0][1], abs=1e-5)
    assert sample.cost == pytest.approx({**report.macs(), 'views': 9})


def test_segmentation(weights, tmp_path):
    scenes = make_shape_scenes(tmp_path / 'set', {'training': 0, 'validation': 0, 'testing': 1})
    image = str(scenes / 'images/testing/00000.jpg')
    model = load_segmentor(Config.fromfile(SEGMENTOR), weights[SEGMENTOR], 'cpu')
    report = segment(model, image, str(tmp_path / 'overlay.png'))
    infer = MMSegInferencer(str(SEGMENTOR), weights[SEGMENTOR], device='cpu')
    names = infer.model.dataset_meta['classes']
    pixels = infer.pipeline.transforms[0].from_file({'img_path': image})['img']
    for given in (image, pixels, [image, image]):
        found = infer(given)
        several = isinstance(given, list)
        labels = found['predictions'][1] if several else found['predictions']
        shares = np.bincount(labels.ravel(), minlength=len(names)) / labels.size
        assert dict(report.areas) == pytest.approx(
            {name: share for name, share in zip(names, shares, strict=True) if share}
        )
        cost = found['cost'][1] if several else found['cost']
        assert cost == pytest.approx({**report.macs(), 'views': 1})
