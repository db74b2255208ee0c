"""Synthetic data: clips of moving shapes, written as H.264; scenes of shapes, with labels."""

from vared_mm.datasets.synthetic.make_scenes import make_shape_scenes
from vared_mm.datasets.synthetic.make_set import make_moving_shapes
from vared_mm.datasets.synthetic.moving_shapes import MovingShapes
from vared_mm.datasets.synthetic.shape_scenes import ShapeScenes
from vared_mm.datasets.synthetic.write_video import write_video

__all__ = ['MovingShapes', 'ShapeScenes', 'make_moving_shapes', 'make_shape_scenes', 'write_video']
