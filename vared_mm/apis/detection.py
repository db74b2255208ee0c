"""Find who acts in every frame of a video, and what that costs."""

from collections import deque
from collections.abc import Iterator, Sequence
from errno import EISDIR
from itertools import islice
from pathlib import Path

import av
import numpy as np
import torch
from mmengine.dataset import Compose, pseudo_collate
from mmengine.registry import init_default_scope
from torch import nn

from vared_mm.apis.cost import view_macs
from vared_mm.apis.drawn_detections import Detections, draw
from vared_mm.apis.recognition import VideoReport
from vared_mm.datasets import EncodedVideo, ReadFrames
from vared_mm.datasets.loaders import loader_pipeline
from vared_mm.datasets.synthetic import write_video
from vared_mm.dynamic import recorded_cost


def detect(
    model: nn.Module,
    video: str,
    labels: Sequence[str] | None = None,
    batch_size: int = 8,
    out: str | None = None,
    threshold: float = 0.3,
) -> tuple[VideoReport, list[Detections]]:
    """Run a detector on the clip that ends at each frame, as its test pipeline says.

    Each frame is decoded once, and no more of them are held than a clip spans and a batch has.

    Args:
        model: of a localization config, from :func:`load_recognizer`.
        video: file name.
        labels: names of the classes.
        batch_size: clips at once.
        out: file to write the video to again, with boxes, classes and scores, small ones enlarged;
            folders are made. It appears when it is whole.
        threshold: lower scores are not drawn.

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
    found: list[Detections] = []
    best, shape = np.zeros(classes), ()
    reader = EncodedVideo(str(video))

    def drawn() -> Iterator[np.ndarray]:
        nonlocal best, shape
        clips = clips_to_each_frame(Compose(loader_pipeline(model.cfg, 'test')), reader)
        while batch := list(islice(clips, batch_size)):
            shape = batch[0][1]['inputs'].shape
            samples = model.test_step(pseudo_collate([clip for _, clip in batch]))
            for (image, _), sample in zip(batch, samples, strict=True):
                found.append(Detections.of(sample))
                if len(found[-1].scores):
                    class_scores = sample.pred_instances.class_scores.cpu().numpy()
                    best = np.maximum(best, class_scores.max(0))
                yield draw(image, found[-1], names, threshold) if out else image

    with torch.inference_mode(), recorded_cost(model) as recorder:
        if out:
            _write(Path(out), drawn(), max(round(reader.fps), 1))
        else:
            deque(drawn(), maxlen=0)
    report = VideoReport(
        video=str(video),
        top=[(names[i], float(best[i])) for i in np.argsort(-best, kind='stable')[:5]],
        views=len(reader),
        static_macs=view_macs(model.cfg, model, shape),
        cost=recorder.take(),
    )
    return report, found


def _write(path: Path, frames: Iterator[np.ndarray], fps: int) -> None:
    """Write a video under another name until it is whole.

    Raises:
        ValueError: naming a file that can't be written, before the first frame is looked at.
    """
    part = path.with_name(f'{path.stem}.part{path.suffix}')
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(EISDIR, 'is a folder')
        part.touch()
        av.open(str(part), 'w').close()
    except (OSError, ValueError) as error:
        part.unlink(missing_ok=True)
        reason = getattr(error, 'strerror', None) or error
        raise ValueError(f'{path}: cannot be written: {reason}') from None
    try:
        write_video(part, frames, fps)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def clips_to_each_frame(
    pipeline: Compose, reader: EncodedVideo
) -> Iterator[tuple[np.ndarray, dict]]:
    """All frames of a video in order, each with the sample of the clip that ends there.

    Args:
        pipeline: its ``ReadFrames`` gives way to the video's own frames. Those before the first one
            of a clip are let go.
        reader: of the video; frames count from 0, where J-HMDB's count from 1.

    Raises:
        ValueError: if a clip goes back further than the one before it.
    """
    held: dict[int, np.ndarray] = {}
    numbers = np.arange(len(reader))
    for number, image in enumerate(reader.frames()):
        held[number] = image
        results = {'frame': number, 'frame_numbers': numbers, 'modality': 'RGB'}
        for step in pipeline.transforms:
            if not isinstance(step, ReadFrames):
                results = step(results)
                continue
            wanted = results['frame_inds'].tolist()
            if min(wanted) < min(held):
                raise ValueError('the test pipeline draws its frame_interval; give it one number')
            imgs = [held[i].copy() for i in wanted]
            held = {i: frame for i, frame in held.items() if i >= min(wanted)}
            shape = imgs[0].shape[:2]
            results.update(imgs=imgs, original_shape=shape, img_shape=shape)
        yield image, results
