"""The record of one test run, from its runner."""

import hashlib
import json
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import BaseDataset
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner

from vared_mm.evaluation import Confusion
from vared_mm.reporting import RunResult, read_curves

from .cost import count_parameters, view_macs
from .input_shapes import count_views
from .machine import describe_machine, find_commit, list_versions

# Where a run reads and writes does not change what it computes.
PLACES = ('work_dir', 'load_from', 'resume', 'launcher')


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
        static_macs=None if image else view_macs(runner.cfg, model, sample),
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
