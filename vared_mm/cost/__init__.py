"""What a clip costs: closed-form MACs and records of them. Needs numpy only."""

from .geometry import ConvGeometry
from .layer_cost import LayerCost
from .layer_execution import LayerExecution
from .macs import conv_macs, gate_macs, linear_macs, norm_macs, pool_macs, rebuild_macs
from .record import CostRecord
from .search_space import SearchSpace, kept_channels, kept_frames

__all__ = [
    'ConvGeometry',
    'CostRecord',
    'LayerCost',
    'LayerExecution',
    'SearchSpace',
    'conv_macs',
    'gate_macs',
    'kept_channels',
    'kept_frames',
    'linear_macs',
    'norm_macs',
    'pool_macs',
    'rebuild_macs',
]
