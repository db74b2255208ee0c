"""Whether a model and its data have the same number of classes."""

from collections.abc import Iterator
from typing import Any

from torch import nn

from vared_mm.datasets.wrapped import inner_datasets


def check_classes(model: nn.Module, dataset: Any, key: str) -> None:
    """Compare the classes of a data set with those of a model's heads and inner classifiers.

    Args:
        model: of a runner, not wrapped.
        dataset: built, wrappers and all.
        key: of the config, that the data set comes from.

    Raises:
        ValueError: if both tell how many there are and differ, or a label is beyond a model's.
    """
    for one in inner_datasets(dataset):
        classes, named = _classes_of(one)
        for name, count in _counts(model):
            if count == classes or (not named and classes <= count):
                continue
            found = f'{classes} classes' if named else f'labels up to {classes - 1}'
            raise ValueError(
                f'key {key}: its data set has {found}, but model.{name}.num_classes is {count}'
            )


def _classes_of(dataset: Any) -> tuple[int, bool]:
    """How many, and whether the data set says so; else by its highest label."""
    if classes := (getattr(dataset, 'metainfo', None) or {}).get('classes'):
        return len(classes), True
    if isinstance(count := getattr(dataset, 'num_classes', None), int):
        return count, True
    if not hasattr(dataset, 'get_data_info'):
        return 0, False
    labels = [dataset.get_data_info(i).get('label') for i in range(len(dataset))]
    return max((label + 1 for label in labels if isinstance(label, int)), default=0), False


def _counts(model: nn.Module) -> Iterator[tuple[str, int]]:
    """Heads, and our networks that classify inside; the name is the config's, as far as it goes."""
    for name, module in model.named_modules():
        ours = type(module).__module__.startswith('vared_mm.')
        count = getattr(module, 'num_classes', None)
        if isinstance(count, int) and (ours or name.endswith('head')):
            yield name.removesuffix('.module'), count
