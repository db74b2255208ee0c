"""The input of one view as a model takes it, and what of its cost counts."""

from collections.abc import Mapping
from math import prod
from typing import Any

from mmengine.config import Config
from torch import nn

from vared_mm.datasets.loaders import loader_pipeline


def view_shape(model: nn.Module, sample: tuple[int, ...]) -> tuple[int, ...]:
    """Shape of a batch that holds one view of a sample.

    Shapes: (V, C, T, H, W) -> (1, 1, C, T, H, W); (V * T, C, H, W) -> (1, T, C, H, W), where the
    head knows T as ``frames``, else one view is taken to be the whole sample; (C, H, W) -> (1, C,
    H, W); without a ``cls_head``, (C, T, H, W) -> (1, C, T, H, W).
    """
    head = getattr(model, 'cls_head', None)
    if head is None or len(sample) == 3:
        return (1, *sample)
    if len(sample) == 5:
        return (1, 1, *sample[1:])
    return (1, getattr(head, 'frames', sample[0]), *sample[1:])


def count_views(model: nn.Module, sample: tuple[int, ...]) -> int:
    """Clips and crops in a sample of this shape; see :func:`view_shape`."""
    return prod(sample) // prod(view_shape(model, sample))


def forward_args(model: nn.Module) -> dict[str, Any]:
    """Arguments of a model's forward that let it run to its end, without losses."""
    return {'stage': 'head'} if hasattr(model, 'cls_head') else {}


def sample_shape(cfg: Config) -> tuple[int, ...]:
    """Shape of a sample that a config validates on: one clip, centre crop or whole, or one image.

    Shapes: (1, 3, T, H, W); (T, 3, H, W) where the pipeline folds frames, (T / K, 3 * K, H, W)
    where it stacks K of them; (3, T, H, W) where it has no axis for views, as for localization,
    whose frames are resized instead of cropped; (3, H, W) of images, the size that the data
    preprocessor pads training's crops to, as whole images differ.

    Raises:
        ValueError: if the validation pipeline does not tell.
    """
    if size := cfg.get('model', {}).get('data_preprocessor', {}).get('size'):
        return (3, *size)
    steps = {step['type']: step for step in loader_pipeline(cfg, 'val')}
    try:
        if 'vared_mm.SampleClipToKeyFrame' in steps:
            frames = steps['vared_mm.SampleClipToKeyFrame']['clip_len']
            return (3, frames, *reversed(steps['Resize']['scale']))
        sampling, layout = steps['SampleFrames'], steps['FormatShape']['input_format']
        size = _frame_size(steps)
    except KeyError as error:
        raise ValueError(
            f'{cfg.filename}: key val_dataloader.dataset.pipeline has no step {error}, which would '
            'tell the shape of a clip: name it with --shape'
        ) from None
    clips = sampling.get('num_clips', 1)
    if layout == 'NCHW':
        stacked = steps.get('vared_mm.StackFrames', {}).get('count', 1)
        return (clips * sampling['clip_len'] // stacked, 3 * stacked, *size)
    return (clips, 3, sampling['clip_len'], *size)


def _frame_size(steps: Mapping[str, Any]) -> tuple[int, int]:
    """Height and width of a clip's frames: of the crop, or what whole frames are resized to."""
    resize = steps.get('Resize', {})
    if 'CenterCrop' not in steps and not resize.get('keep_ratio', True):
        scale = resize.get('scale')
        if isinstance(scale, list | tuple):  # no factor
            width, height = scale
            return height, width
    crop = steps['CenterCrop']['crop_size']
    return (crop, crop) if isinstance(crop, int) else (crop[1], crop[0])


def uncounted_kinds(cfg: Config) -> tuple[str, ...]:
    """Kinds of layers that a config's ``CostRecordHook`` leaves out of the count."""
    return tuple(cfg.get('default_hooks', {}).get('cost_record', {}).get('without', ()))
