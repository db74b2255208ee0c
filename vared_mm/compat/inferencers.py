"""Let the upstream inferencers take our configs, and say what each input cost."""

import contextlib
import functools
import importlib
import importlib.util
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

#: What mmaction2 knows our transforms as, when it looks for what opens and decodes a video.
_OPENING = {'vared_mm.PyAVOpen': 'PyAVInit', 'vared_mm.CachedOpen': 'PyAVInit'}
_DECODING = {'vared_mm.PyAVRead': 'PyAVDecode'}


@contextlib.contextmanager
def recognition_inferencer(module: ModuleType) -> Iterator[None]:
    """Read videos with PyAV where mmaction2 asks for decord, which has no wheel for ARM."""
    yield
    cls = module.ActionRecogInferencer
    cls._init_pipeline = _reads_videos(cls._init_pipeline)
    cls._inputs_to_list = _opens_folders(cls._inputs_to_list)
    cls.forward = _costs(cls.forward)
    to_dict = cls.pred2dict

    @functools.wraps(to_dict)
    def pred2dict(self: Any, data_sample: Any) -> dict[str, Any]:
        return {**to_dict(self, data_sample), 'cost': data_sample.cost}

    cls.pred2dict = pred2dict


@contextlib.contextmanager
def unified_inferencer(module: ModuleType) -> Iterator[None]:
    """Keep the costs in what the unified inferencer makes of the other one's samples."""
    yield
    cls = module.MMAction2Inferencer
    inner, dump = cls.postprocess, module.mmengine.dump

    @functools.wraps(inner)
    def postprocess(
        self: Any,
        preds: Any,
        visualization: Any = None,
        print_result: bool = False,
        pred_out_file: str = '',
    ) -> dict[str, Any]:
        found = inner(self, preds, visualization)
        for one, samples in zip(found['predictions'], preds['rec'], strict=True):
            one['rec_cost'] = [sample.cost for sample in samples]
        shown = {key: value for key, value in found.items() if key != 'visualization'}
        if print_result:
            print(shown)
        if pred_out_file:
            dump(shown, pred_out_file)
        return found

    cls.postprocess = postprocess
    cls._inputs_to_list = _opens_folders(cls._inputs_to_list, 'actionrecog_inferencer')


@contextlib.contextmanager
def one_video(module: ModuleType) -> Iterator[None]:
    """Give the sample of ``inference_recognizer`` its cost, and one score a class."""
    yield
    inner = module.inference_recognizer

    @functools.wraps(inner)
    def inference_recognizer(model: Any, video: Any, test_pipeline: Any = None) -> Any:
        with _apis().costed_pass(model) as costed:
            sample = inner(model, video, test_pipeline)
        costed.complete([sample])
        return sample

    module.inference_recognizer = inference_recognizer
    package = sys.modules.get('mmaction.apis')  # there already where we come late
    if getattr(package, 'inference_recognizer', None) is inner:
        package.inference_recognizer = inference_recognizer


@contextlib.contextmanager
def segmentation_inferencer(module: ModuleType) -> Iterator[None]:
    """Let mmsegmentation's inferencer find the step that loads an image, and the class names."""
    yield
    cls = module.MMSegInferencer
    pipeline, weights, finish = cls._init_pipeline, cls._load_weights_to_model, cls.postprocess

    @functools.wraps(pipeline)
    def init_pipeline(self: Any, cfg: Any) -> Any:
        steps = cfg.test_dataloader.dataset.pipeline
        own = next((dict(s) for s in steps if s['type'] == 'vared_mm.LoadRGBImage'), None)
        if own is None:
            return pipeline(self, cfg)
        steps = [dict(s) for s in steps if s['type'] != 'vared_mm.LoadLabels']
        place = next(i for i, s in enumerate(steps) if s['type'] == own['type'])
        steps[place] = {'type': 'LoadImageFromFile'}
        cfg.test_dataloader.dataset.pipeline = steps
        made = pipeline(self, cfg)
        made.transforms[place].from_file = _transforms().build(own)
        return made

    @functools.wraps(weights)
    def load_weights(self: Any, model: Any, checkpoint: Any, cfg: Any) -> None:
        if (checkpoint or {}).get('meta', {}).keys() & {'dataset_meta', 'CLASSES'}:
            return weights(self, model, checkpoint, cfg)
        with warnings.catch_warnings():  # that the classes are those of Cityscapes
            warnings.filterwarnings('ignore', message='.*lasses of Cityscapes')
            warnings.filterwarnings('ignore', message='.*cityscapes classes')
            weights(self, model, checkpoint, cfg)
        names, colours = _apis().names_and_colours(cfg, model.num_classes)
        model.dataset_meta = {'classes': names, 'palette': colours}

    @functools.wraps(finish)
    def postprocess(self: Any, preds: Any, *args: Any, **kwargs: Any) -> Any:
        found = finish(self, preds, *args, **kwargs)
        if isinstance(found, dict):
            costs = [sample.cost for sample in preds]
            found['cost'] = costs[0] if len(costs) == 1 else costs
        return found

    cls._init_pipeline, cls._load_weights_to_model = init_pipeline, load_weights
    cls.forward, cls.postprocess = _costs(cls.forward), postprocess


def _apis() -> Any:
    return importlib.import_module('vared_mm.apis')


def _transforms() -> Any:
    return importlib.import_module('mmengine.registry').TRANSFORMS


def _costs(forward: Callable[..., Any]) -> Callable[..., Any]:
    """A forward whose samples get their cost."""

    @functools.wraps(forward)
    def costed_forward(self: Any, inputs: Any, **kwargs: Any) -> Any:
        with _apis().costed_pass(self.model) as costed:
            samples = forward(self, inputs, **kwargs)
        costed.complete(samples)
        return samples

    return costed_forward


def _reads_videos(init_pipeline: Callable[..., Any]) -> Callable[..., Any]:
    """The pipeline with the config's own decoding, or with ours where there is no decord."""

    @functools.wraps(init_pipeline)
    def reading(self: Any, cfg: Any) -> Any:
        if 'cls_head' not in cfg.model:
            raise ValueError('not a recognizer: for localization see vared_mm.apis.detect')
        steps = cfg.test_dataloader.dataset.pipeline
        own = {
            kind: next((dict(step) for step in steps if step['type'] in names), None)
            for kind, names in (('open', _OPENING), ('read', _DECODING))
        }
        cfg.test_dataloader.dataset.pipeline = [
            {'type': names[step['type']]} if step['type'] in names else dict(step)
            for step in steps
            for names in [_OPENING | _DECODING]
        ]
        made = init_pipeline(self, cfg)
        if own['open'] is None and importlib.util.find_spec('decord') is not None:
            return made
        ours = {
            'DecordInit': own['open'] or {'type': 'vared_mm.PyAVOpen'},
            'DecordDecode': own['read'] or {'type': 'vared_mm.PyAVRead'},
        }
        made.transforms = [
            _transforms().build(ours[kind]) if kind in ours else transform
            for transform in made.transforms
            for kind in [type(transform).__name__]
        ]
        return made

    return reading


def _opens_folders(to_list: Callable[..., Any], inner: str = '') -> Callable[..., Any]:
    """A list of inputs, where a folder of videos stands for its files; one of frames does not."""

    @functools.wraps(to_list)
    def opened(self: Any, inputs: Any) -> list[Any]:
        kind = getattr(getattr(self, inner) if inner else self, 'input_format', None)
        found = []
        for one in to_list(self, inputs):
            if kind == 'video' and isinstance(one, str) and os.path.isdir(one):
                files = sorted(entry.path for entry in os.scandir(one) if entry.is_file())
                found += files
            else:
                found.append(one)
        return found

    return opened
