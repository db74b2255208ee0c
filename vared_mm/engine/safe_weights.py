"""Weights as safetensors: a format that can hold nothing but tensors, so no code."""

from collections.abc import Mapping
from pathlib import Path

import torch
from mmengine.runner.checkpoint import CheckpointLoader
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

SUFFIX = '.safetensors'


@CheckpointLoader.register_scheme(prefixes=rf'(?!\w+://).+\{SUFFIX}$')
def load_from_safetensors(filename: str, map_location: str | torch.device | None = None) -> dict:
    """Read such a file wherever a checkpoint can be named: ``load_from``, ``init_cfg``, tools.

    Raises:
        FileNotFoundError: if there is no such file.
        RuntimeError: if it is no such file, or is cut off.
    """
    if not Path(filename).is_file():
        raise FileNotFoundError(f'{filename}: no such checkpoint')
    try:
        weights = load_file(filename, device=str(map_location or 'cpu'))
    except SafetensorError as error:
        raise RuntimeError(f'no safetensors file: {error}') from None
    return {'state_dict': weights}


def save_safetensors(weights: Mapping[str, Tensor], path: str | Path) -> None:
    """Write weights; those that share memory are written each on its own.

    Args:
        weights: by name, of a model's ``state_dict``.
        path: of the file, which must end in ``.safetensors``.

    Raises:
        ValueError: if the path ends in something else, or a value is no tensor.
    """
    if not str(path).endswith(SUFFIX):
        raise ValueError(f'{path}: must end in {SUFFIX}')
    for name, value in weights.items():
        if not isinstance(value, Tensor):
            raise ValueError(f'{path}: {name} is no tensor but {type(value).__name__}')
    copies = {name: value.detach().cpu().contiguous().clone() for name, value in weights.items()}
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    save_file(copies, str(path), metadata={'format': 'pt'})
