"""What a clip costs: closed-form MACs and records of them. Needs numpy only."""

from .block_cost import BlockCost, HiddenConv
from .geometry import ConvGeometry
from .layer_cost import LayerCost
from .layer_execution import LayerExecution
from .macs import conv_macs, gate_macs, linear_macs, norm_macs, pool_macs, rebuild_macs
from .profile import BIN_PERCENT, cost_histogram, mean_by_class
from .record import CostRecord
from .sample_cost import SampleCost
from .search_space import (
    BlockSearchSpace,
    Candidates,
    SearchSpace,
    kept_channels,
    kept_frames,
)

__all__ = [
    'BIN_PERCENT',
    'BlockCost',
    'BlockSearchSpace',
    'Candidates',
    'ConvGeometry',
    'CostRecord',
    'HiddenConv',
    'LayerCost',
    'LayerExecution',
    'SampleCost',
    'SearchSpace',
    'conv_macs',
    'cost_histogram',
    'gate_macs',
    'kept_channels',
    'kept_frames',
    'linear_macs',
    'mean_by_class',
    'norm_macs',
    'pool_macs',
    'rebuild_macs',
]
