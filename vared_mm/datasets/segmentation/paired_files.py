"""Images and their label files, by name."""

import os.path as osp
from typing import Any

from mmengine.fileio import list_dir_or_file
from mmseg.datasets import BaseSegDataset


class PairedFiles(BaseSegDataset):
    """A data set of mmsegmentation that looks for the missing half of each pair when it is built.

    Args:
        check_pairs: stop at an image without labels, or labels without an image.
        **kwargs: of mmsegmentation's ``BaseSegDataset``.

    Raises:
        FileNotFoundError: naming the folder that is missing or empty, or the first file that is.
    """

    def __init__(self, check_pairs: bool = True, **kwargs: Any) -> None:
        self.check_pairs = check_pairs
        super().__init__(**kwargs)

    def load_data_list(self) -> list[dict]:
        """List the images; see the class for what is checked."""
        for key in ('img_path', 'seg_map_path'):
            folder = self.data_prefix[key]
            if not osp.isdir(folder):
                raise FileNotFoundError(f'{folder}: no such folder (data_prefix.{key})')
        images = super().load_data_list()
        if not images:
            raise FileNotFoundError(f'{self.data_prefix["img_path"]}: no *{self.img_suffix} in it')
        if self.check_pairs and (missing := find_unpaired(self, images)):
            more = f' ({len(missing)} files are missing)' if len(missing) > 1 else ''
            raise FileNotFoundError(f'{missing[0]}{more}')
        return images


def find_unpaired(dataset: PairedFiles, images: list[dict]) -> list[str]:
    """What is missing, one line a file: ``FILE: no such ... for ...``.

    Args:
        dataset: whose folders are looked into.
        images: its ``load_data_list``.
    """
    image_dir, label_dir = (dataset.data_prefix[key] for key in ('img_path', 'seg_map_path'))
    labels = {info['seg_map_path']: info['img_path'] for info in images}
    there = {
        osp.join(label_dir, name)
        for name in list_dir_or_file(
            label_dir, list_dir=False, suffix=dataset.seg_map_suffix, recursive=True
        )
    }
    found = [f'{label}: no such label file, for {labels[label]}' for label in labels.keys() - there]
    if not dataset.ann_file:  # a list may name a part of what is there
        for label in there - labels.keys():
            stem = osp.relpath(label, label_dir).removesuffix(dataset.seg_map_suffix)
            image = osp.join(image_dir, stem + dataset.img_suffix)
            found.append(f'{image}: no such image, for {label}')
    return sorted(found)
