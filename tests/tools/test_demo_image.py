"""tools/demo.py on an image: the overlay, the classes, the cost."""

import json
from pathlib import Path

import cv2
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

from vared_mm.datasets.synthetic import make_shape_scenes
from vared_mm.registry import MODELS

ROOT = Path(__file__).parents[2]
DYNAMIC = 'configs/demo/vared-c2_pspnet-tiny_shape-scenes.py'


@pytest.fixture(scope='module')
def scenes(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp('scenes') / 'set'
    return make_shape_scenes(folder, {'training': 0, 'validation': 0, 'testing': 1})


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory) -> str:
    """The demo's dynamic model, not trained."""
    cfg = Config.fromfile(ROOT / DYNAMIC)
    init_default_scope('mmseg')
    path = tmp_path_factory.mktemp('untrained') / 'untrained.pth'
    torch.save({'state_dict': MODELS.build(cfg.model).state_dict()}, path)
    return str(path)


def test_overlay_and_cost(run_tool, scenes, checkpoint, tmp_path, capsys):
    image, overlay = scenes / 'images/testing/00000.jpg', tmp_path / 'new/overlay.png'
    words = ['--label-map', scenes / 'classes.txt', '--device', 'cpu', '--out', overlay]
    words += ['--json', tmp_path / 'report.json']
    assert run_tool('demo.py', image, DYNAMIC, checkpoint, *words) == 0
    drawn, plain = cv2.imread(str(overlay)), cv2.imread(str(image))
    assert drawn.shape == plain.shape and (drawn != plain).any()
    found, shown = json.loads((tmp_path / 'report.json').read_text()), capsys.readouterr().out
    assert sum(share for _, share in found['areas']) == pytest.approx(1)
    names = (scenes / 'classes.txt').read_text().split()
    assert all(name in names and name in shown for name, _ in found['areas'])
    macs, height, width = found['macs'], *plain.shape[:2]
    # The first convolution halves the image and gives 8 channels, out of 3 with 3 x 3 taps.
    assert macs['static'] > -(-height // 2) * -(-width // 2) * 8 * 27
    assert macs['executed'] == sum(macs[part] for part in ('conv', 'cheap', 'gate', 'other'))
    assert len(found['cost']) == 20
    assert {share for layer in found['cost'] for share in layer['channel_share']} == {1}


@pytest.mark.parametrize(
    ('image', 'labels', 'message'),
    [
        ('none.jpg', None, 'none.jpg: no such image'),
        ('pixel.png', None, 'pixel.png: a single pixel, which no overlay can be drawn on'),
        ('grey.jpg', None, 'grey.jpg: a greyscale image; convert it to RGB'),
        (None, 'two.txt', '2 labels for a model of 6 classes'),
    ],
)
def test_a_mistake_ends_in_one_line(
    run_tool, scenes, checkpoint, tmp_path, capsys, image, labels, message
):
    picture = scenes / 'images/testing/00000.jpg'
    cv2.imwrite(str(tmp_path / 'grey.jpg'), cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE))
    cv2.imwrite(str(tmp_path / 'pixel.png'), cv2.imread(str(picture))[:1, :1])
    (tmp_path / 'two.txt').write_text('a\nb\n')
    words = ['--label-map', tmp_path / labels] if labels else []
    words += ['--device', 'cpu', '--out', tmp_path / 'overlay.png']
    chosen = tmp_path / image if image else picture
    assert run_tool('demo.py', chosen, DYNAMIC, checkpoint, *words) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith('error: ') and message in error
