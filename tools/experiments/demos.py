"""What the demos of ``run_demo.py`` train, in which order, on what."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from vared_mm.reporting import (
    demo_report,
    localization_report,
    rivals_report,
    segmentation_report,
)


@dataclass(frozen=True)
class Demo:
    """What one demo runs.

    Args:
        name: of its block in docs/results.md, and of its records' folder below ``results``.
        folder: of its runs below ``work_dirs``.
        data_set: as the names of its configs end.
        model: of the methods that name none.
        stages: title -> method, or method and model with ``_`` between, in the order of training.
        report: makes the tables.
        splits: of its data set.
        timed: whether the models are timed.
        on_the_way: how the titles end that are not in the table.
    """

    name: str
    folder: str
    data_set: str
    model: str
    stages: dict[str, str]
    report: Callable[..., str]
    splits: tuple[str, ...] = ('train', 'val', 'test')
    timed: bool = False
    on_the_way: tuple[str, ...] = ()

    @property
    def data(self) -> str:
        """Folder of the data set, as the configs name it."""
        return f'data/{self.data_set.replace("-", "_")}'

    @property
    def maker(self) -> str:
        """Tool that makes the data set."""
        return f'data/synthetic/make_{self.data_set.replace("-", "_")}.py'

    def config_of(self, method: str) -> str:
        """Name of a stage's config."""
        model = '' if '_' in method else f'_{self.model}'
        return f'{method}{model}_{self.data_set}'


DYNAMIC = {
    'dynamic, before the loss': 'vared-t2c2',
    'dynamic, finetuned': 'vared-t2c2-finetuned',
}
DEMOS = {
    'recognition': Demo(
        name='demo',
        folder='demo',
        data_set='moving-shapes',
        model='r2plus1d-tiny',
        stages={'static': 'static', 'static, constant mix': 'mix-t2c2', **DYNAMIC},
        report=demo_report,
        timed=True,
    ),
    'segmentation': Demo(
        name='demo_segmentation',
        folder='demo_segmentation',
        data_set='shape-scenes',
        model='pspnet-tiny',
        stages={
            'static': 'static',
            'static, trained as long': 'static-longer',
            'dynamic, before the loss': 'vared-c2',
            'dynamic, finetuned': 'vared-c2-finetuned',
        },
        report=segmentation_report,
    ),
    'localization': Demo(
        name='demo_localization',
        folder='demo_localization',
        data_set='acting-shapes',
        model='yowo-r2plus1d-tiny',
        stages={'static': 'static', **DYNAMIC},
        report=localization_report,
        splits=('train', 'test'),
    ),
}
DEMOS['rivals'] = replace(
    DEMOS['recognition'],  # whose runs it shares
    name='rivals',
    stages={
        'static': 'static',
        **DYNAMIC,
        'weight pruning': 'pruning',
        'channel pruning': 'slim',
        'CGNet': 'cgnet',
        'frames: static': 'static_tsn-tiny',
        'frames: dynamic, before the loss': 'vared-t2c2_tsn-tiny',
        'frames: dynamic, finetuned': 'vared-t2c2-finetuned_tsn-tiny',
        'frames: AR-Net, networks': 'arnet-classifiers_ar-net-tiny',
        'frames: AR-Net, joint': 'arnet-joint_ar-net-tiny',
        'frames: AR-Net': 'arnet_ar-net-tiny',
        'frames: FrameExit': 'frameexit_tsn-tiny',
    },
    report=rivals_report,
    on_the_way=('before the loss', 'networks', 'joint'),
)
