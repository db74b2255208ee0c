"""CorrNet: R(2+1)D with correlation blocks."""

from collections.abc import Sequence

from vared_mm.models.backbones.r2plus1d import R2Plus1D
from vared_mm.models.layers import CorrelationBlock
from vared_mm.registry import MODELS


@MODELS.register_module()
class CorrNet(R2Plus1D):
    """R(2+1)D with a correlation block at the end of some stages.

    Everything but these blocks has the weight names of :class:`R2Plus1D`.

    Source: CorrNet (arXiv 1906.03349), Sec. 3, as VA-RED2 (arXiv 2102.07887) counts it.
    Differs: the backbone is :class:`R2Plus1D`; see :class:`FrameCorrelation`.
    Shapes: as of :class:`R2Plus1D`.

    Args:
        correlation_stages: indices of the stages; 0, 1, 2 are res2, res3, res4.
        window: positions along each axis that a frame is matched over, odd.
        kwargs: as of :class:`R2Plus1D`.

    Raises:
        ValueError: if a stage of ``correlation_stages`` is not built.
    """

    def __init__(
        self, correlation_stages: Sequence[int] = (0, 1, 2), window: int = 7, **kwargs
    ) -> None:
        super().__init__(**kwargs)
        if not set(correlation_stages) <= set(range(self.num_stages)):
            raise ValueError(
                f'correlation_stages={tuple(correlation_stages)}: '
                f'must be among the {self.num_stages} stages, counted from 0'
            )
        for stage in correlation_stages:
            channels = self.base_channels * 2**stage * self.block.expansion
            block = CorrelationBlock(channels, window, norm_cfg=self.norm_cfg)
            self.get_submodule(self.res_layers[stage]).append(block)
