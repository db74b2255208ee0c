"""Synthetic clips: moving shapes, drawn with NumPy and written as H.264."""

from vared_mm.datasets.synthetic.h264 import write_h264
from vared_mm.datasets.synthetic.make_set import make_moving_shapes
from vared_mm.datasets.synthetic.moving_shapes import MovingShapes

__all__ = ['MovingShapes', 'make_moving_shapes', 'write_h264']
