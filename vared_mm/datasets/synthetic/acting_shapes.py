"""Drawing of one acting-shapes video, with the box of its actor."""

from dataclasses import dataclass

import numpy as np

from vared_mm.datasets.synthetic.moving_shapes import MOTIONS, MovingShapes

_AXES = {'right': 'sideways', 'left': 'sideways', 'up': 'up_and_down', 'down': 'up_and_down'}


@dataclass(frozen=True)
class ActingShapes(MovingShapes):
    """Moving shapes as J-HMDB has its people: one actor a video, anywhere in it, with a box.

    The actor does not sweep over the middle but goes back and forth along one axis, anywhere in the
    frame (``motions``: along which); so its box never jumps, and a class is a shape and an axis.
    Other fields are as of :class:`MovingShapes`.

    Args:
        travel: range of half the actor's way, pixels.
        period: range of the frames that a way back and forth takes.
    """

    shapes: tuple[str, ...] = ('disc', 'triangle', 'cross')
    motions: tuple[str, ...] = ('right', 'down')
    width: int = 80
    height: int = 60
    frames: int = 20
    speed: tuple[float, ...] = (1.0,)
    jitter: tuple[float, ...] = (0.0,)
    radius: tuple[float, float] = (7.0, 14.0)
    contrast: tuple[float, float] = (60.0, 110.0)
    travel: tuple[float, float] = (4.0, 9.0)
    period: tuple[float, float] = (7.0, 11.0)

    @property
    def classes(self) -> list[str]:
        """Class names, `shape_axis`, by label."""
        return [f'{shape}_{_AXES[motion]}' for shape in self.shapes for motion in self.motions]

    def draw_with_boxes(
        self, rng: np.random.Generator, label: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw one video.

        Shapes: RGB frames (T, H, W, 3), uint8; boxes (T, 4), x1, y1, x2, y2 in pixels.
        """
        shape, motion = divmod(label, len(self.motions))
        ground = rng.uniform(40, 110, 3).astype(np.float32)
        clip = self._background(rng, ground, np.zeros((self.frames, 2)))
        tint = rng.uniform(0.6, 1, 3).astype(np.float32)
        colour = ground + tint * rng.uniform(*self.contrast)
        radius = rng.uniform(*self.radius)
        places = self._back_and_forth(rng, self.motions[motion], radius)
        cover = self._paint(clip, rng, self.shapes[shape], places, radius, colour)
        clip += self.noise * rng.standard_normal((*clip.shape[:3], 1), dtype=np.float32)
        boxes = np.stack([_bounds(of_frame > 0.5) for of_frame in cover])
        return np.clip(np.rint(clip), 0, 255).astype(np.uint8), boxes

    def _back_and_forth(self, rng: np.random.Generator, motion: str, radius: float) -> np.ndarray:
        """Places (T, 2) of the centre, wholly inside of the frame."""
        step, travel = np.abs(MOTIONS[motion]), rng.uniform(*self.travel)
        room = radius + travel * step
        middle = rng.uniform(room, np.array([self.width, self.height]) - 1 - room)
        phase = rng.uniform() + np.arange(self.frames) / rng.uniform(*self.period)
        return middle + travel * np.sin(2 * np.pi * phase)[:, None] * step


def _bounds(mask: np.ndarray) -> np.ndarray:
    """Box (x1, y1, x2, y2) around the pixels of a mask, as their outer edges."""
    rows, columns = mask.any(1).nonzero()[0], mask.any(0).nonzero()[0]
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], np.float32)
