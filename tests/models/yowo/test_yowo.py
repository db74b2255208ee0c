"""The detector: frozen for real, and what it predicts."""

from types import SimpleNamespace

import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.optim import OptimWrapper
from mmengine.registry import init_default_scope
from mmengine.structures import InstanceData

from vared_mm.dynamic import dynamic_layers, efficiency_loss
from vared_mm.engine.hooks import EfficiencyLossHook
from vared_mm.models import YOWO

STATIC = dict(
    type='vared_mm.R2Plus1D',
    depth=18,
    base_channels=4,
    num_stages=2,
    stage_blocks=(1, 1),
    conv1_kernel=(1, 3, 3),
    spatial_strides=(2, 2),
)
DYNAMIC = dict(
    type='vared_mm.DynamicBackbone',
    backbone=STATIC,
    input_shape=(3, 4, 32, 32),
    temporal=2,
    channel=2,
    include=r'layer\d.*conv_s',
)


def build(backbone: dict, **options) -> YOWO:
    torch.manual_seed(0)
    init_default_scope('mmaction')
    model = YOWO(
        backbone,
        neck=dict(type='vared_mm.CFAM', in_channels=8, channels=8),
        head=dict(
            type='vared_mm.YOWOHead',
            in_channels=8,
            num_classes=3,
            **{'anchors': [(1, 1), (2, 3)], **options.pop('head', {})},
        ),
        data_preprocessor=dict(
            type='ActionDataPreprocessor', mean=[128] * 3, std=[64] * 3, format_shape='NCTHW'
        ),
        **options,
    )
    model.init_weights()
    return model


def batch(count: int = 2) -> dict:
    rng = torch.Generator().manual_seed(1)
    clips = torch.randint(0, 256, (count, 3, 4, 32, 32), generator=rng, dtype=torch.uint8)
    samples = []
    for n in range(count):
        truth = InstanceData(
            bboxes=torch.tensor([[2.0, 4, 14 + n, 20]]), labels=torch.tensor([n % 3])
        )
        sample = ActionDataSample(metainfo=dict(img_shape=(32, 32)))
        sample.gt_instances = truth
        samples.append(sample)
    return dict(inputs=list(clips), data_samples=samples)


def train(model: YOWO, steps: int = 3) -> dict:
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=0.1)
    wrapper = OptimWrapper(optimizer)
    return [model.train_step(batch(), wrapper) for _ in range(steps)][-1]


@pytest.mark.parametrize('backbone', [STATIC, DYNAMIC], ids=['static', 'dynamic'])
def test_frozen_backbone_does_not_change_by_a_bit(backbone):
    """Weights, statistics of batch norms, gates; in spite of weight decay and momentum."""
    model = build(backbone)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    train(model)
    changed = {k for k, v in model.state_dict().items() if not torch.equal(v, before[k])}
    assert not any(key.startswith('backbone.') for key in changed)
    rest = {key for key in before if key.startswith(('neck.', 'head.'))}
    assert rest <= changed
    if backbone is DYNAMIC:
        assert any('.gate.' in key for key in before) and dynamic_layers(model)


def test_frozen_backbone_stays_in_evaluation_mode_and_keeps_no_graph():
    model = build(DYNAMIC)
    assert model.train().neck.training and not model.backbone.training
    assert all(not m.training for m in model.backbone.modules())
    seen = []
    model.backbone.register_forward_hook(lambda module, args, out: seen.append(out))
    train(model, 1)
    assert not seen[0].requires_grad and seen[0].grad_fn is None


def test_a_backbone_that_is_not_frozen_learns():
    model = build(DYNAMIC, freeze_backbone=False)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    train(model)
    changed = {k for k, v in model.state_dict().items() if not torch.equal(v, before[k])}
    assert any('.gate.' in key for key in changed)
    assert any('running_mean' in key for key in changed if key.startswith('backbone.'))


def test_losses_fall():
    model = build(STATIC, freeze_backbone=False)
    first = train(model, 1)['loss'].item()
    assert train(model, 25)['loss'].item() < 0.5 * first


def test_correct_is_a_frame_whose_best_detection_is_of_a_class_that_is_there():
    head = build(STATIC).head
    raw = torch.zeros(2, 2, 8, 8, 8)
    raw[:, :, 4] = -3  # confidence
    raw[:, 1, 4:, 2, 3] = torch.tensor([3, 0, 4, 0.0])  # class 1 is the best
    raw[:, 0, 4:, 5, 5] = torch.tensor([2, 4, 0, 0.0])  # class 0 comes after it
    samples = batch()['data_samples']
    assert [s.gt_instances.labels.tolist() for s in samples] == [[0], [1]]
    assert head.correctness(raw.flatten(1, 2), samples).tolist() == [0, 1]
    samples[0].gt_instances = InstanceData(bboxes=torch.zeros(2, 4), labels=torch.tensor([0, 1]))
    samples[1].gt_instances = InstanceData(bboxes=torch.zeros(0, 4), labels=torch.zeros(0).long())
    assert head.correctness(raw.flatten(1, 2), samples).tolist() == [1, 0]


def test_efficiency_loss_counts_what_the_head_calls_correct():
    model, hook = build(DYNAMIC, freeze_backbone=False), EfficiencyLossHook(weight=0.5)
    model.head.correctness = lambda raw, samples: raw.new_tensor([1, 0])
    hook.before_train(SimpleNamespace(model=model))
    losses = model.train()(**model.data_preprocessor(batch(), True), mode='loss')
    records = [layer.record for layer in dynamic_layers(model).values()]
    expected = 0.5 * efficiency_loss(records, torch.tensor([1.0, 0]))
    torch.testing.assert_close(losses['loss_efficiency'], expected)
    assert losses.keys() == {'loss_box', 'loss_conf', 'loss_cls', 'loss_efficiency'}


def test_what_it_predicts():
    """One place is made sure of a box; the rest is below the threshold."""
    model = build(STATIC).eval()
    raw = torch.zeros(2, 2, 8, 8, 8)
    raw[:, :, 4] = -12  # confidence
    raw[0, 1, :, 2, 3] = torch.tensor([0, 0, 0, 0, 3, 0, 2, 0.0])
    model.head.conv.forward = lambda x: raw.flatten(1, 2)
    with torch.inference_mode():
        first, second = model.test_step(batch())
    found = first.pred_instances
    # Column 3, row 2 of 8 x 8 cells of 4 pixels; 2 x 3 cells.
    torch.testing.assert_close(found.bboxes, torch.tensor([[10.0, 4, 18, 16]]))
    probability = torch.tensor([0, 2, 0.0]).softmax(0)
    confidence = torch.tensor(3.0).sigmoid()
    torch.testing.assert_close(found.class_scores[0], confidence * probability)
    assert found.labels.tolist() == [1]
    torch.testing.assert_close(found.scores[0], confidence * probability[1])
    assert len(second.pred_instances) == 0


def test_the_more_confident_of_two_stays_though_its_class_is_less_sure():
    """As in YOWO's code: by confidence alone, whatever confidence times probability says."""
    model = build(STATIC, head=dict(anchors=[(3, 3), (3, 3)])).eval()
    raw = torch.zeros(2, 2, 8, 8, 8)
    raw[:, :, 4] = -12  # confidence
    raw[0, 0, 4:, 2, 3] = torch.tensor([3, 0, 0.5, 0])
    raw[0, 1, 4:, 2, 3] = torch.tensor([2, 0, 0, 9.0])  # the same box
    raw[0, 1, 4:, 6, 6] = torch.tensor([1, 9, 0, 0.0])  # alone
    model.head.conv.forward = lambda x: raw.flatten(1, 2)
    with torch.inference_mode():
        found = model.test_step(batch())[0].pred_instances
    assert found.labels.tolist() == [0, 1]  # best first by score
    assert found.scores[0] > found.scores[1] > 0.3


def test_static_checkpoint_of_a_recognizer_fits_the_backbone():
    static, dynamic = build(STATIC), build(DYNAMIC)
    missing, unexpected = dynamic.load_state_dict(static.state_dict(), strict=False)
    assert unexpected == []
    parts = ('.gate.', 'channel_reconstructions', 'temporal_reconstructions')
    assert all(any(part in key for part in parts) for key in missing)


def test_unknown_mode():
    with pytest.raises(ValueError, match="mode='train'"):
        build(STATIC)(torch.zeros(1, 3, 4, 32, 32), mode='train')
