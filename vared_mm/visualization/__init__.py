"""Pictures of the analyses, drawn by matplotlib from plain data."""

from .clip_sheet import draw_extremes, save_animation
from .confusion_map import draw_confusion
from .cost_bars import draw_distribution
from .cost_scatter import draw_cost_against
from .heat_map import draw_policy
from .map_grid import MapRow, draw_maps
from .pareto import Budgeted, draw_pareto
from .redundancy_bars import draw_redundancy

__all__ = [
    'Budgeted',
    'MapRow',
    'draw_confusion',
    'draw_cost_against',
    'draw_distribution',
    'draw_extremes',
    'draw_maps',
    'draw_pareto',
    'draw_policy',
    'draw_redundancy',
    'save_animation',
]
