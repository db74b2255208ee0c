"""The keys of a config that something reads, known from what its dicts build."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from mmengine import registry
from mmengine.config import Config
from mmengine.optim import AmpOptimWrapper, OptimWrapper
from mmengine.runner import (
    EpochBasedTrainLoop,
    IterBasedTrainLoop,
    LogProcessor,
    Runner,
    TestLoop,
    ValLoop,
)
from mmengine.utils.dl_utils import set_multi_processing
from torch import nn
from torch.utils.data import DataLoader

Known = tuple[frozenset[str], bool]
"""Names of the keys that a dict may have, and whether it may have others."""

#: What mmengine's runner reads beside its arguments.
BESIDE = (
    'activation_checkpointing',
    'compile',
    'efficient_conv_bn_eval',
    'find_unused_parameters',
    'model_wrapper_cfg',
    'runner_type',
    'sync_bn',
)
#: Keys of any dict that is built.
BUILT = frozenset({'type', '_scope_', '_delete_'})
#: Keys that a dict may have beside the arguments of what it builds, by its place.
TAKEN = {
    # The last two are of mixed precision, which `--amp` turns on later.
    'optim_wrapper': {'constructor', 'paramwise_cfg', 'dtype', 'loss_scale'},
    'default_hooks.*': {'priority'},
    'custom_hooks.*': {'priority'},
    'param_scheduler': {'convert_to_iter_based'},
    'param_scheduler.*': {'convert_to_iter_based'},
    'visualizer': {'name'},
}
_SPLITS = ('train', 'val', 'test')
#: Registries of the types below a key of the runner.
REGISTRIES = {
    'model': ('MODELS', 'WEIGHT_INITIALIZERS', 'TASK_UTILS'),
    'data_preprocessor': ('MODELS',),
    'optim_wrapper': ('OPTIM_WRAPPERS', 'OPTIMIZERS'),
    'param_scheduler': ('PARAM_SCHEDULERS',),
    'default_hooks': ('HOOKS',),
    'custom_hooks': ('HOOKS',),
    'visualizer': ('VISUALIZERS', 'VISBACKENDS'),
    'log_processor': ('LOG_PROCESSORS',),
    **{f'{split}_dataloader': ('DATASETS', 'TRANSFORMS', 'DATA_SAMPLERS') for split in _SPLITS},
    **{f'{split}_evaluator': ('METRICS', 'EVALUATOR') for split in _SPLITS},
    **{f'{split}_cfg': ('LOOPS',) for split in _SPLITS},
}
_LOADER = {'dataset', 'num_batch_per_epoch', 'disable_subprocess_warning'}
_MULTIPLIERS = {
    *('bias_lr_mult', 'bias_decay_mult', 'norm_decay_mult', 'flat_decay_mult'),
    *('dwconv_decay_mult', 'dcn_offset_lr_mult', 'custom_keys', 'bypass_duplicate'),
}
#: Dicts that need no type: their keys, and what takes others of them as arguments.
UNTYPED: dict[str, tuple[set[str], tuple[Callable[..., Any], ...]]] = {
    'randomness': (set(), (Runner.set_randomness,)),
    'auto_scale_lr': ({'enable', 'base_batch_size'}, ()),
    'env_cfg': ({'cudnn_benchmark', 'mp_cfg', 'dist_cfg', 'resource_limit'}, ()),
    'env_cfg.mp_cfg': (set(), (set_multi_processing,)),
    'optim_wrapper': (set(), (OptimWrapper, AmpOptimWrapper)),
    'optim_wrapper.paramwise_cfg': (_MULTIPLIERS, ()),
    'default_hooks': (
        {'runtime_info', 'timer', 'sampler_seed', 'logger', 'param_scheduler', 'checkpoint'},
        (),
    ),
    'log_processor': (set(), (LogProcessor,)),
    'train_cfg': ({'by_epoch'}, (EpochBasedTrainLoop, IterBasedTrainLoop)),
    'val_cfg': (set(), (ValLoop,)),
    'test_cfg': (set(), (TestLoop,)),
    **{f'{split}_dataloader': (_LOADER, (DataLoader,)) for split in _SPLITS},
}


@cache
def runner_keys() -> frozenset[str]:
    """Keys at the top of a config that the runner reads."""
    return frozenset({*inspect.signature(Runner).parameters, *BESIDE} - {'cfg'})


def known_keys(cfg: Config, place: str, kind: Any) -> Known:
    """Keys that a dict may have.

    Args:
        cfg: the config that it is in; tells the scope.
        place: its own key, with dots.
        kind: its type, None without one.
    """
    first, _, rest = place.partition('.')
    taken = TAKEN.get(f'{first}.*' if rest.isidentifier() or rest.isdigit() else place, set())
    names, takers = UNTYPED.get(place, (set(), ()))
    # What another constructor makes of its settings is its own affair.
    if place.startswith('optim_wrapper') and 'constructor' in cfg.get('optim_wrapper', {}):
        return frozenset(names | taken), True
    if kind is not None and not place.endswith('_dataloader'):
        takers = tuple(_find(cfg, first, kind))
        if not takers:  # who builds it says what is wrong
            return frozenset(names), True
        names = set()
    found = [_arguments(taker) for taker in takers]
    known = frozenset(names | taken).union(*(one for one, _ in found))
    return known, any(more for _, more in found)


def _find(cfg: Config, first: str, kind: Any) -> Iterator[Any]:
    """What a type may stand for."""
    if not isinstance(kind, str):
        yield kind
        return
    for name in REGISTRIES.get(first, ()):
        root: registry.Registry = getattr(registry, name)
        with root.switch_scope_and_registry(cfg.get('default_scope', 'mmengine')) as found:
            try:
                one = found.get(kind)
            except (RuntimeError, ImportError):  # there is none
                continue
        if one is not None:
            yield one


def _arguments(taker: Callable[..., Any]) -> Known:
    """Arguments of a callable, of a class those that it hands up too."""
    calls: list[Any] = [taker]
    if inspect.isclass(taker):
        bases = [one for one in taker.__mro__ if one not in (nn.Module, object)]
        calls = [vars(one)['__init__'] for one in bases if '__init__' in vars(one)]
    names: set[str] = set()
    for call in calls:
        try:
            parameters = inspect.signature(call).parameters.values()
        except (TypeError, ValueError):  # not written in Python
            return frozenset(names), True
        variable = {
            one.name for one in parameters if one.kind in (one.VAR_KEYWORD, one.VAR_POSITIONAL)
        }
        names |= {one.name for one in parameters} - variable - {'self'}
        if not any(one.kind == one.VAR_KEYWORD for one in parameters):
            return frozenset(names), False
    return frozenset(names), bool(calls)


def type_at(overrides: Mapping[str, Any], place: str, node: Mapping[str, Any]) -> Any:
    """Type of a dict once the overrides are in."""
    return overrides.get(f'{place}.type', node.get('type'))
