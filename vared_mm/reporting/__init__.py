"""Result records and tables. Needs neither torch nor OpenMMLab."""

from vared_mm.reporting.class_rows import class_rows, mean_class_accuracy
from vared_mm.reporting.curves import read_curves
from vared_mm.reporting.demo_methods import DemoMethod, MethodRuns
from vared_mm.reporting.demo_report import demo_report
from vared_mm.reporting.leaderboard import Leaderboard
from vared_mm.reporting.localization_report import localization_report
from vared_mm.reporting.page import fill_block, with_block
from vared_mm.reporting.recipe_costs import RecipeCost, read_recipe_costs, write_recipe_costs
from vared_mm.reporting.record_index import find_runs, write_index
from vared_mm.reporting.rivals_report import rivals_report
from vared_mm.reporting.rows import RowRange, rows_table, thesis_tables
from vared_mm.reporting.run_result import RunResult
from vared_mm.reporting.segmentation_report import segmentation_report
from vared_mm.reporting.site_builder import build_site
from vared_mm.reporting.summary import summary_table
from vared_mm.reporting.table import format_value, render_table
from vared_mm.reporting.thesis import thesis_rows

__all__ = [
    'Leaderboard',
    'DemoMethod',
    'MethodRuns',
    'RecipeCost',
    'RowRange',
    'RunResult',
    'build_site',
    'class_rows',
    'demo_report',
    'fill_block',
    'find_runs',
    'format_value',
    'localization_report',
    'mean_class_accuracy',
    'read_curves',
    'read_recipe_costs',
    'render_table',
    'rivals_report',
    'rows_table',
    'segmentation_report',
    'summary_table',
    'thesis_rows',
    'thesis_tables',
    'with_block',
    'write_index',
    'write_recipe_costs',
]
