"""What the clips of a data set cost: average, maximum and minimum, and where it is saved."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.evaluator import BaseMetric

from vared_mm.evaluation.cost_profile import cost_profile, cost_row
from vared_mm.registry import METRICS

GIGA = 1e9


@METRICS.register_module()
class CostMetric(BaseMetric):
    """Executed cost per clip, over every clip (view) that was run.

    ``gflops/average``, ``/maximum``, ``/minimum``: 1e9 MACs of the whole model, with cheap
    operations and gates; ``thesis_gflops/...``: the same without them, as the thesis counts;
    ``share``: of the dense model's MACs; ``backbone_share``: of those of its backbone, where it has
    one; ``time``, ``channel``: share computed along an axis in the dynamic layers. What it was
    spent on stands in ``profile`` afterwards, see :func:`vared_mm.evaluation.cost_profile`. Needs
    :class:`vared_mm.engine.hooks.CostRecordHook`.

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
        """Keep the figures of each sample's clips."""
        for sample in data_samples:
            if self.source not in sample:
                kind = 'CostRecordHook' if self.source == 'cost' else 'CropCostRecordHook'
                raise ValueError(f"CostMetric: add dict(type='vared_mm.{kind}') to the hooks")
            if self.group_by is not None and self.group_by not in sample:
                raise ValueError(f'CostMetric: no {self.group_by!r} in the annotation of a sample')
            group = sample[self.group_by] if self.group_by is not None else None
            figures = _figures(sample[self.source])
            self.results.append((group, figures, cost_row(sample, self.source)))

    def compute_metrics(
        self, results: list[tuple[Any, dict[str, np.ndarray], dict[str, Any]]]
    ) -> dict[str, float]:
        """Statistics over all clips, then over those of each group; sets ``profile`` too."""
        metrics = _statistics([figures for _, figures, _ in results])
        macs = {name: [figures[name] for _, figures, _ in results] for name in ('full', 'thesis')}
        classes = (self.dataset_meta or {}).get('classes')
        self.profile = cost_profile([row for *_, row in results], macs, classes)
        if self.group_by is not None:
            for value in sorted({group for group, *_ in results}):
                chosen = [figures for group, figures, _ in results if group == value]
                of_group = _statistics(chosen)
                metrics.update({f'{self.group_by}={value}/{k}': v for k, v in of_group.items()})
        return metrics


def _figures(cost: dict[str, Any]) -> dict[str, np.ndarray]:
    static = cost['static']
    if 'conv' not in cost:
        whole, one = np.array([static]), np.ones(1)
        figures = {'full': whole, 'thesis': whole, 'time': one, 'channel': one}
    else:
        thesis = static - cost['dense'] + cost['conv']
        full = thesis + cost['cheap'] + cost['gate']
        axes = {'time': cost['time'], 'channel': cost['channel']}
        figures = {'full': full, 'thesis': thesis, **axes}
    figures['share'] = figures['full'] / static
    if backbone := cost.get('backbone'):
        figures['backbone_share'] = 1 - (static - figures['full']) / backbone
    return figures


def _statistics(figures: list[dict[str, np.ndarray]]) -> dict[str, float]:
    joined = {key: np.concatenate([f[key] for f in figures]) for key in figures[0]}
    out: dict[str, float] = {}
    for key, name in (('full', 'gflops'), ('thesis', 'thesis_gflops')):
        macs = joined[key] / GIGA
        out[f'{name}/average'] = float(macs.mean())
        out[f'{name}/maximum'] = float(macs.max())
        out[f'{name}/minimum'] = float(macs.min())
    shares = ('share', 'backbone_share', 'time', 'channel')
    out.update({key: float(joined[key].mean()) for key in shares if key in joined})
    return out
