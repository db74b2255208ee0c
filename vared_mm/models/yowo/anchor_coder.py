"""Boxes as offsets from anchors in the cells of a grid, and back."""

from collections.abc import Sequence

import torch
from torch import Tensor


class AnchorCoder:
    """Between boxes and offsets ``(dx, dy, tw, th)`` from an anchor in a cell of the grid.

    ``x = (dx + column) / W``, ``w = exp(tw) * anchor_w / W``; y and h likewise. (x, y) is the
    centre of a box, dx and dy are in [0, 1].

    Source: YOLOv2 (arXiv 1612.08242), Sec. 2, as YOWO (arXiv 1911.06644) uses it.
    Boxes are (x1, y1, x2, y2) as shares of the frame's width and height.

    Args:
        anchors: (width, height) of each, in cells.

    Raises:
        ValueError: if there is no anchor, or one without area.
    """

    def __init__(self, anchors: Sequence[Sequence[float]]) -> None:
        self.anchors = [tuple(anchor) for anchor in anchors]
        if not self.anchors or any(len(a) != 2 or min(a) <= 0 for a in self.anchors):
            raise ValueError(f'anchors={anchors}: must be pairs (width, height), all above 0')

    def __len__(self) -> int:
        return len(self.anchors)

    def decode(self, offsets: Tensor) -> Tensor:
        """Boxes of all anchors in all cells.

        Shapes: (N, A, H, W, 4) -> the same.
        """
        height, width = offsets.shape[2:4]
        cells = torch.stack(
            torch.meshgrid(
                torch.arange(width, device=offsets.device),
                torch.arange(height, device=offsets.device),
                indexing='xy',
            ),
            dim=-1,
        )
        grid = offsets.new_tensor([width, height])
        centre = (offsets[..., :2] + cells) / grid
        anchors = offsets.new_tensor(self.anchors)[:, None, None]
        half = offsets[..., 2:].exp() * anchors / grid / 2
        return torch.cat([centre - half, centre + half], dim=-1)

    def encode(self, boxes: Tensor, grid: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """The place that answers for each box, and its offsets there.

        The place is the anchor of the most similar shape (intersection over union of both, centred
        on each other; the first among equals) in the cell that the box's centre lies in.

        Shapes: (M, 4) -> (M, 3) whole numbers (anchor, row, column), (M, 4) offsets.

        Args:
            boxes: with area.
            grid: its height and width in cells.
        """
        height, width = grid
        cells = boxes.new_tensor([width, height])
        centre = (boxes[:, :2] + boxes[:, 2:]) / 2 * cells
        size = (boxes[:, 2:] - boxes[:, :2]) * cells
        anchors = boxes.new_tensor(self.anchors)
        shared = torch.minimum(size[:, None], anchors[None]).prod(-1)
        best = (shared / (size.prod(-1)[:, None] + anchors.prod(-1)[None] - shared)).argmax(1)
        # A centre on the frame's far edge belongs to the last cell.
        cell = torch.minimum(centre.floor().clamp(min=0), cells - 1)
        offsets = torch.cat([centre - cell, (size / anchors[best]).log()], dim=1)
        places = torch.stack([best, cell[:, 1].long(), cell[:, 0].long()], dim=1)
        return places, offsets
