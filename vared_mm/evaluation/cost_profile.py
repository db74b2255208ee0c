"""Where the cost of a test run went: by bins, by layers, by classes."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from vared_mm.cost import BIN_PERCENT, cost_histogram, mean_by_class

from .cost_row import CostRow


def cost_profile(rows: Sequence[CostRow], classes: Sequence[str] | None = None) -> dict[str, Any]:
    """Histogram of the views, and the means of layers and classes over the samples.

    Args:
        rows: one a sample.
        classes: their names.

    Returns:
        As JSON holds it: ``bin_percent``, ``histogram`` (counts by the keys of ``CostRow.macs``;
        bin i is above 5 i and up to 5 (i + 1) % of the static cost), ``layers`` (name, dense_macs,
        macs, time, channel) and ``classes`` (name, videos, macs of the dynamic layers, and the
        shares ``time`` and ``channel`` of each layer). Without dynamic layers the last two are
        empty.
    """
    profile: dict[str, Any] = {
        'bin_percent': BIN_PERCENT,
        'histogram': {count: _histogram(rows, count) for count in ('full', 'thesis')},
        'layers': [],
        'classes': [],
    }
    if not rows or not all(row.layers for row in rows):
        return profile
    executed, time, channel = (
        np.stack([getattr(row, name) for row in rows])
        for name in ('layer_macs', 'layer_time_share', 'layer_channel_share')
    )
    for column, name in enumerate(rows[0].layers):
        profile['layers'].append(
            {
                'name': name,
                'dense_macs': int(rows[0].dense[column]),
                'macs': round(float(executed[:, column].mean())),
                'time': round(float(time[:, column].mean()), 4),
                'channel': round(float(channel[:, column].mean()), 4),
            }
        )
    labels = [row.label for row in rows]
    if None in labels:
        return profile
    known, by_time = mean_by_class(time, labels)
    _, by_channel = mean_by_class(channel, labels)
    _, by_macs = mean_by_class(executed.sum(axis=1, keepdims=True), labels)
    for place, label in enumerate(known):
        profile['classes'].append(
            {
                'name': classes[label] if classes else f'class {label}',
                'videos': labels.count(label),
                'macs': round(float(by_macs[place, 0])),
                'time': by_time[place].round(3).tolist(),
                'channel': by_channel[place].round(3).tolist(),
            }
        )
    return profile


def _histogram(rows: Sequence[CostRow], count: str) -> list[int]:
    """Numbers of views by bin; samples may differ in size, and so in their static cost."""
    total: Counter[int] = Counter()
    for static in {row.static_macs for row in rows}:
        same = [row.macs[count] for row in rows if row.static_macs == static]
        total.update(dict(enumerate(cost_histogram(np.concatenate(same), static))))
    return [total[i] for i in range(len(total))]
