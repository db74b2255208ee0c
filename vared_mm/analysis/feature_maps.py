"""Feature maps of one layer for one clip: computed in full, and with some of them rebuilt."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from vared_mm.blockwise import BlockConvolution, DynamicBlock
from vared_mm.cost import kept_channels
from vared_mm.dynamic import DynamicConvolution, fixed_choice

Maps = npt.NDArray[np.float32]


@dataclass(frozen=True)
class LayerMaps:
    """Output of a convolution for one clip.

    Args:
        layer: its name.
        full: every map computed, (C, T, H, W).
        time: half of the frames computed, the others rebuilt, (C, T, H, W); None where static.
        channel: half of the channels computed, the others rebuilt, likewise.
        rebuilt_frames: which frames of ``time`` are rebuilt, (T,).
        rebuilt_channels: which channels of ``channel`` are rebuilt, (C,).
    """

    layer: str
    full: Maps
    time: Maps | None
    channel: Maps | None
    rebuilt_frames: npt.NDArray[np.bool_]
    rebuilt_channels: npt.NDArray[np.bool_]

    def likeness(self, axis: str) -> dict[str, Any]:
        """Correlation and RMSE between the rebuilt maps and the computed ones they stand for."""
        rebuilt = self.time if axis == 'time' else self.channel
        if rebuilt is None:
            return {'maps': 0, 'correlation': None, 'rmse': None}
        if axis == 'time':
            pairs = self.full[:, self.rebuilt_frames], rebuilt[:, self.rebuilt_frames]
        else:
            pairs = self.full[self.rebuilt_channels], rebuilt[self.rebuilt_channels]
        full, made = (part.reshape(-1, np.prod(part.shape[2:])).astype(float) for part in pairs)
        centred = [part - part.mean(axis=1, keepdims=True) for part in (full, made)]
        norms = np.prod([np.linalg.norm(part, axis=1) for part in centred], axis=0)
        usable = norms > 0
        products = (centred[0] * centred[1]).sum(axis=1)[usable] / norms[usable]
        return {
            'maps': len(full),
            'correlation': float(products.mean()) if usable.any() else None,
            'rmse': float(np.sqrt(((full - made) ** 2).mean())) if len(full) else None,
        }


@torch.inference_mode()
def layer_maps(model: nn.Module, batch: dict[str, Any], name: str, frames: int = 1) -> LayerMaps:
    """Run one clip, then the layer alone on what it got: in full, and at half along each axis.

    Args:
        model: in evaluation mode.
        batch: one clip, collated.
        name: of a convolution.
        frames: T of the clip, where the layer sees frames as its batch.

    Raises:
        ValueError: if the model has no such convolution; its first ones are named; if it is one of
            a dynamic block, which rebuilds no maps.
    """
    if isinstance(dict(model.named_modules()).get(name), DynamicBlock | BlockConvolution):
        raise ValueError(f'--layer {name}: a dynamic block leaves maps out, and rebuilds none')
    layers = {n: m for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Conv3d)}
    if name not in layers:
        some = ', '.join(list(layers)[:4])
        raise ValueError(f'--layer {name}: no such convolution; there are: {some} ...')
    layer, seen = layers[name], []
    handle = layer.register_forward_pre_hook(lambda _layer, inputs: seen.append(inputs[0]))
    try:
        model.test_step(batch)
    finally:
        handle.remove()

    def run() -> Maps:
        return _as_clip(layer(seen[0]), frames)

    if not isinstance(layer, DynamicConvolution):
        full = run()
        none = np.zeros(full.shape[1], bool), np.zeros(full.shape[0], bool)
        return LayerMaps(name, full, None, None, *none)
    found = {}
    choices = {'full': (0, 0), 'time': (1, 0), 'channel': (0, 1)}
    for which, choice in choices.items():
        with fixed_choice(layer, *choice):
            found[which] = run()
    search = layer.search
    computed = kept_channels(layer.out_channels, search.channel, layer.groups)
    stride = 2 if search.temporal > 1 else 1
    rebuilt_channels = np.arange(layer.out_channels) >= computed[min(1, search.channel - 1)]
    return LayerMaps(
        layer=name,
        full=found['full'],
        time=found['time'] if search.temporal > 1 else None,
        channel=found['channel'] if search.channel > 1 else None,
        rebuilt_frames=np.arange(found['full'].shape[1]) % stride != 0,
        rebuilt_channels=rebuilt_channels,
    )


def _as_clip(output: Tensor, frames: int) -> Maps:
    if output.dim() == 4:
        output = output.unflatten(0, (-1, frames)).transpose(1, 2)
    return output[0].float().cpu().numpy()
