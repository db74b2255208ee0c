"""Small videos, made once: moving shapes, and videos whose frames hold their number."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vared_mm.datasets.synthetic import make_moving_shapes, write_video

BITS, HEIGHT, WIDTH = 8, 64, 96


@pytest.fixture(scope='session')
def moving_shapes(tmp_path_factory) -> Path:
    """A moving-shapes data set: 24 clips of training, 12 each to validate and test."""
    folder = tmp_path_factory.mktemp('moving_shapes')
    return make_moving_shapes(folder / 'set', dict(train=24, val=12, test=12), seed=0)


def _numbered(number: int) -> np.ndarray:
    """Draw a picture with bars that spell its number, over waves that keep the codec busy."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    waves = 60 + 20 * np.sin((x + 3 * number) / 7) + 20 * np.cos((y + 2 * number) / 5)
    image = np.repeat(waves[..., None], 3, axis=2).astype(np.uint8)
    for bit, bar in enumerate(np.split(image, BITS, axis=1)):
        bar[8:28] = 230 if number >> bit & 1 else 15
    return image


@pytest.fixture(scope='session')
def numbered_video(tmp_path_factory) -> Callable[..., str]:
    """Write a video whose i-th frame holds i: `numbered_video(name, frames=50, **write_video)`."""
    folder = tmp_path_factory.mktemp('numbered')

    def make(name: str, frames: int = 50, fps: int = 25, **kwargs) -> str:
        path = folder / name
        if not path.exists():
            write_video(path, [_numbered(i) for i in range(frames)], fps, **kwargs)
        return str(path)

    return make


@pytest.fixture(scope='session')
def read_number() -> Callable[[np.ndarray], int]:
    """Read the number out of a decoded frame."""

    def read(image: np.ndarray) -> int:
        bars = np.split(image, BITS, axis=1)
        return sum(int(bar[12:24, 3:-3].mean() > 120) << bit for bit, bar in enumerate(bars))

    return read
