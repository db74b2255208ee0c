"""The thesis' tables with our runs beside its numbers, and the same tables on generated clips."""

from collections.abc import Mapping, Sequence
from typing import Any

from vared_mm.reporting.board_table import BoardTable, Cell, Column
from vared_mm.reporting.recipe_costs import RecipeCost
from vared_mm.reporting.record_index import FoundRun

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
    'GFLOPs as papers say: 1e9 multiply-accumulates of one clip; cheap operations and gates are '
    "left out, as the thesis' tables do. “–”: not measured."
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
    'each further class above 0.005, always as a false alarm, and boxes one pixel wider and '
    "higher, which gives less. The thesis trains in YOWO's code and does not say how it evaluates: "
    "compare its numbers with ours by YOWO's protocol."
)
DEMO_NOTE = (
    'Scaled-down models, trained for minutes on generated clips: these numbers say that the '
    'recipes run and what gates do, and are not to be compared with the thesis. Model and frames '
    "are those of the thesis' row that a config stands for; the config's name says its own."
)

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
