"""Hooks: losses beyond the task's, what the gates do in training, what clips cost in testing."""

from .clip_table_hook import ClipTableHook
from .clip_visualization_hook import ClipVisualizationHook
from .cost_record_hook import CostRecordHook
from .crop_cost_record_hook import CropCostRecordHook
from .durable_checkpoint_hook import DurableCheckpointHook
from .efficiency_loss_hook import EfficiencyLossHook
from .finite_loss_hook import FiniteLossHook, NonFiniteLossError
from .gate_monitor_hook import GateMonitorHook
from .image_table_hook import ImageTableHook
from .layer_loss_hook import LayerLossHook
from .margin_efficiency_hook import MarginEfficiencyHook
from .mean_budget_hook import MeanBudgetHook
from .shuffled_choice_hook import ShuffledChoiceHook
from .sort_channels_hook import SortChannelsHook
from .temperature_hook import TemperatureHook
from .view_scores_hook import ViewScoresHook
from .weight_pruning_hook import WeightPruningHook

__all__ = [
    'ClipTableHook',
    'ClipVisualizationHook',
    'CostRecordHook',
    'CropCostRecordHook',
    'DurableCheckpointHook',
    'EfficiencyLossHook',
    'FiniteLossHook',
    'GateMonitorHook',
    'ImageTableHook',
    'LayerLossHook',
    'MarginEfficiencyHook',
    'MeanBudgetHook',
    'NonFiniteLossError',
    'ShuffledChoiceHook',
    'SortChannelsHook',
    'TemperatureHook',
    'ViewScoresHook',
    'WeightPruningHook',
]
