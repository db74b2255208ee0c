"""The whole network: a policy and the classifiers that it sends frames to."""

from collections.abc import Callable, Sequence

import torch
from mmengine.config import ConfigDict
from mmengine.model import BaseModule
from torch import Tensor, nn

from vared_mm.cost import linear_macs
from vared_mm.dynamic import count_macs, leave_record
from vared_mm.registry import MODELS

from .frame_classifier import FrameClassifier
from .policy import FramePolicy
from .skips import Skips
from .usage import FrameCosts, UsageRecord, usage_loss

STAGES = ('classifiers', 'joint', 'finetune')


@MODELS.register_module()
class AdaptiveFrames(BaseModule):
    """Per frame, one of B classifiers, the policy network's own, or a skip.

    In training every classifier sees every frame and hard Gumbel decisions weigh their scores; at
    test a classifier runs on its frames only, and the policy on those that are not within a skip.
    A clip's scores are the mean over its frames not skipped; zero where all are.

    Source: AR-Net (arXiv 2007.15796). Differs: none known.
    Shapes: frames (N * T, C, H, W) -> (N, num_classes); in training stage ``'classifiers'``, where
    all learn side by side and nothing is decided, (B + 1, N, num_classes).
    Cost: :class:`UsageRecord`, in ``record`` after a forward.

    Args:
        classifiers: of :class:`FrameClassifier`, the most expensive first.
        policy: likewise, of the policy network, which is the last to classify.
        input_channels: C.
        num_classes: of the scores.
        frames: T of one clip.
        skips: frames that each of the last actions skips.
        hidden: of the policy's memory.
        stage: ``'classifiers'``, ``'joint'``, or ``'finetune'``, with the policy frozen.
        unit: MACs that the loss counts as one.
        uniform: weight of even usage in the loss.
        sample: draw decisions at test, too.

    Raises:
        ValueError: for an unknown stage, if the first classifier is not the most expensive one, or,
            in the forward, if frames do not make whole clips.
    """

    def __init__(
        self,
        classifiers: Sequence[dict | ConfigDict],
        policy: dict | ConfigDict,
        num_classes: int,
        frames: int,
        input_channels: int = 3,
        skips: Sequence[int] = (1, 2, 4),
        hidden: int = 512,
        stage: str = 'joint',
        unit: float = 1e9,
        uniform: float = 3.0,
        sample: bool = False,
    ) -> None:
        super().__init__()
        if stage not in STAGES:
            raise ValueError(f'stage={stage!r}: must be one of {", ".join(STAGES)}')
        made = [FrameClassifier(num_classes=num_classes, **c) for c in (*classifiers, policy)]
        self.classifiers = nn.ModuleList(made)  # the policy network is the last
        self.lengths = (*[0] * len(made), *skips)
        self.policy = FramePolicy(made[-1].channels, hidden, len(self.lengths), sample)
        self.frames, self.stage, self.num_classes = frames, stage, num_classes
        self.unit, self.uniform = unit, uniform
        self.costs = self._count(input_channels, num_classes)
        if max(self.costs.actions) != self.costs.actions[0]:
            raise ValueError('classifiers: the most expensive one must come first')
        self.usage: Tensor | None = None
        self.record: UsageRecord | None = None
        self.listeners: list[Callable[[UsageRecord], None]] = []
        if stage == 'finetune':
            for part in (self.classifiers[-1], self.policy):
                part.requires_grad_(False)

    def train(self, mode: bool = True) -> 'AdaptiveFrames':
        """Set the mode; a frozen policy network keeps the statistics of its norms."""
        super().train(mode)
        if self.stage == 'finetune':
            self.classifiers[-1].eval()
        return self

    def forward(self, x_FCHW: Tensor) -> Tensor:
        """Scores of clips; see the class for shapes."""
        if len(x_FCHW) % self.frames:
            raise ValueError(f'{len(x_FCHW)} frames do not make up clips of {self.frames}')
        x_NTCHW = x_FCHW.unflatten(0, (-1, self.frames))
        if x_FCHW.is_meta:
            return self._forward_in_full(x_NTCHW)
        if not self.training:
            return self._forward_chosen(x_NTCHW)
        scores = torch.stack([self._of_frames(c, x_NTCHW) for c in self.classifiers])
        if self.stage == 'classifiers':
            return scores.mean(dim=2)
        return self._weigh(scores, x_NTCHW)

    def layer_loss(self) -> Tensor:
        """:func:`usage_loss` of the last forward, for ``LayerLossHook``."""
        # The policy network runs anyway; its classifier counts nothing here.
        costs = [*self.costs.actions[: len(self.classifiers) - 1], 0]
        costs += [0] * (len(self.lengths) - len(costs))
        return usage_loss(self.usage, self.usage.new_tensor(costs) / self.unit, self.uniform)

    def _weigh(self, scores_BNTK: Tensor, x_NTCHW: Tensor) -> Tensor:
        """Scores of clips in training: decisions weigh what every classifier says."""
        features = self._of_frames(self.classifiers[-1].features, x_NTCHW)
        state = self.policy.start(features[:, 0])
        skips = Skips(self.lengths, len(features), features.device)
        choice, choices, decided = None, [], []
        for frame in features.unbind(1):
            deciding = skips.deciding
            fresh, next_state = self.policy(frame, state)
            choice = fresh if choice is None else torch.where(deciding[:, None], fresh, choice)
            state = torch.where(deciding[:, None], next_state, state)
            skips.advance(choice.argmax(dim=1))
            choices.append(choice)
            decided.append(deciding)
        self.usage = torch.stack(choices, dim=1)
        action = self.usage.detach().argmax(dim=2)
        leave_record(self, UsageRecord(self.costs, action, torch.stack(decided, dim=1)))
        weights_NTB = self.usage[..., : len(self.classifiers)]
        total = torch.einsum('ntb,bntk->nk', weights_NTB, scores_BNTK)
        return total / weights_NTB.sum(dim=(1, 2)).clamp(min=1)[:, None]

    def _forward_chosen(self, x_NTCHW: Tensor) -> Tensor:
        """Scores of clips at test: only what is decided on runs."""
        clips, own = len(x_NTCHW), self.classifiers[-1]
        skips = Skips(self.lengths, clips, x_NTCHW.device)
        action = x_NTCHW.new_zeros(clips, self.frames, dtype=torch.long)
        decided = torch.zeros_like(action, dtype=torch.bool)
        total = x_NTCHW.new_zeros(clips, own.fc.out_features)
        state = x_NTCHW.new_zeros(2, clips, self.policy.memory.hidden_size)
        for t in range(self.frames):
            decided[:, t] = skips.deciding
            action[:, t] = action[:, t - 1]
            (deciding,) = skips.deciding.nonzero(as_tuple=True)
            if len(deciding):
                features = own.features(x_NTCHW[deciding, t])
                choice, state[:, deciding] = self.policy(features, state[:, deciding])
                action[deciding, t] = choice.argmax(dim=1)
                chosen = action[deciding, t] == len(self.classifiers) - 1
                total[deciding[chosen]] += own.classify(features[chosen])
            skips.advance(action[:, t])
        for number, classifier in enumerate(self.classifiers[:-1]):
            clip, frame = (action == number).nonzero(as_tuple=True)
            if len(clip):
                total.index_add_(0, clip, classifier(x_NTCHW[clip, frame]))
        leave_record(self, UsageRecord(self.costs, action, decided))
        used = (action < len(self.classifiers)).sum(dim=1)
        return total / used.clamp(min=1)[:, None]

    def _forward_in_full(self, x_NTCHW: Tensor) -> Tensor:
        """The most expensive decision on every frame, for counts of MACs."""
        features = self._of_frames(self.classifiers[-1].features, x_NTCHW)
        flat = features.flatten(0, 1)
        choice, _ = self.policy(flat, self.policy.start(flat))
        action = choice.argmax(dim=1).unflatten(0, (-1, self.frames))
        leave_record(self, UsageRecord(self.costs, action, action))
        return self._of_frames(self.classifiers[0], x_NTCHW).mean(dim=1)

    def _of_frames(self, network: Callable[[Tensor], Tensor], x_NTCHW: Tensor) -> Tensor:
        """A network's result for every frame, (N, T, ...)."""
        return network(x_NTCHW.flatten(0, 1)).unflatten(0, (-1, self.frames))

    def _count(self, channels: int, num_classes: int) -> FrameCosts:
        whole = [count_macs(c, (1, channels, c.size, c.size)).total() for c in self.classifiers]
        own = linear_macs(self.classifiers[-1].channels, num_classes)
        actions = [*whole[:-1], own] + [0] * (len(self.lengths) - len(whole))
        return FrameCosts(tuple(actions), whole[-1] - own + self.policy.macs, max(self.lengths))
