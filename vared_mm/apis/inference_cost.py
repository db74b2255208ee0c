"""Give the samples that a model predicts what they cost, and one score a class."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from mmengine.config import Config
from torch import nn

from vared_mm.apis.cost import view_macs
from vared_mm.apis.cost_report import CostReport
from vared_mm.apis.input_shapes import count_views
from vared_mm.cost import CostRecord
from vared_mm.dynamic import CostRecorder, recorded_cost
from vared_mm.models.heads import video_probabilities

_STATIC: WeakKeyDictionary[nn.Module, dict[tuple[int, ...], int]] = WeakKeyDictionary()


@dataclass
class CostedPass:
    """One pass of a model with a ``cfg``, whose samples are then completed.

    Args:
        model: a recognizer or segmentor.
        recorder: of the pass.
        shape: of its batch.
    """

    model: nn.Module
    recorder: CostRecorder
    shape: list[int] = field(default_factory=list)

    def complete(self, samples: Sequence[Any]) -> None:
        """Give each sample a field ``cost``, and a recognizer's probabilities of the whole video.

        ``cost`` has the MACs of one view, mean over the views, as of :meth:`CostReport.macs`, and
        their number, ``views``; None where they can't be counted. Without an average over the
        views (``average_clips=None``) a recognizer leaves raw scores of each.

        Args:
            samples: of the batch, in its order.
        """
        record = self.recorder.take()
        one = tuple(self.shape[1:])
        head = getattr(self.model, 'cls_head', None)
        rows = 0 if record is None else len(record) // len(samples)
        for n, sample in enumerate(samples):
            own = None if record is None else record[slice(n * rows, (n + 1) * rows)]
            sample.set_field(self._cost(one, own), 'cost')
            if head is not None and sample.pred_score.dim() == 2:
                scores = video_probabilities(sample, head)
                sample.set_metainfo({'num_classes': len(scores)})
                sample.set_pred_score(scores).set_pred_label(int(scores.argmax()))

    def _cost(self, sample: tuple[int, ...], record: CostRecord | None) -> dict[str, float] | None:
        try:
            report = CostReport(static_macs=self._static_macs(sample), cost=record)
        except ValueError:  # it does not run without data
            return None
        views = count_views(self.model, sample) if hasattr(self.model, 'cls_head') else 1
        return {**report.macs(), 'views': views}

    def _static_macs(self, sample: tuple[int, ...]) -> int:
        known = _STATIC.setdefault(self.model, {})
        if sample not in known:
            cfg = getattr(self.model, 'cfg', Config())
            known[sample] = view_macs(cfg, self.model, sample)
        return known[sample]


@contextmanager
def costed_pass(model: nn.Module) -> Iterator[CostedPass]:
    """Within this context one forward of a model is listened to."""
    with recorded_cost(model) as recorder:
        costed = CostedPass(model, recorder)

        def note(_model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            costed.shape = list((args[0] if args else kwargs['inputs']).shape)

        handle = model.register_forward_pre_hook(note, with_kwargs=True)
        try:
            yield costed
        finally:
            handle.remove()
