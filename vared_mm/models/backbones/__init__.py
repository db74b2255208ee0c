"""Backbones that upstream lacks, or has in another variant."""

from vared_mm.models.backbones.corrnet import CorrNet
from vared_mm.models.backbones.frame_resnet import FrameResNet
from vared_mm.models.backbones.i3d_inception_v2 import I3DInceptionV2
from vared_mm.models.backbones.r2plus1d import R2Plus1D
from vared_mm.models.backbones.x3d import X3D

__all__ = ['CorrNet', 'FrameResNet', 'I3DInceptionV2', 'R2Plus1D', 'X3D']
