"""Dynamic convolutions of clips, and of frames."""

from torch import Tensor, nn

from .convolution import Backend, DynamicConvolution
from .eager import EagerBackend
from .folding import Triple, fold_frames, unfold_frames


class DynamicConv3d(DynamicConvolution, nn.Conv3d):
    """A dynamic ``nn.Conv3d``; see :class:`DynamicConvolution`.

    Shapes: clips (N, C_in, T, H, W) -> (N, C_out, T_o, H_o, W_o).
    """

    backend: Backend = EagerBackend()

    @property
    def as_3d(self) -> tuple[Tensor, Triple, Triple]:
        """Weight, stride and dilation."""
        return self.weight, self.stride, self.dilation

    def to_clips(self, x: Tensor) -> Tensor:
        """The clips themselves."""
        return x

    def from_clips(self, x_NCTHW: Tensor) -> Tensor:
        """The clips themselves."""
        return x_NCTHW


class DynamicConv2d(DynamicConvolution, nn.Conv2d):
    """A dynamic ``nn.Conv2d`` over frames; see :class:`DynamicConvolution`.

    Shapes: frames (N*T, C_in, H, W) -> (N*T, C_out, H_o, W_o), T = ``frames``; an image model has
    T = 1.

    Raises:
        ValueError: in the forward pass, if the frames do not make up whole clips.
    """

    backend: Backend = EagerBackend()

    @property
    def as_3d(self) -> tuple[Tensor, Triple, Triple]:
        """Weight, stride and dilation, with a time axis of length 1."""
        return self.weight.unsqueeze(2), (1, *self.stride), (1, *self.dilation)

    def to_clips(self, x: Tensor) -> Tensor:
        """Clips (N, C, T, H, W) of frames (N*T, C, H, W), a view."""
        clips, rest = divmod(len(x), self.frames)
        if rest:
            raise ValueError(f'{len(x)} frames do not make up clips of {self.frames}')
        return unfold_frames(x, clips, self.frames)

    def from_clips(self, x_NCTHW: Tensor) -> Tensor:
        """Frames (N*T, C, H, W) of clips (N, C, T, H, W)."""
        return fold_frames(x_NCTHW)
