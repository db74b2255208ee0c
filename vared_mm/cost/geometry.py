"""The sizes of one convolution on one clip, which its cost follows from."""

from dataclasses import dataclass
from math import prod

from .macs import conv_macs

ClipShape = tuple[int, int, int, int]  # C, T, H, W


@dataclass(frozen=True)
class ConvGeometry:
    """One convolution applied to one clip.

    Args:
        inputs: (C_in, T, H, W) of the clip that comes in.
        outputs: (C_out, T_o, H_o, W_o) of its full result.
        kernel: (k_t, k_h, k_w).
        groups: groups of channels.
        bias: whether the convolution has a bias.
    """

    inputs: ClipShape
    outputs: ClipShape
    kernel: tuple[int, int, int]
    groups: int = 1
    bias: bool = False

    def macs(self, channels: int | None = None, frames: int | None = None) -> int:
        """MACs where only the first ``channels`` maps and ``frames`` frames are computed."""
        c_out, t_out, height, width = self.outputs
        c_kept = c_out if channels is None else channels
        t_kept = t_out if frames is None else frames
        inputs_per_group = self.inputs[0] // self.groups
        return conv_macs(
            c_kept * t_kept * height * width, inputs_per_group, prod(self.kernel), self.bias
        )
