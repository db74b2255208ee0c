"""Refuse values that make no sense, which mmengine accepts or rejects late."""

import math
from collections.abc import Callable
from typing import Any

from mmengine.config import Config

from .config_walk import walk

Rule = tuple[Callable[[Any], bool], str]


def _whole(least: int) -> Rule:
    def fits(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and value >= least

    return fits, f'must be a whole number, {least} or more'


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_NOT_NEGATIVE: Rule = (lambda value: _number(value) and value >= 0, 'must be a number, 0 or more')
_RATIO: Rule = (lambda value: _number(value) and value <= 1, 'must be a number, at most 1')
_PERIOD: Rule = (
    lambda value: isinstance(value, int) and (value >= 1 or value == -1),
    'must be a whole number, 1 or more (-1: never)',
)
_LOADER = {'batch_size': _whole(1), 'num_workers': _whole(0), 'prefetch_factor': _whole(1)}
_HOOK = {'interval': _PERIOD}
#: By the first key of a setting and by its last.
RULES: dict[str, dict[str, Rule]] = {
    'train_dataloader': _LOADER,
    'val_dataloader': _LOADER,
    'test_dataloader': _LOADER,
    'train_cfg': {
        'max_epochs': _whole(0),
        'max_iters': _whole(0),
        'val_begin': _whole(0),
        'val_interval': _whole(1),
    },
    'optim_wrapper': {
        'lr': _NOT_NEGATIVE,
        'weight_decay': _NOT_NEGATIVE,
        'momentum': _NOT_NEGATIVE,
        'lr_mult': _NOT_NEGATIVE,
        'decay_mult': _NOT_NEGATIVE,
        'accumulative_counts': _whole(1),
        'max_norm': _NOT_NEGATIVE,
    },
    'auto_scale_lr': {'base_batch_size': _whole(1)},
    'randomness': {'seed': _whole(0)},
    'default_hooks': _HOOK,
    'custom_hooks': _HOOK,
    'model': {'num_classes': _whole(1), 'dropout_ratio': _RATIO},
}


def check_values(cfg: Config) -> None:
    """Refuse what no training can mean: a negative number of epochs, a learning rate of NaN.

    Settings that are None are left to those who read them.

    Raises:
        ValueError: naming the config, the key and what it may be.
    """
    for first, rules in RULES.items():
        for place, key, value in walk(cfg.get(first), first):
            fits, rule = rules.get(key, (None, ''))
            if fits is not None and value is not None and not fits(value):
                raise ValueError(f'{cfg.filename}: key {place}={value!r}: {rule}')
