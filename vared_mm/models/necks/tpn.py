"""The temporal pyramid network with a choice of its width."""

from mmaction.models import TPN as UpstreamTPN
from mmcv.cnn import ConvModule

from vared_mm.registry import MODELS


@MODELS.register_module()
class TPN(UpstreamTPN):
    """mmaction2's TPN, whose last convolution has 2048 maps there, whatever the backbone.

    Source: TPN (arXiv 2004.03548). Differs from mmaction2's: ``pyramid_channels`` only.
    Shapes: a tuple of (N, C_l, T_l, H_l, W_l) -> (N, pyramid_channels, T', H, W), H and W those of
    the last level; T' = 1 where ``temporal_modulation_cfg`` pools every level to one time step.

    Args:
        pyramid_channels: of the result.
        kwargs: as of mmaction2's ``TPN``; ``in_channels`` and the widths of
            ``spatial_modulation_cfg`` double from level to level.
    """

    def __init__(self, pyramid_channels: int = 2048, **kwargs) -> None:
        super().__init__(**kwargs)
        self.pyramid_fusion = ConvModule(
            self.pyramid_fusion.in_channels,
            pyramid_channels,
            1,
            bias=False,
            conv_cfg={'type': 'Conv3d'},
            norm_cfg={'type': 'BN3d', 'requires_grad': True},
        )
