"""Which runs on real clips and images there are, and in which order they go."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from .configs import ROOT

SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Kind:
    """Sets of one kind, and what runs on them.

    Args:
        folder: of ``configs/_base_/datasets``, with a file for each set.
        sets: that are run unless others are asked for.
        backbones: as configs are named.
        own_split: whether sets have one split, of their own, which is then fold 0.
        axes: of the dynamic models, as configs are named.
        metric: of validation, by which trials choose.
    """

    folder: str
    sets: tuple[str, ...]
    backbones: tuple[str, ...]
    own_split: bool
    axes: str
    metric: str

    def has(self, data_set: str) -> bool:
        """Whether there is a config of a set of this kind."""
        return (ROOT / 'configs/_base_/datasets' / self.folder / f'{data_set}.py').is_file()


CLIPS = Kind(
    folder='real',
    sets=('mix', 'hockey2', 'tennis7', 'surv2'),
    backbones=('r2plus1d-small', 'x3d-small', 'tsn-small'),
    own_split=False,
    axes='t2c2',
    metric='acc/video-1',
)
IMAGES = Kind(
    folder='real_images',
    sets=('camvid11',),
    backbones=('pspnet-small',),
    own_split=True,
    axes='c2',
    metric='mIoU',
)
KINDS = {backbone: kind for kind in (CLIPS, IMAGES) for backbone in kind.backbones}
BACKBONES = tuple(KINDS)
SETS = CLIPS.sets + IMAGES.sets
FOLDS = (0, 1, 2, 3, 4)
#: Sets on which only the core methods run.
CORE_ONLY = ('tennis7', 'surv2')

#: Configs, less the backbone, by the rows of the tables that they end in. The experiments that they
#: start from are run, and recorded, too. Of images read c2 for t2c2: they have no time.
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
        data_set: name of a file of its kind's folder.
        fold: that is tested; 0 where there is one split.
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
    return f'{prefix.replace(CLIPS.axes, KINDS[backbone].axes)}_{backbone}_real'


def plan(
    sets: Sequence[str] = SETS,
    folds: Sequence[int] = FOLDS,
    seeds: Sequence[int] = SEEDS,
    backbones: Sequence[str] = BACKBONES,
    methods: Sequence[str] = tuple(METHODS),
) -> list[Run]:
    """The runs that are asked for, those first that say most.

    Backbone by backbone, on the sets of its kind. First every fold of the core methods on the first
    set with the first seed, then its other seeds, then the other sets, then all methods; on some
    sets, only the core methods. Of methods that are one config there, the first.
    """
    ordered = []
    for backbone in backbones:
        kind = KINDS[backbone]
        here = [name for name in sets if kind is _kind_of(name)]
        full = [name for name in here if name not in CORE_ONLY]
        by_config: dict[str, str] = {}
        for method in methods:
            by_config.setdefault(config_name(METHODS[method], backbone), method)
        every = list(by_config.values())
        core = [name for name in every if name in CORE]
        phases: list[tuple[Sequence[str], Sequence[str], Sequence[int]]] = [
            (here[:1], core, seeds[:1]),
            (full[:1], every, seeds[:1]),
            (here[:1], core, seeds),
            (here, core, seeds[:1]),
            (full, every, seeds[:1]),
            (here, core, seeds),
            (full, every, seeds),
        ]
        here_folds = [fold for fold in folds if fold == 0 or not kind.own_split]
        ordered += [
            Run(data_set, fold, seed, backbone, method)
            for some_sets, some_methods, some_seeds in phases
            for data_set, seed, fold in product(some_sets, some_seeds, here_folds)
            for method in some_methods
        ]
    return list(dict.fromkeys(ordered))


def _kind_of(data_set: str) -> Kind:
    return next((kind for kind in (CLIPS, IMAGES) if kind.has(data_set)), CLIPS)
