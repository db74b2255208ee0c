"""Decoding of a data set's videos by its own pipeline."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import av
import numpy as np
from mmengine.dataset import BaseDataset

from vared_mm.datasets.encoded_video import EncodedVideo
from vared_mm.datasets.preparation.parallel import run_parallel

#: Bytes of the frames that a thread decodes at once: whole videos may not fit into memory.
_CHUNK = 2**27


def check_videos(dataset: BaseDataset, numbers: Sequence[int], workers: int = 4) -> dict[str, Any]:
    """Read some videos as the data set's pipeline does, and decode every frame of them.

    A good video is one that the pipeline reads, whatever frames it draws. Where it draws the same
    frames each time, a video may be read and still be bad here, by a frame that it does not need.

    Args:
        dataset: its pipeline opens, samples and decodes videos, in this order.
        numbers: of its samples.
        workers: threads.

    Returns:
        Counts; `undecodable`, a list of `{file, error}`; statistics of the good videos' `frames`
        and `seconds`; `fps`, number of videos by frame rate.

    Raises:
        KeyError: if the pipeline does not sample or decode.
    """
    found = list(run_parallel(partial(_check, dataset), numbers, workers))
    bad = [(number, error) for number, (error, _, _) in zip(numbers, found, strict=True) if error]
    good = [(frames, fps) for error, frames, fps in found if not error]
    rates = Counter(float(f'{fps:.5g}') for _, fps in good)
    return {
        'videos': len(dataset),
        'checked': len(numbers),
        'good': len(good),
        'undecodable': [{'file': _name(dataset, number), 'error': error} for number, error in bad],
        'frames': _statistics([frames for frames, _ in good]),
        'seconds': _statistics([frames / fps for frames, fps in good if fps]),
        'fps': {f'{rate:g}': rates[rate] for rate in sorted(rates)},
    }


def _check(dataset: BaseDataset, number: int) -> tuple[str, int, float]:
    """Return an error, or '', and the number of frames and the frame rate of a video."""
    try:
        opened, decode = _open(dataset, number)
        total, reader = opened['total_frames'], opened.get('video_reader')
        decode(dict(opened))  # as it is read
        if isinstance(reader, EncodedVideo):
            reader.verify()
        else:
            _decode_in_chunks(dataset, number)
    except (ValueError, OSError, RuntimeError, av.FFmpegError) as error:
        reason = str(error).removeprefix(f'{_name(dataset, number)}: ')
        return reason or type(error).__name__, 0, 0.0
    return '', int(total), float(opened.get('avg_fps') or 0)


def _decode_in_chunks(dataset: BaseDataset, number: int) -> None:
    """Decode every frame by transforms that only know how to decode what was sampled."""
    first, total, chunk = 0, 1, 1
    while first < total:
        opened, decode = _open(dataset, number)
        total = opened['total_frames']
        frames = np.arange(first, min(first + chunk, total))
        # The pipeline's own choice of frames gives way to this one.
        imgs = decode({**opened, 'frame_inds': frames + opened.get('start_index', 0)})['imgs']
        if len(imgs) != len(frames):
            raise ValueError(f'{len(imgs)} of {len(frames)} frames decoded')
        first, chunk = first + chunk, max(16, _CHUNK // imgs[0].nbytes)


def _open(dataset: BaseDataset, number: int) -> tuple[dict, Callable[[dict], dict]]:
    """Run the pipeline up to the step that decodes, which may use up what was opened."""
    results = dataset.get_data_info(number)
    for step in dataset.pipeline.transforms:
        if 'frame_inds' in results:
            return results, step
        results = step(results)
    raise KeyError('the pipeline samples no frames')


def _name(dataset: BaseDataset, number: int) -> str:
    info = dataset.get_data_info(number)
    return info.get('filename') or info.get('frame_dir') or str(number)


def _statistics(values: Sequence[float]) -> dict[str, float]:
    if not values:
        return {}
    of = {'minimum': np.min, 'median': np.median, 'mean': np.mean, 'maximum': np.max, 'total': sum}
    return {name: round(float(function(values)), 3) for name, function in of.items()}
