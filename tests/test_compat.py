"""Each upstream quirk is mended, and only mended."""

import ast
import importlib.metadata
import importlib.util
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import mmcv
import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer
from mmengine.registry import MODELS
from mmengine.runner.checkpoint import _load_checkpoint
from torch import nn

from tests.crafted import Call
from vared_mm.compat import finder, numpy2, packages

pytestmark = pytest.mark.original
DRN = 'mmaction.models.localizers.drn'


def python(*args, cwd):
    """Run a fresh interpreter on the checkout; return what it printed, errors included."""
    env = os.environ | {'PYTHONPATH': str(cwd), 'OMP_NUM_THREADS': '1'}
    done = subprocess.run(
        [sys.executable, *args],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_importing_the_package_loads_nothing_heavy(root):
    code = 'import sys, vared_mm; print({"torch", "mmengine", "mmcv", "mmaction"} & {*sys.modules})'
    assert python('-c', code, cwd=root) == 'set()\n'


def test_everything_imports_without_a_word(root):
    code = """
import warnings
warnings.filterwarnings('error', category=UserWarning)
import vared_mm, mmcv.ops, mmaction.models, mmaction.datasets, mmaction.engine, mmaction.apis
import mmseg.models, mmseg.datasets, mmseg.evaluation
"""
    assert python('-c', code, cwd=root) == ''


@pytest.mark.parametrize('names', ['', 'apply_chunking_to_forward'])
def test_models_import_beside_a_transformers_that_lacks_what_they_want(root, tmp_path, names):
    package = tmp_path / 'transformers'
    package.mkdir()
    (package / '__init__.py').touch()
    (package / 'modeling_utils.py').write_text(f'{names or "x"} = None\n')
    info = tmp_path / 'transformers-5.0.0.dist-info'
    info.mkdir()
    (info / 'METADATA').write_text('Metadata-Version: 2.1\nName: transformers\nVersion: 5.0.0\n')
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
import vared_mm
from mmaction.utils import dependency
print(dependency.WITH_MULTIMODAL)
if not dependency.WITH_MULTIMODAL: import mmaction.models
"""
    assert python('-c', code, cwd=root) == f'{bool(names)}\n'


def test_applied_late_and_twice(root):
    code = """
import sys
import mmengine.runner.checkpoint as checkpoint, mmengine.dist.utils as utils, torch
before = utils._init_dist_pytorch
import vared_mm
vared_mm.compat.apply()
finders = [type(finder).__module__ for finder in sys.meta_path]
loader = checkpoint.CheckpointLoader.load_checkpoint
print('finders:', finders.count('vared_mm.compat.finder'))
print('wrapped once:', utils._init_dist_pytorch.__wrapped__ is before)
print('safe:', loader.__module__ == 'vared_mm.compat.loading')
print('let in elsewhere:', 'numpy' in str(torch.serialization.get_safe_globals()))
"""
    expected = ['finders: 1', 'wrapped once: True', 'safe: True', 'let in elsewhere: False']
    assert python('-c', code, cwd=root).splitlines() == expected


def test_mmcv_shows_its_own_version_afterwards():
    importlib.import_module('mmaction')
    names = ('onedl-mmcv', 'mmcv', 'mmcv-lite')
    found = {one.version for one in importlib.metadata.distributions() if one.name in names}
    assert found == {mmcv.__version__}


@pytest.mark.parametrize(('real', 'shown'), [('2.1.0', '2.1.0'), ('2.2.0', '2.1.0')])
def test_version_shown(monkeypatch, real, shown):
    monkeypatch.setattr(mmcv, '__version__', real)
    with packages.accept_newer_mmcv(ModuleType('mmaction')):
        assert mmcv.__version__ == shown
    assert mmcv.__version__ == real


def test_mmsegmentation_is_shown_it_too(root, tmp_path):
    (tmp_path / 'mmseg').mkdir()
    (tmp_path / 'mmseg' / '__init__.py').write_text('import mmcv\nshown = mmcv.__version__')
    code = f'import sys; sys.path.insert(0, {str(tmp_path)!r})\nimport vared_mm, mmseg, mmcv\n'
    assert python('-c', code + 'print(mmseg.shown)', cwd=root) == '2.1.0\n'


def test_drn_says_why_it_can_not_be_built():
    importlib.import_module('mmaction.models')
    if getattr(sys.modules[DRN], '__file__', None):
        pytest.skip('this mmaction2 has its DRN')
    with pytest.raises(RuntimeError, match='mmaction2#2714'):
        MODELS.build({'type': 'mmaction.DRN'})


def test_a_real_drn_is_left_alone(tmp_path):
    (tmp_path / 'drn').mkdir()
    (tmp_path / 'drn' / '__init__.py').touch()
    module = ModuleType('whole_mmaction')
    module.__path__ = [str(tmp_path)]
    with packages.stand_in_for_drn(module):
        assert 'whole_mmaction.drn' not in sys.modules


@pytest.mark.parametrize(
    ('name', 'cls'),
    [
        ('Conv', nn.Conv2d),
        ('Conv2d', nn.Conv2d),
        ('Conv3d', nn.Conv3d),
        ('deconv', nn.ConvTranspose2d),
        ('deconv3d', nn.ConvTranspose3d),
        ('ConvTranspose2d', nn.ConvTranspose2d),
        ('ConvTranspose3d', nn.ConvTranspose3d),
    ],
)
def test_convolutions_by_config_are_torchs_own(name, cls):
    assert MODELS.get(name) is cls


@pytest.mark.skipif(importlib.util.find_spec('mmcv._ext') is not None, reason='mmcv has its ops')
def test_an_op_fails_when_called():
    ops = importlib.import_module('mmcv.ops')
    with pytest.raises(RuntimeError, match='compiled ops, so `nms` can not run'):
        ops.nms(torch.rand(3, 4), torch.rand(3), 0.5)


def test_compiled_ops_are_left_alone(tmp_path, monkeypatch):
    (tmp_path / '_ext.py').touch()
    monkeypatch.setattr(mmcv, '__path__', [str(tmp_path)])
    module = ModuleType('mmcv.utils.ext_loader')
    with packages.stand_in_for_ops(module):
        pass
    assert not hasattr(module, 'load_ext')


UPSTREAM = ('mmengine', 'mmcv', 'mmaction', 'mmseg')


def test_upstream_uses_no_name_that_numpy_lacks():
    """But in modules that are mended; a newer numpy, or upstream, may add some."""
    lacking = set()
    for package in UPSTREAM:
        (folder,) = importlib.util.find_spec(package).submodule_search_locations
        for path in Path(folder).rglob('*.py'):
            parts = path.relative_to(folder).with_suffix('').parts
            name = '.'.join([package, *parts]).removesuffix('.__init__')
            text = path.read_text('utf-8', 'replace')
            gone = {one for one in re.findall(r'\bnp\.([A-Za-z]\w*)', text) if not hasattr(np, one)}
            if '.mim' in parts or not gone:
                continue
            for node in ast.walk(ast.parse(text)):  # which leaves comments and strings out
                if isinstance(node, ast.Attribute) and ast.unparse(node.value) == 'np':
                    lacking |= {name} if node.attr in gone else set()
    mended = {name for name, mend in finder._PATCHES.items() if mend is numpy2.with_old_numpy}
    assert lacking <= mended
    for name in mended:
        assert importlib.import_module(name).np.trapz([1, 3], [0, 2]) == 4
    with pytest.raises(AttributeError, match="has no attribute 'gone'"):
        importlib.import_module(name).np.gone  # noqa: B018


def test_metrics_that_numpy_has_broken():
    accuracy = importlib.import_module('mmaction.evaluation').average_recall_at_avg_proposals
    truth = {'a': np.array([[0.0, 1.0], [2.0, 3.0]])}
    proposals = {'a': np.array([[0.0, 1.0, 0.9], [2.0, 3.0, 0.8]])}
    *_, auc = accuracy(truth, proposals, 2, max_avg_proposals=2)
    # In steps of 0.02 proposals: recall 0 below 1, 0.5 below 2, then 1.
    assert auc == pytest.approx(100 * (0.005 + 0.49 + 0.015) / 2)

    metrics = importlib.import_module('mmaction.evaluation.metrics.multimodal_metric')
    scores, true = torch.tensor([[0.1, 0.9, 0.0], [0.6, 0.3, 0.1]]), [[1], [1]]
    recall = metrics.RetrievalRecall.calculate
    assert recall(scores, true, topk=(1, 2), target_indices=True) == [50, 100]

    ava = importlib.import_module('mmaction.evaluation.functional.ava_evaluation.metrics')
    assert np.isnan(ava.compute_average_precision(None, None))

    multisports = importlib.import_module('mmaction.evaluation.functional.multisports_utils')
    tube = np.array([[frame, 0, 0, 10, 10] for frame in range(1, 6)])
    assert multisports.iou3dt_voc(tube, tube[1:4]) == 0.5


def test_poses_are_cropped_though_numpy_lost_its_inf():
    poses = importlib.import_module('mmaction.datasets.transforms')
    points = np.array([[[[2.0, 3.0], [8.0, 9.0]]]])
    results = {'img_shape': (20, 20), 'keypoint': points, 'modality': 'Pose'}
    found = poses.PoseCompact(padding=0.0, hw_ratio=None, threshold=1)(results)
    assert found['img_shape'] == (6, 6)


def history():
    buffer = HistoryBuffer([1.0, 2.0, 6.0], [1, 1, 1])
    return {'loss': buffer, 'scalar': np.float64(0.5), 'mask': np.array([True, False])}


def test_a_checkpoint_of_mmengine_loads(tmp_path):
    torch.save({'message_hub': history(), 'state_dict': {}}, tmp_path / 'a.pth')
    loaded = _load_checkpoint(str(tmp_path / 'a.pth'))['message_hub']
    assert loaded['loss'].statistics('mean') == 3
    assert loaded['loss'].statistics('max', 2) == 6
    assert loaded['scalar'] == 0.5
    assert loaded['mask'].tolist() == [True, False]


def test_a_checkpoint_of_another_numpy_loads(tmp_path):
    file = tmp_path / 'a.pth'
    torch.save(history(), file, _use_new_zipfile_serialization=False)
    data, places = file.read_bytes(), [b'numpy._core.multiarray', b'numpy.core.multiarray']
    here = next(place for place in places if place in data)
    other = next(place for place in places if place != here)
    file.write_bytes(data.replace(here, other))
    assert _load_checkpoint(str(file))['loss'].statistics('min') == 1


@pytest.mark.parametrize('zipped', [True, False])
def test_a_crafted_checkpoint_runs_nothing(tmp_path, zipped):
    trace, file = tmp_path / 'trace', tmp_path / 'a.pth'
    payload = {'state_dict': {}, 'meta': Call(os.mkdir, str(trace))}
    torch.save(payload, file, _use_new_zipfile_serialization=zipped)
    with pytest.raises(pickle.UnpicklingError):
        _load_checkpoint(str(file))
    assert not trace.exists()


@pytest.mark.parametrize(('owner', 'name'), [(HistoryBuffer, '__init__'), (np.ndarray, 'max')])
def test_a_checkpoint_reaches_no_other_attribute(tmp_path, owner, name):
    torch.save({'state_dict': {}, 'meta': Call(getattr, owner, name)}, tmp_path / 'a.pth')
    with pytest.raises(pickle.UnpicklingError, match='refused: loading it could run code'):
        _load_checkpoint(str(tmp_path / 'a.pth'))


DATA_PARALLEL = """
import sys
import torch
import vared_mm
from mmengine.model import BaseModel
from mmengine.runner import Runner

class Toy(BaseModel):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x, mode='tensor'):
        return {'loss': (self.weight * x).sum()}

data = [{'x': torch.tensor(1.0)}, {'x': torch.tensor(3.0)}]
runner = Runner(
    Toy(), sys.argv[1], launcher='pytorch', env_cfg=dict(dist_cfg=dict(backend='nccl')),
    train_dataloader=dict(
        batch_size=1, num_workers=0, dataset=data, collate_fn=dict(type='default_collate'),
        sampler=dict(type='DefaultSampler', shuffle=False)),
    optim_wrapper=dict(optimizer=dict(type='SGD', lr=1.0)),
    train_cfg=dict(by_epoch=False, max_iters=1), log_level='ERROR')
runner.train()
rank, size = torch.distributed.get_rank(), torch.distributed.get_world_size()
with open(f'{sys.argv[1]}/{rank}.txt', 'w') as file:
    print(size, torch.distributed.get_backend(), runner.model.module.weight.item(), file=file)
torch.distributed.barrier()  # a process that just ends may be aborted by gloo's own threads
torch.distributed.destroy_process_group()
"""


@pytest.mark.skipif(torch.cuda.is_available(), reason='for machines without a GPU')
def test_two_processes_train_on_the_cpu(root, tmp_path):
    (tmp_path / 'toy.py').write_text(DATA_PARALLEL)
    launch = ('-m', 'torch.distributed.run', '--standalone', '--nproc_per_node', '2')
    python(*launch, str(tmp_path / 'toy.py'), str(tmp_path), cwd=root)
    # Each process saw one of 1 and 3; the step is their mean in both.
    assert [(tmp_path / f'{rank}.txt').read_text() for rank in (0, 1)] == ['2 gloo -2.0\n'] * 2


@pytest.mark.skipif(torch.cuda.is_available(), reason='for machines without a GPU')
def test_slurm_starts_on_the_cpu(root, monkeypatch):
    code = """
import vared_mm
from mmengine.dist import get_backend, init_dist
init_dist('slurm', port=0)
print('started with', get_backend())
"""
    monkeypatch.delenv('SLURM_LOCALID', raising=False)
    job = {'SLURM_PROCID': '0', 'SLURM_NTASKS': '1', 'SLURM_NODELIST': 'one'}
    for name, value in (job | {'MASTER_ADDR': '127.0.0.1'}).items():
        monkeypatch.setenv(name, value)
    assert 'started with gloo' in python('-c', code, cwd=root)
