"""The whole network: a policy and the classifiers that it sends frames to."""

from collections.abc import Callable, Sequence

import torch
from mmengine.config import ConfigDict
from mmengine.model import BaseModule
from torch import Tensor, nn

from vared_mm.dynamic import count_macs, leave_record
from vared_mm.registry import MODELS

from .frame_classifier import FrameClassifier
from .policy import FramePolicy
from .skips import Skips
from .usage import FrameCosts, UsageRecord, usage_loss
from .walk import walk

STAGES = ('classifiers', 'joint', 'finetune')


@MODELS.register_module()
class AdaptiveFrames(BaseModule):
    """Per frame, one of B classifiers, the policy's own, or a skip.

    In training every classifier sees every frame and hard Gumbel decisions weigh their scores; at
    test a classifier runs on its frames only, and the policy on those that are not within a skip.
    A clip's scores are the mean over its frames not skipped; zero where all are.

    Source: AR-Net (arXiv 2007.15796). Differs from its public code: a skip restores both states of
    the memory, there the hidden one only, so that skipped frames are looked at but not charged for
    (``sees_skipped`` looks at them and is charged); at test the likeliest action is taken unless
    ``sample`` is set, there one is always drawn; a frozen policy keeps the statistics of its norms
    and drops no feature; the memory counts its own MACs, there 2 * 1280^2, and the policy's own
    classifier counts where it is used, there always.
    Shapes: frames (N * T, C, H, W) -> (N, num_classes); in training stage ``'classifiers'``, where
    all learn side by side and nothing is decided, (B, N, num_classes), and at test those of the
    first classifier alone.
    Cost: :class:`UsageRecord`, in ``record`` after a forward.

    Args:
        classifiers: of :class:`FrameClassifier`, the most expensive first.
        policy: of :class:`FramePolicy`: its network and dropout.
        input_channels: C.
        num_classes: of the scores.
        frames: T of one clip.
        skips: frames that each of the last actions skips.
        hidden: of the policy's memory.
        stage: ``'classifiers'``, ``'joint'``, or ``'finetune'``, with the policy frozen.
        unit: MACs that the loss counts as one.
        uniform: weight of even usage in the loss.
        sample: draw decisions at test, too.
        sees_skipped: the policy's memory goes on through skipped frames.

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
        sees_skipped: bool = False,
    ) -> None:
        super().__init__()
        if stage not in STAGES:
            raise ValueError(f'stage={stage!r}: must be one of {", ".join(STAGES)}')
        made = [FrameClassifier(num_classes=num_classes, **c) for c in classifiers]
        self.classifiers = nn.ModuleList(made)
        self.own = len(made)  # the action that takes the policy's own scores
        self.lengths = (*[0] * (self.own + 1), *skips)
        self.policy = FramePolicy(len(self.lengths), num_classes, hidden, sample=sample, **policy)
        self.num_classes, self.frames, self.stage = num_classes, frames, stage
        self.unit, self.uniform, self.sees_skipped = unit, uniform, sees_skipped
        self.costs = self._count(input_channels)
        if max(self.costs.actions) != self.costs.actions[0]:
            raise ValueError('classifiers: the most expensive one must come first')
        self.usage: Tensor | None = None
        self.record: UsageRecord | None = None
        self.listeners: list[Callable[[UsageRecord], None]] = []
        if stage == 'finetune':
            self.policy.requires_grad_(False)

    def train(self, mode: bool = True) -> 'AdaptiveFrames':
        """Set the mode; a frozen policy goes on drawing actions, the rest of it is as at test."""
        super().train(mode)
        if self.stage == 'finetune':
            self.policy.network.eval()
            self.policy.dropout.eval()
        return self

    def forward(self, x_FCHW: Tensor) -> Tensor:
        """Scores of clips; see the class for shapes."""
        if len(x_FCHW) % self.frames:
            raise ValueError(f'{len(x_FCHW)} frames do not make up clips of {self.frames}')
        x_NTCHW = x_FCHW.unflatten(0, (-1, self.frames))
        if x_FCHW.is_meta:
            return self._forward_in_full(x_NTCHW)
        if self.stage == 'classifiers':
            return self._forward_apart(x_NTCHW)
        return self._weigh(x_NTCHW) if self.training else self._forward_chosen(x_NTCHW)

    def layer_loss(self) -> Tensor:
        """:func:`usage_loss` of the last forward, for ``LayerLossHook``."""
        # The policy runs anyway; its classifier counts nothing here.
        costs = [*self.costs.actions[: self.own], *[0] * (len(self.lengths) - self.own)]
        return usage_loss(self.usage, self.usage.new_tensor(costs) / self.unit, self.uniform)

    def _weigh(self, x_NTCHW: Tensor) -> Tensor:
        """Scores of clips in training: decisions weigh what every classifier says."""
        features = self._of_frames(self.policy.network, x_NTCHW)
        walked = walk(self.policy, features, self._skips(x_NTCHW))
        self.usage = walked.usage
        action = self.usage.detach().argmax(dim=2)
        leave_record(self, UsageRecord(self.costs, action, walked.looked))
        scores = [self._of_frames(c, x_NTCHW) for c in self.classifiers]
        scores_NTBK = torch.stack([*scores, walked.scores], dim=2)
        weights_NTB = self.usage[..., : self.own + 1]
        total = torch.einsum('ntb,ntbk->nk', weights_NTB, scores_NTBK)
        return total / weights_NTB.sum(dim=(1, 2)).clamp(min=1)[:, None]

    def _forward_chosen(self, x_NTCHW: Tensor) -> Tensor:
        """Scores of clips at test: only what is decided on runs."""
        clips, skips = len(x_NTCHW), self._skips(x_NTCHW)
        action = x_NTCHW.new_zeros(clips, self.frames, dtype=torch.long)
        looked = torch.zeros_like(action, dtype=torch.bool)
        total = x_NTCHW.new_zeros(clips, self.num_classes)
        state = x_NTCHW.new_zeros(2, clips, self.policy.memory.hidden_size)
        for t in range(self.frames):
            action[:, t] = action[:, t - 1]
            looked[:, t] = skips.looking
            (at,) = looked[:, t].nonzero(as_tuple=True)
            if len(at):
                features = self.policy.network(x_NTCHW[at, t])
                choice, after = self.policy(features, state[:, at])
                after = after.to(state.dtype)  # which autocast may have changed
                deciding = skips.deciding[at]
                action[at, t] = torch.where(deciding, choice.argmax(dim=1), action[at, t])
                state[0, at] = torch.where(deciding[:, None], after[0], state[0, at])
                state[1, at] = after[1]
                own = deciding & (action[at, t] == self.own)
                total[at[own]] += self.policy.classify(after[:, own])
            skips.advance(action[:, t])
        for number, classifier in enumerate(self.classifiers):
            clip, frame = (action == number).nonzero(as_tuple=True)
            if len(clip):
                total.index_add_(0, clip, classifier(x_NTCHW[clip, frame]).to(total.dtype))
        leave_record(self, UsageRecord(self.costs, action, looked))
        used = (action <= self.own).sum(dim=1)
        return total / used.clamp(min=1)[:, None]

    def _forward_apart(self, x_NTCHW: Tensor) -> Tensor:
        """Scores of every classifier in training, at test of the first, on all frames."""
        first = torch.zeros(x_NTCHW.shape[:2], dtype=torch.long, device=x_NTCHW.device)
        leave_record(self, UsageRecord(self.costs, first, torch.zeros_like(first)))
        if not self.training:
            return self._of_frames(self.classifiers[0], x_NTCHW).mean(dim=1)
        scores = [self._of_frames(c, x_NTCHW).mean(dim=1) for c in self.classifiers]
        return torch.stack(scores)

    def _forward_in_full(self, x_NTCHW: Tensor) -> Tensor:
        """The most expensive decision on every frame, for counts of MACs."""
        flat = self.policy.network(x_NTCHW.flatten(0, 1))
        choice, _ = self.policy(flat, self.policy.start(flat))
        action = choice.argmax(dim=1).unflatten(0, (-1, self.frames))
        leave_record(self, UsageRecord(self.costs, action, action))
        return self._of_frames(self.classifiers[0], x_NTCHW).mean(dim=1)

    def _skips(self, x_NTCHW: Tensor) -> Skips:
        return Skips(self.lengths, len(x_NTCHW), x_NTCHW.device, self.sees_skipped)

    def _of_frames(self, network: Callable[[Tensor], Tensor], x_NTCHW: Tensor) -> Tensor:
        """A network's result for every frame, (N, T, ...)."""
        return network(x_NTCHW.flatten(0, 1)).unflatten(0, (-1, self.frames))

    def _count(self, channels: int) -> FrameCosts:
        networks = (*self.classifiers, self.policy.network)
        *whole, glance = (count_macs(n, (1, channels, *n.size)).total() for n in networks)
        skips = self.lengths[self.own + 1 :]
        actions = (*whole, self.policy.classifier_macs, *[0] * len(skips))
        longest = 1 if self.sees_skipped else max(skips)
        return FrameCosts(actions, glance + self.policy.macs, longest)
