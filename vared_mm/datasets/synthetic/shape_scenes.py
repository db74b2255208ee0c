"""Drawing of one scene of shapes on textured grounds, with the class of each pixel."""

import math
from dataclasses import dataclass

import numpy as np

from vared_mm.datasets.synthetic.shapes import SHAPES
from vared_mm.datasets.synthetic.textures import TEXTURES

#: Whether an object is lighter or darker than its ground, by channel, in any order; by shape.
SIGNS = ((1, 1, 1), (-1, -1, -1), (1, 1, -1), (1, -1, -1))


@dataclass(frozen=True)
class ShapeScenes:
    """What scenes look like, and how hard they are.

    A ground pixel's class is the texture there, an object's pixel's class its shape. Colours are
    drawn at random, but objects of the first shape are lighter than their ground, of the second
    darker, of the third lighter in some channels and darker in others, and so on: a small model
    learns that in a minute, where outlines alone take it long. A scene's level is its number of
    objects: the more there are, the more they hide each other. Images differ in size. What lies
    between two grounds has no label, as the parts that ADE20K's annotators left out.

    Args:
        textures: names out of ``TEXTURES``.
        shapes: names out of ``SHAPES``.
        side: range of an image's width and of its height, pixels.
        objects: fewest and most objects of a scene.
        radius: range of an object's radius, pixels.
        tilt: greatest turn of an object to either side, degrees.
        contrast: range of an object's distance from its ground, grey levels in each channel.
        texture: range of a texture's amplitude, grey levels.
        period: range of a texture's period, pixels.
        seam: width of the unlabelled strip between two grounds, pixels.
        noise: standard deviation of the noise of every pixel, grey levels.

    Raises:
        ValueError: for an unknown shape or texture, or fewer than two of either.
    """

    textures: tuple[str, ...] = ('plain', 'stripes', 'checks')
    shapes: tuple[str, ...] = ('disc', 'triangle', 'cross')
    side: tuple[int, int] = (64, 88)
    objects: tuple[int, int] = (1, 3)
    radius: tuple[float, float] = (9.0, 16.0)
    tilt: float = 15.0
    contrast: tuple[float, float] = (35.0, 80.0)
    texture: tuple[float, float] = (14.0, 30.0)
    period: tuple[float, float] = (5.0, 8.0)
    seam: float = 2.0
    noise: float = 8.0

    def __post_init__(self) -> None:
        for names, known, what in (
            (self.textures, TEXTURES, 'texture'),
            (self.shapes, SHAPES, 'shape'),
        ):
            unknown = sorted(set(names) - set(known))
            if unknown or len(set(names)) < max(2, len(names)):
                raise ValueError(f'{what}s {names}: take two or more of {sorted(known)}, each once')

    @property
    def classes(self) -> list[str]:
        """Class names; label 0 is none, so label n is the n-th of these."""
        return [*self.textures, *self.shapes]

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draw one scene.

        Returns:
            RGB image (H, W, 3) and labels (H, W), both uint8.
        """
        width, height = rng.integers(self.side[0], self.side[1] + 1, 2)
        y, x = np.mgrid[:height, :width].astype(np.float32)
        image, labels = self._draw_grounds(rng, x, y)
        fewest, most = self.objects
        for _ in range(rng.integers(fewest, most + 1)):
            self._draw_object(rng, image, labels, x, y)
        image += self.noise * rng.standard_normal((height, width, 1), dtype=np.float32)
        return np.clip(np.rint(image), 0, 255).astype(np.uint8), labels

    def _draw_grounds(
        self, rng: np.random.Generator, x: np.ndarray, y: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Two textures, side by side along a slanted line."""
        turn = rng.uniform(0, 2 * math.pi)
        height, width = x.shape
        away = rng.uniform(-0.2, 0.2) * min(height, width)
        line = (x - width / 2) * math.cos(turn) + (y - height / 2) * math.sin(turn) - away
        image = np.empty((height, width, 3), np.float32)
        labels = np.zeros((height, width), np.uint8)
        for number, side in zip(
            rng.permutation(len(self.textures))[:2], (line < 0, line >= 0), strict=True
        ):
            wave = TEXTURES[self.textures[number]](rng, x, y, rng.uniform(*self.period))
            tint = rng.uniform(0.5, 1, 3) * rng.uniform(*self.texture)
            image[side] = (rng.uniform(60, 180, 3) + wave[..., None] * tint)[side]
            labels[side] = number + 1
        labels[np.abs(line) < self.seam / 2] = 0
        return image, labels

    def _draw_object(
        self,
        rng: np.random.Generator,
        image: np.ndarray,
        labels: np.ndarray,
        x: np.ndarray,
        y: np.ndarray,
    ) -> None:
        number, radius = rng.integers(len(self.shapes)), rng.uniform(*self.radius)
        height, width = labels.shape
        x = x - rng.uniform(0.6 * radius, width - 0.6 * radius)
        y = y - rng.uniform(0.6 * radius, height - 0.6 * radius)
        turn = math.radians(rng.uniform(-self.tilt, self.tilt))
        cos, sin = math.cos(turn), math.sin(turn)
        shape = SHAPES[self.shapes[number]]
        distance = shape(x * cos + y * sin, y * cos - x * sin, radius)
        cover = np.clip(0.5 - distance, 0, 1)[..., None]
        ground = image[distance < 0].mean(axis=0)
        away = rng.uniform(*self.contrast, 3) * rng.permutation(SIGNS[number % len(SIGNS)])
        image += cover * (np.clip(ground + away, 10, 245) - image)
        labels[distance < 0] = len(self.textures) + number + 1
