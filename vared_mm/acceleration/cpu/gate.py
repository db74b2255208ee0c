"""The gate as two native operations: averages of frames, then the decision."""

import torch
from torch import Tensor

from vared_mm.dynamic import Decision, SoftModulationGate

from ..common.gate import FoldedGate


class NativeGate:
    """A :class:`SoftModulationGate` for inference on a CPU.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.4. Differs: none, an exact rewriting.
    Shapes, Cost: as of the gate that it was made of.

    Args:
        gate: in evaluation mode; its threshold is read at every call.
    """

    def __init__(self, gate: SoftModulationGate) -> None:
        self._gate, self._folded = gate, FoldedGate.of(gate)
        self._macs: dict[int, int] = {}

    @property
    def threshold(self) -> float:
        """The gate's threshold."""
        return self._gate.threshold

    @property
    def settings(self) -> tuple[int, list[Tensor], list[int]]:
        """What a native layer needs to decide as this gate does: bins, weights, outputs."""
        folded, gate = self._folded, self._gate
        weights = [folded.squeeze, folded.shift, folded.excite, folded.beta]
        return gate.temporal_bins or 0, weights, gate.outputs

    def macs(self, pooled: int) -> int:
        """As of the gate; counted once for a size."""
        if pooled not in self._macs:
            self._macs[pooled] = self._gate.macs(pooled)
        return self._macs[pooled]

    def fits(self, x_NCTHW: Tensor) -> bool:
        """Whether clips have the channels and frames that the gate was made for."""
        return self._folded.fits(self._gate, *x_NCTHW.shape[1:3])

    def __call__(self, x_NCTHW: Tensor) -> Decision:
        """Decide for each clip."""
        if not self.fits(x_NCTHW):
            return self._gate(x_NCTHW)  # which says what is wrong
        ops, (bins, weights, outputs) = torch.ops.vared_mm_native, self.settings
        clips = x_NCTHW.contiguous(memory_format=torch.channels_last_3d)
        means = ops.average_frames(clips)
        bins = bins or x_NCTHW.shape[2]
        temporal, channel, fallback = ops.decide(means, bins, *weights, outputs, self.threshold)
        return Decision(temporal, channel, fallback, self.macs(x_NCTHW[0].numel()))
