"""Result records and tables. Needs neither torch nor OpenMMLab."""

from vared_mm.reporting.demo_report import demo_report
from vared_mm.reporting.page import fill_block
from vared_mm.reporting.rivals_report import rivals_report
from vared_mm.reporting.rows import RowReach, rows_table, thesis_tables
from vared_mm.reporting.run_result import RunResult
from vared_mm.reporting.table import format_value, render_table
from vared_mm.reporting.thesis import thesis_rows

__all__ = [
    'RowReach',
    'RunResult',
    'demo_report',
    'fill_block',
    'format_value',
    'render_table',
    'rivals_report',
    'rows_table',
    'thesis_rows',
    'thesis_tables',
]
