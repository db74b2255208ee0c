"""Samples of detections, made by hand."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

Row = tuple[float, ...]


def _sample(
    found: Sequence[Row], truth: Sequence[Row], video: str = 'v', frame: int = 1, classes: int = 3
) -> dict:
    rows = np.asarray(found, float).reshape(-1, 6)
    true = np.asarray(truth, float).reshape(-1, 5)
    labels = rows[:, 0].astype(int)
    class_scores = np.zeros((len(rows), classes))
    class_scores[np.arange(len(rows)), labels] = rows[:, 1]
    return dict(
        video=video,
        frame=frame,
        pred_instances=dict(
            bboxes=rows[:, 2:], scores=rows[:, 1], labels=labels, class_scores=class_scores
        ),
        gt_instances=dict(bboxes=true[:, 1:], labels=true[:, 0].astype(int)),
    )


@pytest.fixture
def make_sample() -> Callable[..., dict]:
    """`make_sample([(label, score, x1, y1, x2, y2)], [(label, x1, y1, x2, y2)], video, frame)`."""
    return _sample
