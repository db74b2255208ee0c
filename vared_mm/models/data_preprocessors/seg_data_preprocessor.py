"""Images of any sizes in one batch, in testing too."""

from typing import Any

from mmseg.models import SegDataPreProcessor as UpstreamSegDataPreProcessor
from mmseg.utils import stack_batch

from vared_mm.registry import MODELS


@MODELS.register_module()
class SegDataPreProcessor(UpstreamSegDataPreProcessor):
    """mmsegmentation's, which also tests batches of images that differ in size.

    They are padded to the largest, at the right and below, as in training; predictions come
    without the padding. An image alone in its batch is not padded, so its cost is that of its size.
    """

    def forward(self, data: dict, training: bool = False) -> dict[str, Any]:
        """Normalise, pad, stack: inputs of (C, H_i, W_i) -> (N, C, H, W)."""
        inputs, samples = data['inputs'], data.get('data_samples')
        if training or len({tuple(image.shape[1:]) for image in inputs}) == 1:
            return super().forward(data, training)
        alone = [super(SegDataPreProcessor, self).forward({'inputs': [x]}) for x in inputs]
        images = [one['inputs'][0] for one in alone]
        images, paddings = stack_batch(images, size_divisor=1, pad_val=self.pad_val)
        for sample, padding in zip(samples or [], paddings, strict=bool(samples)):
            sample.set_metainfo(padding)
        return {'inputs': images, 'data_samples': self.cast_data(samples)}
