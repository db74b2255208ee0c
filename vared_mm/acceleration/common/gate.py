"""Gates as kernels take them: with the batch norm folded into the first layer."""

from dataclasses import dataclass

from torch import Tensor
from torch.nn.utils.fusion import fuse_linear_bn_weights

from vared_mm.dynamic import SoftModulationGate

from .as_made import is_as_made
from .fusion import is_fixed_norm


def is_plain_gate(gate: object) -> bool:
    """Whether a gate is in evaluation mode and decides as its class does."""
    plain = isinstance(gate, SoftModulationGate) and is_as_made(gate, SoftModulationGate)
    return plain and not gate.training and is_fixed_norm(gate.norm) and gate.norm.affine


@dataclass(frozen=True)
class FoldedGate:
    """``tanh(excite @ tanh(squeeze @ descriptor + shift) + beta)``, in float32.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.4.

    Args:
        squeeze: (D_h, C * bins).
        shift: (D_h,).
        excite: (scores, D_h).
        beta: (scores,).
    """

    squeeze: Tensor
    shift: Tensor
    excite: Tensor
    beta: Tensor

    @classmethod
    def of(cls, gate: SoftModulationGate) -> 'FoldedGate':
        """The weights of a gate; one of :func:`is_plain_gate`."""
        norm = gate.norm
        statistics = norm.running_mean, norm.running_var, norm.eps
        squeeze, shift = fuse_linear_bn_weights(
            gate.squeeze, None, *statistics, norm.weight, norm.bias
        )
        weights = squeeze, shift, gate.excite, gate.beta
        return cls(*(weight.detach().float().contiguous() for weight in weights))

    def fits(self, gate: SoftModulationGate, channels: int, frames: int) -> bool:
        """Whether clips have the channels and frames that a gate was made for."""
        return channels == gate.channels and (
            gate.temporal_bins is not None or frames == gate.frames
        )
