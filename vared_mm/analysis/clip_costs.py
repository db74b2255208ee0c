"""What every clip of a data set costs, with its class and video."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from vared_mm.apis import view_macs
from vared_mm.cost import BIN_PERCENT, CostRecord, cost_histogram, mean_by_class
from vared_mm.dynamic import dynamic_layers, recorded_cost

from .run import AnalysisRun


@dataclass(frozen=True)
class ClipCosts:
    """Cost of N clips, one a video.

    Args:
        record: of the dynamic layers.
        static: MACs of the whole static model for one clip.
        videos: their names, N.
        labels: their classes, N.
        classes: names of all classes.
    """

    record: CostRecord
    static: int
    videos: Sequence[str]
    labels: Sequence[int]
    classes: Sequence[str]

    @property
    def thesis_macs(self) -> npt.NDArray[np.int64]:
        """MACs of the whole model, cheap operations and gates left out, (N,)."""
        return self.record.thesis_macs(self.static)

    @property
    def macs(self) -> npt.NDArray[np.int64]:
        """MACs of the whole model with all that runs, (N,)."""
        return self.record.full_macs(self.static)

    def policy(self) -> dict[str, Any]:
        """Share computed by layer and class; figures 4-1, B-4, B-5 of the thesis."""
        classes, time = mean_by_class(self.record.time_share, self.labels)
        _, channel = mean_by_class(self.record.channel_share, self.labels)
        return {
            'unit': 'share of frames (time) and of channels (channel) computed, mean over clips',
            'layers': list(self.record.layers),
            'classes': [self.classes[label] for label in classes],
            'clips_of_class': [int(np.sum(np.array(self.labels) == label)) for label in classes],
            'time': time.round(4).tolist(),
            'channel': channel.round(4).tolist(),
        }

    def distribution(self) -> dict[str, Any]:
        """Clips by cost; figure B-6 of the thesis. Gates and cheap operations are left out."""
        macs = self.thesis_macs
        return {
            'unit': f'clips in bins of {BIN_PERCENT} % of the static cost, each closed above',
            'count': "the thesis': cheap operations and gates left out",
            'static_macs': self.static,
            'bin_percent': BIN_PERCENT,
            'clips_in_bin': cost_histogram(macs, self.static),
            'average_macs': float(macs.mean()),
            'least_macs': int(macs.min()),
            'most_macs': int(macs.max()),
        }

    def extremes(self, classes: int, each: int = 1) -> list[dict[str, Any]]:
        """Of the classes that differ most, the cheapest and the most expensive clips.

        As figures 4-2, B-7, B-8 of the thesis: ``share`` is the executed part of the dynamic
        convolutions' own MACs.

        Args:
            classes: how many.
            each: clips of either kind a class; a class with fewer than twice as many is left out.
        """
        share = self.record.conv.sum(axis=1) / max(int(self.record.dense.sum()), 1)
        found = []
        for label in sorted(set(self.labels)):
            clips = [i for i, of in enumerate(self.labels) if of == label]
            clips.sort(key=lambda i: (share[i], i))
            if len(clips) < 2 * each:
                continue
            most, least = clips[-each:][::-1], clips[:each]
            spread = float(share[most[0]] - share[least[0]])
            row = {'class': self.classes[label], 'spread': spread}
            for name, chosen in (('most', most), ('least', least)):
                row[name] = [{'video': self.videos[i], 'share': float(share[i])} for i in chosen]
            found.append(row)
        return sorted(found, key=lambda row: -row['spread'])[:classes]


@torch.inference_mode()
def clip_costs(run: AnalysisRun, batch_size: int = 16) -> ClipCosts:
    """Run every clip once.

    Raises:
        ValueError: if the model has no dynamic layer: each clip costs the same then.
    """
    if not dynamic_layers(run.model):
        raise ValueError(f'{run.name}: a static model, every clip costs the same')
    records, numbers = [], []
    with recorded_cost(run.model) as recorder:
        for indices, batch in run.batches(batch_size):
            run.model.test_step(batch)
            record = recorder.take()
            if record is not None:
                records.append(record)
            numbers += indices
    sample = run.dataset[numbers[0]]['inputs']
    return ClipCosts(
        record=CostRecord.concatenate(records),
        static=view_macs(run.cfg, run.model, sample.shape),
        videos=[run.video(i) for i in numbers],
        labels=[run.label(i) for i in numbers],
        classes=run.classes,
    )
