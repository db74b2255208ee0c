"""Records of runs, made by hand, and what a report shows of them."""

from pathlib import Path
from typing import Any

from vared_mm.reporting import DemoMethod, MethodRuns, RunResult

PROFILE = {
    'bin_percent': 5,
    'histogram': {'full': [0] * 13 + [3, 5, 1] + [0] * 4, 'thesis': [0] * 13 + [9] + [0] * 6},
    'layers': [
        {'name': f'layer{i}.conv', 'dense_macs': 1000, 'macs': 700, 'time': 0.75, 'channel': 0.5}
        for i in (1, 2)
    ],
    'classes': [
        {'name': name, 'videos': 2, 'macs': 1400, 'time': [1.0, 0.5], 'channel': [0.5, 0.55]}
        for name in ('running', '<b>odd</b>')
    ],
}


def run_result(metrics: dict[str, float | None], **changes: Any) -> RunResult:
    """A record with these metrics; every other key may be changed."""
    values = {
        'config': 'x',
        'config_sha256': '',
        'checkpoint': None,
        'checkpoint_sha256': None,
        'seed': 0,
        'dataset': 'moving_shapes/test.txt',
        'generated_data': True,
        'videos': 48,
        'static_macs': None,
        'parameters': 12345,
        'parameters_without_gates': 12000,
        'machine': {'processor': 'a processor', 'cores': 2},
        'versions': {'python': '3.11', 'torch': '2.13'},
    }
    return RunResult(**{**values, 'metrics': metrics, **changes})


TITLES = {
    'vared-t2c2-finetuned': 'dynamic, finetuned',
    'static-longer': 'static, trained as long',
    'vared-c2-finetuned': 'dynamic, finetuned',
}


def by_method(**runs: list[RunResult]) -> dict[str, MethodRuns]:
    """Runs as reports take them, from the names of methods, ``-`` as ``_``, ``_`` as ``__``."""
    found = {}
    for key, results in runs.items():
        name = key.replace('__', '/').replace('_', '-').replace('/', '_')
        method = DemoMethod(name, TITLES.get(name, name), of_frames='_' in name)
        found[name] = MethodRuns(method, results)
    return found


def gflops(average: float, prefix: str = 'cost') -> dict[str, float]:
    """Metrics of a mean cost, with a maximum above it and a minimum below."""
    factors = {'average': 1, 'maximum': 1.1, 'minimum': 0.9}
    return {f'{prefix}/gflops/{which}': average * factor for which, factor in factors.items()}


def cells(report: str, row: str) -> list[str]:
    """The cells of the first line of a Markdown table that begins so."""
    line = next(line for line in report.splitlines() if line.startswith(f'| {row} '))
    return [cell.strip() for cell in line.strip('|').split('|')]


def record(folder: Path, name: str, **changes: Any) -> Path:
    """Write `<folder>/<name>/result.json`; keys of the metrics may be changed too."""
    metrics = {
        'acc/clip-1': 80.0,
        'acc/video-1': 85.0,
        'cost/gflops/average': 0.5,
        'cost/thesis_gflops/average': 0.45,
        'cost/thesis_gflops/maximum': 0.5,
        'cost/thesis_gflops/minimum': 0.4,
        'cost/share': 0.5,
    }
    metrics.update(changes.pop('metrics', {}))
    values = {
        'config': name,
        'config_sha256': name,
        'checkpoint': 'epoch_1.pth',
        'checkpoint_sha256': f'{changes.get("seed", 0)}' * 64,
        'videos': 4,
        'static_macs': 10**9,
        'parameters': 250_000,
        'parameters_without_gates': 240_000,
        'views': 9,
        'profile': PROFILE,
        'curves': {'loss': [[1, 3.0], [2, 2.0]]},
        'machine': {},
        'versions': {},
    }
    path = folder / name / f'seed{changes.get("seed", 0)}' / 'result.json'
    run_result(metrics, **{**values, **changes}).save(path)
    return path
