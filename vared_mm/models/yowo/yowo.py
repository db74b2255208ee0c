"""YOWO, on one backbone."""

from typing import Any

import torch
from mmengine.model import BaseModel
from mmengine.structures import BaseDataElement
from torch import Tensor

from vared_mm.registry import MODELS


@MODELS.register_module()
class YOWO(BaseModel):
    """Find and classify who acts in the last frame of a clip.

    3-D backbone, static or dynamic, mean over its remaining time steps, neck, head.

    Source: YOWO (arXiv 1911.06644), without the 2-D backbone, as VA-RED2 (arXiv 2102.07887) has it.
    Differs from its public code: there the schedule of the rate undoes the freezing.
    Shapes: clips (N, 3, T, H, W) -> raw predictions (N, A * (5 + K), H', W').

    Args:
        backbone: config; it gives (N, C, T', H', W').
        neck: config.
        head: config.
        freeze_backbone: it gets no gradient and stays in evaluation mode while the rest trains: no
            statistic of a batch norm moves, and gates decide as they do at inference.
        data_preprocessor: config.
        init_cfg: as of mmengine's ``BaseModule``.
    """

    def __init__(
        self,
        backbone: dict,
        neck: dict,
        head: dict,
        freeze_backbone: bool = True,
        data_preprocessor: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(data_preprocessor, init_cfg)
        self.backbone = MODELS.build(backbone)
        self.neck = MODELS.build(neck)
        self.head = MODELS.build(head)
        self.freeze_backbone = freeze_backbone
        if freeze_backbone:
            self.backbone.requires_grad_(False)

    def train(self, mode: bool = True) -> 'YOWO':
        """Set the mode of all but a frozen backbone."""
        super().train(mode)
        if self.freeze_backbone:
            self.backbone.eval()
        return self

    def forward(
        self,
        inputs: Tensor,
        data_samples: list[BaseDataElement] | None = None,
        mode: str = 'tensor',
    ) -> Any:
        """Losses, samples with ``pred_instances``, or raw predictions.

        Raises:
            ValueError: if ``mode`` is none of ``'loss'``, ``'predict'``, ``'tensor'``.
        """
        if mode not in ('loss', 'predict', 'tensor'):
            raise ValueError(f"mode={mode!r}: must be 'loss', 'predict' or 'tensor'")
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.freeze_backbone):
            features = self.backbone(inputs)
        raw = self.head(self.neck(features.mean(dim=2)))
        if mode == 'tensor':
            return raw
        return (
            self.head.loss(raw, data_samples)
            if mode == 'loss'
            else self.head.predict(raw, data_samples)
        )
