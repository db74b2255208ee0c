"""Decoding of every image that a localization data set would read."""

from vared_mm.datasets.decoding_limits import VideoError
from vared_mm.datasets.localization.jhmdb_dataset import JHMDBDataset
from vared_mm.datasets.transforms.read_frames import ReadFrames


def check_images(dataset: JHMDBDataset) -> None:
    """Decode all frames of all its videos, once each; bad ones are added to its ``problems``."""
    read, seen = ReadFrames(), set()
    for place in range(len(dataset)):
        info = dataset.get_data_info(place)
        if info['video'] in seen:
            continue
        seen.add(info['video'])
        for number in info['frame_numbers']:
            try:
                read({**info, 'frame_inds': [number]})
            except VideoError as error:
                dataset.problems.add('bad image', str(error))
