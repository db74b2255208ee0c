"""The names of a config's classes."""

from pathlib import Path

from mmengine.config import Config
from mmengine.registry import DATASETS

from vared_mm.datasets.loaders import loader_datasets
from vared_mm.datasets.video_list import read_classes


def class_names(cfg: Config) -> list[str] | None:
    """What the settings of the validation data say, or their class; None if neither does.

    A file of names counts where it is there.
    """
    split = 'test' if cfg.get('val_dataloader') is None else 'val'
    settings = loader_datasets(cfg, split)[0]
    kind = DATASETS.get(settings['type'])
    meta = {**getattr(kind, 'METAINFO', {}), **(settings.get('metainfo') or {})}
    if names := settings.get('classes') or meta.get('classes'):
        return [str(name) for name in names]
    if file := settings.get('classes_file'):
        path = Path(settings.get('data_root') or '', file)
        return read_classes(str(path)) if path.is_file() else None
    return None
