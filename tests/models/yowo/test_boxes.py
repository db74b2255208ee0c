"""Overlaps and suppression of doubles, on boxes counted by hand."""

import torch

from vared_mm.models.yowo import box_iou, non_maximum_suppression


def test_overlap_by_hand():
    a = torch.tensor([[0.0, 0, 2, 2], [0, 0, 0, 5]])
    b = torch.tensor([[1.0, 1, 3, 3], [0, 0, 2, 2], [2, 0, 4, 2]])
    expected = torch.tensor([[1 / 7, 1, 0], [0, 0, 0]])
    torch.testing.assert_close(box_iou(a, b), expected)


def test_overlap_does_not_depend_on_an_axis_scale():
    torch.manual_seed(0)
    corner = torch.rand(6, 2)
    boxes = torch.cat([corner, corner + torch.rand(6, 2)], 1)
    scale = torch.tensor([320.0, 240, 320, 240])
    scaled = box_iou(boxes * scale, boxes * scale)
    torch.testing.assert_close(scaled, box_iou(boxes, boxes))


def test_suppression_keeps_what_only_a_suppressed_box_overlaps():
    # 0 and 1 overlap by 1/2, 1 and 2 too, 0 and 2 by 1/5: 1 falls to 0, so 2 stays.
    boxes = torch.tensor([[0.0, 0, 3, 1], [1, 0, 4, 1], [2, 0, 5, 1], [9, 9, 10, 10]])
    scores = torch.tensor([0.9, 0.8, 0.7, 0.95])
    assert non_maximum_suppression(boxes, scores, 0.4).tolist() == [3, 0, 2]
    assert non_maximum_suppression(boxes, scores, 0.5).tolist() == [3, 0, 1, 2]  # not above 0.5


def test_suppression_of_nothing():
    assert non_maximum_suppression(torch.zeros(0, 4), torch.zeros(0)).shape == (0,)
