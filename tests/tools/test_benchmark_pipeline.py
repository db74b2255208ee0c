"""tools/analysis_tools/benchmark_pipeline.py: whole tests, ours and mmaction2's in turn."""

import json
from functools import partial
from importlib import import_module

import numpy as np
import pytest

from vared_mm.acceleration import accelerate
from vared_mm.datasets.synthetic import write_video

CONFIG = 'configs/demo/vared-t2c2_r2plus1d-tiny_moving-shapes.py'
TOOL = 'analysis_tools/benchmark_pipeline.py'


@pytest.fixture
def video(tmp_path):
    frames = np.random.default_rng(0).integers(0, 255, (20, 64, 64, 3), dtype=np.uint8)
    write_video(tmp_path / 'a clip.mp4', frames, fps=10)
    return tmp_path / 'a clip.mp4'


def test_both_are_timed_in_turn_on_the_same_files(run_tool, tmp_path, video, monkeypatch):
    module = import_module('vared_mm.benchmarking.pipeline_speed')
    monkeypatch.setattr(module, 'accelerate', partial(accelerate, compiled=False))
    found = tmp_path / 'speed.json'
    assert run_tool(TOOL, CONFIG, video, video, '--rounds', '2', '--json', found) == 0
    whole = json.loads(found.read_text())
    assert {name: len(spent) for name, spent in whole['seconds'].items()} == {
        'ours': 2,
        'mmaction2': 2,
    }
    ours, theirs = (np.median(whole['seconds'][name]) for name in ('ours', 'mmaction2'))
    assert whole['speed_up'] == pytest.approx(theirs / ours)
    assert whole['settings']['videos'] == ['a clip.mp4', 'a clip.mp4']


def test_a_missing_video_is_named(run_tool, tmp_path, capsys):
    assert run_tool(TOOL, CONFIG, tmp_path / 'none.mp4') == 2
    assert 'none.mp4: no such video' in capsys.readouterr().err
