"""What a model says about the clips of a stream."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import numpy as np
import torch
from mmengine.dataset import pseudo_collate
from torch import nn

from vared_mm.apis import Detections, class_names, costed_pass

from .clip_window import ClipWindow
from .frame_source import StreamFrame

#: Over so many predictions their rate is measured.
_RECENT = 16


@dataclass(frozen=True)
class StreamPrediction:
    """About the clip that ends at a frame.

    Args:
        frame: its number.
        top: (label, confidence), best first; of a detector the best score of each class.
        detections: of a detector.
        cost: MACs of this clip, as of :meth:`vared_mm.apis.CostReport.macs`.
        rate: predictions a second, lately.
    """

    frame: int
    top: list[tuple[str, float]]
    detections: Detections | None
    cost: dict[str, float]
    rate: float

    def to_dict(self) -> dict[str, Any]:
        """As it is written to JSON."""
        label, confidence = self.top[0]
        line: dict[str, Any] = {
            'frame': self.frame,
            'label': label,
            'confidence': round(confidence, 5),
            'macs': round(self.cost['executed']),
            'share': round(self.cost['share'], 4),
            'clips_per_second': round(self.rate, 2),
        }
        if self.detections is not None:
            line['boxes'] = self.detections.boxes.round(1).tolist()
            line['scores'] = self.detections.scores.round(4).tolist()
            line['labels'] = self.detections.labels.tolist()
        return line


class StreamPredictor:
    """Looks at every few frames of a stream.

    Args:
        model: of a recognizer of clips, or YOWO, with its config in ``cfg``.
        labels: names of the classes; None: those that the config knows, or their numbers.
        every: frames from one prediction to the next; None: one clip's frame interval.

    Raises:
        ValueError: as of :class:`ClipWindow`, or if the labels are of another number.
    """

    def __init__(
        self, model: nn.Module, labels: Sequence[str] | None = None, every: int | None = None
    ) -> None:
        self.model = model
        head = getattr(model, 'cls_head', None) or getattr(model, 'head', None)
        if head is None:
            raise ValueError(f'{model.cfg.filename}: supported are recognizers and localization')
        self.window = ClipWindow(model.cfg)
        self.every = every or self.window.interval
        names = labels or class_names(model.cfg)
        self.labels = list(names or (f'class {i}' for i in range(head.num_classes)))
        if len(self.labels) != head.num_classes:
            raise ValueError(f'{len(self.labels)} labels for a model of {head.num_classes} classes')
        self._next = self.window.span - 1
        self._times: deque[float] = deque(maxlen=_RECENT)

    def add(self, frame: StreamFrame) -> StreamPrediction | None:
        """Take a frame in; a prediction where it is due, from the first whole clip on."""
        self.window.add(frame.number, frame.image)
        if frame.number < self._next:
            return None
        self._next = frame.number + self.every
        with torch.inference_mode(), costed_pass(self.model) as costed:
            samples = self.model.test_step(pseudo_collate([self.window.sample()]))
        costed.complete(samples)
        self._times.append(monotonic())
        elapsed = self._times[-1] - self._times[0]
        rate = (len(self._times) - 1) / elapsed if elapsed else 0.0
        (sample,) = samples
        detections = None
        if 'pred_instances' in sample:
            detections = Detections.of(sample)
            scores = np.zeros(len(self.labels))
            np.maximum.at(scores, detections.labels, detections.scores)
        else:
            scores = sample.pred_score.cpu().numpy()
        best = np.argsort(-scores, kind='stable')[:5]
        top = [(self.labels[i], float(scores[i])) for i in best]
        return StreamPrediction(frame.number, top, detections, sample.cost, rate)
