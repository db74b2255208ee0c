"""tools/stream.py: lines of JSON, a drawn video, and an end by Ctrl-C."""

import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

from tests.streaming.conftest import clip, serve  # noqa: F401  (fixtures)
from vared_mm.datasets import EncodedVideo
from vared_mm.registry import MODELS

CONFIG = 'configs/demo/static_r2plus1d-tiny_moving-shapes.py'


@pytest.fixture(autouse=True)
def interrupts():
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def checkpoint(root, tmp_path) -> str:
    cfg = Config.fromfile(root / CONFIG)
    init_default_scope('mmaction')
    torch.save({'state_dict': MODELS.build(cfg.model).state_dict()}, tmp_path / 'weights.pth')
    return str(tmp_path / 'weights.pth')


def interrupt_when_there(lines: Path) -> None:
    """Send what Ctrl-C does once there is a line."""
    for _ in range(600):
        if lines.is_file() and lines.stat().st_size:
            return os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)


def test_a_file_to_its_end_and_a_stream_until_it_is_interrupted(
    run_tool,
    checkpoint,
    clip,  # noqa: F811
    serve,  # noqa: F811
    tmp_path,
    capsys,
):
    out, lines = tmp_path / 'drawn.mkv', tmp_path / 'lines.jsonl'
    words = [CONFIG, checkpoint, '--device', 'cpu', '--json', lines]
    assert run_tool('stream.py', clip, *words, '--every', '4', '--out', out) == 0
    found = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [line['frame'] for line in found] == [14, 18, 22]
    assert {'label', 'confidence', 'macs', 'share', 'clips_per_second', 'dropped'} <= found[
        0
    ].keys()
    assert len(EncodedVideo(str(out))) == 24
    assert '3 predictions, 0 frames dropped' in capsys.readouterr().err

    lines.unlink()
    threading.Thread(target=interrupt_when_there, args=(lines,)).start()
    assert run_tool('stream.py', serve(10_000), *words) == 0
    assert 'frames dropped' in capsys.readouterr().err and lines.read_text().endswith('}\n')


def test_what_can_not_be_streamed_is_said_in_one_line(run_tool, checkpoint, capsys):
    assert run_tool('stream.py', 'none.mp4', CONFIG, checkpoint, '--device', 'cpu') == 2
    assert capsys.readouterr().err == 'error: none.mp4: no such camera, address or file\n'
