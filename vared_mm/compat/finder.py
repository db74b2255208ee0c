"""Run a patch around the first import of the module that it is for."""

import importlib.abc
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from .cpu import (
    float16_on_cpu,
    losses_in_float32,
    scale_losses_on_cpu,
    start_processes_on_cpu,
    wrap_models_on_cpu,
)
from .inferencers import (
    one_video,
    recognition_inferencer,
    segmentation_inferencer,
    unified_inferencer,
)
from .layers import plain_convolutions
from .loading import no_config_from_weights, safe_resume, safe_yaml
from .numpy2 import int_of_one, with_old_numpy
from .packages import (
    accept_newer_mmcv,
    stand_in_for_drn,
    stand_in_for_ops,
    without_debug_note,
    without_new_transformers,
)

_PATCHES: dict[str, Callable[[ModuleType], AbstractContextManager[None]]] = {
    'mmaction': accept_newer_mmcv,
    'mmseg': accept_newer_mmcv,
    'mmaction.apis.inference': one_video,
    'mmaction.apis.inferencers.actionrecog_inferencer': recognition_inferencer,
    'mmaction.apis.inferencers.mmaction2_inferencer': unified_inferencer,
    'mmaction.utils.dependency': without_new_transformers,
    'mmaction.models.localizers': stand_in_for_drn,
    'mmaction.models.heads.base': losses_in_float32,
    'mmcv.cnn.bricks.wrappers': plain_convolutions,
    'mmcv.utils.ext_loader': stand_in_for_ops,
    'mmengine.fileio.handlers.yaml_handler': safe_yaml,
    'mmengine.infer.infer': no_config_from_weights,
    'mmengine.runner.checkpoint': safe_resume,
    'mmengine.optim.optimizer.amp_optimizer_wrapper': scale_losses_on_cpu,
    'mmengine.runner.amp': float16_on_cpu,
    'mmengine.dist.utils': start_processes_on_cpu,
    'mmengine.model.wrappers.distributed': wrap_models_on_cpu,
    'mmseg.apis.mmseg_inferencer': segmentation_inferencer,
    'mmseg.datasets': without_debug_note,
    'mmaction.datasets.transforms.pose_transforms': with_old_numpy,
    'mmaction.evaluation.functional.accuracy': with_old_numpy,
    'mmaction.evaluation.functional.ava_evaluation.metrics': with_old_numpy,
    'mmaction.evaluation.functional.multisports_utils': int_of_one,
    'mmaction.evaluation.metrics.multimodal_metric': with_old_numpy,
    'mmaction.utils.misc': with_old_numpy,
    'mmcv.ops.pixel_group': with_old_numpy,
}


class _PatchFinder(importlib.abc.MetaPathFinder):
    """Find a module as usual, and have it executed inside its patch."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """What the other finders find, with the patch around its execution."""
        if name not in _PATCHES:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        found = (finder.find_spec(name, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                with _PATCHES[name](module):
                    run(module)

            spec.loader.exec_module = exec_module
        return spec


def apply() -> None:
    """Make the installed upstream packages work together; a second call does nothing."""
    if any(isinstance(finder, _PatchFinder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _PatchFinder())
    for name in _PATCHES.keys() & sys.modules.keys():
        with _PATCHES[name](sys.modules[name]):
            pass
