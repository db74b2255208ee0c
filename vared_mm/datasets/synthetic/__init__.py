"""Synthetic data: clips of moving and of acting shapes; scenes of shapes, with labels."""

from vared_mm.datasets.synthetic.acting_shapes import ActingShapes
from vared_mm.datasets.synthetic.make_acting_shapes import make_acting_shapes
from vared_mm.datasets.synthetic.make_scenes import make_shape_scenes
from vared_mm.datasets.synthetic.make_set import make_moving_shapes
from vared_mm.datasets.synthetic.moving_shapes import MovingShapes
from vared_mm.datasets.synthetic.shape_scenes import ShapeScenes
from vared_mm.datasets.synthetic.write_video import write_video

__all__ = [
    'ActingShapes',
    'MovingShapes',
    'ShapeScenes',
    'make_acting_shapes',
    'make_moving_shapes',
    'make_shape_scenes',
    'write_video',
]
