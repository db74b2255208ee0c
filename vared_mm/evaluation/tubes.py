"""Tubes: boxes of one actor through the frames of a video."""

from dataclasses import dataclass

import numpy as np
from mmaction.evaluation.functional.ava_evaluation.np_box_ops import iou

from vared_mm.evaluation.detections import FrameDetections


@dataclass(frozen=True)
class Tube:
    """A box in each of some frames.

    Args:
        frames: (M,), their numbers, rising.
        boxes: (M, 4).
        score: of the whole tube.
    """

    frames: np.ndarray
    boxes: np.ndarray
    score: float = 1.0


def tube_iou(a: Tube, b: Tube) -> float:
    """Spatio-temporal overlap: frames of both over frames of either, times the mean overlap of the
    boxes in the frames of both."""
    shared, at_a, at_b = np.intersect1d(a.frames, b.frames, return_indices=True)
    if len(shared) == 0:
        return 0.0
    spatial = iou(a.boxes[at_a], b.boxes[at_b]).diagonal().mean()
    return len(shared) / (len(a.frames) + len(b.frames) - len(shared)) * float(spatial)


def link_tubes(
    frames: list[FrameDetections], link_weight: float = 1.0, count: int = 3
) -> list[list[Tube]]:
    """Link the detections of a video's frames into tubes, for every class.

    A tube takes one box of each frame that has any, so that the sum of its boxes' scores for the
    class, plus ``link_weight`` times the overlap of each box with the next, is the greatest (found
    by Viterbi's algorithm). Its boxes are taken out, and the next one is searched for, until
    a frame has none left. Score of a tube: the mean of its boxes' scores.

    Source: Gkioxari and Malik (arXiv 1411.6031), Sec. 3.2, as YOWO (arXiv 1911.06644) uses it.

    Args:
        frames: of one video, in order.
        link_weight: see above.
        count: greatest number of tubes a class.

    Returns:
        Per class, its tubes, best first.
    """
    frames = [frame for frame in frames if len(frame.boxes)]
    if not frames:
        return []
    numbers = np.array([frame.frame for frame in frames])
    scores = [frame.class_scores.T.astype(float) for frame in frames]  # (K, D) each
    links = [link_weight * iou(a.boxes, b.boxes) for a, b in zip(frames, frames[1:], strict=False)]
    classes = np.arange(len(scores[0]))
    tubes: list[list[Tube]] = [[] for _ in classes]
    for _ in range(min(count, *(len(frame.boxes) for frame in frames))):
        path = _best_path(scores, links)
        pairs = list(zip(scores, path, strict=True))
        score = np.mean([of_frame[classes, places] for of_frame, places in pairs], axis=0)
        boxes = np.stack([f.boxes[places] for f, places in zip(frames, path, strict=True)], axis=1)
        for label in classes:
            tubes[label].append(Tube(numbers, boxes[label], float(score[label])))
        for of_frame, places in pairs:
            of_frame[classes, places] = -np.inf
    return [sorted(of_class, key=lambda tube: -tube.score) for of_class in tubes]


def true_tubes(frames: list[FrameDetections]) -> dict[int, list[Tube]]:
    """The true tubes of a video's frames, by class."""
    rows: dict[tuple[int, int], list[tuple[int, np.ndarray]]] = {}
    for frame in frames:
        for box, *key in zip(frame.true_boxes, frame.true_labels, frame.true_tubes, strict=True):
            rows.setdefault((int(key[0]), int(key[1])), []).append((frame.frame, box))
    tubes: dict[int, list[Tube]] = {}
    for (label, _), found in sorted(rows.items(), key=lambda item: item[0]):
        numbers, boxes = zip(*found, strict=True)
        tubes.setdefault(label, []).append(Tube(np.array(numbers), np.stack(boxes)))
    return tubes


def _best_path(scores: list[np.ndarray], links: list[np.ndarray]) -> np.ndarray:
    """Places (T, K) of the best path's boxes, for K classes side by side."""
    total, came_from = scores[0], []
    for link, of_frame in zip(links, scores[1:], strict=True):
        reached = total[:, :, None] + link[None]
        came_from.append(reached.argmax(1))
        total = reached.max(1) + of_frame
    place = total.argmax(1)
    path = [place]
    for back in reversed(came_from):
        place = np.take_along_axis(back, place[:, None], 1)[:, 0]
        path.append(place)
    return np.stack(path[::-1])
