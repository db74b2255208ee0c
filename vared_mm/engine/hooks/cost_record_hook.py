"""What each clip costs in validation and testing, left in its data sample."""

from contextlib import ExitStack
from typing import Any

from mmengine.runner import Runner
from torch import Tensor, nn

from vared_mm.cost import SampleCost
from vared_mm.dynamic import count_macs, gate_parameters, original_of, recorded_cost
from vared_mm.registry import HOOKS

from .model_hook import ModelHook, unwrapped


@HOOKS.register_module()
class CostRecordHook(ModelHook):
    """Leave a :class:`vared_mm.cost.SampleCost` as ``cost`` in each data sample that is predicted.

    ``CostMetric`` reads it.

    Args:
        clip_frames: frames of one clip, where the model takes frames folded into the views, as
            mmaction2's ``Recognizer2D`` does.
        without: kinds of layers left out of the count of the static part, such as ``('norm',)``.
    """

    mode = 'predict'

    def __init__(self, clip_frames: int | None = None, without: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.clip_frames = clip_frames
        self.without = tuple(without)
        self._stack = ExitStack()
        self._static: dict[tuple[int, ...], tuple[int, int]] = {}

    def before_val(self, runner: Runner) -> None:
        """Attach to the model."""
        self._begin(runner.model)

    def after_val(self, runner: Runner) -> None:
        """Let go of the model."""
        self._end()

    def before_test(self, runner: Runner) -> None:
        """Attach to the model."""
        self._begin(runner.model)

    def after_test(self, runner: Runner) -> None:
        """Let go of the model."""
        self._end()

    def _begin(self, model: nn.Module) -> None:
        self._end()
        model = unwrapped(model)
        original = original_of(model)
        weights = original.parameters(), gate_parameters(original)
        self._parameters = tuple(sum(p.numel() for p in some) for some in weights)
        self._recorder = self._stack.enter_context(recorded_cost(model))
        self.attach(model)

    def _end(self) -> None:
        self._stack.close()
        self.detach()

    def after_forward(self, model: nn.Module, inputs: Any, data_samples: Any, output: Any) -> None:
        """Add ``cost`` to each sample."""
        for sample, cost in zip(output, self._costs(model, inputs), strict=True):
            sample.set_field(cost, 'cost')

    def _costs(self, model: nn.Module, inputs: Tensor) -> list[SampleCost]:
        """What each sample of the batch that has just run cost."""
        views = self._views(inputs)
        static, backbone = self._static_macs(model, inputs)
        record = self._recorder.take()
        total, gates = self._parameters
        return [
            SampleCost(
                static_macs=static,
                record=None if record is None else record[i * views : (i + 1) * views],
                backbone_macs=backbone,
                parameters=total,
                gate_parameters=gates,
            )
            for i in range(len(inputs))
        ]

    def _views(self, inputs: Tensor) -> int:
        """Clips per sample: (N, V, C, T, H, W), or (N, V * T, C, H, W) with folded frames."""
        if inputs.dim() == 5:
            return inputs.shape[1] // (self.clip_frames or inputs.shape[1])
        return inputs.shape[1] if inputs.dim() == 6 else 1

    def _static_macs(self, model: nn.Module, inputs: Tensor) -> tuple[int, int]:
        """Of the model, and of its backbone alone."""
        shape = tuple(inputs.shape[1:])
        if shape not in self._static:
            one_clip = (1, shape[0] // self._views(inputs), *shape[1:])
            if inputs.dim() == 4:
                one_clip = (1, *shape)
            extra = {'stage': 'head'} if hasattr(model, 'cls_head') else {}
            counted = count_macs(model, one_clip, mode='tensor', **extra)
            backbone = counted.total(self.without, within='backbone.')
            self._static[shape] = counted.total(self.without), backbone
        return self._static[shape]
