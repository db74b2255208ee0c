"""Gates that the model's training mode freezes are named, not silently left at their start."""

import warnings

import pytest
import torch
from torch import Tensor, nn

from vared_mm.dynamic import convert_to_dynamic, dynamic_layers
from vared_mm.models.dynamic_backbone import dynamic_backbone

SHAPE = (3, 4, 8, 8)


class Stages(nn.Module):
    """Freezes in training as OpenMMLab's backbones do."""

    def __init__(self, frozen_stages: int = 0, norm_eval: bool = False) -> None:
        super().__init__()
        self.stages = nn.ModuleList([nn.Conv3d(3, 8, 1), nn.Conv3d(8, 8, 1)])
        self.norm = nn.BatchNorm3d(8)
        self.frozen_stages, self.norm_eval = frozen_stages, norm_eval

    def forward(self, x: Tensor) -> Tensor:
        for stage in self.stages:
            x = stage(x)
        return self.norm(x)

    def train(self, mode: bool = True) -> 'Stages':
        super().train(mode)
        for stage in self.stages[: self.frozen_stages]:
            stage.eval()
            stage.requires_grad_(False)
        if mode and self.norm_eval:
            for layer in self.modules():
                if isinstance(layer, nn.modules.batchnorm._BatchNorm):
                    layer.eval()
        return self


def test_frozen_stages_are_named_and_the_model_is_as_it_was():
    model = Stages(frozen_stages=1)
    with pytest.warns(UserWarning, match=r'train\(\) of Stages freezes the gates of stages\.0 \('):
        convert_to_dynamic(model, SHAPE)
    assert all(p.requires_grad for p in model.parameters())
    assert all(module.training for module in model.modules())


def test_norms_kept_in_evaluation_are_named():
    with pytest.warns(UserWarning, match=r'the norms in the gates of stages\.0, stages\.1 in eval'):
        convert_to_dynamic(Stages(norm_eval=True), SHAPE)


@pytest.mark.parametrize('options', [{}, {'gate': 'constant'}])
def test_nothing_is_said_where_gates_train(options):
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        model = convert_to_dynamic(Stages(1 if options else 0), SHAPE, **options)
    assert dynamic_layers(model)


def test_a_backbone_of_a_config():
    backbone = dict(type='mmaction.ResNet3d', depth=18, pretrained2d=False, frozen_stages=1)
    with (
        torch.device('meta'),
        pytest.warns(UserWarning, match=r'ResNet3d freezes the gates of conv1.conv, layer1'),
    ):
        dynamic_backbone(backbone, (3, 4, 32, 32))
