"""Weights that mmengine would take without a word, though a model can't compute with them."""

import pickle
import re
from typing import Any

from torch import Tensor

_REAL = re.compile(r'torch\.(bool|u?int(8|16|32|64)|b?float\w+)')
_KEYS = ('state_dict', 'ema_state_dict')


def check_weights(checkpoint: Any, filename: str) -> None:
    """Look at every weight of a checkpoint.

    mmengine leaves the model's own value where it can't copy one, logs a warning at most, and goes
    on as if the file had been loaded.

    Args:
        checkpoint: a dict that holds them as ``state_dict``, or is one.
        filename: to name.

    Raises:
        UnpicklingError: naming file and weight, if one is no tensor, has no data, is complex,
            sparse, nested or quantized, repeats its data, or holds NaN.
    """
    if not isinstance(checkpoint, dict):
        return
    named = [key for key in _KEYS if key in checkpoint]
    if not named and not all(isinstance(value, Tensor) for value in checkpoint.values()):
        return  # something else, such as a batch
    for weights in [checkpoint[key] for key in named] or [checkpoint]:
        if not isinstance(weights, dict):
            raise pickle.UnpicklingError(f'{filename}: its weights are no dict')
        for name, value in weights.items():
            # A module may keep any state of its own.
            if not str(name).endswith('_extra_state') and (reason := unusable(value)):
                raise pickle.UnpicklingError(f'{filename}: weight {str(name)[:200]} {reason}')


def unusable(value: Any) -> str:
    """Why a value is no weight; empty if it is one."""
    if not isinstance(value, Tensor):
        return f'is no tensor but {type(value).__name__}'
    if value.is_meta:
        return 'has no data (a meta tensor)'
    if not str(value.layout).endswith('strided') or value.is_nested or value.is_quantized:
        return 'is sparse, nested or quantized'
    if not _REAL.fullmatch(str(value.dtype)):
        return f'is of type {str(value.dtype).removeprefix("torch.")}'
    held = value.untyped_storage()
    if value.numel() and (held.device.type == 'meta' or not held.data_ptr()):
        return 'has no data'
    if value.numel() * value.element_size() > held.nbytes():
        return 'repeats its data (an expanded tensor)'
    if value.is_floating_point():
        wide = value if value.element_size() > 1 else value.float()  # of 8 bits can't be asked
        return 'holds NaN' if bool(wide.isnan().any()) else ''
    return ''
