"""What the analyses have in common: the model, the clips, the output folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import DATASETS, init_default_scope
from mmengine.utils import ProgressBar
from torch import nn

from vared_mm.apis import load_recognizer
from vared_mm.datasets import loader_pipeline


@dataclass(frozen=True)
class AnalysisRun:
    """A trained recognizer and the clips that it is looked at on: one a video, centre crop.

    Args:
        cfg: the recipe.
        model: in evaluation mode, with its weights.
        dataset: the split's videos through the pipeline of validation.
        out_dir: where results go; it is there.
        name: of the config.
    """

    cfg: Config
    model: nn.Module
    dataset: Any
    out_dir: Path
    name: str

    @classmethod
    def start(
        cls,
        cfg: Config,
        checkpoint: str,
        split: str = 'test',
        clips: int | None = None,
        device: str = 'cpu',
        out_dir: str | None = None,
    ) -> 'AnalysisRun':
        """Load and check everything.

        Args:
            cfg: the recipe.
            checkpoint: file of its weights.
            split: of the data, ``'train'``, ``'val'`` or ``'test'``.
            clips: how many, evenly spread over the split; None takes all.
            device: to compute on.
            out_dir: folder of the outputs; None takes ``analysis`` beside the checkpoint.

        Raises:
            FileNotFoundError: if checkpoint, list or videos are missing.
            ValueError: if one of them is of another kind.
        """
        init_default_scope(cfg.get('default_scope', 'mmaction'))
        settings = dict(cfg[f'{split}_dataloader'].dataset)
        settings.update(pipeline=loader_pipeline(cfg, 'val'), test_mode=True)
        dataset = DATASETS.build(settings)
        if clips is not None and clips < len(dataset):
            chosen = torch.linspace(0, len(dataset) - 1, clips).round().long()
            dataset = dataset.get_subset(sorted(set(chosen.tolist())))
        model = load_recognizer(cfg, checkpoint, device)
        folder = Path(out_dir or Path(checkpoint).parent / 'analysis')
        folder.mkdir(parents=True, exist_ok=True)
        return cls(cfg, model, dataset, folder, Path(cfg.filename).stem)

    @property
    def classes(self) -> list[str]:
        """Names of the classes, or their numbers where the list names none."""
        known = (self.dataset.metainfo or {}).get('classes')
        count = 1 + max(self.label(i) for i in range(len(self.dataset)))
        return list(known) if known else [f'class {i}' for i in range(count)]

    @property
    def clip_frames(self) -> int:
        """T of a clip, where the model folds frames into the batch; else 1."""
        return int(getattr(self.model.cls_head, 'frames', 1))

    def label(self, index: int) -> int:
        """Class of a video.

        Raises:
            ValueError: if it has several.
        """
        label = np.asarray(self.dataset.get_data_info(index)['label'])
        if label.size != 1:
            raise ValueError(f'{self.name}: a video of {label.size} labels: analyses count by one')
        return int(label.item())

    def video(self, index: int) -> str:
        """Name of a video: its last folder and file."""
        return '/'.join(Path(self.dataset.get_data_info(index)['filename']).parts[-2:])

    def batches(self, size: int = 1) -> Iterator[tuple[list[int], dict[str, Any]]]:
        """Numbers of videos and their collated samples, with a progress bar."""
        bar = ProgressBar(len(self.dataset))
        for first in range(0, len(self.dataset), size):
            numbers = list(range(first, min(first + size, len(self.dataset))))
            yield numbers, pseudo_collate([self.dataset[i] for i in numbers])
            bar.update(len(numbers))
        print()

    def _find(self, video: str) -> dict[str, Any]:
        for index in range(len(self.dataset)):
            if self.video(index) == video:
                return self.dataset[index]
        raise ValueError(f'--video {video}: not in {self.dataset.ann_file}, or not among the clips')

    def sample(self, video: str) -> dict[str, Any]:
        """The clip of a video, collated, as the model's ``test_step`` takes it.

        Raises:
            ValueError: if the split has no such video.
        """
        return pseudo_collate([self._find(video)])

    def frames(self, video: str) -> np.ndarray:
        """The frames that the model saw of a video, RGB, uint8 (T, H, W, 3).

        Raises:
            ValueError: if the split has no such video.
        """
        clip = self._find(video)['inputs']  # (V, C, T, H, W), or (T, C, H, W)
        frames = clip[0].transpose(0, 1) if clip.dim() == 5 else clip[: self.clip_frames]
        return frames.permute(0, 2, 3, 1).to(torch.uint8).numpy()
