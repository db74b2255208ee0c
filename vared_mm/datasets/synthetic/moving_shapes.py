"""Drawing of one moving-shapes clip."""

import math
from dataclasses import dataclass

import numpy as np

from vared_mm.datasets.synthetic.shapes import SHAPES

#: Unit steps (x, y) in image coordinates.
MOTIONS = {'right': (1, 0), 'left': (-1, 0), 'up': (0, -1), 'down': (0, 1)}


@dataclass(frozen=True)
class MovingShapes:
    """What moving-shapes clips look like, and how hard they are.

    A class is a shape and the way it moves; `label = shape * len(motions) + motion`. In a single
    frame every motion looks alike (the place of a shape has the same distribution for all of
    them), and every shape moves in every way, so a model needs both. Smaller, dimmer shapes of
    other kinds that move in other ways (distractors), noise, texture and camera jitter make it
    hard. The motion level scales speed and jitter, never the class: at level 0 a shape still
    travels some pixels.

    A shape sweeps over a square in the middle of the frame, `sweep` pixels wide, and starts anew
    on the other side when it leaves it; so it is always well inside a central crop.

    Args:
        shapes: names out of `SHAPES`.
        motions: names out of `MOTIONS`.
        width: of a frame, pixels, even, 16 or more.
        height: of a frame, pixels, even, 16 or more.
        frames: of a clip.
        fps: frames per second, as written into the file.
        speed: pixels a frame, one value a motion level.
        jitter: standard deviation of the camera's place in pixels, one value a motion level.
        sweep: side of the square that a shape's centre stays in, pixels.
        radius: range of the shape's radius, pixels.
        tilt: greatest turn of a shape to either side, degrees.
        contrast: range of the brightness of a shape above its background, grey levels.
        faint: share of the clips whose shape is so faint that it can hardly be told; they keep any
            model below 100 % and leave the others quick to learn.
        faint_contrast: contrast of a faint shape as a share of another's.
        distractors: fewest and most distractors of a clip.
        distractor_scale: range of a distractor's radius as a share of the shape's; near 1, the
            clip is ambiguous.
        distractor_contrast: range of a distractor's contrast as a share of the shape's.
        texture: amplitude of the background's waves, grey levels.
        noise: standard deviation of the noise of every pixel and frame, grey levels.

    Raises:
        ValueError: for an unknown shape or motion, a size that can't be encoded, or levels that do
            not match.
    """

    shapes: tuple[str, ...] = ('disc', 'triangle', 'cross')
    motions: tuple[str, ...] = ('right', 'left', 'up', 'down')
    width: int = 56
    height: int = 40
    frames: int = 20
    fps: int = 12
    speed: tuple[float, ...] = (0.3, 0.6, 1.1, 1.8)
    jitter: tuple[float, ...] = (0.0, 0.4, 0.8, 1.2)
    sweep: float = 20.0
    radius: tuple[float, float] = (6.5, 9.0)
    tilt: float = 15.0
    contrast: tuple[float, float] = (50.0, 110.0)
    faint: float = 0.08
    faint_contrast: float = 0.05
    distractors: tuple[int, int] = (0, 1)
    distractor_scale: tuple[float, float] = (0.5, 0.8)
    distractor_contrast: tuple[float, float] = (0.3, 0.8)
    texture: float = 12.0
    noise: float = 8.0

    def __post_init__(self) -> None:
        for names, known, what in (
            (self.shapes, SHAPES, 'shape'),
            (self.motions, MOTIONS, 'motion'),
        ):
            unknown = sorted(set(names) - set(known))
            if unknown or len(set(names)) < max(2, len(names)):
                raise ValueError(f'{what}s {names}: take two or more of {sorted(known)}, each once')
        if self.width % 2 or self.height % 2 or min(self.width, self.height) < 16:
            raise ValueError(f'{self.width} x {self.height} pixels: both must be even, 16 or more')
        if len(self.speed) != len(self.jitter):
            raise ValueError(
                f'speed has {len(self.speed)} motion levels, jitter has {len(self.jitter)}'
            )

    @property
    def classes(self) -> list[str]:
        """Class names, `shape_motion`, by label."""
        return [f'{shape}_{motion}' for shape in self.shapes for motion in self.motions]

    @property
    def levels(self) -> int:
        """Number of motion levels."""
        return len(self.speed)

    def draw(self, rng: np.random.Generator, label: int, level: int) -> np.ndarray:
        """Draw one clip.

        Returns:
            RGB frames (T, H, W, 3), uint8.
        """
        shape, motion = divmod(label, len(self.motions))
        camera = rng.normal(0, 1, (self.frames, 2)) * self.jitter[level]
        ground = rng.uniform(40, 110, 3).astype(np.float32)
        clip = self._background(rng, ground, camera)
        radius, contrast = rng.uniform(*self.radius), rng.uniform(*self.contrast)
        if rng.random() < self.faint:
            contrast *= self.faint_contrast
        fewest, most = self.distractors
        cast = [
            (
                self._other(rng, self.shapes, shape),
                self._other(rng, self.motions, motion),
                radius * rng.uniform(*self.distractor_scale),
                contrast * rng.uniform(*self.distractor_contrast),
            )
            for _ in range(rng.integers(fewest, most + 1))
        ]
        # The shape that counts comes last and covers the others.
        cast.append((self.shapes[shape], self.motions[motion], radius, contrast))
        for its_shape, its_motion, its_radius, its_contrast in cast:
            places = self._path(rng, its_motion, self.speed[level]) - camera
            tint = rng.uniform(0.6, 1, 3).astype(np.float32)
            colour = ground + tint * its_contrast
            self._paint(clip, rng, its_shape, places, its_radius, colour)
        clip += self.noise * rng.standard_normal((*clip.shape[:3], 1), dtype=np.float32)
        return np.clip(np.rint(clip), 0, 255).astype(np.uint8)

    @staticmethod
    def _other(rng: np.random.Generator, names: tuple[str, ...], but: int) -> str:
        return names[(but + rng.integers(1, len(names))) % len(names)]

    def _background(
        self, rng: np.random.Generator, ground: np.ndarray, camera: np.ndarray
    ) -> np.ndarray:
        y, x = np.mgrid[: self.height, : self.width].astype(np.float32)
        camera = camera.astype(np.float32)
        clip = np.tile(ground, (self.frames, self.height, self.width, 1))
        for _ in range(3):
            wave = rng.uniform(-0.5, 0.5, 2).astype(np.float32)
            moved = (camera @ wave)[:, None, None] + rng.uniform(0, 2 * math.pi)
            amplitude = rng.uniform(0, self.texture, 3).astype(np.float32)
            clip += np.sin(wave[0] * x + wave[1] * y + moved)[..., None] * amplitude
        return clip

    def _path(self, rng: np.random.Generator, motion: str, speed: float) -> np.ndarray:
        """Places (T, 2) of a shape's centre: x, y in pixels of the frame."""
        steps = np.arange(self.frames)[:, None] * np.array(MOTIONS[motion])
        start, pace = rng.uniform(0, self.sweep, 2), rng.uniform(0.85, 1.15) * speed
        swept = (start + steps * pace) % self.sweep - self.sweep / 2
        return swept + ((self.width - 1) / 2, (self.height - 1) / 2)

    def _paint(
        self,
        clip: np.ndarray,
        rng: np.random.Generator,
        shape: str,
        places: np.ndarray,
        radius: float,
        colour: np.ndarray,
    ) -> np.ndarray:
        """Paint a shape into every frame; returns how much of each pixel it covers, (T, H, W)."""
        turn = math.radians(rng.uniform(-self.tilt, self.tilt))
        cos, sin = math.cos(turn), math.sin(turn)
        places = places.astype(np.float32)
        x = np.arange(self.width, dtype=np.float32) - places[:, 0, None, None]
        y = np.arange(self.height, dtype=np.float32)[:, None] - places[:, 1, None, None]
        distance = SHAPES[shape](x * cos + y * sin, y * cos - x * sin, radius)
        cover = np.clip(0.5 - distance, 0, 1)[..., None]
        clip += cover * (colour - clip)
        return cover[..., 0]
