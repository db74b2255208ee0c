"""Shapes as signed distances: negative inside, positive outside, in pixels.

Every shape of one radius r has the area of the disc of that radius, so size never tells which
one it is. `x` points right and `y` down, both from the middle of the shape.
"""

import math
from collections.abc import Callable

import numpy as np

Distance = Callable[[np.ndarray, np.ndarray, float], np.ndarray]

_HALF_SIDE = math.sqrt(math.pi) / 2
# An equilateral triangle with inscribed radius q has area 3 * sqrt(3) * q**2.
_INSCRIBED = math.sqrt(math.pi / (3 * math.sqrt(3)))
# A cross whose arms are as long as three times their half width h, both ways, has area 20 h**2.
_ARM = math.sqrt(math.pi / 20)


def disc(x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Distance to a disc."""
    return np.hypot(x, y) - radius


def square(x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Distance to a square with upright sides."""
    return np.maximum(np.abs(x), np.abs(y)) - _HALF_SIDE * radius


def triangle(x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Distance to an equilateral triangle that points up."""
    slanted = np.abs(x) * math.sqrt(3) / 2 - y / 2
    return np.maximum(slanted, y) - _INSCRIBED * radius


def cross(x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Distance to an upright cross (a plus sign)."""
    x, y = np.abs(x), np.abs(y)
    thin, long = _ARM * radius, 3 * _ARM * radius
    return np.minimum(np.maximum(x - thin, y - long), np.maximum(x - long, y - thin))


SHAPES: dict[str, Distance] = {'disc': disc, 'square': square, 'triangle': triangle, 'cross': cross}
