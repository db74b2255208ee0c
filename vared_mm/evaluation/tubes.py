"""Tubes: boxes of one actor through the frames of a video."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from mmaction.evaluation.functional.ava_evaluation.np_box_ops import iou

from vared_mm.evaluation.detections import FrameDetections

# Overlap above which two tubes of a class are taken for one.
_SAME = 0.3


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

    A tube takes one box of each frame; a frame without a box lends those of the nearest that has
    some. Between a box and the next, with scores a and b for the class, the link is worth
    ``a + b + a * b / 2 + link_weight * overlap``; the tube whose links are worth the most in sum is
    found by Viterbi's algorithm. Its boxes are taken out, and the next one is searched for, until
    a frame has none left. Score of a tube: the mean of its boxes' scores. Tubes that overlap
    (:func:`tube_iou`) a better one of their class by more than 0.3 are left out.

    Source: Gkioxari and Malik (arXiv 1411.6031), Sec. 3.2, with YOWO's (arXiv 1911.06644) product
    of scores, nearest frames and suppression. Differs from YOWO's public code: a score is the
    confidence times the class probability, there the probability alone; overlaps are not of boxes
    enlarged by one pixel; a video of one frame takes its best boxes, there those that come first.

    Args:
        frames: of one video, in order.
        link_weight: see above.
        count: greatest number of tubes a class.

    Returns:
        Per class, its tubes, best first.
    """
    filled = _fill(frames)
    if not filled:
        return []
    numbers = np.array([frame.frame for frame in frames])
    scores = [frame.class_scores.T.astype(float) for frame in filled]  # (K, D) each
    links = [
        _links(*of_two, link_weight * iou(a.boxes, b.boxes))
        for (a, b), of_two in zip(pairwise(filled), pairwise(scores), strict=True)
    ]
    taken = [np.zeros_like(of_frame) for of_frame in scores]  # minus infinity where one is
    classes = np.arange(len(scores[0]))
    tubes: list[list[Tube]] = [[] for _ in classes]
    for _ in range(min(count, *(len(frame.boxes) for frame in filled))):
        path = _best_path(links, taken) if links else (scores[0] + taken[0]).argmax(1)[None]
        pairs = list(zip(scores, path, strict=True))
        score = np.mean([of_frame[classes, places] for of_frame, places in pairs], axis=0)
        boxes = np.stack([f.boxes[places] for f, places in zip(filled, path, strict=True)], axis=1)
        for label in classes:
            tubes[label].append(Tube(numbers, boxes[label], float(score[label])))
        for of_frame, places in zip(taken, path, strict=True):
            of_frame[classes, places] = -np.inf
    return [_suppress(of_class) for of_class in tubes]


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


def _fill(frames: list[FrameDetections]) -> list[FrameDetections]:
    """For each frame, the nearest that has a box, the earlier one of two; none if none has."""
    found = [frame for frame in frames if len(frame.boxes)]
    numbers = np.array([frame.frame for frame in found])
    return [found[abs(numbers - frame.frame).argmin()] for frame in frames] if found else []


def _links(a: np.ndarray, b: np.ndarray, overlaps: np.ndarray) -> np.ndarray:
    """What links are worth, (K, D, D'), of scores (K, D), (K, D') and overlaps (D, D')."""
    a, b = a[:, :, None], b[:, None]
    return a + b + a * b / 2 + overlaps


def _best_path(links: list[np.ndarray], taken: list[np.ndarray]) -> np.ndarray:
    """Places (T, K) of the best path's boxes, for K classes side by side."""
    total, came_from = taken[0], []
    for link, of_frame in zip(links, taken[1:], strict=True):
        reached = total[:, :, None] + link
        came_from.append(reached.argmax(1))
        total = reached.max(1) + of_frame
    place = total.argmax(1)
    path = [place]
    for back in reversed(came_from):
        place = np.take_along_axis(back, place[:, None], 1)[:, 0]
        path.append(place)
    return np.stack(path[::-1])


def _suppress(tubes: list[Tube]) -> list[Tube]:
    kept: list[Tube] = []
    for tube in sorted(tubes, key=lambda tube: -tube.score):
        if all(tube_iou(tube, better) <= _SAME for better in kept):
            kept.append(tube)
    return kept
