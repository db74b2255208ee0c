"""What the clips of a data set cost: average, maximum and minimum, and where it is saved."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from mmengine.evaluator import BaseMetric

from vared_mm.registry import METRICS

from .cost_profile import cost_profile
from .cost_row import CostRow

GIGA = 1e9


@METRICS.register_module()
class CostMetric(BaseMetric):
    """Executed cost per clip, over every clip (view) that was run.

    ``gflops/average``, ``/maximum``, ``/minimum``: 1e9 MACs of the whole model, with cheap
    operations and gates; ``thesis_gflops/...``: the same without them, as the thesis counts;
    ``share``: of the dense model's MACs; ``backbone_share``: of those of its backbone, where it has
    one; ``time``, ``channel``: share computed along an axis in the dynamic layers. Needs
    :class:`vared_mm.engine.hooks.CostRecordHook`. After the evaluation ``profile`` holds where the
    cost went, see :func:`vared_mm.evaluation.cost_profile`.

    Args:
        group_by: a key of the samples' annotation; gives ``<key>=<value>/...`` too.
        source: where a sample holds its cost; ``'cost_of_crop'`` with ``CropCostRecordHook``.
        collect_device: ``'cpu'`` or ``'gpu'``, where results of several processes are gathered.
        prefix: of the metrics' names.

    Raises:
        ValueError: if a sample holds no cost, or no such key.
    """

    default_prefix = 'cost'

    def __init__(
        self,
        group_by: str | None = None,
        source: str = 'cost',
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.group_by, self.source = group_by, source
        self.profile: dict[str, Any] | None = None

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Keep a row a sample."""
        for sample in data_samples:
            if self.source not in sample:
                kind = 'CostRecordHook' if self.source == 'cost' else 'CropCostRecordHook'
                raise ValueError(f"CostMetric: add dict(type='vared_mm.{kind}') to the hooks")
            if self.group_by is not None and self.group_by not in sample:
                raise ValueError(f'CostMetric: no {self.group_by!r} in the annotation of a sample')
            group = sample[self.group_by] if self.group_by is not None else None
            self.results.append(CostRow.of(sample[self.source], _label(sample), group))

    def compute_metrics(self, results: list[CostRow]) -> dict[str, float]:
        """Statistics over all clips, then over those of each group; sets ``profile`` too."""
        metrics = _statistics(results)
        self.profile = cost_profile(results, (self.dataset_meta or {}).get('classes'))
        if self.group_by is not None:
            for value in sorted({row.group for row in results}):
                of_group = _statistics([row for row in results if row.group == value])
                metrics.update({f'{self.group_by}={value}/{k}': v for k, v in of_group.items()})
        return metrics


def _label(sample: Mapping[str, Any]) -> int | None:
    """Class of a sample; None if it has none or several."""
    label = sample.get('gt_label')
    return int(label) if label is not None and label.numel() == 1 else None


def _statistics(rows: Sequence[CostRow]) -> dict[str, float]:
    out: dict[str, float] = {}
    for count, name in (('full', 'gflops'), ('thesis', 'thesis_gflops')):
        macs = np.concatenate([row.macs[count] for row in rows]) / GIGA
        out[f'{name}/average'] = float(macs.mean())
        out[f'{name}/maximum'] = float(macs.max())
        out[f'{name}/minimum'] = float(macs.min())
    for key in rows[0].shares:
        out[key] = float(np.concatenate([row.shares[key] for row in rows]).mean())
    return out
