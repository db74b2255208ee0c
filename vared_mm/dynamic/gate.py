"""Gates: per clip, which candidates of a layer are used, and with which weight."""

from math import atanh

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vared_mm.cost import Candidates, gate_macs

from .decision import Decision


class SoftModulationGate(nn.Module):
    """Weigh the candidates of both axes by a small network on the clip's averaged features.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.4. Differs: starts as an equal mix; an axis whose
    values are all zero falls back to its cheapest candidate; one clip alone in training is
    normalised by the running statistics; computes in fp32 under autocast.
    Shapes: clips (N, C, T, H, W) -> :class:`Decision` with weights (N, S_t) and (N, S_c).
    Cost: :func:`vared_mm.cost.gate_macs`, per clip.

    Its weights are plain parameters, which the ``init_weights`` of a surrounding backbone, that
    goes by the class of a layer, leaves as they are.

    Args:
        channels: C, of the layer's input.
        frames: T, of the layer's input.
        search: the layer's candidates.
        hidden: D_h.
        temporal_bins: average the descriptor over time into that many bins; None keeps T.

    Raises:
        ValueError: if there is nothing to choose, or a size is no integer above 0; in the forward
            pass, if a clip has other channels or frames than the gate was made for.
    """

    def __init__(
        self,
        channels: int,
        frames: int,
        search: Candidates,
        hidden: int = 16,
        temporal_bins: int | None = None,
    ) -> None:
        super().__init__()
        if max(search.axes) == 1:
            raise ValueError('a gate over one candidate along each axis has nothing to decide')
        bins = 1 if temporal_bins is None else temporal_bins
        for name, size in (('hidden', hidden), ('temporal_bins', bins)):
            if not isinstance(size, int) or size < 1:
                raise ValueError(f'gate with {name}={size!r}: must be an integer above 0')
        self.channels, self.frames, self.search = channels, frames, search
        self.threshold = 0.0  # in evaluation, what is not above it counts as zero
        self.temporal_bins = temporal_bins
        # An axis with one candidate has nothing to weigh.
        self.outputs = [s if s > 1 else 0 for s in search.axes]
        features = channels * (temporal_bins or frames)
        self.squeeze = nn.Parameter(torch.empty(hidden, features))
        self.norm = nn.BatchNorm1d(hidden)
        self.excite = nn.Parameter(torch.empty(sum(self.outputs), hidden))
        self.beta = nn.Parameter(torch.empty(sum(self.outputs)))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start as an equal mix: every weight of an axis is 1 / S."""
        nn.init.kaiming_uniform_(self.squeeze, a=5**0.5)
        nn.init.normal_(self.excite, std=1e-3)
        starts = [atanh(1 / s) for s in self.outputs if s for _ in range(s)]
        with torch.no_grad():
            self.beta.copy_(torch.tensor(starts))

    def extra_repr(self) -> str:
        """Shown by ``print(model)``."""
        temporal, *channel = self.search.axes
        return f'temporal={temporal}, channel={"/".join(map(str, channel))}'

    def forward(self, x_NCTHW: Tensor) -> Decision:
        """Decide for each clip; see the class for shapes."""
        with torch.autocast(x_NCTHW.device.type, enabled=False):
            logits = self._logits(self._describe(x_NCTHW)).split(self.outputs, dim=1)
            axes = [self._weigh(axis, part) for axis, part in enumerate(logits)]
        (temporal, *channels), alone = zip(*axes, strict=True)
        widths = self.search.axes[1:]
        return Decision(
            temporal,
            channels[0] if len(channels) == 1 else torch.cat(channels, dim=1),
            torch.cat(alone, dim=1),
            self.macs(x_NCTHW.shape[1:].numel()),
            widths=widths if len(widths) > 1 else None,
        )

    def _weigh(self, axis: int, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Weights (N, S) of an axis, 0 for time, and which clips fell back, (N, 1)."""
        threshold = 0.0 if self.training else self.threshold
        return weigh_candidates(torch.tanh(logits), threshold)

    def macs(self, pooled: int) -> int:
        """MACs of a decision about one clip, of ``pooled`` = C * T * H * W elements."""
        return gate_macs(pooled, self.squeeze.shape[1], len(self.squeeze), len(self.beta))

    def _describe(self, x_NCTHW: Tensor) -> Tensor:
        descriptor = _average_frames(x_NCTHW, self.squeeze.dtype)
        expected = (self.channels, self.frames)
        if self.temporal_bins is not None:
            descriptor = F.adaptive_avg_pool1d(descriptor, self.temporal_bins)
            expected = (self.channels, self.temporal_bins)
        if tuple(descriptor.shape[1:]) != expected:
            raise ValueError(
                f'the gate is made for clips of (channels, frames) = {expected}, '
                f'got {tuple(descriptor.shape[1:])}: input_shape of the conversion must be the '
                'shape of a clip (or set temporal_bins)'
            )
        return descriptor.flatten(1)

    def _logits(self, descriptor: Tensor) -> Tensor:
        hidden = F.linear(descriptor, self.squeeze)
        norm = self.norm
        synchronized = isinstance(norm, nn.SyncBatchNorm) and torch.distributed.is_initialized()
        if self.training and len(hidden) == 1 and not synchronized:  # one clip has no variance
            hidden = F.batch_norm(
                hidden, norm.running_mean, norm.running_var, norm.weight, norm.bias, eps=norm.eps
            )
        else:
            hidden = norm(hidden)
        return F.linear(torch.tanh(hidden), self.excite, self.beta)


def _average_frames(x_NCTHW: Tensor, dtype: torch.dtype) -> Tensor:
    """Means (N, C, T) of the frames; a sum, whose gradient is never written out in full."""
    size = x_NCTHW.shape[3] * x_NCTHW.shape[4]
    if x_NCTHW.is_contiguous():
        return x_NCTHW.sum(dim=(3, 4), dtype=dtype) / size
    pixels = x_NCTHW.permute(0, 2, 3, 4, 1).flatten(2, 3)  # torch's quick way in channels-last
    return pixels.sum(dim=2, dtype=dtype).transpose(1, 2) / size


def weigh_candidates(scores: Tensor, threshold: float = 0.0) -> tuple[Tensor, Tensor]:
    """``max(scores, 0)`` of one axis, (N, S), and which clips fell back, (N, 1).

    Where a whole row is zero its last weight becomes 1 / S in the forward pass, with the gradient
    of the score itself, so that the gate can recover. What a threshold leaves of a row is scaled
    to the row's sum, so that activations keep their scale.
    """
    if scores.shape[1] == 0:
        alone = scores.new_zeros(len(scores), 1, dtype=torch.bool)
        return scores.new_ones(len(scores), 1), alone
    weights = F.relu(scores)
    if threshold == 0 and scores.requires_grad and scores.device.type == 'cpu':
        alone = (weights == 0).all(dim=1, keepdim=True)
        if not alone.any():  # the rule in training: a third of the small operations, and back
            return weights, alone
    last = scores[:, -1:]
    rescue = 1 / scores.shape[1] + (last - last.detach())
    if threshold > 0:
        total = weights.sum(dim=1, keepdim=True)
        weights = weights * (weights > threshold)
        left = weights.sum(dim=1, keepdim=True)
        weights = torch.where(left > 0, weights * (total / left), weights)
        rescue = torch.where(total > 0, total, rescue)
    alone = (weights == 0).all(dim=1, keepdim=True)
    rescued = torch.where(alone, rescue, weights[:, -1:])
    return torch.cat([weights[:, :-1], rescued], dim=1), alone


class ConstantGate:
    """The same weights for every clip, at no cost.

    With one weight of 1 it fixes a choice; with 1 / S everywhere it is the control that tells what
    the mix gives from what the gate gives.

    Args:
        temporal: V_t, S_t values.
        channel: V_c, S_c values.
        *more: likewise, of a block's further channel axes.

    Raises:
        ValueError: if no weight of an axis is above zero.
    """

    def __init__(
        self, temporal: tuple[float, ...], channel: tuple[float, ...], *more: tuple[float, ...]
    ) -> None:
        self.temporal, self.channel = temporal, sum(more, channel)
        self.pattern = tuple(
            tuple(i for i, weight in enumerate(axis) if weight > 0)
            for axis in (temporal, channel, *more)
        )
        self.widths = tuple(map(len, (channel, *more))) if more else None
        if not all(self.pattern):
            given = ', '.join(map(str, (temporal, channel, *more)))
            raise ValueError(f'constant gate {given}: an axis has no weight above 0')

    def macs(self, pooled: int) -> int:
        """Zero, whatever the clip."""
        return 0

    @classmethod
    def equal_mix(cls, search: Candidates) -> 'ConstantGate':
        """Weight 1 / S for every candidate of an axis."""
        return cls(*((1 / size,) * size for size in search.axes))

    @classmethod
    def one_hot(
        cls, search: Candidates, temporal: int, channel: int | tuple[int, ...]
    ) -> 'ConstantGate':
        """Weight 1 for one candidate of each axis, clipped to the last that the axis has.

        Args:
            search: the candidates.
            temporal: index of the temporal one.
            channel: of the channel axis; of each of a block's, or one for all of them.
        """
        sizes = search.axes
        each = (channel,) * (len(sizes) - 1) if isinstance(channel, int) else channel
        chosen = zip(sizes, (temporal, *each), strict=True)
        return cls(*(tuple(float(i == min(c, s - 1)) for i in range(s)) for s, c in chosen))

    def __call__(self, x_NCTHW: Tensor) -> Decision:
        """The constant decision for clips (N, C, T, H, W)."""
        clips, device = len(x_NCTHW), x_NCTHW.device
        temporal, channel = (
            torch.tensor(axis, device=device).expand(clips, -1)
            for axis in (self.temporal, self.channel)
        )
        fallback = torch.zeros(clips, len(self.pattern), dtype=torch.bool, device=device)
        return Decision(temporal, channel, fallback, pattern=self.pattern, widths=self.widths)
