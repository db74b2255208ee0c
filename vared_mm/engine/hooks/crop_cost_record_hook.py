"""What images cost at one fixed size, beside what they cost at their own."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vared_mm.registry import HOOKS

from .cost_record_hook import CostRecordHook


@HOOKS.register_module()
class CropCostRecordHook(CostRecordHook):
    """Leave ``cost_of_crop`` in each data sample too: the cost of the image's central crop.

    Images differ in size, and so do their costs; those of a crop can be compared. A dynamic model
    runs twice, as its choices for the crop are its own. Where an image is smaller than the crop,
    zeros are put around it.

    Args:
        crop_size: height and width, pixels.
        without: as of :class:`CostRecordHook`.
    """

    def __init__(self, crop_size: tuple[int, int], without: tuple[str, ...] = ()) -> None:
        super().__init__(without=without)
        self.crop_size = tuple(crop_size)

    def after_forward(self, model: nn.Module, inputs: Any, data_samples: Any, output: Any) -> None:
        """Add ``cost`` and ``cost_of_crop`` to each sample."""
        super().after_forward(model, inputs, data_samples, output)
        crops = centre_crop(inputs, self.crop_size)
        with torch.no_grad():
            model(crops, mode='tensor')
        for sample, cost in zip(output, self._costs(model, crops), strict=True):
            sample.set_field(cost, 'cost_of_crop')


def centre_crop(images_NCHW: Tensor, size: tuple[int, int]) -> Tensor:
    """The middle of images, zeros around it where they are smaller: (N, C, *size)."""
    pads: list[int] = []
    for have, want in zip(reversed(images_NCHW.shape[2:]), reversed(size), strict=True):
        before = (want - have) // 2
        pads += [before, want - have - before]
    return F.pad(images_NCHW, pads)
