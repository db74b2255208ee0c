"""Looking at an image's size before its pixels are decoded."""

from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

#: Of an image if no other limit is set: a quarter of a gigabyte in RGB, as Pillow's own.
MAX_PIXELS = 1024**3 // 4 // 3


def image_problem(file: Path | BytesIO, max_pixels: int = MAX_PIXELS) -> str | None:
    """Why an image must not be decoded, by its header; None if it may be.

    Args:
        file: the image; only its first bytes are read.
        max_pixels: width times height. Above twice Pillow's ``Image.MAX_IMAGE_PIXELS`` that one
            holds.
    """
    try:
        with Image.open(file) as image:
            width, height = image.size
    except Image.DecompressionBombError:
        return 'more pixels than Pillow opens (Image.MAX_IMAGE_PIXELS)'
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return 'not an image, or damaged'
    if width * height > max_pixels:
        return f'{width} x {height} pixels, above the limit of {max_pixels:,} (max_pixels)'
    return None
