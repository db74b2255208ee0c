"""The analyses on a quickly trained model: what they write, and mistakes that end in one line."""

import json

import cv2
import numpy as np
import pytest
from PIL import Image

from vared_mm.visualization import save_animation

DYNAMIC = 'configs/demo/vared-t2c2_r2plus1d-tiny_moving-shapes.py'
STATIC = 'configs/demo/static_r2plus1d-tiny_moving-shapes.py'
CLASSES = ['disc_right', 'disc_left', 'disc_up', 'disc_down']  # of the four test clips


@pytest.fixture
def analyse(run_tool, quick, trained, tmp_path):
    """Run an analysis; gives its JSON, and checks that its pictures are there."""

    def run(tool: str, *words: str, method: str = 'vared-t2c2', pictures: tuple[str, ...] = ()):
        config = {'vared-t2c2': DYNAMIC, 'static': STATIC}[method]
        out = ['--out-dir', tmp_path, *words]
        assert run_tool(tool, config, trained[method], *out, '--cfg-options', *quick) == 0
        name = tool.rpartition('/')[2].removesuffix('.py')
        for picture in pictures or (f'{name}.png',):
            pixels = cv2.imread(str(tmp_path / picture))
            assert pixels.std() > 5 and min(pixels.shape[:2]) > 100
        return json.loads((tmp_path / f'{name}.json').read_text())

    return run


def test_redundancy(analyse):
    found = analyse('analysis_tools/redundancy.py', '--clips', '2')
    assert found['clips'] == 2 and 'above' in found['note']
    for dimension in ('temporal', 'channel'):
        layers = found[dimension]['layers']
        assert len(layers) == 17  # every convolution, the static ones too
        means = [row['correlation'] for row in layers.values()]
        assert found[dimension]['correlation'] == pytest.approx(np.mean(means))
        assert found[dimension]['redundant'] <= found[dimension]['correlated'] <= 1
    assert layers['backbone.conv1.conv.conv_s']['pairs'] > 0


def test_policy_heatmap(analyse):
    found = analyse('visualizations/policy_heatmap.py')
    assert found['classes'] == CLASSES and found['clips_of_class'] == [1, 1, 1, 1]
    assert np.shape(found['time']) == np.shape(found['channel']) == (4, 6)
    assert np.min(found['time']) >= 0.5 and np.max(found['time']) <= 1


def test_cost_distribution(analyse):
    found = analyse('visualizations/cost_distribution.py')
    assert sum(found['clips_in_bin']) == 4 and found['bin_percent'] == 5
    assert found['least_macs'] <= found['average_macs'] <= found['most_macs']
    assert found['most_macs'] <= found['static_macs']


def test_extreme_clips(run_tool, quick, trained, tmp_path):
    lists = tmp_path / 'twice.txt'
    lists.write_text('test/00000.mp4,0,0\ntest/00001.mp4,0,0\ntest/00002.mp4,1,0\n')
    options = [*quick, f'test_dataloader.dataset.ann_file={lists}']
    words = ['--out-dir', tmp_path, '--cfg-options', *options]
    checkpoint = trained['vared-t2c2']
    assert run_tool('visualizations/extreme_clips.py', DYNAMIC, checkpoint, *words) == 0
    found = json.loads((tmp_path / 'extreme_clips.json').read_text())
    (row,) = found['classes']  # the other class has one clip only
    assert row['class'] == 'disc_right'
    (most,), (least,) = row['most'], row['least']
    assert {most['video'], least['video']} == {'test/00000.mp4', 'test/00001.mp4'}
    assert most['share'] >= least['share']
    for clip in (most, least):
        with Image.open(tmp_path / clip['animation']) as picture:
            assert picture.n_frames > 1
        assert cv2.imread(str(tmp_path / clip['still'])).shape[0] == 96
    assert cv2.imread(str(tmp_path / 'extreme_clips.png')).std() > 5


def test_feature_maps(analyse):
    both = ('feature_maps_time.png', 'feature_maps_channel.png')
    found = analyse('visualizations/feature_maps.py', pictures=both)
    assert found['layer'] == 'backbone.layer1.0.conv1.conv.conv_s'
    assert found['video'] == 'test/00000.mp4'
    time = found['rebuilt_against_full']['time']
    assert time['maps'] == 45 * 4 and -1 <= time['correlation'] <= 1 and time['rmse'] > 0


def test_feature_maps_of_a_static_layer(analyse):
    words = ('--layer', 'backbone.conv1.conv.conv_s', '--video', 'test/00002.mp4')
    pictures = ('feature_maps_time.png',)
    found = analyse('visualizations/feature_maps.py', *words, method='static', pictures=pictures)
    assert found['rebuilt_against_full']['time']['correlation'] is None


@pytest.mark.parametrize(
    ('tool', 'words', 'method', 'message'),
    [
        ('visualizations/cost_distribution.py', [], 'static', 'every clip costs the same'),
        ('visualizations/feature_maps.py', ['--layer', 'x'], 'static', '--layer x: no such conv'),
        ('visualizations/feature_maps.py', [], 'static', 'name a convolution with --layer'),
        ('visualizations/feature_maps.py', ['--video', 'x'], 'vared-t2c2', '--video x: not in'),
        ('visualizations/extreme_clips.py', [], 'vared-t2c2', 'no class has 2 clips here'),
        (
            'analysis_tools/redundancy.py',
            ['--clips', '0'],
            'static',
            "'0' must be a whole number",
        ),
    ],
)
def test_mistakes(run_tool, quick, trained, tmp_path, capsys, tool, words, method, message):
    config = {'vared-t2c2': DYNAMIC, 'static': STATIC}[method]
    words = ['--out-dir', tmp_path, *words, '--cfg-options', *quick]
    assert run_tool(tool, config, trained[method], *words) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert 'error: ' in last and message in last


def test_animations_play_and_repeat(tmp_path):
    frames = np.random.default_rng(0).integers(0, 255, (5, 20, 30, 3), dtype=np.uint8)
    save_animation(frames, tmp_path / 'a.webp', height=40)
    with Image.open(tmp_path / 'a.webp') as picture:
        assert picture.n_frames == 5 and picture.size == (60, 40) and picture.info['loop'] == 0
