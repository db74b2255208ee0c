"""YOWO's head: features to boxes, confidences and classes."""

from collections.abc import Sequence

import torch
from mmengine.model import BaseModule
from mmengine.structures import BaseDataElement, InstanceData
from torch import Tensor, nn

from vared_mm.registry import MODELS

from .anchor_coder import AnchorCoder
from .boxes import non_maximum_suppression


@MODELS.register_module()
class YOWOHead(BaseModule):
    """One 1x1 convolution: per anchor and cell 4 offsets, a confidence and K classes.

    Source: YOWO (arXiv 1911.06644), Sec. 3.1.3.
    Shapes: (N, in_channels, H, W) -> (N, A * (5 + K), H, W), raw.

    Args:
        in_channels: of the neck.
        num_classes: K.
        anchors: (width, height) of A anchors, in cells of the grid.
        loss: config of the loss.
        score_threshold: detections keep ``confidence * best class`` above it.
        nms_threshold: overlap above which the less confident of two detections goes.
        init_cfg: as of mmengine's ``BaseModule``.
    """

    def __init__(
        self,
        in_channels: int,
        num_classes: int,
        anchors: Sequence[Sequence[float]],
        loss: dict | None = None,
        score_threshold: float = 0.005,
        nms_threshold: float = 0.4,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.num_classes = num_classes
        self.coder = AnchorCoder(anchors)
        self.criterion = MODELS.build(loss or {'type': 'vared_mm.RegionLoss'})
        self.score_threshold, self.nms_threshold = score_threshold, nms_threshold
        self.conv = nn.Conv2d(in_channels, len(self.coder) * (5 + num_classes), 1, bias=False)

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """Raw predictions."""
        return self.conv(x_NCHW)

    def split(self, raw: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Offsets (N, A, H, W, 4), confidence (N, A, H, W) and class logits (N, A, H, W, K)."""
        raw = raw.float().unflatten(1, (len(self.coder), -1)).permute(0, 1, 3, 4, 2)
        offsets = torch.cat([raw[..., :2].sigmoid(), raw[..., 2:4]], dim=-1)
        return offsets, raw[..., 4].sigmoid(), raw[..., 5:]

    def loss(self, raw: Tensor, samples: Sequence[BaseDataElement]) -> dict[str, Tensor]:
        """Losses; the true boxes are ``gt_instances``, in pixels of the input."""
        truths = [sample.gt_instances for sample in samples]
        boxes = [
            truth.bboxes.to(raw.device, torch.float32) / _size(raw, sample)
            for truth, sample in zip(truths, samples, strict=True)
        ]
        labels = [truth.labels.to(raw.device) for truth in truths]
        return self.criterion(self.coder, *self.split(raw), boxes, labels)

    @torch.no_grad()
    def correctness(self, raw: Tensor, samples: Sequence[BaseDataElement]) -> Tensor:
        """Per frame, 1 where the class of its best detection is one that is there, else 0: (N,)."""
        _, confidence, logits = self.split(raw)
        class_scores = (confidence[..., None] * logits.softmax(-1)).flatten(1)
        best = (class_scores.argmax(dim=1) % self.num_classes).tolist()
        right = [
            label in sample.gt_instances.labels.tolist()
            for label, sample in zip(best, samples, strict=True)
        ]
        return raw.new_tensor(right)

    def predict(self, raw: Tensor, samples: Sequence[BaseDataElement]) -> Sequence[BaseDataElement]:
        """Add ``pred_instances``, best first, to each sample.

        They hold ``bboxes`` (M, 4) in pixels of the input, ``scores`` (M,) and ``labels`` (M,) of
        the best class, and ``class_scores`` (M, K): confidence times probability. Of boxes that
        overlap, all classes alike, the one of the greatest confidence stays, as in YOWO's code.
        """
        offsets, confidence, logits = self.split(raw)
        boxes = self.coder.decode(offsets).flatten(1, 3)
        class_scores = (confidence[..., None] * logits.softmax(-1)).flatten(1, 3)
        for n, sample in enumerate(samples):
            scores, labels = class_scores[n].max(dim=1)
            kept = (scores > self.score_threshold).nonzero()[:, 0]
            kept = kept[scores[kept].argsort(descending=True, stable=True)]
            alive = non_maximum_suppression(
                boxes[n][kept], confidence[n].flatten()[kept], self.nms_threshold
            )
            kept = kept[alive.sort().values]  # in order of their scores again
            sample.set_field(
                InstanceData(
                    bboxes=boxes[n][kept] * _size(raw, sample),
                    scores=scores[kept],
                    labels=labels[kept],
                    class_scores=class_scores[n][kept],
                ),
                'pred_instances',
            )
        return samples


def _size(like: Tensor, sample: BaseDataElement) -> Tensor:
    """(width, height, width, height) of the input in pixels."""
    height, width = sample.img_shape
    return like.new_tensor([width, height, width, height], dtype=torch.float32)
