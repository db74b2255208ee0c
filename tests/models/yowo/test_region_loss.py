"""The region loss, term by term, against numbers computed by hand."""

import math

import pytest
import torch

from vared_mm.models.yowo import AnchorCoder, RegionLoss

CODER = AnchorCoder([(1, 1), (2, 2)])
GRID = (2, 2)


def predictions(confidence: float = 0.25, classes: int = 3):
    """Every place says: a box of its anchor's size in the middle of its cell; no class."""
    offsets = torch.zeros(1, 2, *GRID, 4)
    offsets[..., :2] = 0.5
    return offsets, torch.full((1, 2, *GRID), confidence), torch.zeros(1, 2, *GRID, classes)


def loss(offsets, confidence, logits, boxes, labels=(0,), **weights):
    boxes = [torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4)]
    labels = [torch.tensor(labels, dtype=torch.long)[: len(boxes[0])]]
    return RegionLoss(**weights)(CODER, offsets, confidence, logits, boxes, labels)


def test_a_box_that_is_predicted_exactly():
    """The first cell's, anchor 0: overlap 1 with its place, below 0.6 with all others."""
    values = loss(*predictions(), [[0, 0, 0.5, 0.5]])
    assert values['loss_box'] == 0
    positive, negatives = 5 * (0.25 - 1) ** 2, 7 * 0.25**2
    torch.testing.assert_close(values['loss_conf'], torch.tensor((positive + negatives) / 2))
    focal = (1 - 1 / 3) ** 2 * math.log(3)
    torch.testing.assert_close(values['loss_cls'], torch.tensor(focal))


def test_smooth_l1_of_the_offsets():
    """Off by 0.25 in x: 0.25^2 / 2; by ln 4 in w, more than 1: ln 4 - 1/2; half of their sum."""
    offsets, confidence, logits = predictions()
    offsets[0, 0, 0, 0] = torch.tensor([0.75, 0.5, math.log(4), 0])
    values = loss(offsets, confidence, logits, [[0, 0, 0.5, 0.5]])
    expected = (0.25**2 / 2 + math.log(4) - 0.5) / 2
    torch.testing.assert_close(values['loss_box'], torch.tensor(expected))
    # The target of its confidence is the overlap of (0.375 -> -0.625 ... 1.375) with the box: 1/4.
    others = 7 * 0.25**2
    torch.testing.assert_close(values['loss_conf'], torch.tensor((0 + others) / 2))


def test_a_near_miss_is_not_punished():
    """Anchor 1 of the first cell, made 0.625 wide, overlaps by 0.64 without being the positive."""
    offsets, confidence, logits = predictions()
    offsets[0, 1, 0, 0, 2:] = math.log(0.625)
    values = loss(offsets, confidence, logits, [[0, 0, 0.5, 0.5]])
    expected = (5 * 0.75**2 + 6 * 0.25**2) / 2
    torch.testing.assert_close(values['loss_conf'], torch.tensor(expected))
    punished = loss(offsets, confidence, logits, [[0, 0, 0.5, 0.5]], ignore_iou=0.65)
    torch.testing.assert_close(punished['loss_conf'], torch.tensor((5 * 0.75**2 + 7 * 0.25**2) / 2))


def test_focal_loss_falls_where_the_class_is_sure():
    offsets, confidence, logits = predictions()
    logits[0, 0, 0, 0, 1] = math.log(8)  # probabilities 0.1, 0.8, 0.1
    values = loss(offsets, confidence, logits, [[0, 0, 0.5, 0.5]], labels=(1,))
    torch.testing.assert_close(values['loss_cls'], torch.tensor(0.2**2 * -math.log(0.8)))


def test_of_two_boxes_at_one_place_the_last_counts():
    offsets, confidence, logits = predictions()
    twice = [[0, 0, 0.5, 0.5], [0.125, 0.125, 0.375, 0.375]]
    both = loss(offsets, confidence, logits, twice, labels=(0, 1))
    last = loss(offsets, confidence, logits, twice[1:], labels=(1,))
    torch.testing.assert_close(both['loss_box'], last['loss_box'])
    torch.testing.assert_close(both['loss_cls'], last['loss_cls'])


def test_no_box_at_all_has_a_gradient():
    inputs = [value.requires_grad_() for value in predictions()]
    values = loss(*inputs, [], labels=())
    torch.testing.assert_close(values['loss_conf'], torch.tensor(8 * 0.25**2 / 2))
    assert values['loss_box'] == values['loss_cls'] == 0
    sum(values.values()).backward()
    assert inputs[1].grad.abs().sum() > 0 and inputs[0].grad.abs().sum() == 0


def test_sums_over_the_batch():
    offsets, confidence, logits = (torch.cat([v, v]) for v in predictions())
    boxes, labels = [torch.tensor([[0, 0, 0.5, 0.5]])] * 2, [torch.tensor([0])] * 2
    double = RegionLoss()(CODER, offsets, confidence, logits, boxes, labels)
    single = loss(*predictions(), [[0, 0, 0.5, 0.5]])
    for key, value in single.items():
        torch.testing.assert_close(double[key], 2 * value)


@pytest.mark.parametrize('key', ['loss_box', 'loss_conf', 'loss_cls'])
def test_gradient_points_to_the_truth(key):
    """A step against the gradient lowers each term."""
    torch.manual_seed(0)
    raw = torch.randn(1, 2, *GRID, 8, requires_grad=True)

    def value(raw):
        offsets = torch.cat([raw[..., :2].sigmoid(), raw[..., 2:4]], -1)
        box = [[0.1, 0.2, 0.5, 0.9]]
        return loss(offsets, raw[..., 4].sigmoid(), raw[..., 5:], box, labels=(2,))[key]

    before = value(raw)
    before.backward()
    assert value(raw.detach() - 1e-3 * raw.grad) < before
