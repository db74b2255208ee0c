"""What the demos of ``run_demo.py`` train, in which order, on what."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from vared_mm.reporting import (
    DemoMethod,
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
        methods: in the order of training.
        report: makes the tables.
        needs: names of the methods that the report can't do without.
        table: file of the report in the work folder.
        splits: of its data set.
        timed: whether the models are timed.
    """

    name: str
    folder: str
    data_set: str
    model: str
    methods: tuple[DemoMethod, ...]
    report: Callable[..., str]
    needs: tuple[str, ...]
    table: str = 'table.md'
    splits: tuple[str, ...] = ('train', 'val', 'test')
    timed: bool = False

    @property
    def data(self) -> str:
        """Folder of the data set, as the configs name it."""
        return f'data/{self.data_set.replace("-", "_")}'

    @property
    def maker(self) -> str:
        """Tool that makes the data set."""
        return f'data/synthetic/make_{self.data_set.replace("-", "_")}.py'

    def config_of(self, method: DemoMethod) -> str:
        """Name of a method's config."""
        model = '' if '_' in method.name else f'_{self.model}'
        return f'{method.name}{model}_{self.data_set}'


STATIC = DemoMethod('static', 'static')
DYNAMIC = DemoMethod('vared-t2c2', 'dynamic, before the loss')
FINETUNED = DemoMethod('vared-t2c2-finetuned', 'dynamic, finetuned')
DEMOS = {
    'recognition': Demo(
        name='demo',
        folder='demo',
        data_set='moving-shapes',
        model='r2plus1d-tiny',
        methods=(
            STATIC,
            DemoMethod('mix-t2c2', 'static, constant mix', control=True),
            DYNAMIC,
            FINETUNED,
        ),
        report=demo_report,
        needs=(STATIC.name, FINETUNED.name),
        timed=True,
    ),
    'segmentation': Demo(
        name='demo_segmentation',
        folder='demo_segmentation',
        data_set='shape-scenes',
        model='pspnet-tiny',
        methods=(
            STATIC,
            DemoMethod('static-longer', 'static, trained as long'),
            DemoMethod('vared-c2', DYNAMIC.title),
            DemoMethod('vared-c2-finetuned', FINETUNED.title),
        ),
        report=segmentation_report,
        needs=('static-longer', 'vared-c2-finetuned'),
    ),
    'localization': Demo(
        name='demo_localization',
        folder='demo_localization',
        data_set='acting-shapes',
        model='yowo-r2plus1d-tiny',
        methods=(STATIC, DYNAMIC, FINETUNED),
        report=localization_report,
        needs=(STATIC.name, FINETUNED.name),
        splits=('train', 'test'),
    ),
}


def _of_frames(name: str, title: str, reported: bool = True) -> DemoMethod:
    return DemoMethod(name, f'frames: {title}', of_frames=True, reported=reported)


DEMOS['rivals'] = replace(
    DEMOS['recognition'],  # whose runs it shares
    name='rivals',
    methods=(
        STATIC,
        replace(DYNAMIC, reported=False),
        FINETUNED,
        DemoMethod('pruning', 'weight pruning'),
        DemoMethod('slim', 'channel pruning'),
        DemoMethod('cgnet', 'CGNet'),
        _of_frames('static_tsn-tiny', 'static'),
        _of_frames('vared-t2c2_tsn-tiny', DYNAMIC.title, reported=False),
        _of_frames('vared-t2c2-finetuned_tsn-tiny', FINETUNED.title),
        _of_frames('arnet-classifiers_ar-net-tiny', 'AR-Net, networks', reported=False),
        _of_frames('arnet-joint_ar-net-tiny', 'AR-Net, joint', reported=False),
        _of_frames('arnet_ar-net-tiny', 'AR-Net'),
        _of_frames('frameexit_tsn-tiny', 'FrameExit'),
    ),
    report=rivals_report,
    table='rivals.md',
)
