"""Dynamic layers whose clips choose differently, with post-ops."""

import copy

import torch
from torch import Tensor, nn

from tests.acceleration.networks import vary
from vared_mm.acceleration.common.post_ops import PostOps
from vared_mm.acceleration.gpu.backend import TritonBackend
from vared_mm.dynamic import DynamicConvolution, convert_to_dynamic

# What makes a convolution, and a clip for it.
CONVOLUTIONS = {
    'frames': (dict(kernel_size=(1, 3, 3), padding=(0, 1, 1)), 20, (16, 4, 5, 3)),
    'strided': (dict(kernel_size=3, stride=(2, 2, 1), padding=1, bias=False), 11, (6, 9, 5, 3)),
    'pointwise': (dict(kernel_size=1, bias=False), 10, (40, 4, 3, 5)),
    'few channels': (
        dict(kernel_size=(3, 7, 7), stride=(1, 2, 2), padding=(1, 3, 3)),
        21,
        (3, 5, 7, 5),
    ),
    'depthwise': (
        dict(kernel_size=3, stride=(1, 2, 1), padding=1, groups=21, bias=False),
        21,
        (21, 5, 5, 3),
    ),
    'depthwise along time': (dict(kernel_size=(3, 1, 1), groups=16), 16, (16, 7, 3, 2)),
    'without padding': (dict(kernel_size=3), 17, (5, 6, 5, 4)),
}


def dynamic_layer(
    name: str, device: str, temporal: int, channel: int, **options: int
) -> DynamicConvolution:
    """A layer of one of :data:`CONVOLUTIONS`, in evaluation mode."""
    how, channels, clip = CONVOLUTIONS[name]
    model = nn.Sequential(nn.Conv3d(clip[0], channels, **how))
    layer = convert_to_dynamic(model, clip, temporal, channel, **options)[0]
    vary(layer, gate_std=2)
    return layer.eval().to(device)


def clips_for(name: str, batch: int, device: str) -> Tensor:
    """Clips that differ in each channel's mean."""
    _, _, clip = CONVOLUTIONS[name]
    means = 2 * torch.randn(batch, clip[0], 1, 1, 1)
    return (means + torch.randn(batch, *clip)).to(device)


class Pair:
    """A dynamic layer with a batch norm and maybe a ReLU, and a copy that a GPU computes.

    Args:
        layer: in evaluation mode.
        dtype: of the copy.
        relu: whether there is a ReLU behind.
    """

    def __init__(
        self, layer: DynamicConvolution, dtype: torch.dtype = torch.float32, relu: bool = True
    ) -> None:
        self.layer, self.relu = layer, relu
        self.norm = nn.BatchNorm3d(layer.out_channels).to(layer.weight.device).eval()
        for values in (self.norm.weight, self.norm.bias, self.norm.running_mean):
            nn.init.normal_(values)
        nn.init.uniform_(self.norm.running_var, 0.5, 2)
        self.quick_layer = copy.deepcopy(layer)
        post_ops = PostOps.of(layer, self.norm, relu)
        self.quick_layer.backend = TritonBackend(self.quick_layer, post_ops, dtype)

    @torch.no_grad()
    def plain(self, x: Tensor) -> Tensor:
        """The result of the layer, its norm and its ReLU."""
        y = self.norm(self.layer(x))
        return y.relu() if self.relu else y

    @torch.no_grad()
    def quick(self, x: Tensor) -> Tensor:
        """The result of the copy; memory that no kernel has written to holds NaN."""
        before = torch.are_deterministic_algorithms_enabled()
        torch.use_deterministic_algorithms(True, warn_only=True)  # it also fills fresh memory
        try:
            return self.quick_layer(x)
        finally:
            torch.use_deterministic_algorithms(before)

    def check(self, x: Tensor) -> None:
        """Both give the same, decide the same, and cost the same."""
        found, expected = self.quick(x), self.plain(x)
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4, equal_nan=True)
        quick, plain = self.quick_layer.record, self.layer.record
        for part in ('temporal', 'channel'):
            torch.testing.assert_close(
                getattr(quick.decision, part),
                getattr(plain.decision, part),
                rtol=1e-4,
                atol=1e-5,
                equal_nan=True,
            )
        assert torch.equal(quick.decision.fallback, plain.decision.fallback)
        assert quick.decision.gate_macs == plain.decision.gate_macs
        assert quick.cost == plain.cost
