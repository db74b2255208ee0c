"""Looking at an image's header before its pixels are decoded."""

from io import BytesIO
from pathlib import Path
from struct import error

from PIL import Image, UnidentifiedImageError

#: Of an image if no other limit is set: a quarter of a gigabyte in RGB, as Pillow's own.
MAX_PIXELS = 1024**3 // 4 // 3
#: Pillow's modes that OpenCV does not turn into the right colours.
_MODES = {'I': '32 bits a channel', 'F': '32 bits a channel', 'LAB': 'colours of the kind LAB'}
#: Of formats whose files may hold several images of equal standing. Not of JPEG: what a camera adds
#: there is for the first one.
_SERIES = ('GIF', 'PNG', 'WEBP', 'AVIF', 'TIFF')
_ORIENTATION = 0x0112  # tag of EXIF


def image_problem(file: Path | BytesIO, max_pixels: int = MAX_PIXELS) -> str | None:
    """Why an image must not be decoded, by its header; None if it may be.

    Args:
        file: the image; only its header is read.
        max_pixels: width times height. Above twice Pillow's ``Image.MAX_IMAGE_PIXELS`` that one
            holds.
    """
    try:
        with Image.open(file) as image:
            width, height = image.size
            if image.mode in _MODES:
                return f'{_MODES[image.mode]}; convert it to RGB of 8'
            if image.format in _SERIES and getattr(image, 'is_animated', False):
                return 'several images in one file; write the wanted one alone'
            # OpenCV follows the mark in all formats but this.
            if image.format == 'AVIF' and _mark(image) != 1:
                return "turned by a camera's mark, which is not followed in AVIF; write it upright"
    except Image.DecompressionBombError:
        return 'more pixels than Pillow opens (Image.MAX_IMAGE_PIXELS)'
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return 'not an image, or damaged'
    if width * height > max_pixels:
        return f'{width} x {height} pixels, above the limit of {max_pixels:,} (max_pixels)'
    return None


def is_turned(file: BytesIO) -> bool:
    """Whether a camera's mark (EXIF) says that an image is to be turned or mirrored."""
    with Image.open(file) as image:
        return _mark(image) in range(2, 9)


def _mark(image: Image.Image) -> int:
    try:
        return image.getexif().get(_ORIENTATION, 1)
    except (OSError, ValueError, SyntaxError, LookupError, TypeError, error):  # damaged: no mark
        return 1
