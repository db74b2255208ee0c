"""Predictions, costs and choices of every tested clip, in one small file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmengine.hooks import Hook
from mmengine.runner import Runner

from vared_mm.cost import SampleCost
from vared_mm.registry import HOOKS


@HOOKS.register_module()
class ClipTableHook(Hook):
    """Write ``clips.npz`` into the work folder at the end of a test.

    With it intervals, and what choices depend on, are worked out without testing again. Rows are in
    the order of the tested list. Arrays, of N clips, K classes and L dynamic layers: ``label``
    (N,); ``scores`` (N, K), float16, probabilities; ``macs`` (N,), executed by one view, of the
    whole model, mean over the views; and of a dynamic model ``temporal`` and ``channel`` (N, L),
    candidates in use of the first view, and ``layers`` (L,), their names. A test by several
    processes writes none.

    Args:
        keys: of the samples' annotation, such as ``group``, kept as text (N,), in UTF-8 bytes.
    """

    file = 'clips.npz'  #: name of what is written

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self.keys = tuple(keys)
        self._rows: list[dict[str, Any]] = []

    def before_test(self, runner: Runner) -> None:
        """Begin a table."""
        self._rows.clear()

    def after_test_iter(
        self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: Any = None
    ) -> None:
        """Keep what the table holds of each sample."""
        self._rows += [self._row(sample) for sample in outputs or ()]

    def after_test(self, runner: Runner) -> None:
        """Write the file."""
        if self._rows and runner.world_size == 1:
            table = {
                key: np.stack([row[key] for row in self._rows])
                for key in self._rows[0]
                if key != 'layers'
            }
            if 'layers' in self._rows[0]:
                table['layers'] = np.array(self._rows[0]['layers'])
            np.savez_compressed(Path(runner.work_dir) / self.file, **table)
        self._rows.clear()

    def outcome(self, sample: Any) -> dict[str, np.generic | np.ndarray]:
        """What was said about a sample."""
        return {
            'label': np.int16(int(sample.gt_label)),
            'scores': sample.pred_score.float().cpu().numpy().astype(np.float16),
        }

    def _row(self, sample: Any) -> dict[str, Any]:
        cost: SampleCost = sample.cost
        row = {
            **{key: np.bytes_(str(sample.get(key)).encode()) for key in self.keys},
            **self.outcome(sample),
        }
        row['macs'] = np.int64(round(float(cost.full_macs.mean())))
        if cost.record is None:
            return row
        first = {'temporal': cost.record.time_index[0], 'channel': cost.record.channel_index[0]}
        return (
            row
            | {name: index.astype(np.int32) for name, index in first.items()}
            | {'layers': list(cost.record.layers)}
        )
