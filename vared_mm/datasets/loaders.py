"""What a config's data loaders read, and through which pipeline: what the runner will use.

Variables at the top of a config, such as ``val_pipeline``, are not looked at: mmengine's runner
does not look at them either.
"""

from collections.abc import Mapping
from typing import Any

from mmengine.config import Config

from vared_mm.datasets.wrapped import inner_settings


def loader_datasets(cfg: Config, split: str) -> list[Any]:
    """Settings of a split's data sets, out of what wraps them (repeated, concatenated ...).

    Args:
        cfg: a config.
        split: ``'train'``, ``'val'`` or ``'test'``.

    Raises:
        ValueError: if the config has none.
    """
    loader = cfg.get(f'{split}_dataloader')
    if not isinstance(loader, Mapping) or not isinstance(loader.get('dataset'), Mapping):
        raise ValueError(f'{cfg.filename}: key {split}_dataloader.dataset is missing')
    return inner_settings(loader['dataset'])


def loader_pipeline(cfg: Config, split: str) -> list[Any]:
    """The transforms of a split's samples.

    Args:
        cfg: a config.
        split: ``'train'``, ``'val'`` or ``'test'``; of a config without ``val`` the one of
            ``test`` is taken.

    Raises:
        ValueError: if there is none, or if concatenated data sets have different ones.
    """
    if split == 'val' and cfg.get('val_dataloader') is None:
        split = 'test'
    found = [dataset.get('pipeline') for dataset in loader_datasets(cfg, split)]
    key = f'{cfg.filename}: key {split}_dataloader.dataset'
    if not all(found):
        raise ValueError(f'{key} has no pipeline')
    if any(other != found[0] for other in found):
        raise ValueError(f'{key} has several pipelines')
    return list(found[0])
