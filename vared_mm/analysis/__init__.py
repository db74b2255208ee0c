"""What a trained model does on a data set: redundancy, cost by clip, feature maps."""

from .clip_costs import ClipCosts, clip_costs
from .feature_maps import LayerMaps, layer_maps
from .redundancy import RedundancyMeter
from .run import AnalysisRun
from .similarity import Similarity, map_similarity

__all__ = [
    'AnalysisRun',
    'ClipCosts',
    'LayerMaps',
    'RedundancyMeter',
    'Similarity',
    'clip_costs',
    'layer_maps',
    'map_similarity',
]
