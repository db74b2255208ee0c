"""Synthetic clips: moving shapes, drawn with NumPy and written as H.264."""

from vared_mm.datasets.synthetic.make_set import make_moving_shapes
from vared_mm.datasets.synthetic.moving_shapes import MovingShapes
from vared_mm.datasets.synthetic.write_video import write_video

__all__ = ['MovingShapes', 'make_moving_shapes', 'write_video']
