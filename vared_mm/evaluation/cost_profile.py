"""Where the cost of a test run went: by bins, by layers, by classes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from vared_mm.cost import BIN_PERCENT, cost_histogram, mean_by_class


def cost_row(sample: Mapping[str, Any], source: str = 'cost') -> dict[str, Any]:
    """What the profile needs of a tested sample: static cost, label, its layers' means over views.

    A sample of several labels counts in no class.

    Args:
        sample: with a cost as :class:`vared_mm.engine.hooks.CostRecordHook` leaves it.
        source: where the sample holds it.
    """
    cost = sample[source]
    label = sample.get('gt_label')
    row: dict[str, Any] = {
        'static': int(cost['static']),
        'label': int(label) if label is not None and label.numel() == 1 else None,
    }
    if 'layers' in cost:
        row.update(layers=cost['layers'], dense=cost['layer_dense'])
        names = ('layer_macs', 'layer_time', 'layer_channel')
        row.update({name: np.mean(cost[name], axis=0) for name in names})
    return row


def cost_profile(
    rows: Sequence[Mapping[str, Any]],
    macs: Mapping[str, Sequence[npt.NDArray[np.int64]]],
    classes: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Histogram of the views, and the means of layers and classes over the samples.

    Args:
        rows: of :func:`cost_row`, one a sample.
        macs: of the views of each sample: ``full`` with gates and cheap operations, ``thesis``
            without.
        classes: their names.

    Returns:
        As JSON holds it: ``bin_percent``, ``histogram`` (counts by the keys of ``macs``; bin i is
        above 5 i and up to 5 (i + 1) % of the static cost), ``layers`` (name, dense_macs, macs,
        time, channel) and ``classes`` (name, videos, macs of the dynamic layers, and the shares
        ``time`` and ``channel`` of each layer). Without dynamic layers the last two are empty.
    """
    profile: dict[str, Any] = {
        'bin_percent': BIN_PERCENT,
        'histogram': {name: _histogram(rows, views) for name, views in macs.items()},
        'layers': [],
        'classes': [],
    }
    if not rows or any('layers' not in row for row in rows):
        return profile
    executed, time, channel = (
        np.stack([row[name] for row in rows])
        for name in ('layer_macs', 'layer_time', 'layer_channel')
    )
    for column, name in enumerate(rows[0]['layers']):
        profile['layers'].append(
            {
                'name': name,
                'dense_macs': int(rows[0]['dense'][column]),
                'macs': round(float(executed[:, column].mean())),
                'time': round(float(time[:, column].mean()), 4),
                'channel': round(float(channel[:, column].mean()), 4),
            }
        )
    labels = [row['label'] for row in rows]
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


def _histogram(
    rows: Sequence[Mapping[str, Any]], views: Sequence[npt.NDArray[np.int64]]
) -> list[int]:
    """Counts over samples that may differ in size, and so in their static cost."""
    total: Counter[int] = Counter()
    for static in {row['static'] for row in rows}:
        same = [part for row, part in zip(rows, views, strict=True) if row['static'] == static]
        total.update(dict(enumerate(cost_histogram(np.concatenate(same), static))))
    return [total[i] for i in range(len(total))]
