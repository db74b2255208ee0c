"""Records of runs, made by hand."""

from pathlib import Path
from typing import Any

from vared_mm.reporting import RunResult

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
        'seed': 0,
        'dataset': 'moving_shapes/test.txt',
        'generated_data': True,
        'videos': 4,
        'metrics': metrics,
        'static_macs': 10**9,
        'parameters': 250_000,
        'parameters_without_gates': 240_000,
        'views': 9,
        'profile': PROFILE,
        'curves': {'loss': [[1, 3.0], [2, 2.0]]},
    }
    path = folder / name / f'seed{changes.get("seed", 0)}' / 'result.json'
    RunResult(**{**values, **changes}).save(path)
    return path
