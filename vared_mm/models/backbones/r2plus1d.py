"""R(2+1)D as the thesis counts it."""

from collections.abc import Sequence

from mmaction.models import ResNet3d

from vared_mm.registry import MODELS


@MODELS.register_module()
class R2Plus1D(ResNet3d):
    """R(2+1)D: a residual network whose 3-D convolutions are split into space and time.

    Every (2+1)-D convolution has its own middle width (64 -> 64: 144, 64 -> 128: 230 ...), the
    stem is 1x7x7 to 83 maps and 3x1x1 to 64, nothing is pooled, and the temporal stride of stages
    2 to 4 sits on the 3x1x1 convolution.

    Source: R(2+1)D (arXiv 1711.11248), depth 18 of VA-RED2 (arXiv 2102.07887).
    Differs from mmaction2's ``ResNet2Plus1d``: no max pooling after the stem; shortcuts are single
    strided 1x1x1 convolutions. With ``with_pool1=True`` and
    ``conv_cfg=dict(type='Conv2plus1d')`` it is that model and takes its checkpoints.
    Shapes: (N, 3, T, H, W) -> (N, C, T/8, H/16, W/16), C = 8 * base_channels (times 4 from depth
    50 on); a tuple of every stage in ``out_indices`` if these are several.

    Args:
        depth: 18, 34, 50, 101 or 152.
        num_stages: stages built, 1 to 4; longer stride lists are cut to it.
        out_indices: stages returned, the last by default.
        spatial_strides: of each stage's first block.
        temporal_strides: of each stage's first block.
        norm_cfg: every batch norm, the one inside a (2+1)-D convolution too.
        conv_cfg: another convolution layer; then its options are the caller's.
        kwargs: anything else that mmaction2's ``ResNet3d`` takes: ``base_channels``,
            ``stage_blocks``, ``frozen_stages``, ``norm_eval``, ``with_cp`` ...
    """

    def __init__(
        self,
        depth: int = 18,
        num_stages: int = 4,
        out_indices: Sequence[int] | None = None,
        spatial_strides: Sequence[int] = (1, 2, 2, 2),
        temporal_strides: Sequence[int] = (1, 2, 2, 2),
        norm_cfg: dict | None = None,
        conv_cfg: dict | None = None,
        **kwargs,
    ) -> None:
        norm_cfg = norm_cfg or {'type': 'BN3d'}
        defaults = {'with_pool1': False, 'with_pool2': False, 'zero_init_residual': False}
        super().__init__(
            depth=depth,
            pretrained2d=False,
            num_stages=num_stages,
            out_indices=(num_stages - 1,) if out_indices is None else out_indices,
            spatial_strides=spatial_strides[:num_stages],
            temporal_strides=temporal_strides[:num_stages],
            dilations=(1,) * num_stages,
            norm_cfg=norm_cfg,
            conv_cfg=conv_cfg
            or {'type': 'vared_mm.conv2plus1d_plain_shortcut', 'norm_cfg': norm_cfg},
            **(defaults | kwargs),
        )
