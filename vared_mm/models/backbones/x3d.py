"""X3D with a choice of where its Swish activations stay."""

from mmaction.models import X3D as UpstreamX3D
from mmaction.models.backbones.x3d import BlockX3D
from torch import nn

from vared_mm.registry import MODELS

SWISH = ('se', 'all', 'none')


@MODELS.register_module()
class X3D(UpstreamX3D):
    """mmaction2's X3D with Swish only in the blocks that have a squeeze-and-excitation (SE).

    The thesis takes Swish out "except in the SE layer"; mmaction2 stores ``use_swish`` and always
    applies Swish. Blocks without one have a ReLU. Weights keep mmaction2's names.

    Source: X3D (arXiv 2004.04730), VA-RED2 (arXiv 2102.07887). Differs from X3D: where Swish is.
    Shapes: (N, 3, T, H, W) -> (N, C, T, H/32, W/32), C = 432 for X3D-M.

    Args:
        swish: 'se': in blocks with SE; 'all': in every block, as in X3D; 'none': in no block.
        kwargs: anything else that mmaction2's ``X3D`` takes; X3D-M and X3D-S are
            ``gamma_w=1, gamma_b=2.25, gamma_d=2.2``.

    Raises:
        ValueError: if ``swish`` is none of the three.
    """

    def __init__(self, swish: str = 'se', **kwargs) -> None:
        if swish not in SWISH:
            raise ValueError(f'swish={swish!r}: must be one of {SWISH}')
        super().__init__(**kwargs)
        for block in self.modules():
            if isinstance(block, BlockX3D) and (
                swish == 'none' or (swish == 'se' and block.se_ratio is None)
            ):
                block.swish = nn.ReLU(inplace=True)
