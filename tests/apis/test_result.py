"""What a record takes of the metrics of a run."""

import json

import numpy as np
import pytest
import torch

from vared_mm.apis.result import scalar_metrics
from vared_mm.reporting import read_curves


@pytest.mark.filterwarnings('error')
def test_metrics_that_are_numbers():
    found = scalar_metrics(
        {
            'b': np.float32(0.5),
            'a': torch.tensor(1.23456789),
            'one': np.array([2]),
            'nan': float('nan'),
            'inf': np.inf,
            'confusion_matrix/result': torch.eye(3),  # of mmaction2's ConfusionMatrix
            'text': 'x',
            'classes': {'a': 1},
        }
    )
    assert found == {'a': 1.234568, 'b': 0.5, 'inf': None, 'nan': None, 'one': 2}
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_curves_leave_out_what_is_not_finite(tmp_path):
    log = tmp_path / 'run' / 'vis_data' / 'scalars.json'
    log.parent.mkdir(parents=True)
    values = ('1.5', 'NaN', 'Infinity', '1e400')
    log.write_text('\n'.join(f'{{"step": {i}, "loss": {v}}}' for i, v in enumerate(values)))
    assert read_curves(tmp_path) == {'loss': [[0, 1.5]]}
