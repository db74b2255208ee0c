"""Dynamic convolutions: gate, reconstruction, conversion of any module tree, and their cost.

Reading order: ``decision``, ``gate``, ``reconstruction``, ``mixing``, ``convolution``,
``eager``, ``dynamic_conv``, ``conversion``, ``accounting``, ``efficiency``.
"""

from .accounting import CostRecorder, executed_cost, recorded_cost
from .becoming import all_or_nothing, become
from .budget import meet_budget, set_threshold
from .conversion import convert_to_dynamic
from .convolution import Backend, DynamicConvolution, LayerRecord
from .decision import Decision
from .dynamic_conv import DynamicConv2d, DynamicConv3d
from .eager import EagerBackend
from .efficiency import efficiency_loss, executed_share
from .execution import DecidedRecord, ExecutionRecord, costed_layers, leave_record
from .fixed_choice import fixed_choice
from .gate import ConstantGate, SoftModulationGate
from .layers import dynamic_layers, gate_parameters
from .least_cost import LeastCost, least_cost
from .override import Override, overridden
from .reconstruction import ChannelReconstruction, TemporalReconstruction
from .selection import select_convolutions
from .share import chosen_share
from .stand_in import original_of, stand_for
from .static_macs import StaticMacs, count_macs
from .unit import DynamicUnit, Gate

__all__ = [
    'Backend',
    'ChannelReconstruction',
    'ConstantGate',
    'CostRecorder',
    'DecidedRecord',
    'Decision',
    'EagerBackend',
    'ExecutionRecord',
    'Gate',
    'DynamicConv2d',
    'DynamicConv3d',
    'DynamicConvolution',
    'DynamicUnit',
    'LeastCost',
    'LayerRecord',
    'Override',
    'SoftModulationGate',
    'StaticMacs',
    'TemporalReconstruction',
    'all_or_nothing',
    'become',
    'chosen_share',
    'convert_to_dynamic',
    'costed_layers',
    'count_macs',
    'dynamic_layers',
    'efficiency_loss',
    'executed_cost',
    'executed_share',
    'fixed_choice',
    'gate_parameters',
    'least_cost',
    'leave_record',
    'meet_budget',
    'original_of',
    'overridden',
    'recorded_cost',
    'set_threshold',
    'stand_for',
    'select_convolutions',
]
