"""Anchors: matching by hand, and encode -> decode is the identity."""

import math

import pytest
import torch

from vared_mm.models.yowo import AnchorCoder

ANCHORS = [(1, 3), (2, 2), (4, 1)]


def test_decode_by_hand():
    """Cell (column 2, row 1) of a 4 x 2 grid: centre (2.5, 1.25) cells, 4 x 1 cells large."""
    offsets = torch.zeros(1, 3, 2, 4, 4)
    offsets[0, 1, 1, 2] = torch.tensor([0.5, 0.25, math.log(2), math.log(0.5)])
    box = AnchorCoder(ANCHORS).decode(offsets)[0, 1, 1, 2] * torch.tensor([4, 2, 4, 2])
    torch.testing.assert_close(box, torch.tensor([0.5, 0.75, 4.5, 1.75]))


def test_encode_by_hand():
    """Of 1.9 x 2.2 cells with its centre at (2.5, 1.25) cells: 2 x 2 is the most alike."""
    cells = torch.tensor([[1.55, 0.15, 3.45, 2.35]])
    places, offsets = AnchorCoder(ANCHORS).encode(cells / torch.tensor([4, 3, 4, 3]), (3, 4))
    assert places.tolist() == [[1, 1, 2]]
    expected = torch.tensor([[0.5, 0.25, math.log(0.95), math.log(1.1)]])
    torch.testing.assert_close(offsets, expected, rtol=1e-5, atol=1e-5)


def test_anchor_of_best_shape_not_of_best_size():
    # IoU of a 1 x 4 box: 3/4 with 1 x 3, 2/6 with 2 x 2, 1/7 with 4 x 1.
    coder = AnchorCoder(ANCHORS)
    places, _ = coder.encode(torch.tensor([[0.0, 0, 0.1, 0.4], [0, 0, 0.4, 0.1]]), (10, 10))
    assert places[:, 0].tolist() == [0, 2]


@pytest.mark.parametrize('grid', [(7, 7), (5, 8)])
def test_encode_then_decode_is_the_identity(grid):
    torch.manual_seed(0)
    centre, size = torch.rand(200, 2, dtype=torch.float64), torch.rand(200, 2, dtype=torch.float64)
    boxes = torch.cat([centre - size / 2, centre + size / 2], 1)
    coder = AnchorCoder(ANCHORS)
    places, wanted = coder.encode(boxes, grid)
    for box, (anchor, row, column), at_place in zip(boxes, places.tolist(), wanted, strict=True):
        offsets = torch.zeros(1, 3, *grid, 4, dtype=torch.float64)
        offsets[0, anchor, row, column] = at_place
        torch.testing.assert_close(coder.decode(offsets)[0, anchor, row, column], box)
    assert wanted[:, :2].min() >= 0 and wanted[:, :2].max() < 1


def test_a_centre_on_the_far_edge_belongs_to_the_last_cell():
    places, offsets = AnchorCoder(ANCHORS).encode(torch.tensor([[0.9, 0.9, 1.1, 1.1]]), (7, 7))
    assert places[0, 1:].tolist() == [6, 6]
    torch.testing.assert_close(offsets[0, :2], torch.ones(2))


@pytest.mark.parametrize('anchors', [[], [(1, 0)], [(1, 2, 3)]])
def test_bad_anchors(anchors):
    with pytest.raises(ValueError, match='anchors='):
        AnchorCoder(anchors)
