"""Recognize one video, and what that costs."""

from dataclasses import dataclass
from pathlib import Path

import torch
from mmaction.apis import init_recognizer
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.registry import init_default_scope
from mmengine.runner import load_checkpoint
from torch import nn

from vared_mm.apis.checkpoint import match_checkpoint
from vared_mm.apis.cost import view_macs
from vared_mm.apis.cost_report import CostReport
from vared_mm.apis.input_shapes import count_views
from vared_mm.datasets.loaders import loader_pipeline
from vared_mm.dynamic import recorded_cost
from vared_mm.models.heads import video_probabilities


@dataclass(frozen=True)
class VideoReport(CostReport):
    """Predictions for a video, and their cost.

    Args:
        video: file name.
        top: (label, probability), best first.
        views: number of clips and crops averaged.
        static_macs: as of :class:`CostReport`.
        cost: likewise.
    """

    video: str
    top: list[tuple[str, float]]
    views: int


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
        all_views: average the views of testing, of the test data loader's pipeline; else what
            validation sees, of the one of ``val_dataloader``: one clip, centre crop.
        count: how many labels are returned.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it can't be decoded, the config has no such pipeline, or the labels are of
            another number.
    """
    if not Path(video).is_file():
        raise FileNotFoundError(f'{video}: no such video')
    init_default_scope(model.cfg.get('default_scope', 'mmaction'))
    pipeline = Compose(loader_pipeline(model.cfg, 'test' if all_views else 'val'))
    data = pipeline({'filename': str(video), 'label': -1, 'start_index': 0, 'modality': 'RGB'})
    with torch.inference_mode(), recorded_cost(model) as recorder:
        (sample,) = model.test_step(pseudo_collate([data]))
    scores = video_probabilities(sample, model.cls_head)
    names = labels or [f'class {i}' for i in range(len(scores))]
    if len(names) != len(scores):
        raise ValueError(f'{len(names)} labels for a model of {len(scores)} classes')
    best = scores.topk(min(count, len(names)))
    shape = tuple(data['inputs'].shape)
    return VideoReport(
        video=str(video),
        top=[(names[i], float(p)) for p, i in zip(best.values, best.indices, strict=True)],
        views=count_views(model, shape),
        static_macs=view_macs(model.cfg, model, shape),
        cost=recorder.take(),
    )
