"""Find who acts in every frame of a video, and tell what that cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import cv2
import numpy as np
import torch
from mmengine.dataset import Compose, pseudo_collate
from mmengine.registry import init_default_scope
from torch import nn

from vared_mm.apis.inference import VideoReport
from vared_mm.apis.result import count_view
from vared_mm.datasets import EncodedVideo, ReadFrames
from vared_mm.datasets.synthetic import write_video
from vared_mm.dynamic import recorded_cost

# Shorter side of a drawn video, at least: else the text can't be read.
_READABLE = 240


@dataclass(frozen=True)
class Detections:
    """What was found in one frame.

    Args:
        boxes: (M, 4), x1, y1, x2, y2 in pixels of the frame, best first.
        scores: (M,), confidence times class probability.
        labels: (M,).
    """

    boxes: np.ndarray
    scores: np.ndarray
    labels: np.ndarray


def detect(
    model: nn.Module, video: str, labels: Sequence[str] | None = None, batch_size: int = 8
) -> tuple[VideoReport, list[Detections]]:
    """Run a detector on the clip that ends at each frame, as its test pipeline says.

    Args:
        model: of a localization config, from :func:`load_recognizer`.
        video: file name.
        labels: names of the classes.
        batch_size: clips at once.

    Returns:
        The cost, with the best score of each class in the whole video as ``top``; and the
        detections of each frame.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it can't be decoded, or the labels are of another number.
    """
    if not Path(video).is_file():
        raise FileNotFoundError(f'{video}: no such video')
    classes = model.head.num_classes
    names = list(labels) if labels else [f'class {i}' for i in range(classes)]
    if len(names) != classes:
        raise ValueError(f'{len(names)} labels for a model of {classes} classes')
    init_default_scope(model.cfg.get('default_scope', 'mmaction'))
    pipeline, reader = Compose(model.cfg.test_pipeline), EncodedVideo(str(video))
    found: list[Detections] = []
    best = np.zeros(classes)
    with torch.inference_mode(), recorded_cost(model) as recorder:
        for first in range(0, len(reader), batch_size):
            numbers = range(first, min(first + batch_size, len(reader)))
            clips = [_clip(pipeline, reader, number) for number in numbers]
            for sample in model.test_step(pseudo_collate(clips)):
                one = sample.pred_instances.cpu().numpy()
                height, width = sample.img_shape
                scale = np.divide(sample.original_shape[::-1], (width, height))
                boxes = one.bboxes * np.tile(scale, 2)
                found.append(Detections(boxes, one.scores, one.labels))
                if len(one.scores):
                    best = np.maximum(best, one.class_scores.max(0))
    report = VideoReport(
        video=str(video),
        top=[(names[i], float(best[i])) for i in np.argsort(-best, kind='stable')[:5]],
        views=len(reader),
        static_macs=count_view(model.cfg, model, clips[0]['inputs'].shape),
        cost=recorder.take(),
    )
    return report, found


def write_detections(
    path: str,
    video: str,
    found: Sequence[Detections],
    labels: Sequence[str] | None = None,
    threshold: float = 0.3,
) -> None:
    """Write the video again with boxes, classes and scores, small ones enlarged.

    Args:
        path: of the new file; its folder is made.
        video: that was looked at.
        found: in each of its frames.
        labels: names of the classes.
        threshold: lower scores are not drawn.
    """
    reader = EncodedVideo(str(video))
    frames = [
        draw(reader.read([number])[0], one, labels, threshold) for number, one in enumerate(found)
    ]
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    write_video(path, frames, max(round(reader.fps), 1))


def draw(
    image: np.ndarray, found: Detections, labels: Sequence[str] | None = None, threshold: float = 0
) -> np.ndarray:
    """A frame with its boxes. Shapes: uint8 (H, W, 3) -> the same, enlarged, H and W even."""
    factor = max(ceil(_READABLE / min(image.shape[:2])), 1)
    height, width = (side * factor // 2 * 2 for side in image.shape[:2])
    image = cv2.resize(image, (width, height), interpolation=cv2.INTER_NEAREST)
    for box, score, label in zip(found.boxes, found.scores, found.labels, strict=True):
        if score < threshold:
            continue
        x1, y1, x2, y2 = np.rint(box * factor).astype(int).tolist()
        name = labels[label] if labels else f'class {label}'
        cv2.rectangle(image, (x1, y1), (x2, y2), (0, 255, 0), 2)
        place = (max(x1, 0), max(y1 - 5, 12))
        text = f'{name} {score:.2f}'
        cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255, 255, 255), 1)
    return image


def _clip(pipeline: Compose, reader: EncodedVideo, number: int) -> dict:
    """A sample whose clip ends at a frame, counted from 0; J-HMDB counts from 1."""
    results = {'frame': number, 'frame_numbers': np.arange(len(reader)), 'modality': 'RGB'}
    for step in pipeline.transforms:
        if isinstance(step, ReadFrames):
            imgs = reader.read(results['frame_inds'].tolist())
            shape = imgs[0].shape[:2]
            results.update(imgs=imgs, original_shape=shape, img_shape=shape)
        else:
            results = step(results)
    return results
