"""Reading of a data set's images and labels by its own pipeline."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from vared_mm.datasets.preparation.parallel import run_parallel
from vared_mm.datasets.segmentation import (
    ImageError,
    LoadLabels,
    LoadRGBImage,
    PairedFiles,
    find_unpaired,
)


def check_images(dataset: PairedFiles, numbers: Sequence[int], workers: int = 4) -> dict[str, Any]:
    """Look for all pairs of files, and read some by the steps of the pipeline that load.

    Args:
        dataset: built with ``check_pairs=False``; its pipeline loads image and labels.
        numbers: of its samples, which are read.
        workers: threads.

    Returns:
        Counts; ``undecodable``, a list of ``{file, error}``: every missing half of a pair, and what
        could not be read; names of ``greyscale`` images that are read as colour; ``width`` and
        ``height``, least and most; ``classes_without_pixel``, of the images read.

    Raises:
        KeyError: if the pipeline does not load images and labels by this package's steps.
    """
    steps = [x for x in dataset.pipeline.transforms if isinstance(x, LoadRGBImage | LoadLabels)]
    if {type(step) for step in steps} != {LoadRGBImage, LoadLabels}:
        raise KeyError('the pipeline has no LoadRGBImage, or no LoadLabels')
    steps.sort(key=lambda step: isinstance(step, LoadLabels))
    infos = [dataset.get_data_info(i) for i in range(len(dataset))]
    lines = find_unpaired(dataset, infos)
    missing = {info['seg_map_path'] for info in infos} & {_split(line)['file'] for line in lines}
    read = [i for i in numbers if infos[i]['seg_map_path'] not in missing]
    found = list(run_parallel(partial(_read, dataset, steps), read, workers))
    lines += [error for error, *_ in found if error]
    good = [(size, grey, counts) for error, size, grey, counts in found if not error]
    classes = dataset.metainfo['classes']
    total = sum((counts for *_, counts in good), np.zeros(256, np.int64))
    sizes = np.array([size for size, *_ in good]) if good else np.zeros((1, 2), int)
    return {
        'images': len(dataset),
        'checked': len(numbers),
        'good': len(good),
        'undecodable': [_split(line) for line in lines],
        'greyscale': [name for _, name, _ in good if name],
        'width': [int(sizes[:, 1].min()), int(sizes[:, 1].max())],
        'height': [int(sizes[:, 0].min()), int(sizes[:, 0].max())],
        'classes_without_pixel': [c for i, c in enumerate(classes) if not total[i]],
    }


def _split(line: str) -> dict[str, str]:
    file, _, error = line.partition(': ')
    return {'file': file, 'error': error}


def _read(
    dataset: PairedFiles, steps: Sequence[LoadRGBImage | LoadLabels], number: int
) -> tuple[str, tuple[int, int], str, np.ndarray]:
    """An error, or ''; height and width; the name of a greyscale image, or ''; pixels by class."""
    results = dataset.get_data_info(number)
    try:
        for step in steps:
            results = step(results)
    except ImageError as error:
        return str(error), (0, 0), '', np.zeros(256, np.int64)
    image = results['img']
    grey = (image == image[..., :1]).all()
    counts = np.bincount(results['gt_seg_map'].ravel(), minlength=256)
    return '', image.shape[:2], results['img_path'] if grey else '', counts
