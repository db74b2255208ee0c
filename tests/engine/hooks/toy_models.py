"""A toy recognizer and a toy segmentor, their samples, and a runner that only holds a model."""

from types import SimpleNamespace

import torch
from mmengine.model import BaseModel
from torch import nn

from vared_mm.dynamic import convert_to_dynamic, dynamic_layers

CLIP = (3, 4, 8, 8)


class Sample(SimpleNamespace):
    """As a data sample: attributes, and fields that can be set."""

    def set_field(self, value, name):
        setattr(self, name, value)

    def get(self, name):
        return getattr(self, name)


class Recognizer(BaseModel):
    """Two convolutions and a head, over the views of each sample."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv3d(3, 8, (1, 3, 3)), nn.ReLU(), nn.Conv3d(8, 8, 1))
        self.cls_head = nn.Linear(8, 5)

    def forward(self, inputs, data_samples=None, mode='tensor', stage='head'):
        scores = self.cls_head(self.backbone(inputs.flatten(0, 1)).mean((2, 3, 4)))
        if mode == 'loss':
            labels = torch.cat([sample.gt_label for sample in data_samples])
            return {'loss_cls': nn.functional.cross_entropy(scores, labels)}
        return data_samples if mode == 'predict' else scores


class Segmentor(BaseModel):
    """Two convolutions and one that classifies, over images of any size."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 1))
        self.decode_head = nn.Conv2d(8, 5, 1)

    def forward(self, inputs, data_samples=None, mode='tensor'):
        scores = self.decode_head(self.backbone(inputs))
        return data_samples if mode == 'predict' else scores


def make(dynamic: bool = True) -> Recognizer:
    """A recognizer, always the same; its gates say different things about different clips."""
    torch.manual_seed(0)
    model = Recognizer()
    if dynamic:
        convert_to_dynamic(model.backbone, CLIP)
        with torch.no_grad():
            for layer in dynamic_layers(model).values():
                layer.gate.excite.normal_(std=3)
    return model


def samples(*labels: int) -> list[Sample]:
    """A sample for each label."""
    return [Sample(gt_label=torch.tensor([label])) for label in labels]


def runner_of(model: nn.Module) -> SimpleNamespace:
    """All of a runner that most hooks ask for."""
    return SimpleNamespace(model=model)
