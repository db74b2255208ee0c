"""The policy: what is done with a frame, given those before it."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vared_mm.cost import linear_macs


class FrameMemory(nn.LSTMCell):
    """An LSTM cell whose state is one tensor, (2, N, hidden).

    Cost: 4 * hidden * (inputs + hidden) MACs a frame.
    """

    def static_macs(self, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> int:
        """MACs of one call, from the shapes of its input and result."""
        return inputs[0] * 4 * self.hidden_size * (self.input_size + self.hidden_size)

    def forward(self, features: Tensor, state: Tensor) -> Tensor:
        """The next state of features (N, inputs)."""
        return torch.stack(super().forward(features, tuple(state)))


class FramePolicy(nn.Module):
    """Features of a frame and a memory of those before it -> one of several actions.

    In training actions are drawn with hard Gumbel noise, so gradients pass; at test the likeliest
    is taken, or one is drawn where ``sample`` is set.

    Source: AR-Net (arXiv 2007.15796), Sec. 3.2.

    Args:
        channels: of a frame's features.
        hidden: of the memory.
        actions: A.
        sample: draw at test too.
    """

    def __init__(self, channels: int, hidden: int, actions: int, sample: bool = False) -> None:
        super().__init__()
        self.memory = FrameMemory(channels, hidden)
        self.fc = nn.Linear(hidden, actions)
        nn.init.normal_(self.fc.weight, std=0.001)
        nn.init.zeros_(self.fc.bias)
        self.sample = sample
        self.temperature = 5.0

    @property
    def macs(self) -> int:
        """Of one decision, beyond the frame's features."""
        memory = self.memory
        return memory.static_macs((1,), ()) + linear_macs(memory.hidden_size, self.fc.out_features)

    def start(self, features: Tensor) -> Tensor:
        """The state before the first frame of N clips, (2, N, hidden)."""
        return features.new_zeros(2, len(features), self.memory.hidden_size)

    def forward(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """One frame of each clip.

        Shapes: (N, channels), (2, N, hidden) -> one-hot (N, A), next state.
        """
        state = self.memory(features, state)
        scores = self.fc(state[0]).log_softmax(dim=1)
        if self.training or self.sample:
            return F.gumbel_softmax(scores, self.temperature, hard=True), state
        return F.one_hot(scores.argmax(dim=1), scores.shape[1]).to(scores.dtype), state
