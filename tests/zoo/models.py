"""One small model of each convolutional family of timm and torchvision, and what becomes of it.

docs/conversion.md shows this table; tests/zoo/test_zoo.py holds it.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Model:
    """A model of another library, with its own classes.

    Args:
        library: ``'timm'`` or ``'torchvision'``.
        name: there.
        layers: dynamic layers that it gets.
        static: convolutions that stay static.
        size: height and width of its images or clips.
        frames: of a clip; 0 for images.
        options: arguments of its making.
    """

    library: str
    name: str
    layers: int
    static: int = 0
    size: int = 64
    frames: int = 0
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one clip or image."""
        return (3, *((self.frames,) if self.frames else ()), self.size, self.size)

    def __str__(self) -> str:
        return f'{self.library}.{self.name}'


def timm(name: str, layers: int, static: int = 0, size: int = 64, **options: Any) -> Model:
    """A model of timm, of images."""
    return Model('timm', name, layers, static, size, 0, options)


def vision(
    name: str, layers: int, static: int = 0, size: int = 64, frames: int = 0, **options: Any
) -> Model:
    """A model of torchvision, of images or clips."""
    return Model('torchvision', name, layers, static, size, frames, options)


MODELS = [
    timm('test_byobnet', 22),
    timm('botnet26t_256', 31, size=256),
    timm('convmixer_768_32', 65, size=42),
    timm('convnext_atto', 40),
    timm('cpubone_nano', 31),
    timm('csatv2', 24, 28),
    timm('cs3darknet_s', 32),
    timm('cspnext_tiny', 37),
    timm('densenet121', 120),
    timm('dla46_c', 49),
    timm('dpn48b', 70),
    timm('edgenext_xx_small', 20),
    timm('efficientformer_l1', 33, size=224),
    timm('efficientformerv2_s0', 83, size=224),
    timm('efficientnet_b0', 81),
    timm('efficientnet_cc_b0_4e', 57),
    timm('mixnet_s', 123),
    timm('efficientvim_m1', 48),
    timm('efficientvit_b0', 50),
    timm('efficientvit_m0', 107, 9, size=224),
    timm('fasternet_t0', 44),
    timm('fastvit_t8', 68),
    timm('focalnet_tiny_srf', 88),
    timm('ghostnet_050', 95),
    timm('hardcorenas_a', 51),
    timm('hgnetv2_b0', 43),
    timm('hrnet_w18_small', 91),
    timm('iformer_t', 74, size=224),
    timm('inception_next_atto', 64),
    timm('inception_resnet_v2', 244, size=80),
    timm('inception_v3', 94, size=80),
    timm('inception_v4', 149, size=80),
    timm('lcnetv2_small', 46),
    timm('levit_conv_128s', 50, size=224),
    timm('lowformer_b0', 56),
    timm('mambaout_femto', 23),
    timm('coatnet_pico_rw_224', 58, size=224),
    timm('poolformer_s12', 28),
    timm('mobilenetv3_small_050', 53),
    timm('mobilevit_xxs', 35),
    timm('nasnetalarge', 472, 16),
    timm('nextvit_small', 93),
    timm('nf_regnet_b0', 32, 54),
    timm('pnasnet5large', 349, 24),
    timm('rdnet_tiny', 85),
    timm('regnetx_002', 44),
    timm('repghostnet_050', 95),
    timm('repvit_m0_9', 126),
    timm('res2net50_26w_4s', 85),
    timm('resnest14d', 27),
    timm('resnet10t', 14),
    timm('resnetv2_18', 21),
    timm('rexnet_100', 75),
    timm('selecsls42b', 41),
    timm('legacy_seresnet18', 36),
    timm('shvit_s1', 77),
    timm('skresnet18', 44),
    timm('starnet_s1', 80),
    timm('swiftformer_xs', 61),
    timm('tresnet_m', 96),
    timm('vgg11', 10, mlp_ratio=0.125),
    timm('visformer_tiny', 57, size=224),
    timm('ese_vovnet19b_slim_dw', 40),
    timm('legacy_xception', 74),
    timm('xception41', 84),
    timm('mobilenetv3_small_100', 52, features_only=True),
    vision('alexnet', 5),
    vision('densenet121', 120),
    vision('googlenet', 57, 2, init_weights=False),
    vision('inception_v3', 94, 2, size=80, init_weights=False),
    vision('mnasnet0_5', 52),
    vision('mobilenet_v2', 52),
    vision('mobilenet_v3_small', 52),
    vision('efficientnet_b0', 81),
    vision('regnet_y_400mf', 85),
    vision('resnet18', 20),
    vision('shufflenet_v2_x0_5', 56),
    vision('squeezenet1_1', 26),
    vision('vgg11_bn', 8),
    vision('convnext_tiny', 22),
    vision('maxvit_t', 61, size=224),
    vision('r3d_18', 20, size=32, frames=4),
    vision('mc3_18', 20, size=32, frames=4),
    vision('r2plus1d_18', 37, size=32, frames=4),
    vision('fcn_resnet50', 55, size=32, weights_backbone=None),
    vision('deeplabv3_mobilenet_v3_large', 70, weights_backbone=None),
    vision('lraspp_mobilenet_v3_large', 66, weights_backbone=None),
]


def table() -> str:
    """The rows of the documentation."""
    return '\n'.join(
        f'| `{m}` | {" × ".join(map(str, m.shape))} | {m.layers} | {m.static or "–"} |'
        for m in MODELS
    )
