"""Tested clips as pictures, with what the model says of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmengine.visualization import Visualizer
from torch import nn

from vared_mm.models.heads import video_probabilities
from vared_mm.registry import HOOKS

from .model_hook import unwrapped

CAPTION_HEIGHT = 28


@HOOKS.register_module()
class ClipVisualizationHook(Hook):
    """Draw the first view of tested videos, frames side by side, above true and predicted class.

    mmaction2's ``VisualizationHook`` takes clips of one view without its axis only.

    Args:
        out_dir: folder of the pictures, one ``.png`` a video; None draws no file.
        show: open a window.
        interval: draw every so many samples of a process.
        wait_time: seconds that a window stays.
    """

    priority = 'LOW'

    def __init__(
        self,
        out_dir: str | None = None,
        show: bool = False,
        interval: int = 1,
        wait_time: float = 2,
    ) -> None:
        self.out_dir = Path(out_dir) if out_dir is not None else None
        self.show, self.interval, self.wait_time = show, max(interval, 1), wait_time
        self._seen = 0

    def after_test_iter(
        self, runner: Runner, batch_idx: int, data_batch: dict, outputs: Sequence[Any]
    ) -> None:
        """Draw the samples of a batch whose turn it is."""
        classes = (runner.test_dataloader.dataset.metainfo or {}).get('classes')
        head = getattr(unwrapped(runner.model), 'cls_head', None)
        for clip, sample in zip(data_batch['inputs'], outputs, strict=True):
            if self._seen % self.interval == 0:
                caption = describe_sample(sample, classes, head)
                picture = draw_clip(clip, caption, getattr(head, 'frames', None))
                self._put(picture, f'{self._seen:06d}_{_stem(sample)}')
            self._seen += 1

    def _put(self, picture: np.ndarray, name: str) -> None:
        if self.out_dir is not None:
            self.out_dir.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(self.out_dir / f'{name}.png'), picture[..., ::-1])
        if self.show:
            Visualizer.get_current_instance().show(picture, name, wait_time=self.wait_time)


def draw_clip(clip: torch.Tensor, caption: str, count: int | None = None) -> np.ndarray:
    """Frames of the first view side by side over a caption, RGB.

    Shapes: uint8 (V, C, T, H, W) -> uint8 (H + caption, T * W, 3); or (V * T, C, H, W), where C
    holds one frame or several, stacked.

    Args:
        clip: of a sample.
        caption: below it.
        count: T of a view, where frames are folded into the views; None: all are one view.
    """
    if clip.dim() == 4:
        frames_TCHW = clip[:count].unflatten(1, (-1, 3)).flatten(0, 1)
    else:
        frames_TCHW = clip[0].transpose(0, 1)
    frames = frames_TCHW.permute(2, 0, 3, 1).flatten(1, 2).numpy()  # (H, T * W, C)
    band = np.zeros((CAPTION_HEIGHT, frames.shape[1], 3), np.uint8)
    cv2.putText(band, caption, (4, 19), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255, 255, 255), 1)
    return np.concatenate([frames, band])


def describe_sample(
    sample: Any, classes: Sequence[str] | None, head: nn.Module | None = None
) -> str:
    """True class, or classes, predicted class and its probability, the mean of the views.

    Args:
        sample: with ``pred_score`` and ``gt_label``.
        classes: their names; None numbers them.
        head: that gave the scores, which tells what they are; see
            :func:`vared_mm.models.heads.video_probabilities`.
    """
    scores, label = video_probabilities(sample, head), sample.gt_label.flatten()
    truth = label.tolist() if len(label) == 1 else label.nonzero().flatten().tolist()
    best = int(scores.argmax())
    names = [classes[i] if classes else f'class {i}' for i in (*truth, best)]
    return f'{", ".join(names[:-1])} | predicted: {names[-1]} {float(scores[best]):.2f}'


def _stem(sample: Any) -> str:
    return Path(sample.get('filename', 'clip')).stem
