"""Accuracy on each part of a data set."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.evaluator import BaseMetric

from vared_mm.registry import METRICS


@METRICS.register_module()
class SubsetAccuracy(BaseMetric):
    """Top-1 of each part of a data set, in percent, as ``<key>=<value>/video-1``.

    The classes of the other parts count as wrong answers, as of one network for all.

    Args:
        group_by: a key of the samples' annotation that names their part.
        collect_device: ``'cpu'`` or ``'gpu'``, where results of several processes are gathered.
        prefix: of the metrics' names.

    Raises:
        ValueError: if a sample has no such key.
    """

    default_prefix = 'acc'

    def __init__(
        self, group_by: str, collect_device: str = 'cpu', prefix: str | None = None
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.group_by = group_by

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Keep each sample's part, and whether its best class is the true one."""
        for sample in data_samples:
            if self.group_by not in sample:
                raise ValueError(f'SubsetAccuracy: no {self.group_by!r} in a sample (meta_keys?)')
            scores = np.asarray(sample['pred_score'].float().cpu())
            others = np.delete(scores, int(sample['gt_label']))
            right = bool((others < scores[int(sample['gt_label'])]).all())
            self.results.append((sample[self.group_by], right))

    def compute_metrics(self, results: list[tuple[Any, bool]]) -> dict[str, float]:
        """Percentages by part."""
        parts = sorted({part for part, _ in results})
        return {
            f'{self.group_by}={part}/video-1': 100
            * float(np.mean([right for other, right in results if other == part]))
            for part in parts
        }
