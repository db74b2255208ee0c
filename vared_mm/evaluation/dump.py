"""Predictions in a file: written by ``tools/test.py --dump``, read without running code in them."""

import io
import pickle
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from mmengine.evaluator import DumpResults
from torch import Tensor

from vared_mm.cost import SampleCost
from vared_mm.registry import METRICS


@METRICS.register_module()
class DumpPredictions(DumpResults):
    """mmengine's ``DumpResults``, with costs as plain dicts, which any Python can read.

    Args: those of ``DumpResults``.
    """

    def process(self, data_batch: Any, predictions: Sequence[dict]) -> None:
        """Keep the predictions on the CPU."""
        super().process(data_batch, [{k: _plain(v) for k, v in p.items()} for p in predictions])


def _plain(value: Any) -> Any:
    return value.to_dict() if isinstance(value, SampleCost) else value


class _Unread:
    """In place of everything that isn't needed."""

    def __new__(cls, *_args: Any, **_kwargs: Any) -> '_Unread':
        return super().__new__(cls)

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        pass

    def __setstate__(self, _state: Any) -> None:
        pass


def _bytes(text: str, encoding: str) -> bytes:
    """As pickles of protocol 2 hold bytes."""
    if encoding != 'latin1':
        raise ValueError(f'bytes as {encoding}')
    return text.encode(encoding)


def _storage(data: bytes) -> Any:
    return torch.load(io.BytesIO(data), map_location='cpu', weights_only=True)


def _tensor(storage: Any, offset: int, size: Any, stride: Any, *_rest: Any) -> Tensor:
    whole = torch.tensor([], dtype=storage.dtype).set_(storage._untyped_storage)
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if min(offset, *size, *stride, last) < 0 or last >= len(whole):
        raise ValueError('a tensor beyond its data')
    return whole.as_strided(size, stride, offset)


_KNOWN: dict[tuple[str, str], Any] = {
    ('_codecs', 'encode'): _bytes,
    ('collections', 'OrderedDict'): OrderedDict,
    ('torch._utils', '_rebuild_tensor_v2'): _tensor,
    ('torch.storage', '_load_from_bytes'): _storage,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        return _KNOWN.get((module, name), _Unread)


def read_dump(path: str | Path) -> list[dict[str, Tensor]]:
    """Scores and labels of each sample.

    Returns:
        ``gt_label``, ``pred_score`` and, where it is there, ``view_scores`` of each sample.

    Raises:
        OSError: if the file can't be read.
        ValueError: if it holds no predictions of a recognizer; the file is named.
    """
    try:
        with Path(path).open('rb') as file:
            samples = _Unpickler(file).load()
    except OSError:
        raise
    except Exception as error:  # a damaged pickle raises anything
        raise ValueError(f'{path}: no predictions as --dump writes them ({error})') from None
    if not isinstance(samples, list) or not samples:
        raise ValueError(f'{path}: no list of predictions')
    found = []
    for number, sample in enumerate(samples):
        scores = {}
        for key in ('gt_label', 'pred_score', 'view_scores'):
            value = sample.get(key) if isinstance(sample, dict) else None
            if isinstance(value, Tensor):
                scores[key] = value
            elif key != 'view_scores':
                raise ValueError(f'{path}: prediction {number}: no key "{key}" of a recognizer')
        found.append(scores)
    return found
