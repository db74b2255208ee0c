"""The network that reads frames until a gate stops it."""

from collections.abc import Callable, Sequence

import torch
from mmengine.config import ConfigDict
from mmengine.model import BaseModule
from torch import Tensor, nn

from vared_mm.cost import linear_macs
from vared_mm.dynamic import count_macs, leave_record
from vared_mm.registry import MODELS

from .exit_gate import ExitGate
from .exit_record import ExitCosts, ExitRecord
from .frame_order import coarse_to_fine


@MODELS.register_module()
class ExitingFrames(BaseModule):
    """Features of frames, read in a fixed order, pooled by maximum, with an exit after each.

    In training every frame is read and every exit and gate answers; at test a clip's frames are
    read until a gate says stop, and only that exit's classifier answers.

    Source: FrameExit (arXiv 2104.13400). Differs from its public code, which has no training: there
    a linear layer to 4096 features, a norm and a ReLU come before the pooling over frames, and
    after the first frame the classifier's confidence decides, no gate; see also :class:`ExitGate`.
    Shapes: frames (N * T, C, H, W) -> scores (N, num_classes); in training scores of every exit
    (N, T, num_classes) and logits of the gates (N, T - 1), for :class:`ExitHead`.
    Cost: :class:`ExitRecord`, in ``record`` after a forward.

    Args:
        backbone: config of a 2-D backbone that returns one feature map.
        channels: of its feature map.
        num_classes: of the scores.
        input_shape: one frame, (C, H, W).
        frames: T of one clip.
        hidden: of the gates.
        dropout: before the classifiers.

    Raises:
        ValueError: in the forward, if frames do not make whole clips.
    """

    def __init__(
        self,
        backbone: dict | ConfigDict,
        channels: int,
        num_classes: int,
        input_shape: Sequence[int],
        frames: int,
        hidden: int = 64,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        self.backbone = MODELS.build(backbone)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(dropout)
        self.exits = nn.ModuleList(nn.Linear(channels, num_classes) for _ in range(frames))
        for layer in self.exits:
            nn.init.normal_(layer.weight, std=0.001)
            nn.init.zeros_(layer.bias)
        inputs = [1, *[2] * (frames - 2)][: frames - 1]  # before the first frame there is none
        self.gates = nn.ModuleList(ExitGate(channels, count, hidden) for count in inputs)
        self.num_classes = num_classes
        self.frames, self.order = frames, coarse_to_fine(frames)
        frame = count_macs(nn.Sequential(self.backbone, self.pool), (1, *input_shape)).total()
        gates = tuple(gate.macs for gate in self.gates)
        self.costs = ExitCosts(frame, linear_macs(channels, num_classes), gates)
        self.record: ExitRecord | None = None
        self.listeners: list[Callable[[ExitRecord], None]] = []

    def forward(self, x_FCHW: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """Scores of clips; see the class for shapes."""
        if len(x_FCHW) % self.frames:
            raise ValueError(f'{len(x_FCHW)} frames do not make up clips of {self.frames}')
        x_NTCHW = x_FCHW.unflatten(0, (-1, self.frames))[:, self.order]
        if x_FCHW.is_meta:  # a count of MACs
            leave_record(self, ExitRecord(self.costs, x_NTCHW[:, 0]))
            return self.exits[-1](self._pooled(x_NTCHW)[:, -1])
        return self._answer_always(x_NTCHW) if self.training else self._read_on(x_NTCHW)

    def _answer_always(self, x_NTCHW: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of every exit and logits of every gate."""
        pooled = self._pooled(x_NTCHW).unbind(1)
        scores = [layer(self.dropout(z)) for layer, z in zip(self.exits, pooled, strict=True)]
        logits = [self._ask(t, pooled[: t + 1]) for t in range(self.frames - 1)]
        decided = torch.stack([*logits, torch.ones_like(scores[0][:, 0])], dim=1)
        leave_record(self, ExitRecord(self.costs, decided.detach().gt(0).int().argmax(1) + 1))
        return torch.stack(scores, dim=1), decided[:, :-1]

    def _read_on(self, x_NTCHW: Tensor) -> Tensor:
        """Scores of the exits where clips end; what comes after is not computed."""
        left = torch.arange(len(x_NTCHW), device=x_NTCHW.device)
        seen, scores = torch.zeros_like(left), []
        ended, pooled = [], x_NTCHW.new_zeros(0)
        for t, layer in enumerate(self.exits):
            before, pooled = pooled, self._features(x_NTCHW[left, t])
            if t:
                pooled = torch.maximum(pooled, before)
            stop = torch.ones_like(left, dtype=torch.bool)
            if t < self.frames - 1:
                stop = self._ask(t, (before, pooled)) > 0
            seen[left[stop]] = t + 1
            ended.append(left[stop])
            scores.append(layer(pooled[stop]))
            left, pooled = left[~stop], pooled[~stop]
            if not len(left):
                break
        leave_record(self, ExitRecord(self.costs, seen))
        return torch.cat(scores)[torch.cat(ended).argsort()]

    def _ask(self, t: int, pooled: Sequence[Tensor]) -> Tensor:
        """Logits of a gate, which sees the last one or two pooled features."""
        gate = self.gates[t]
        return gate(*pooled[-len(gate.branches) :])

    def _features(self, x_FCHW: Tensor) -> Tensor:
        return self.pool(self.backbone(x_FCHW)).flatten(1)

    def _pooled(self, x_NTCHW: Tensor) -> Tensor:
        """Maximum over the frames so far, (N, T, channels)."""
        features = self._features(x_NTCHW.flatten(0, 1))
        return features.unflatten(0, (-1, self.frames)).cummax(dim=1).values
