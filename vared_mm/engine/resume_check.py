"""Can a training be resumed from a checkpoint? Asked before anything long runs."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from mmengine.optim import OptimWrapper, OptimWrapperDict
from mmengine.runner import Runner
from torch import Tensor
from torch.optim import Optimizer

from vared_mm.compat.weights import unusable
from vared_mm.engine.checkpoint_file import read_checkpoint
from vared_mm.engine.loops import EpochLoop
from vared_mm.engine.resume_place import STEP, place_to_resume, schedules_of

#: Settings of how, not of what, is computed; they come and go with torch's versions.
_HOW = {'foreach', 'maximize', 'capturable', 'differentiable', 'fused', 'decoupled_weight_decay'}
_PARTS = ('meta', 'message_hub', 'optimizer', 'state_dict')


def check_resume(runner: Runner, path: str) -> None:
    """Compare what a checkpoint holds beside weights with what the runner will train.

    Args:
        runner: its loop is built, its optimizer may not be; both stay as they are.
        path: of the checkpoint.

    Raises:
        FileNotFoundError, ValueError: in one line that names the file, if it lies beyond the end,
            within an epoch of another length, or is of another optimizer or other parameters.
    """
    content = read_checkpoint(path)
    lacking = [key for key in _PARTS if not isinstance(content.get(key), dict)]
    try:
        if lacking:
            raise ValueError(f'nothing to resume from (no {lacking[0]})')
        loop = runner.train_loop
        if isinstance(loop, EpochLoop):
            epoch, step = place_to_resume(content, len(loop.dataloader), loop.sizes)
            if epoch > loop.max_epochs:
                raise ValueError(f'{epoch} epochs are done, of {loop.max_epochs} to train')
        else:
            _check_steps(runner, content)
        _check_schedules(schedules_of(runner.cfg), content.get('param_schedulers'))
        wrapper = runner.optim_wrapper
        if not isinstance(wrapper, OptimWrapper | OptimWrapperDict):
            if not hasattr(runner, 'build_optim_wrapper'):
                return  # a strategy of mmengine's builds it, with the model
            wrapper = runner.build_optim_wrapper(deepcopy(wrapper))
        for reason in _differences(wrapper, content['optimizer']):
            raise ValueError(reason)
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from None


def _check_steps(runner: Runner, content: dict) -> None:
    loop, step = runner.train_loop, content['meta'].get('iter')
    if type(step) is not int or not 0 <= step <= loop.max_iters:
        raise ValueError(f'{step} steps are done, of {loop.max_iters} to train')
    before = content['message_hub'].get('runtime_info', {}).get(STEP)
    now = getattr(loop, 'sizes', {}).get(STEP)
    if None not in (before, now) and before != now:
        runner.logger.warning(
            f'a step had {before} samples and has {now}: training resumes with step {step + 1}, '
            'with other samples than a training of one piece would draw'
        )


def _check_schedules(settings: list[dict], saved: Any) -> None:
    if isinstance(saved, list) and len(settings) != len(saved):
        raise ValueError(
            f'has {len(saved)} schedules (param_scheduler), the config {len(settings)}'
        )


def _differences(wrapper: Any, saved: Any) -> Iterator[str]:
    """Why a saved state is not one of this optimizer."""
    if isinstance(wrapper, OptimWrapperDict):
        for name, one in wrapper.items():
            if not isinstance(saved.get(name), dict):
                yield f'has no optimizer of the name {name!r}'
            else:
                yield from _differences(one, saved[name])
        return
    groups, state = saved.get('param_groups'), saved.get('state')
    if not isinstance(groups, list) or not isinstance(state, dict):
        yield 'has several optimizers, the config one'
        return
    yield from _group_differences(wrapper.optimizer, groups)
    places = [place for group in groups for place in group['params']]
    own = [param for group in wrapper.optimizer.param_groups for param in group['params']]
    for place, param in zip(places, own, strict=True):
        for name, value in state.get(place, {}).items():
            if not isinstance(value, Tensor):
                continue
            if value.dim() == param.dim() and value.shape != param.shape:
                yield (
                    f'of other parameters: {name} of number {place} has shape '
                    f'{tuple(value.shape)}, the model {tuple(param.shape)}'
                )
            if reason := unusable(value):
                yield f'optimizer: {name} of parameter {place} {reason}'


def _group_differences(optimizer: Optimizer, groups: list[dict]) -> Iterator[str]:
    own = optimizer.param_groups
    if len(groups) != len(own):
        yield f'has {len(groups)} groups of parameters, the model {len(own)}'
    for place, (theirs, ours) in enumerate(zip(groups, own, strict=True)):
        kind = type(optimizer).__name__
        extra, lacking = theirs.keys() - ours.keys() - _HOW, ours.keys() - theirs.keys() - _HOW
        # A schedule notes the first value of what it changes, once it is built.
        extra = {name for name in extra if not name.startswith('initial_')}
        decoupled = 'decoupled_weight_decay'
        if theirs.get(decoupled, 0) != ours.get(decoupled, 0) and {*theirs} & {*ours} >= {
            decoupled
        }:
            extra.add(decoupled)
        if extra or lacking:
            settings = ', '.join(sorted(extra) or sorted(lacking))
            whose = 'the saved one has' if extra else 'the saved one lacks'
            yield f'of another optimizer than {kind}: {whose} {settings}'
        if len(theirs['params']) != len(ours['params']):
            yield (
                f'group {place} has {len(theirs["params"])} parameters, '
                f'the model {len(ours["params"])}'
            )
