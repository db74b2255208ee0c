"""The policy: what is done with a frame, given those before it."""

import torch
import torch.nn.functional as F
from mmengine.config import ConfigDict
from torch import Tensor, nn

from vared_mm.cost import linear_macs

from .frame_classifier import linear
from .frame_features import FrameFeatures


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
    """Features of a frame and a memory of those before it -> one of several actions, or classes.

    The memory sees features after dropout; both the actions and the policy's own scores of classes
    come from its hidden state. In training actions are drawn with hard Gumbel noise, so gradients
    pass; at test the likeliest is taken, or one is drawn where ``sample`` is set.

    Source: AR-Net (arXiv 2007.15796), Sec. 3.2.

    Args:
        actions: A.
        num_classes: of its own scores.
        hidden: of the memory.
        dropout: before the memory.
        sample: draw at test too.
        network: of :class:`FrameFeatures`.
    """

    def __init__(
        self,
        actions: int,
        num_classes: int,
        hidden: int = 512,
        dropout: float = 0.5,
        sample: bool = False,
        **network: dict | ConfigDict | int,
    ) -> None:
        super().__init__()
        self.network = FrameFeatures(**network)
        self.dropout = nn.Dropout(dropout)
        self.memory = FrameMemory(self.network.channels, hidden)
        self.fc = linear(hidden, actions)
        self.classifier = linear(hidden, num_classes)
        self.sample = sample
        self.temperature = 5.0

    @property
    def macs(self) -> int:
        """Of one decision, beyond the frame's features."""
        return self.memory.static_macs((1,), ()) + linear_macs(*self.fc.weight.shape)

    @property
    def classifier_macs(self) -> int:
        """Of the scores of one frame, beyond the decision."""
        return linear_macs(*self.classifier.weight.shape)

    def start(self, features: Tensor) -> Tensor:
        """The state before the first frame of N clips, (2, N, hidden)."""
        return features.new_zeros(2, len(features), self.memory.hidden_size)

    def classify(self, state: Tensor) -> Tensor:
        """Scores (N, num_classes) of the frame that a state (2, N, hidden) comes after."""
        return self.classifier(state[0])

    def forward(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """One frame of each clip.

        Shapes: (N, channels), (2, N, hidden) -> one-hot (N, A), next state.
        """
        state = self.memory(self.dropout(features), state)
        scores = self.fc(state[0]).softmax(dim=1).clamp(min=1e-8).log()
        if self.training or self.sample:
            return F.gumbel_softmax(scores, self.temperature, hard=True), state
        return F.one_hot(scores.argmax(dim=1), scores.shape[1]).to(scores.dtype), state
