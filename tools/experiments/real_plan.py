"""Which runs on real clips there are, and in which order they go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

FOLDS = (0, 1, 2, 3, 4)
SEEDS = (0, 1, 2)
SETS = ('mix', 'hockey2', 'tennis7', 'surv2')
BACKBONES = ('r2plus1d-small', 'x3d-small', 'tsn-small')

#: Configs, less the backbone, by the rows of the tables that they end in. The experiments that they
#: start from are run, and recorded, too.
METHODS = {
    'static': 'static',
    'dynamic': 'vared-t2c2-finetuned',
    'fixed': 'fixed-t2c2',
    'random': 'random-t2c2',
    'narrow': 'narrow-longer',
    'channel-pruning': 'slim',
    'static-longer': 'static-longer',
    'shuffled': 'shuffled-t2c2',
    'mix': 'mix-t2c2-longer',
    'kernel-1': 'vared-t2c2-k1-finetuned',
    'time-only': 'vared-t2-finetuned',
    'channels-only': 'vared-c2-finetuned',
    'three-candidates': 'vared-t3c3-finetuned',
    'weight-pruning': 'pruning',
    'cgnet': 'cgnet',
    'mean-budget': 'vared-t2c2-mean',
    'margin': 'vared-t2c2-margin',
    'low-weight': 'vared-t2c2-low',
    'high-weight': 'vared-t2c2-high',
    **{
        f'{method}-{budget}': f'{prefix}-{budget}'
        for budget in ('low', 'high')
        for method, prefix in {
            'fixed': 'fixed-t2c2',
            'random': 'random-t2c2',
            'shuffled': 'shuffled-t2c2',
            'narrow': 'narrow-longer',
            'channel-pruning': 'slim',
        }.items()
    },
    'blockwise': 'vared-block-t2c2-finetuned',
    'ar-net': 'arnet',
    'frame-exit': 'frameexit',
}
#: The dynamic model at each budget, by the ending of its controls' names.
DYNAMIC = {'-low': 'vared-t2c2-low', '': 'vared-t2c2-finetuned', '-high': 'vared-t2c2-high'}
CORE = ('static', 'dynamic', 'fixed', 'random', 'narrow', 'channel-pruning', 'shuffled')


@dataclass(frozen=True)
class Run:
    """One method on one fold with one seed.

    Args:
        data_set: name of a file of ``configs/_base_/datasets/real``.
        fold: that is tested.
        seed: of training.
        backbone: as configs are named.
        method: key of :data:`METHODS`.
    """

    data_set: str
    fold: int
    seed: int
    backbone: str
    method: str

    @property
    def config(self) -> str:
        """Name of the last config."""
        return config_name(METHODS[self.method], self.backbone)


def config_name(prefix: str, backbone: str) -> str:
    """Name of a config of a backbone."""
    return f'{prefix}_{backbone}_real'


def plan(
    sets: Sequence[str] = SETS,
    folds: Sequence[int] = FOLDS,
    seeds: Sequence[int] = SEEDS,
    backbones: Sequence[str] = BACKBONES,
    methods: Sequence[str] = tuple(METHODS),
) -> list[Run]:
    """The runs that are asked for, those first that say most.

    First every fold of the core methods on the first set with the first backbone and seed, then
    its other seeds, then the other sets, then all methods; further backbones after that. Of sets
    other than the first two, only the core methods.
    """
    full = [name for name in sets if name in SETS[:2] or name not in SETS]
    core = [name for name in methods if name in CORE]
    phases: list[tuple[Sequence[str], Sequence[str], Sequence[int]]] = [
        (sets[:1], core, seeds[:1]),
        (full[:1], methods, seeds[:1]),
        (sets[:1], core, seeds),
        (sets, core, seeds[:1]),
        (full, methods, seeds[:1]),
        (sets, core, seeds),
        (full, methods, seeds),
    ]
    ordered = [
        Run(data_set, fold, seed, backbone, method)
        for backbone in backbones
        for some_sets, some_methods, some_seeds in phases
        for data_set, seed, fold in product(some_sets, some_seeds, folds)
        for method in some_methods
    ]
    return list(dict.fromkeys(ordered))


def unknown(asked: Iterable[str], known: Iterable[str]) -> str | None:
    """The first name that is not known."""
    return next((name for name in asked if name not in set(known)), None)
