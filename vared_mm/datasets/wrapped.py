"""Data sets inside of mmengine's wrappers: repeated, joined, balanced."""

from collections.abc import Mapping
from typing import Any

from mmengine.dataset import BaseDataset


def inner_settings(settings: Mapping[str, Any]) -> list[Any]:
    """Of a data set's config, those of the data sets within its wrappers, or itself."""
    inner = settings.get('datasets') or settings.get('dataset')
    if inner is None:
        return [settings]
    found = inner if isinstance(inner, list | tuple) else [inner]
    return [leaf for one in found for leaf in inner_settings(one)]


def inner_datasets(dataset: Any) -> list[BaseDataset]:
    """Of a built data set, those within its wrappers, or itself."""
    inner = getattr(dataset, 'datasets', None) or getattr(dataset, 'dataset', None)
    if inner is None:
        return [dataset]
    found = inner if isinstance(inner, list | tuple) else [inner]
    return [leaf for one in found for leaf in inner_datasets(one)]
