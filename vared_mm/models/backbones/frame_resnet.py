"""A residual network for small frames."""

from collections.abc import Sequence

from mmaction.models.backbones.resnet import BasicBlock, make_res_layer
from mmcv.cnn import ConvModule
from mmengine.model import BaseModule
from torch import Tensor, nn

from vared_mm.registry import MODELS


@MODELS.register_module()
class FrameResNet(BaseModule):
    """mmaction2's residual stages at any width, after a single 3 x 3 convolution.

    mmaction2's ``ResNet`` begins with 64 maps and a quarter of the resolution.

    Source: ResNet (arXiv 1512.03385), basic blocks. Differs: the stem.
    Shapes: (F, in_channels, H, W) -> (F, base_channels * 2 ** (stages - 1), ...).

    Args:
        in_channels: of a frame, or of several on top of each other.
        base_channels: of the stem and of the first stage.
        stage_blocks: blocks of each stage.
        strides: of each stage's first block; the stem's is 2.
    """

    def __init__(
        self,
        in_channels: int = 3,
        base_channels: int = 16,
        stage_blocks: Sequence[int] = (1, 1, 1),
        strides: Sequence[int] = (2, 2, 2),
    ) -> None:
        super().__init__(init_cfg=[dict(type='Kaiming', layer='Conv2d')])
        norm = dict(norm_cfg=dict(type='BN2d'), act_cfg=dict(type='ReLU', inplace=True))
        self.conv1 = ConvModule(
            in_channels, base_channels, 3, stride=2, padding=1, bias=False, **norm
        )
        layers, inputs = [], base_channels
        for stage, (blocks, stride) in enumerate(zip(stage_blocks, strides, strict=True)):
            outputs = base_channels * 2**stage
            layers.append(
                make_res_layer(
                    BasicBlock, inputs, outputs, blocks, stride, conv_cfg=dict(type='Conv'), **norm
                )
            )
            inputs = outputs
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """Feature map of frames."""
        return self.layers(self.conv1(x))
