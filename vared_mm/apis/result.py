"""The record of one test run, from its runner."""

import hashlib
import json
import os
import platform
import re
import subprocess
from importlib import metadata
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import BaseDataset
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from torch import nn

from vared_mm import __version__
from vared_mm.apis.curves import read_curves
from vared_mm.apis.view import count_views, left_out, one_view, whole_model
from vared_mm.dynamic import count_macs, gate_parameters, original_of
from vared_mm.evaluation import Confusion
from vared_mm.reporting import RunResult

ROOT = Path(__file__).parents[2]
# Where a run reads and writes does not change what it computes.
PLACES = ('work_dir', 'load_from', 'resume', 'launcher')
PACKAGES = ('torch', 'mmengine', 'mmcv', 'mmaction', 'mmseg', 'av', 'numpy')


def make_result(
    runner: Runner, metrics: dict[str, Any], checkpoint: str, config_sha256: str
) -> RunResult:
    """Record what ``runner.test()`` returned, with all that it was made from."""
    model = runner.model.module if is_model_wrapper(runner.model) else runner.model
    dataset = runner.test_dataloader.dataset
    sample = tuple(dataset[0]['inputs'].shape)
    image = len(sample) == 3  # which has a size of its own
    parameters, without_gates = count_parameters(model)
    return RunResult(
        config=Path(runner.cfg.filename).stem,
        config_sha256=config_sha256,
        checkpoint=Path(checkpoint).name,
        checkpoint_sha256=hashlib.sha256(Path(checkpoint).read_bytes()).hexdigest(),
        seed=runner.seed,
        dataset='/'.join(Path(place(dataset)).parts[-2:]),
        generated_data=is_generated(dataset),
        videos=len(dataset),
        metrics=scalar_metrics(metrics),
        static_macs=None if image else count_view(runner.cfg, model, sample),
        parameters=parameters,
        parameters_without_gates=without_gates,
        views=count_views(model, sample),
        profile=find_profile(runner),
        confusion=find_confusion(runner),
        curves=read_curves(Path(checkpoint).parent),
        machine=describe_machine(),
        versions=list_versions(),
        commit=find_commit(),
    )


def find_profile(runner: Runner) -> dict[str, Any] | None:
    """Where the cost of the test went, of the first metric that knows."""
    profiles = (getattr(metric, 'profile', None) for metric in runner.test_evaluator.metrics)
    return next((profile for profile in profiles if profile), None)


def find_confusion(runner: Runner) -> dict[str, Any] | None:
    """Which class was taken for which in the test, of the first metric that knows."""
    found = (getattr(metric, 'confusion', None) for metric in runner.test_evaluator.metrics)
    return next((one.as_json() for one in found if isinstance(one, Confusion)), None)


def scalar_metrics(metrics: dict[str, Any]) -> dict[str, float | None]:
    """Metrics that are one number, None where it isn't finite; others, as matrices, left out."""
    found: dict[str, float | None] = {}
    for key, value in sorted(metrics.items()):
        array = np.asarray(value.cpu() if torch.is_tensor(value) else value)
        if array.size == 1 and array.dtype.kind in 'biuf':
            number = float(array.item())
            found[key] = round(number, 6) if isfinite(number) else None
    return found


def find_commit() -> str | None:
    """Commit of this package's checkout, ``-dirty`` where files differ from it."""
    if not (ROOT / '.git').exists():
        return None
    command = ['git', '-C', str(ROOT), 'describe', '--always', '--dirty', '--abbrev=12']
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip() or None
    except FileNotFoundError:
        return None


def hash_config(cfg: Config) -> str:
    """SHA-256 of a resolved config, less the places that it reads from and writes to."""
    values = {key: value for key, value in cfg.to_dict().items() if key not in PLACES}
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def place(dataset: BaseDataset) -> str:
    """The list of a data set's samples; of images, the folder that they are in."""
    return dataset.ann_file or dataset.data_prefix['img_path']


def is_generated(dataset: BaseDataset) -> bool:
    """Whether samples were drawn: the generator leaves its manifest in the folder of the set."""
    folder = Path(dataset.ann_file).parent if dataset.ann_file else Path(dataset.data_root)
    manifest = folder / 'manifest.json'
    return manifest.is_file() and 'drawing' in json.loads(manifest.read_text())


def count_parameters(model: nn.Module) -> tuple[int, int]:
    """Number of parameters of a model, with and without its gates."""
    model = original_of(model)
    gates = {id(weight) for weight in gate_parameters(model)}
    sizes = [(id(weight) in gates, weight.numel()) for weight in model.parameters()]
    return sum(n for _, n in sizes), sum(n for in_gate, n in sizes if not in_gate)


def count_view(cfg: Config, model: nn.Module, sample: tuple[int, ...]) -> int:
    """MACs of the static model for one view of a sample, in the thesis' count."""
    counted = count_macs(model, one_view(model, sample), **whole_model(model))
    return counted.total(left_out(cfg))


def describe_machine() -> dict[str, Any]:
    """Processor, cores, threads in use, accelerator."""
    cpuinfo = Path('/proc/cpuinfo')
    text = cpuinfo.read_text() if cpuinfo.exists() else ''
    names = re.findall(r'^model name\s*:\s*(.+)$', text, re.MULTILINE)
    return {
        'processor': names[0] if names else platform.machine(),
        'cores': os.cpu_count(),
        'threads': torch.get_num_threads(),
        'accelerator': torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }


def list_versions() -> dict[str, str]:
    """Versions of Python, this package and what computed, by the name of their distribution."""
    owners = metadata.packages_distributions()
    found = {name: metadata.version(name) for module in PACKAGES for name in owners[module]}
    return {'python': platform.python_version(), 'vared_mm': __version__, **found}
