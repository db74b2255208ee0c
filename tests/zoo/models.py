"""One small model of each convolutional family of timm and torchvision, and what is true of it.

``python tests/zoo/models.py`` prints the table as it is found; docs/conversion.md shows it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Model:
    """A model of another library.

    Args:
        name: with its library.
        layers: dynamic layers that it gets; 0 where it is refused.
        size: of its images or clips, height and width.
        frames: of a clip; 0 for images.
        refused: what the refusal says, a regular expression; empty where there is none.
        classes: 0 for a model that takes no number of classes.
    """

    name: str
    layers: int = 0
    size: int = 64
    frames: int = 0
    refused: str = ''

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one clip or image."""
        return (3, *((self.frames,) if self.frames else ()), self.size, self.size)
