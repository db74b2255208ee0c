"""Which frames are skipped, step by step."""

import torch
from torch import Tensor


class Skips:
    """Keeps, per clip, how many more frames its last decision skips.

    "Skip k" leaves out the frame that it is decided on and the k - 1 after it, in which the policy
    does not run either.

    Args:
        lengths: frames that each action skips, 0 for those that classify the frame.
        clips: N.
        device: of the decisions.
        seen: skipped frames are looked at nevertheless, though not decided on.
    """

    def __init__(
        self, lengths: tuple[int, ...], clips: int, device: torch.device, seen: bool = False
    ) -> None:
        self.lengths, self.seen = torch.tensor(lengths, device=device), seen
        self.left = torch.zeros(clips, dtype=torch.long, device=device)

    @property
    def deciding(self) -> Tensor:
        """Which clips decide on the frame that comes, (N,) booleans."""
        return self.left == 0

    @property
    def looking(self) -> Tensor:
        """At which clips' frame that comes the policy looks, (N,) booleans."""
        return torch.ones_like(self.deciding) if self.seen else self.deciding

    def advance(self, action: Tensor) -> None:
        """Go on by one frame; ``action`` (N,) counts where a clip was deciding."""
        asked = self.lengths[action]
        self.left = torch.where(self.deciding, asked, self.left).sub(1).clamp(min=0)
