"""What is kept of each sample's cost until all have been tested."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vared_mm.cost import SampleCost

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CostRow:
    """Cost of a sample: its V views apart, its L dynamic layers as their mean over the views.

    Args:
        static_macs: of the model for one view where nothing is left out.
        macs: of each view, by count: ``full``, with all that runs, and ``thesis``, (V,) each.
        shares: of each view, (V,) each: ``share`` of the static model's MACs; ``backbone_share``
            of those of its backbone, where it has one; ``time`` and ``channel``, computed along
            an axis.
        label: class of the sample; None if it has none or several.
        group: that its cost is also counted in; None for none.
        layers: names, L.
        dense: MACs of the static layers, (L,).
        layer_macs: executed, (L,).
        layer_time_share: frames computed / frames, (L,).
        layer_channel_share: channels computed / channels, (L,).
    """

    static_macs: int
    macs: dict[str, npt.NDArray[np.int64]]
    shares: dict[str, Floats]
    label: int | None = None
    group: Any = None
    layers: tuple[str, ...] = ()
    dense: npt.NDArray[np.int64] | None = None
    layer_macs: Floats | None = None
    layer_time_share: Floats | None = None
    layer_channel_share: Floats | None = None

    @classmethod
    def of(cls, cost: SampleCost, label: int | None = None, group: Any = None) -> 'CostRow':
        """The row of a sample's cost."""
        macs = {'full': cost.full_macs, 'thesis': cost.thesis_macs}
        shares = {'share': cost.share}
        if (backbone_share := cost.backbone_share) is not None:
            shares['backbone_share'] = backbone_share
        shares.update({axis: cost.mean_share(axis) for axis in ('time', 'channel')})
        if (record := cost.record) is None:
            return cls(cost.static_macs, macs, shares, label, group)
        return cls(
            cost.static_macs,
            macs,
            shares,
            label,
            group,
            layers=record.layers,
            dense=record.dense,
            layer_macs=record.layer_macs.mean(axis=0),
            layer_time_share=record.time_share.mean(axis=0),
            layer_channel_share=record.channel_share.mean(axis=0),
        )
