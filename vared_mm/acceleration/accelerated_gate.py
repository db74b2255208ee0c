"""The gate as two operations: averages, and what is decided from them."""

import torch
from torch import Tensor

from vared_mm.dynamic import Decision, SoftModulationGate

from .as_made import is_as_made
from .followers import is_fixed_norm


def is_plain_gate(gate: object) -> bool:
    """Whether it is a gate that decides as its class does, by what it has learnt."""
    plain = isinstance(gate, SoftModulationGate) and is_as_made(gate, SoftModulationGate)
    return plain and not gate.training and is_fixed_norm(gate.norm) and gate.norm.affine


class AcceleratedGate(SoftModulationGate):
    """A :class:`SoftModulationGate` for inference on a CPU; its batch norm is folded.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.4. Differs: none, an exact rewriting.
    Shapes, Cost: as of the gate that it stands for.

    Args:
        gate: in evaluation mode.
    """

    def __init__(self, gate: SoftModulationGate) -> None:
        hidden, bins = len(gate.squeeze), gate.temporal_bins
        super().__init__(gate.channels, gate.frames, gate.search, hidden, bins)
        self.load_state_dict(gate.state_dict())
        self.threshold = gate.threshold
        self.eval().requires_grad_(False)
        norm = self.norm
        scale = norm.weight * (norm.running_var + norm.eps).rsqrt()
        self._macs: dict[int, int] = {}
        self.folded = (self.squeeze * scale[:, None], norm.bias - norm.running_mean * scale)

    def macs(self, pooled: int) -> int:
        """As of the gate; weights do not change any more, so counted once for a size."""
        if pooled not in self._macs:
            self._macs[pooled] = super().macs(pooled)
        return self._macs[pooled]

    def fits(self, x_NCTHW: Tensor) -> bool:
        """Whether clips have the channels and frames that the gate was made for."""
        _, channels, frames, *_ = x_NCTHW.shape
        return channels == self.channels and bool(self.temporal_bins or frames == self.frames)

    def build_into(self, layer: torch.ScriptObject) -> None:
        """Let a native layer decide as this gate does."""
        weights = [*self.folded, self.excite, self.beta]
        layer.set_gate(self.temporal_bins or 0, weights, self.outputs)

    def forward(self, x_NCTHW: Tensor) -> Decision:
        """Decide for each clip; see the class for shapes."""
        if not self.fits(x_NCTHW):
            return super().forward(x_NCTHW)  # says what is wrong
        ops = torch.ops.vared_mm_native
        clips = x_NCTHW.contiguous(memory_format=torch.channels_last_3d)
        temporal, channel, fallback = ops.decide(
            ops.average_frames(clips),
            self.temporal_bins or x_NCTHW.shape[2],
            *self.folded,
            self.excite,
            self.beta,
            self.outputs,
            self.threshold,
        )
        return Decision(temporal, channel, fallback, self.macs(x_NCTHW[0].numel()))
