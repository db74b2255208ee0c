"""One score a video for every metric, and beside it the scores of its views."""

from typing import Any

import torch
from mmengine.runner import Runner
from torch import Tensor, nn

from vared_mm.models.heads import probabilities
from vared_mm.registry import HOOKS

from .model_hook import ModelHook, named_arguments, unwrapped

# Left, right, centre: as mmaction2's ThreeCrop orders them.
CROPS = (1, 3)


@HOOKS.register_module()
class ViewScoresHook(ModelHook):
    """Leave one score a video, and those of its views, in each sample that a recognizer predicts.

    Metrics of mmaction2, and readers of dumped predictions, take one score a video; the accuracy of
    one clip needs the views apart. So both are left, whatever the head's ``average_clips``.

    ``pred_score``: where the head leaves views apart, the mean of their probabilities; else what
    the head has averaged. ``pred_label``: its best class. ``view_scores``: the head's raw scores,
    (crops, clips, classes) where the sample's ``num_clips`` (a key of ``PackActionInputs``'
    ``meta_keys``) says how the views are made up, which are then in the order of ``ThreeCrop``;
    else (V, classes). A head that has itself averaged over the views, as mmaction2's TSN head does
    over all frames, leaves none.

    Differs: mmaction2 leaves (V, classes) as ``pred_score`` with ``average_clips=None``.
    Limits: ``num_clips`` does not count the second sampling of ``twice_sample``, and not the
    positions of ``DenseSampleFrames``, of which 3 look like three crops.
    """

    mode = 'predict'

    def __init__(self) -> None:
        super().__init__()
        self._scores: Any = None

    def before_val(self, runner: Runner) -> None:
        """Attach to the model."""
        self._begin(runner.model)

    def after_val(self, runner: Runner) -> None:
        """Let go of the model."""
        self.detach()

    def before_test(self, runner: Runner) -> None:
        """Attach to the model."""
        self._begin(runner.model)

    def after_test(self, runner: Runner) -> None:
        """Let go of the model."""
        self.detach()

    def attach(self, model: nn.Module) -> None:
        """Begin to watch a recognizer; any other model is left alone."""
        head = getattr(unwrapped(model), 'cls_head', None)
        if isinstance(head, nn.Module):
            begin = unwrapped(model).register_forward_pre_hook(self._forget, with_kwargs=True)
            self._handles += [begin, head.register_forward_hook(self._keep)]
            super().attach(model)

    def after_forward(self, model: nn.Module, inputs: Any, data_samples: Any, output: Any) -> None:
        """Leave both scores in each sample."""
        scores, self._scores = self._scores, None
        if not (torch.is_tensor(scores) and scores.dim() == 2 and torch.is_tensor(inputs)):
            return  # a head of several modalities, or of features
        for sample, views_VK in zip(output, scores.detach().chunk(len(output)), strict=True):
            self._leave(sample, views_VK, inputs.shape[1], model.cls_head)

    def _begin(self, model: nn.Module) -> None:
        self.detach()
        self.attach(model)

    def _forget(self, _model: nn.Module, args: tuple, kwargs: dict) -> None:
        if named_arguments(args, kwargs).get('mode') == self.mode:
            self._scores = None

    def _keep(self, _head: nn.Module, _inputs: object, output: Any) -> None:
        # Other hooks may run the model again, to count what it costs.
        if self._scores is None:
            self._scores = output

    def _leave(self, sample: Any, views_VK: Tensor, count: int, head: nn.Module) -> None:
        """Fill one sample, of whose ``count`` views, or frames of views, the scores are."""
        if 'pred_score' not in sample:
            return
        if sample.pred_score.dim() == 2:
            score = probabilities(views_VK.float(), head).mean(dim=0)
            sample.set_metainfo({'num_classes': len(score)})
            sample.set_pred_score(score)
            sample.set_pred_label(score.argmax(dim=0, keepdim=True))
        crops = count_crops(count, sample.get('num_clips'))
        views = len(views_VK)
        if crops in CROPS and views % crops == 0:
            sample.set_field(views_VK.unflatten(0, (crops, -1)), 'view_scores')
        elif views > 1 or count == 1:
            sample.set_field(views_VK, 'view_scores')


def count_crops(count: int, num_clips: Any) -> int | None:
    """Crops per clip; None where it isn't known.

    Args:
        count: views of the sample; of a model of frames, frames of all views.
        num_clips: as ``SampleFrames`` leaves it: clips of one crop, or their frames.
    """
    if not isinstance(num_clips, int) or num_clips < 1 or count % num_clips:
        return None
    return count // num_clips
