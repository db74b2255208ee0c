"""Synthetic clips: moving shapes, drawn with NumPy; as H.264 videos, or as J-HMDB lies."""

from vared_mm.datasets.synthetic.acting_shapes import ActingShapes
from vared_mm.datasets.synthetic.make_acting_shapes import make_acting_shapes
from vared_mm.datasets.synthetic.make_set import make_moving_shapes
from vared_mm.datasets.synthetic.moving_shapes import MovingShapes
from vared_mm.datasets.synthetic.write_video import write_video

__all__ = [
    'ActingShapes',
    'MovingShapes',
    'make_acting_shapes',
    'make_moving_shapes',
    'write_video',
]
