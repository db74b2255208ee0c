"""Every backbone that mmaction2 and mmsegmentation register, at a small size: what converts.

``python -m tests.dynamic.upstream_backbones`` prints docs/conversion.md, which a test compares.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.zoo.models import table

CLIP, LONG_CLIP, FRAME, IMAGE = (3, 4, 32, 32), (3, 16, 32, 32), (3, 32, 32), (3, 64, 64)
SKELETON = {'graph_cfg': {'layout': 'coco', 'mode': 'stgcn_spatial'}, 'base_channels': 8}
STDC = {
    'stdc_type': 'STDCNet1',
    'in_channels': 3,
    'channels': (32, 64, 256, 512, 1024),
    'bottleneck_type': 'cat',
    'norm_cfg': {'type': 'BN'},
    'act_cfg': {'type': 'ReLU'},
}
FUSION = {'in_channels': 384, 'out_channels': 256, 'scale_factor': 4}
BRANCHES = {
    f'stage{i + 1}': {
        'num_modules': 1,
        'num_branches': i + 1,
        'block': 'BASIC' if i else 'BOTTLENECK',
        'num_blocks': (1,) * (i + 1),
        'num_channels': tuple(8 * 2**j for j in range(i + 1)),
    }
    for i in range(4)
}
PATHWAY = {'type': 'resnet3d', 'depth': 18, 'pretrained': None}


@dataclass(frozen=True)
class Backbone:
    """One registered backbone.

    Args:
        name: of its class, with its scope.
        layers: dynamic layers that it gets; 0 if it does not convert.
        config: its arguments, small.
        shape: one clip (C, T, H, W), frame or image (C, H, W), as it takes it.
        conversion: arguments of ``convert_to_dynamic``.
        static: class of those of its convolutions that stay static, and why; empty if none does.
        reason: why it does not convert; empty if it does.
        error: what it says then, a regular expression.

    How many dynamic blocks it gets is in :data:`BLOCKS`.
    """

    name: str
    layers: int = 0
    config: dict[str, Any] = field(default_factory=dict)
    shape: tuple[int, ...] = CLIP
    conversion: dict[str, Any] = field(default_factory=dict)
    static: tuple[str, str] | tuple[()] = ()
    reason: str = ''
    error: str = ''


def clips(name: str, layers: int, shape: tuple[int, ...] = CLIP, /, **config: Any) -> Backbone:
    """A backbone of mmaction2 that takes clips."""
    return Backbone(f'mmaction.{name}', layers, config, shape)


def frames(name: str, layers: int, static: tuple = (), /, **config: Any) -> Backbone:
    """A backbone of mmaction2 that takes frames folded into the batch, four a clip."""
    return Backbone(f'mmaction.{name}', layers, config, FRAME, {'frames': 4}, static)


def image(name: str, layers: int, static: tuple = (), /, **config: Any) -> Backbone:
    """A backbone of mmsegmentation: the channel axis only."""
    return Backbone(f'mmseg.{name}', layers, config, IMAGE, {'temporal': 1}, static)


CONVERTED = [
    clips('C2D', 20, depth=18),
    clips('C3D', 8, LONG_CLIP, out_dim=2048),
    clips('OmniResNet', 17, layers=[1, 1, 1, 1]),
    clips('ResNet2Plus1d', 40, depth=18, pretrained2d=False, conv_cfg={'type': 'Conv2plus1d'}),
    clips('ResNet3d', 20, depth=18, pretrained2d=False),
    clips('ResNet3dCSN', 53, depth=50, pretrained=None, pretrained2d=False),
    clips('ResNet3dLayer', 5, (256, 4, 8, 8), depth=18, pretrained2d=False),
    clips(
        'ResNet3dSlowFast',
        45,
        LONG_CLIP,
        resample_rate=4,
        speed_ratio=4,
        slow_pathway={**PATHWAY, 'lateral': True, 'inflate': (0, 0, 1, 1)},
        fast_pathway={**PATHWAY, 'lateral': False, 'base_channels': 8},
    ),
    clips('ResNet3dSlowOnly', 20, depth=18, pretrained2d=False),
    clips('UniFormer', 18, depth=[1, 1, 1, 1], pretrained2d=False, img_size=32),
    clips('X3D', 54),
    frames('MobileNetV2', 52),
    frames('MobileNetV2TSM', 52, num_segments=4, pretrained2d=False),
    frames('ResNet', 20, depth=18),
    frames('ResNetTSM', 20, depth=18, num_segments=4, pretrained2d=False),
    frames('TANet', 53, ('Conv1d', 'works along time only'), depth=50, num_segments=4),
    Backbone(
        'mmaction.ResNetAudio', 61, {'depth': 50, 'base_channels': 8}, (1, 32, 32), {'temporal': 1}
    ),
    Backbone('mmaction.STGCN', 22, SKELETON, (2, 8, 17, 3), {'temporal': 1}),
    image('BiSeNetV1', 33, backbone_cfg={'type': 'ResNet', 'depth': 18}),
    image('BiSeNetV2', 54),
    image('CGNet', 77),
    image('DDRNet', 53),
    image('ERFNet', 71, ('ConvTranspose2d', 'is no convolution')),
    image('FastSCNN', 40),
    image('HRNet', 53, extra=BRANCHES),
    image('ICNet', 32, backbone_cfg={'type': 'ResNetV1c', 'depth': 18}, layer_channels=(128, 512)),
    image('MobileNetV2', 51),
    image('MobileNetV3', 47, ('Conv2dAdaptivePadding', 'has a forward of its own')),
    image('MSCAN', 57, norm_cfg={'type': 'BN'}, depths=[1, 1, 1, 1]),
    image('PIDNet', 73, channels=16),
    image('ResNeSt', 87, depth=50),
    image('ResNeXt', 53, depth=50, groups=32),
    image('ResNet', 20, depth=18),
    image('ResNetV1c', 22, depth=18),
    image('ResNetV1d', 22, depth=18),
    image('STDCContextPathNet', 39, backbone_cfg={'type': 'STDCNet', **STDC}, ffm_cfg=FUSION),
    image('STDCNet', 29, **STDC),
    image('UNet', 22, base_channels=8),
]
#: Dynamic blocks that a backbone gets; one that is not here has not been tried.
BLOCKS = {
    'mmaction.C2D': 8,
    'mmaction.OmniResNet': 4,
    'mmaction.ResNet2Plus1d': 9,
    'mmaction.ResNet3d': 8,
    'mmaction.ResNet3dCSN': 16,
    'mmaction.ResNet3dLayer': 2,
    'mmaction.ResNet3dSlowFast': 16,
    'mmaction.ResNet3dSlowOnly': 8,
    'mmaction.X3D': 11,
    'mmaction.MobileNetV2': 16,
    'mmaction.MobileNetV2TSM': 16,
    'mmaction.C3D': 1,
    'mmaction.UniFormer': 4,
    'mmaction.ResNet': 8,
    'mmaction.ResNetTSM': 8,
    'mmaction.ResNetAudio': 9,
    'mmaction.STGCN': 0,
    'mmseg.BiSeNetV1': 9,
    'mmseg.BiSeNetV2': 2,
    'mmseg.CGNet': 0,
    'mmseg.DDRNet': 15,
    'mmseg.ERFNet': 17,
    'mmseg.FastSCNN': 10,
    'mmseg.ICNet': 11,
    'mmseg.MobileNetV2': 16,
    'mmseg.MobileNetV3': 7,
    'mmseg.PIDNet': 19,
    'mmseg.ResNeXt': 0,
    'mmseg.ResNet': 8,
    'mmseg.ResNetV1c': 9,
    'mmseg.ResNetV1d': 9,
    'mmseg.STDCContextPathNet': 2,
    'mmseg.STDCNet': 1,
    'mmseg.UNet': 9,
    'mmseg.HRNet': 14,
    'mmseg.MSCAN': 5,
    'mmseg.ResNeSt': 17,
}
NOT_CONVERTED = [
    Backbone(
        'mmaction.AAGCN',
        config=SKELETON,
        shape=(2, 8, 17, 3),
        conversion={'temporal': 1},
        reason='it takes `view`s of what its convolutions return; dynamic ones return it in '
        'channels-last order, which `view` refuses',
        error='view size is not compatible',
    ),
    Backbone(
        'mmaction.ResNetTIN',
        config={'depth': 50, 'num_segments': 4, 'pretrained2d': False},
        shape=FRAME,
        conversion={'frames': 4},
        reason='its shift is a compiled op of mmcv, through which shapes can not be traced',
        error='tin_shift|does not run on an input',
    ),
    Backbone(
        'mmaction.RGBPoseConv3D',
        reason='it takes two inputs, frames and heat maps of poses; the conversion traces one',
        error="missing 1 required positional argument: 'heatmap_imgs'",
    ),
    Backbone(
        'mmseg.TIMMBackbone',
        config={'model_name': 'resnet18', 'pretrained': False},
        reason='it needs timm, which this package does not ask for',
        error='timm is not installed',
    ),
    Backbone(
        'mmseg.VPD',
        config={'diffusion_cfg': {}, 'class_embed_path': ''},
        reason='it needs the package and the weights of a diffusion model',
        error='install required packages',
    ),
]
TRANSFORMERS = (
    'mmaction.MViT',
    'mmaction.SwinTransformer3D',
    'mmaction.TimeSformer',
    'mmaction.UniFormerV2',
    'mmaction.VisionTransformer',
    'mmseg.BEiT',
    'mmseg.MAE',
    'mmseg.MixVisionTransformer',
    'mmseg.PCPVT',
    'mmseg.SVT',
    'mmseg.SwinTransformer',
    'mmseg.VisionTransformer',
)
# Registered beside the backbones, parts of UNet.
PARTS = ('mmseg.DeconvModule', 'mmseg.InterpConv')

TEXT = """\
# Which backbones convert

Generated by `python -m tests.dynamic.upstream_backbones > docs/conversion.md` from the table that
`tests/dynamic/test_upstream_backbones.py` runs. For every convolutional backbone that mmaction2 and
mmsegmentation register, at a small size, it tests the conversion, that the training path gives the
same result as the inference path, and one training step.

Converting one takes no Python:

```python
backbone = dict(
    type='vared_mm.DynamicBackbone',
    backbone=dict(type='mmaction.ResNet3d', depth=50),
    input_shape=(3, 16, 224, 224),  # one clip; (3, 224, 224) and frames=8 where frames are folded
    temporal=2,
    channel=2,
)
```

mmsegmentation's backbones are for images: `input_shape=(3, 512, 512), temporal=1`. So are
mmaction2's `ResNetAudio` and `STGCN`, for spectrograms and skeletons.

## What is converted, and what is not

The model is run without data three times: for one clip, for three, and for three with its layers
dynamic. Its weights, attributes, modes and hooks stay as they are. A convolution becomes dynamic
in place (the same object under all its names, with its weights, hooks and attributes) if

- it is `nn.Conv2d` or `nn.Conv3d`, or of a class that defines no more than `__init__` and static
  methods; one with another `forward`, in the class or patched, stays static;
- its weight and bias are real-valued parameters, not computed by `weight_norm`, `spectral_norm`,
  pruning or any parametrization. They may be tied to those of other layers;
- it runs once per forward pass in evaluation mode;
- each clip is one row of a 3-D convolution's batch, or at most T rows of a 2-D one's. So the
  pooling of `mmaction.MViT` stays static where it sees several heads of a clip as rows. The order
  of the rows is not checked: a 2-D convolution has to see the frames of one clip one after the
  other.

Layers that `include` selects but that stay static are named in one warning, with the reason. If
nothing can be converted, or the model does not run with dynamic layers, a `ValueError` says so in
one line and the model is unchanged. Compile a model, or wrap it for several devices, after the
conversion.

`frozen_stages` and `norm_eval` of a backbone apply to gates too. Gates of frozen stages keep
their initial state, an equal mix, unless a checkpoint brings other weights; with `norm_eval`
their norms keep their statistics. The conversion warns of both and names the layers: leave them
out by `exclude`, or freeze nothing.

MACs (`count_macs`, `get_flops.py`) include the convolutions, matrix products and norms that
torch's dispatcher sees, also in attention, einsum and functional convolutions (kind
`functional`), and average poolings. Operations that can't be counted, such as compiled ones of
other packages, are named in a warning.

The [block-wise conversion](blockwise.md) is tried on the same networks, along channels: the last
column says how many dynamic blocks they get. There are none where grouped convolutions (ResNeXt),
PReLUs (CGNet) or views (STGCN) lie between all convolutions.

## Backbones that convert

| backbone | input here | dynamic layers here | stays static | dynamic blocks here |
|:--|:--|--:|:--|--:|
{converted}

## Backbones that do not

| backbone | why |
|:--|:--|
{not_converted}

Transformers, which have few convolutions or one, are not in this table: {transformers}.

## Networks of timm and torchvision

One small network of each family that is at least partly convolutional, at a small size (`make
test-zoo`, `tests/zoo/`). For each, with random weights: its MACs are those that torch's
dispatcher sees; with its first candidates it computes the same as before the conversion;
accelerated, static and dynamic, its results agree to 1e-4 of the largest value, and its executed
cost is the same. So it is with `torchvision.s3d` (78 dynamic layers), which needs clips of
16 x 224 x 224 and so is not among the tests.

| network | input here | dynamic layers here | static convolutions |
|:--|:--|--:|--:|
{others}
"""


def render() -> str:
    """The text of docs/conversion.md."""
    converted = (
        f'| `{b.name}` | {" × ".join(map(str, b.shape))}'
        f'{" × 4 frames" if "frames" in b.conversion else ""} | {b.layers} | '
        f'{f"`{b.static[0]}` {b.static[1]}" if b.static else "–"} | '
        f'{BLOCKS.get(b.name, "not tried")} |'
        for b in CONVERTED
    )
    return TEXT.format(
        converted='\n'.join(converted),
        not_converted='\n'.join(f'| `{b.name}` | {b.reason} |' for b in NOT_CONVERTED),
        transformers=', '.join(f'`{name}`' for name in TRANSFORMERS),
        others=table(),
    )


if __name__ == '__main__':
    print(render(), end='')
