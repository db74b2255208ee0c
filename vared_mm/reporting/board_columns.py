"""Columns and notes of the thesis' tables: what its keys are called, and our metrics for them."""

from vared_mm.reporting.board_table import Column

GFLOPS = '1e9 MACs'
#: Thesis' key -> title, unit, digits, our metric.
METRICS = {
    'gflops': ('GFLOPs', GFLOPS, 2, 'cost/thesis_gflops/average'),
    'gflops_max': ('GFLOPs max', GFLOPS, 2, 'cost/thesis_gflops/maximum'),
    'gflops_min': ('GFLOPs min', GFLOPS, 2, 'cost/thesis_gflops/minimum'),
    'clip1': ('clip-1', '%', 1, 'acc/clip-1'),
    'video1': ('video-1', '%', 1, 'acc/video-1'),
    'video5': ('video-5', '%', 1, 'acc/video-5'),
    'frame_map_50': ('frame-mAP@0.5', '%', 1, 'localization/frame_map'),
    'recall_50': ('recall@0.5', '%', 1, 'localization/recall'),
    'classification': ('classification', '%', 1, 'localization/classification'),
    'cc': ('correlation', '', 2, 'redundancy/correlation'),
    'rmse': ('RMSE', '', 3, 'redundancy/rmse'),
    'rp': ('redundant share', '', 2, 'redundancy/redundant'),
}
#: Thesis' key -> the same of ours by another protocol, which gets a column of its own.
BESIDE = {
    'frame_map_50': ("frame-mAP@0.5 by YOWO's protocol", '%', 1, 'localization/yowo_frame_map'),
}
#: Keys that say which model a row is of.
LABELS = {
    'method': 'method',
    'model': 'model',
    'frames': 'frames',
    'dynamic': 'dynamic',
    'search_space': 'candidates',
    'dynamic_temporal': 'time dynamic',
    'dynamic_channel': 'channels dynamic',
    'efficiency_loss': 'efficiency loss',
    'epochs': 'epochs',
    'dimension': 'dimension',
    'dataset': 'data set',
}
COUNT_NOTE = (
    'GFLOPs, as papers use the word: 1e9 multiply-accumulates of one clip, without cheap '
    "operations and gates, as in the thesis' tables. “–”: not measured."
)
COMPUTED_NOTE = (
    'Computed from the recipes, without training: our GFLOPs of static models, parameters, and the '
    'GFLOPs that a model can reach, from its cheapest choice to everything computed.'
)
#: Of a recipe's model, computed.
REACHABLE = Column('reachable', GFLOPS, 'ours')
PARAMETERS = Column('params', '1e6', 'ours', 'parameters')
PROTOCOL_NOTE = (
    "frame-mAP@0.5 counts every detection once. YOWO's public code counts a detection again for "
    'each further class that scores above 0.005, always as a false positive, and makes boxes one '
    "pixel wider and higher; this gives lower values. The thesis trains in YOWO's code and does "
    "not say how it evaluates: compare its numbers with ours by YOWO's protocol."
)
DEMO_NOTE = (
    'Scaled-down models, trained for minutes on generated clips. They show that the recipes run '
    'and what gates do, and are not to be compared with the thesis. The columns for model and '
    "frames name the thesis' row that a config stands for; its own are in the config's name."
)
