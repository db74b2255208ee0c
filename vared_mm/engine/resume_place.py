"""Where a training resumes whose epochs have another length than before."""

import warnings
from copy import deepcopy

from mmengine.config import Config
from mmengine.dist import get_world_size
from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch.utils.data import DataLoader

# In mmengine's message hub, which every checkpoint holds.
SAMPLES, STEP = 'samples_of_an_epoch', 'samples_of_a_step'


def sizes_of(dataloader: DataLoader) -> dict[str, int]:
    """Samples of an epoch, and of a step of all processes."""
    step = dataloader.batch_sampler.batch_size * get_world_size()
    return {SAMPLES: len(dataloader.dataset), STEP: step}


def place_to_resume(content: dict, steps: int, sizes: dict[str, int]) -> tuple[int, int]:
    """Epochs and steps that are done, counted in epochs of the present length.

    Where that is another one than before, training resumes at the first sample of an epoch, or not
    at all: within an epoch nobody could say which samples are left.

    Args:
        content: of a checkpoint.
        steps: of an epoch, now.
        sizes: ``samples_of_an_epoch`` and ``samples_of_a_step``, now.

    Raises:
        ValueError: if the checkpoint lies within an epoch of another kind; both are named.
    """
    epoch, step = (_count(content['meta'], key) for key in ('epoch', 'iter'))
    info = content['message_hub'].get('runtime_info', {})
    before = steps_before(content, steps)
    done = step - epoch * before
    if not 0 <= done <= before:
        raise ValueError(f'step {step} is not in epoch {epoch + 1} of {before} steps each')
    same = steps == before and all(info.get(key, size) == size for key, size in sizes.items())
    if same or (steps == before and done in (0, before)):
        return epoch, step
    if done not in (0, before):
        raise ValueError(
            f'lies {done} steps within an epoch of {_size(before, info)}, which now has '
            f'{_size(steps, sizes)}: resume at the end of an epoch, or with the data, batch size '
            'and number of processes of before'
        )
    epoch += done == before
    return epoch, epoch * steps


def steps_before(content: dict, otherwise: int) -> int:
    """Steps of an epoch in the training that wrote a checkpoint."""
    info = content['message_hub'].get('runtime_info', {})
    epochs, steps = info.get('max_epochs'), info.get('max_iters')
    if type(epochs) is type(steps) is int and epochs > 0 and steps > 0:
        return steps // epochs
    return otherwise


def _size(steps: int, sizes: dict) -> str:
    samples = sizes.get(SAMPLES)
    return f'{steps} steps' + (f' ({samples} samples)' if type(samples) is int else '')


def _count(meta: dict, key: str) -> int:
    value = meta.get(key)
    if type(value) is not int or value < 0:
        raise ValueError(f'meta: {key} is no number of what is done')
    return value


def schedules_of(cfg: Config) -> list[dict]:
    """The settings of each schedule; none where several optimizers have their own."""
    found = cfg.get('param_scheduler') or []
    return list(found) if isinstance(found, list | tuple) else [found] if 'type' in found else []


class FitSchedules(Hook):
    """Before a checkpoint is resumed from, count its steps and schedules in the present epochs.

    Nothing is changed where epochs are as long as before. Else learning rates, and all that is
    scheduled, are those of a training of the present length that comes to this epoch.

    Args:
        steps: of an epoch, now.
        sizes: as of :func:`place_to_resume`.
    """

    def __init__(self, steps: int, sizes: dict[str, int]) -> None:
        self.steps, self.sizes = steps, sizes

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Change the loaded dict."""
        if not runner._resume or 'meta' not in checkpoint:  # weights to start from
            return
        before = steps_before(checkpoint, self.steps)
        epoch, step = place_to_resume(checkpoint, self.steps, self.sizes)
        if before == self.steps:
            return
        checkpoint['meta'].update(epoch=epoch, iter=step)
        runner.logger.warning(
            f'an epoch had {before} steps and has {self.steps}: training resumes with epoch '
            f'{epoch + 1}, step {step + 1}, and the learning rate that the config has there'
        )
        made, saved = runner.param_schedulers, checkpoint.get('param_schedulers')
        if isinstance(made, dict):
            for name, schedules in made.items():
                _replay(schedules, saved[name], checkpoint['optimizer'][name], epoch, self.steps)
        elif made:
            _replay(made, saved, checkpoint['optimizer'], epoch, self.steps)


def _replay(schedules: list, saved: list, optimizer: dict, epochs: int, steps: int) -> None:
    """Put the state of fresh schedules after so many epochs, and the values set, in the saved ones.

    The optimizer of the schedules is loaded after it.
    """
    known = [one for one in schedules if not getattr(one, 'need_val_args', False)]
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # of an optimizer that makes no steps
        for _ in range(epochs):
            for place in range(steps + 1):  # by step, then by epoch, as a training does
                for one in known:
                    if one.by_epoch == (place == steps):
                        one.step()
    # mmengine keeps the settings of a parameter like any as a group of its own.
    base = optimizer.get('base_param_settings')
    groups = [*optimizer['param_groups'], *([base] if base else [])]
    for place, one in enumerate(schedules):
        if one in known:
            saved[place] = deepcopy(one.state_dict())
            for group, own in zip(groups, one.optimizer.param_groups, strict=True):
                group.update({key: own[key] for key in (one.param_name, 'betas') if key in own})
