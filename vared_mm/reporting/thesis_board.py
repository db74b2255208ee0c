"""The thesis' tables with our runs beside its numbers, and the same tables on generated clips."""

from collections.abc import Mapping, Sequence
from typing import Any

from vared_mm.reporting.board_columns import (
    BESIDE,
    COMPUTED_NOTE,
    COUNT_NOTE,
    DEMO_NOTE,
    GFLOPS,
    LABELS,
    METRICS,
    PARAMETERS,
    PROTOCOL_NOTE,
    REACHABLE,
)
from vared_mm.reporting.board_table import BoardTable, Cell, Column
from vared_mm.reporting.recipe_costs import RecipeCost
from vared_mm.reporting.record_index import FoundRun

Tables = Mapping[str, Mapping[str, Any]]


def thesis_board(
    tables: Tables, runs: Sequence[FoundRun], costs: Mapping[str, RecipeCost]
) -> list[BoardTable]:
    """Each table with a column of the thesis and one of ours for each metric.

    Args:
        tables: the thesis'.
        runs: all.
        costs: of the recipes' models, by config.
    """
    return [_thesis_table(number, table, runs, costs) for number, table in tables.items()]


def stands_for(run: FoundRun, config: str | None, dataset: str | None) -> bool:
    """Whether a run counts in a row: its config, tested on filmed clips of that very data set.

    The list's folder must be called as the data set is: another one may hold anything.
    """
    folder = run.result.dataset.partition('/')[0].replace('-', '_')
    same = config is not None and run.result.config == config
    return same and not run.result.generated_data and folder == dataset


def _thesis_table(
    number: str,
    table: Mapping[str, Any],
    runs: Sequence[FoundRun],
    costs: Mapping[str, RecipeCost],
) -> BoardTable:
    source: Sequence[Mapping[str, Any]] = table['rows']
    labels, metrics = _keys(source, LABELS), _keys(source, METRICS)
    computed = any(row.get('config') in costs for row in source)
    rows = []
    for row in source:
        cost = costs.get(row.get('config') or '')
        dataset = row.get('dataset', table.get('dataset'))
        ours = [run for run in runs if stands_for(run, row.get('config'), dataset)]
        cells = [Cell(_say(row.get(key))) for key in labels]
        for key in metrics:
            value = row.get(key)
            digits = max(METRICS[key][2], _digits(value))
            cells.append(Cell(values=() if value is None else (value,), digits=digits))
            own = measured(ours, METRICS[key][3], METRICS[key][2])
            if not own.values and cost and cost.is_fixed and METRICS[key][1] == GFLOPS:
                own = Cell(values=(cost.static_macs / 1e9,), digits=METRICS[key][2])
            cells += [own, *_beside(key, ours)]
        cells += _computed(cost) if computed else []
        rows.append([*cells, Cell(row.get('config') or '–')])
    columns = [Column(LABELS[key]) for key in labels]
    for key in metrics:
        columns += _columns(key, 'thesis', 'ours')
    columns += [REACHABLE, PARAMETERS] if computed else []
    title = f'Table {number}: {table["caption"]}'
    notes = [*_notes(metrics), *[COMPUTED_NOTE] * computed]
    return BoardTable(number, title, [*columns, Column('config')], rows, notes)


def _computed(cost: RecipeCost | None) -> list[Cell]:
    """What is known of a recipe's model before it is trained."""
    if cost is None:
        return [Cell('–'), Cell()]
    return [Cell(str(cost)), Cell(values=(cost.parameters / 1e6,), digits=2)]


def demo_board(
    tables: Tables, profile: Mapping[str, Sequence[str | None]], runs: Sequence[FoundRun]
) -> list[BoardTable]:
    """The tables that have a demo profile, of runs on generated clips only.

    Args:
        tables: the thesis'.
        profile: table -> a config for each of its rows, None where there is none.
        runs: all.

    Raises:
        ValueError: if a profile names a table that is not there, or another number of rows.
    """
    found = []
    for number, configs in profile.items():
        source = tables.get(number, {}).get('rows', [])
        if len(source) != len(configs):
            raise ValueError(f'demo profile: table {number} has {len(source)} rows')
        labels = _keys(source, LABELS)
        metrics = _keys(source, METRICS)
        rows = []
        for row, config in zip(source, configs, strict=True):
            ours = [
                run for run in runs if run.result.config == config and run.result.generated_data
            ]
            cells = [Cell(_say(row.get(key))) for key in labels]
            for key in metrics:
                digits = 4 if METRICS[key][1] == GFLOPS else METRICS[key][2]
                cells.append(measured(ours, METRICS[key][3], digits))
                cells += _beside(key, ours)
            cells.append(measured(ours, 'cost/share', 1, factor=100))
            rows.append([*cells, Cell(config or '–')])
        columns = [Column(LABELS[key]) for key in labels]
        for key in metrics:
            columns += _columns(key, 'ours')
        columns += [Column('of static, all that runs', '%', 'ours', 'cost/share'), Column('config')]
        title = f'Table {number}, demo profile on generated clips'
        notes = [DEMO_NOTE, *_notes(metrics)]
        found.append(BoardTable(f'{number}-demo', title, columns, rows, notes))
    return found


def measured(runs: Sequence[FoundRun], metric: str, digits: int, factor: float = 1) -> Cell:
    """The values of a metric over some runs."""
    known = [(run, run.result.metrics.get(metric)) for run in runs]
    values = [factor * value for _, value in known if value is not None]
    return Cell(values=values, digits=digits, runs=[run.name for run, v in known if v is not None])


def _columns(key: str, *sources: str) -> list[Column]:
    """Of a metric, one for each source; then ours by another protocol, if there is one."""
    title, unit, _, metric = METRICS[key]
    columns = [Column(title, unit, source, metric) for source in sources]
    if key in BESIDE:
        title, unit, _, metric = BESIDE[key]
        columns.append(Column(title, unit, 'ours', metric))
    return columns


def _beside(key: str, ours: Sequence[FoundRun]) -> list[Cell]:
    """Cells of the other protocol's column."""
    return [measured(ours, BESIDE[key][3], BESIDE[key][2])] if key in BESIDE else []


def _notes(metrics: Sequence[str]) -> list[str]:
    return [COUNT_NOTE, *[PROTOCOL_NOTE] * any(key in BESIDE for key in metrics)]


def _keys(rows: Sequence[Mapping[str, Any]], wanted: Mapping[str, Any]) -> list[str]:
    return [key for key in wanted if any(key in row for row in rows)]


def _digits(value: float | None) -> int:
    """Digits after the point that the thesis prints."""
    text = '' if value is None else f'{value}'
    return len(text.partition('.')[2]) if '.' in text else 0


def _say(value: Any) -> str:
    return {True: 'yes', False: 'no', None: '–'}.get(value, str(value))
