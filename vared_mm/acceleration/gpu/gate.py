"""The gate as one kernel."""

import torch
import torch.nn.functional as F
import triton
from torch import Tensor

from vared_mm.cost import SearchSpace
from vared_mm.dynamic import Decision, SoftModulationGate

from ..common.gate import FoldedGate
from .kernels.gate import BLOCK_C, BLOCK_P, decide_kernel
from .tuning import programs, unit_of


class GpuGate:
    """A :class:`SoftModulationGate` for inference on a GPU: one kernel, nothing on the host.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.4. Differs: none, an exact rewriting.
    Shapes: clips (N, T, H, W, C) -> one tensor (N * (S_t + S_c + 2),): V_t, V_c and which clips
    fell back, one after the other; :func:`read_decision` splits it.

    Args:
        gate: in evaluation mode; its threshold is read at every call.
    """

    def __init__(self, gate: SoftModulationGate) -> None:
        self.gate, self._folded = gate, FoldedGate.of(gate)
        self._by_frames: dict[int, Tensor] = {}
        self._ended: dict[int, Tensor] = {}

    def __call__(self, x_NTHWC: Tensor) -> Tensor:
        """Decide for each clip; see the class for shapes."""
        batch, frames, height, width, channels = x_NTHWC.shape
        if not self._folded.fits(self.gate, channels, frames):
            self.gate(x_NTHWC.permute(0, 4, 1, 2, 3))  # which says what is wrong
        device, search, folded = x_NTHWC.device, self.gate.search, self._folded
        if batch not in self._ended:
            self._ended[batch] = torch.zeros(batch, dtype=torch.int32, device=device)
        pixels, hidden = height * width, len(folded.shift)
        across = triton.cdiv(channels, BLOCK_C)
        # Each waits for its loads most of the time: many hide that.
        wanted = max(4 * programs(device) // (batch * frames * across), 1)
        chunk = max(triton.cdiv(pixels, wanted), BLOCK_P)
        tiles = frames * across * triton.cdiv(pixels, chunk)
        padded = triton.next_power_of_2(hidden)
        logits = torch.empty(batch * tiles * padded, device=device)
        output = torch.empty(batch * (search.temporal + search.channel + 2), device=device)
        decide_kernel[tiles, batch](
            x_NTHWC,
            self._squeeze_for(frames),
            folded.shift,
            folded.excite,
            folded.beta,
            logits,
            self._ended[batch],
            output,
            batch,
            frames,
            pixels,
            channels,
            chunk,
            hidden,
            float(self.gate.threshold),
            UNIT=unit_of(channels),
            S_T=search.temporal,
            S_C=search.channel,
            HIDDEN=padded,
            SCORES=triton.next_power_of_2(len(folded.beta)),
            BLOCK_P=BLOCK_P,
            BLOCK_C=BLOCK_C,
        )
        return output

    def _squeeze_for(self, frames: int) -> Tensor:
        """The first layer's weights, (D_h, T, C): averaging frames into bins is a part of them."""
        if frames not in self._by_frames:
            gate = self.gate
            bins = gate.temporal_bins or gate.frames
            weight = self._folded.squeeze.unflatten(1, (gate.channels, bins))
            if gate.temporal_bins is not None:
                device = weight.device
                into = F.adaptive_avg_pool1d(torch.eye(frames, device=device), weight.shape[2])
                weight = weight @ into.T
            self._by_frames[frames] = weight.transpose(1, 2).contiguous()
        return self._by_frames[frames]


def read_decision(output: Tensor, flags: Tensor, search: SearchSpace, gate_macs: int) -> Decision:
    """The decision in the output of a :class:`GpuGate`, which shares its memory.

    Args:
        output: by the gate.
        flags: ``output != 0``.
        search: of the layer.
        gate_macs: of a decision.
    """
    batch = len(output) // (search.temporal + search.channel + 2)
    first, second = batch * search.temporal, batch * (search.temporal + search.channel)
    return Decision(
        output[:first].view(batch, -1),
        output[first:second].view(batch, -1),
        flags[second:].view(batch, 2),
        gate_macs,
    )
