"""Turning a picture upright."""

import numpy as np

#: A matrix that is this near to one of the eight orientations is taken for it.
_NEAR = 0.02


def upright(image: np.ndarray, matrix: bytes) -> np.ndarray:
    """Turn and mirror a picture as a display matrix says.

    Shapes: (H, W, 3) -> (H, W, 3) or (W, H, 3), contiguous.

    Args:
        image: as stored.
        matrix: of libav, nine 32-bit integers; the first four of its rows and columns count, by
            their signs: a point (x, y) is shown at (a x + c y, b x + d y).

    Raises:
        ValueError: if it is none of the eight orientations.
    """
    a, b, _, c, d = np.frombuffer(matrix, np.int32)[:5].astype(float)
    straight, crossed = abs(a) + abs(d), abs(b) + abs(c)
    if min(straight, crossed) > _NEAR * max(straight, crossed):
        raise ValueError('turned by an angle that is no quarter of a circle')
    right, down = (a, d) if straight >= crossed else (c, b)
    if crossed > straight:
        image = image.swapaxes(0, 1)
    return np.ascontiguousarray(image[:: -1 if down < 0 else 1, :: -1 if right < 0 else 1])
