"""The policy's way through frames whose features are all known, in training."""

from dataclasses import dataclass

import torch
from torch import Tensor

from .policy import FramePolicy
from .skips import Skips


@dataclass(frozen=True)
class Walk:
    """What a policy decided on N clips of T frames.

    Args:
        usage: one-hot actions (N, T, A), with gradients; within a skip, the skip.
        scores: the policy's own, of every frame (N, T, K).
        looked: where it looked, (N, T) booleans.
    """

    usage: Tensor
    scores: Tensor
    looked: Tensor


def walk(policy: FramePolicy, features_NTC: Tensor, skips: Skips) -> Walk:
    """Decide frame by frame; a skip copies action and state to the frames within it."""
    hidden, cell = policy.start(features_NTC[:, 0])
    choice, choices, scores, looked = None, [], [], []
    for frame in features_NTC.unbind(1):
        deciding, looking = skips.deciding[:, None], skips.looking[:, None]
        fresh, after = policy(frame, torch.stack([hidden, cell]))
        choice = fresh if choice is None else torch.where(deciding, fresh, choice)
        hidden = torch.where(deciding, after[0], hidden)
        cell = torch.where(looking, after[1], cell)
        skips.advance(choice.argmax(dim=1))
        choices.append(choice)
        scores.append(policy.classify(after))
        looked.append(looking)
    return Walk(torch.stack(choices, 1), torch.stack(scores, 1), torch.cat(looked, 1))
