"""Textures of a ground: patterns of mean zero and amplitude about one, at any place and turn."""

import math
from collections.abc import Callable

import numpy as np

Texture = Callable[[np.random.Generator, np.ndarray, np.ndarray, float], np.ndarray]


def plain(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, period: float) -> np.ndarray:
    """No pattern."""
    return np.zeros_like(x)


def stripes(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, period: float) -> np.ndarray:
    """Waves that run one way."""
    turn, phase = rng.uniform(0, math.pi), rng.uniform(0, 2 * math.pi)
    along = x * math.cos(turn) + y * math.sin(turn)
    return np.sin(2 * math.pi * along / period + phase)


def checks(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, period: float) -> np.ndarray:
    """Waves that run both ways, at a right angle."""
    turn, phases = rng.uniform(0, math.pi / 2), rng.uniform(0, 2 * math.pi, 2)
    along = x * math.cos(turn) + y * math.sin(turn)
    across = y * math.cos(turn) - x * math.sin(turn)
    waves = (
        np.sin(2 * math.pi * axis / period + phase)
        for axis, phase in zip((along, across), phases, strict=True)
    )
    return sum(waves) / math.sqrt(2)


TEXTURES: dict[str, Texture] = {'plain': plain, 'stripes': stripes, 'checks': checks}
