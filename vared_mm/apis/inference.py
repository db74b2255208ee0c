"""Recognise one video and tell what that cost."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from mmaction.apis import init_recognizer
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.registry import init_default_scope
from mmengine.runner import load_checkpoint
from torch import nn

from vared_mm.apis.checkpoint import match_checkpoint
from vared_mm.apis.result import count_view
from vared_mm.cost import CostRecord
from vared_mm.dynamic import recorded_cost


@dataclass(frozen=True)
class VideoReport:
    """What a model says of a video, and at which cost.

    Args:
        video: file name.
        top: (label, probability), best first.
        views: number of clips and crops averaged.
        static_macs: of the whole static model for one view.
        cost: executed in the dynamic layers, one row a view; None of a static model.
    """

    video: str
    top: list[tuple[str, float]]
    views: int
    static_macs: int
    cost: CostRecord | None

    def macs(self) -> dict[str, float]:
        """MACs of the whole model for one view, mean over the views, by part.

        ``other`` is what no gate decides on; conv, cheap, gate and other add up to executed.
        """
        if self.cost is None:
            parts = {'conv': 0.0, 'cheap': 0.0, 'gate': 0.0}
            dense = 0
        else:
            sums = {
                name: getattr(self.cost, name).sum(axis=1) for name in ('conv', 'cheap', 'gate')
            }
            parts = {name: float(total.mean()) for name, total in sums.items()}
            dense = int(self.cost.dense.sum())
        other = float(self.static_macs - dense)
        executed = other + sum(parts.values())
        return {
            'static': float(self.static_macs),
            **parts,
            'other': other,
            'executed': executed,
            'share': executed / self.static_macs,
        }

    def layers(self) -> list[dict[str, Any]]:
        """Per dynamic layer: stride factor R and keep ratio r of each view, and its MACs."""
        if self.cost is None:
            return []
        spent = self.cost.conv + self.cost.cheap + self.cost.gate
        return [
            {
                'layer': name,
                'time_stride': [2 ** int(i) for i in self.cost.temporal[:, column]],
                'channel_share': [0.5 ** int(i) for i in self.cost.channel[:, column]],
                'dense_macs': int(self.cost.dense[column]),
                'executed_macs': float(spent[:, column].mean()),
            }
            for column, name in enumerate(self.cost.layers)
        ]


def load_recognizer(cfg: Config, checkpoint: str, device: str) -> nn.Module:
    """Build the model of a config with its weights, in evaluation mode.

    Raises:
        FileNotFoundError: if there is no such checkpoint.
        ValueError: if it is of another model.
    """
    model = init_recognizer(cfg, device='cpu')
    match_checkpoint(model, checkpoint).require(complete=True)
    load_checkpoint(model, checkpoint, 'cpu', logger='silent')
    return model.to(device)


def recognize(
    model: nn.Module,
    video: str,
    labels: list[str] | None = None,
    all_views: bool = False,
    count: int = 5,
) -> VideoReport:
    """Recognise a video.

    Args:
        model: from :func:`load_recognizer`.
        video: file name.
        labels: names of the classes.
        all_views: average the views of testing; else one clip, centre crop, as in validation.
        count: how many labels are returned.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it can't be decoded, or the labels are of another number.
    """
    if not Path(video).is_file():
        raise FileNotFoundError(f'{video}: no such video')
    init_default_scope(model.cfg.get('default_scope', 'mmaction'))
    pipeline = Compose(model.cfg.test_pipeline if all_views else model.cfg.val_pipeline)
    data = pipeline({'filename': str(video), 'label': -1, 'start_index': 0, 'modality': 'RGB'})
    with torch.inference_mode(), recorded_cost(model) as recorder:
        (sample,) = model.test_step(pseudo_collate([data]))
    scores = torch.atleast_2d(sample.pred_score).softmax(dim=-1)
    names = labels or [f'class {i}' for i in range(scores.shape[1])]
    if len(names) != scores.shape[1]:
        raise ValueError(f'{len(names)} labels for a model of {scores.shape[1]} classes')
    best = scores.mean(dim=0).topk(min(count, len(names)))
    return VideoReport(
        video=str(video),
        top=[(names[i], float(p)) for p, i in zip(best.values, best.indices, strict=True)],
        views=len(scores),
        static_macs=count_view(model.cfg, model, data['inputs'].shape),
        cost=recorder.take(),
    )
