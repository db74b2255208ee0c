"""Result records and tables. Needs neither torch nor OpenMMLab."""

from vared_mm.reporting.run_result import RunResult
from vared_mm.reporting.table import format_value, render_table

__all__ = ['RunResult', 'format_value', 'render_table']
