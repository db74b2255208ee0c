"""Segment one image, and what that costs."""

from dataclasses import dataclass

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.registry import DATASETS, init_default_scope
from mmengine.runner import load_checkpoint
from mmseg.visualization import SegLocalVisualizer
from torch import nn

from vared_mm.apis.checkpoint import match_checkpoint
from vared_mm.apis.cost import view_macs
from vared_mm.apis.cost_report import CostReport
from vared_mm.datasets import ImageError
from vared_mm.datasets.loaders import loader_datasets, loader_pipeline
from vared_mm.dynamic import recorded_cost
from vared_mm.registry import MODELS


@dataclass(frozen=True, kw_only=True)
class ImageReport(CostReport):
    """The classes of an image, and what finding them cost.

    Args:
        image: file name.
        areas: (class, share of the pixels), largest first.
        static_macs: as of :class:`CostReport`; at the size that the test pipeline gives the image.
        cost: likewise.
    """

    image: str
    areas: list[tuple[str, float]]


def load_segmentor(cfg: Config, checkpoint: str, device: str) -> nn.Module:
    """Build the model of a config with its weights, in evaluation mode.

    Raises:
        FileNotFoundError: if there is no such checkpoint.
        ValueError: if it is of another model.
    """
    init_default_scope(cfg.get('default_scope', 'mmseg'))
    model = MODELS.build(cfg.model)
    match_checkpoint(model, checkpoint).require(complete=True)
    load_checkpoint(model, checkpoint, 'cpu', logger='silent')
    model.cfg = cfg
    return model.to(device).eval()


def segment(
    model: nn.Module, image: str, out_file: str, classes: list[str] | None = None
) -> ImageReport:
    """Segment an image and write it with the classes' colours and names over it.

    Args:
        model: from :func:`load_segmentor`.
        image: file name.
        out_file: of the overlay, such as ``overlay.png``; folders are made.
        classes: names of the classes; None takes those of the data set's class, where it has any.

    Raises:
        ImageError: if the file is missing, a single pixel, or of a kind that the pipeline refuses.
        ValueError: if the names are of another number than the model's classes.
    """
    init_default_scope(model.cfg.get('default_scope', 'mmseg'))
    steps = loader_pipeline(model.cfg, 'test')
    data = Compose([x for x in steps if x['type'] != 'vared_mm.LoadLabels'])({'img_path': image})
    pixels = Compose(steps[:1])({'img_path': image})['img'][..., ::-1].copy()
    if pixels.shape[:2] == (1, 1):  # mmsegmentation's drawing takes such a mask for an index
        raise ImageError(f'{image}: a single pixel, which no overlay can be drawn on')
    with torch.inference_mode(), recorded_cost(model) as recorder:
        (sample,) = model.test_step(pseudo_collate([data]))
    known, palette = names_and_colours(model.cfg, model.num_classes)
    names = classes or known
    if len(names) != model.num_classes:
        raise ValueError(f'{len(names)} labels for a model of {model.num_classes} classes')
    labels = sample.pred_sem_seg.data[0].cpu().numpy()
    counts = np.bincount(labels.ravel(), minlength=len(names)) / labels.size
    visualizer = SegLocalVisualizer(alpha=0.5)
    visualizer.dataset_meta = {'classes': names, 'palette': palette}
    visualizer.add_datasample('overlay', pixels, sample, draw_gt=False, out_file=out_file)
    return ImageReport(
        image=image,
        areas=[(names[i], float(counts[i])) for i in np.argsort(-counts) if counts[i]],
        static_macs=view_macs(model.cfg, model, data['inputs'].shape),
        cost=recorder.take(),
    )


def names_and_colours(cfg: Config, num_classes: int) -> tuple[list[str], list[list[int]]]:
    """Names and colours of a segmentor's classes: its data set's, else numbers and random ones."""
    meta = DATASETS.get(loader_datasets(cfg, 'test')[0].type).METAINFO
    names = meta.get('classes') or [f'class {i}' for i in range(num_classes)]
    rng = np.random.default_rng(0)
    return list(names), meta.get('palette') or rng.integers(40, 255, (len(names), 3)).tolist()
