"""Where training goes on when the epochs have another length, and what it refuses."""

from itertools import pairwise
from types import SimpleNamespace
from unittest import mock

import pytest
import torch
from mmengine.config import Config
from mmengine.optim import OptimWrapper, OptimWrapperDict
from mmengine.registry import PARAM_SCHEDULERS
from torch import nn
from torch.optim import SGD, Adam, AdamW

from vared_mm.engine.resume_check import _differences, check_resume
from vared_mm.engine.resume_place import (
    SAMPLES,
    STEP,
    FitSchedules,
    place_to_resume,
    schedules_of,
)


def content(epoch: int, step: int, steps: int = 5, **info: int) -> dict:
    """Of a checkpoint from epochs of so many steps."""
    runtime = {'max_epochs': 3, 'max_iters': 3 * steps, **info}
    meta = {'epoch': epoch, 'iter': step}
    return {'meta': meta, 'message_hub': {'runtime_info': runtime}}


@pytest.mark.parametrize(
    ('saved', 'steps', 'place'),
    [
        ((1, 5), 5, (1, 5)),
        ((1, 7), 5, (1, 7)),  # within an epoch of the same kind
        ((0, 5), 5, (0, 5)),  # saved by step, at the end of an epoch that is not noted yet
        ((1, 5), 9, (1, 9)),
        ((2, 10), 2, (2, 4)),
        ((0, 5), 2, (1, 2)),
        ((0, 0), 7, (0, 0)),
    ],
)
def test_the_place(saved, steps, place):
    assert place_to_resume(content(*saved), steps, {}) == place


@pytest.mark.parametrize(
    ('saved', 'steps', 'sizes', 'message'),
    [
        ((1, 7), 9, {SAMPLES: 36, STEP: 4}, r'2 steps within an epoch of 5 steps \(18 samples\), '),
        ((1, 7), 9, {SAMPLES: 36, STEP: 4}, r'which now has 9 steps \(36 samples\)'),
        ((1, 7), 5, {SAMPLES: 19, STEP: 4}, r'\(18 samples\), which now has 5 steps \(19 samples'),
        ((1, 7), 5, {SAMPLES: 18, STEP: 8}, 'within an epoch'),
        ((1, 12), 9, {}, 'step 12 is not in epoch 2 of 5 steps'),
        ((1, 3), 9, {}, 'step 3 is not in epoch 2 of 5 steps'),
        ((1, -3), 9, {}, 'meta: iter is no number'),
        (('x', 5), 9, {}, 'meta: epoch is no number'),
    ],
)
def test_a_place_that_there_is_not(saved, steps, sizes, message):
    with pytest.raises(ValueError, match=message):
        place_to_resume(content(*saved, **{SAMPLES: 18, STEP: 4}), steps, sizes)


def test_another_number_of_processes_goes_on_where_the_batch_is_the_same():
    saved = content(1, 7, **{SAMPLES: 18, STEP: 4})
    assert place_to_resume(saved, 5, {SAMPLES: 18, STEP: 4}) == (1, 7)


def optimizer(
    kind: type = SGD, widths: tuple = (3, 2), groups: int = 1, **settings
) -> OptimWrapper:
    """Of a small model, after a step."""
    layers = nn.Sequential(*[nn.Linear(one, other) for one, other in pairwise(widths)])
    weights = list(layers.parameters())
    split = [{'params': weights[place::groups]} for place in range(groups)]
    made = kind(split, lr=0.1, **settings)
    layers(torch.ones(1, widths[0])).sum().backward()
    made.step()
    return OptimWrapper(made)


@pytest.mark.parametrize(
    ('own', 'saved', 'message'),
    [
        (
            dict(momentum=0.9),
            dict(kind=Adam),
            'optimizer than SGD: the saved one has amsgrad',
        ),
        (dict(kind=Adam), dict(), 'another optimizer than Adam: the saved one has dampening'),
        (dict(kind=Adam), dict(kind=AdamW), 'the saved one has decoupled_weight_decay'),
        (dict(), dict(groups=2), 'has 2 groups of parameters, the model 1'),
        (dict(), dict(widths=(3, 2, 2)), 'group 0 has 4 parameters, the model 2'),
        (
            dict(momentum=0.9),
            dict(momentum=0.9, widths=(4, 2)),
            'has shape (2, 4), the model (2, 3)',
        ),
    ],
)
def test_another_optimizer(own, saved, message):
    reason = next(_differences(optimizer(**own), optimizer(**saved).state_dict()), '')
    assert message in reason


def test_the_same_optimizer():
    for settings in (dict(momentum=0.9), dict(kind=AdamW), dict(groups=2)):
        saved = optimizer(**settings).state_dict()
        saved['param_groups'][0]['initial_lr'] = 0.1
        del saved['param_groups'][0]['foreach']  # as an older torch has it
        assert list(_differences(optimizer(**settings), saved)) == []


def test_a_state_that_is_none():
    saved = optimizer(momentum=0.9).state_dict()
    saved['state'][1]['momentum_buffer'] = torch.full((2,), float('nan'))
    (message,) = _differences(optimizer(momentum=0.9), saved)
    assert message == 'optimizer: momentum_buffer of parameter 1 holds NaN'


def test_several_optimizers():
    both = OptimWrapperDict(a=optimizer(), b=optimizer(momentum=0.9))
    assert list(_differences(both, both.state_dict())) == []
    assert list(_differences(both, {'a': both.state_dict()['a']})) == [
        "has no optimizer of the name 'b'"
    ]
    assert list(_differences(optimizer(), both.state_dict())) == [
        'has several optimizers, the config one'
    ]


def trained(steps: int, epochs: int) -> tuple[list, OptimWrapper, Config]:
    """Schedules after so many epochs of so many steps."""
    settings = [
        dict(type='LinearLR', start_factor=0.1, end=2, convert_to_iter_based=True),
        dict(type='CosineAnnealingLR', T_max=6, begin=2, end=8, convert_to_iter_based=True),
    ]
    wrapper = optimizer()
    wrapper.base_param_settings = {'lr': 0.1, 'params': torch.zeros(1)}
    made = []
    for one in settings:
        build = PARAM_SCHEDULERS.get(one['type']).build_iter_from_epoch
        rest = {k: v for k, v in one.items() if k not in ('type', 'convert_to_iter_based')}
        made.append(build(optimizer=wrapper, by_epoch=True, epoch_length=steps, **rest))
    for _ in range(steps * epochs):
        for one in made:
            one.step()
    return made, wrapper, Config(dict(param_scheduler=settings))


@pytest.mark.parametrize('epochs', [1, 2, 5])
def test_schedules_are_those_of_the_present_length(epochs):
    old, before, cfg = trained(5, epochs)
    new, wrapper, _ = trained(9, 0)
    checkpoint = content(epochs, 5 * epochs)
    checkpoint['param_schedulers'] = [one.state_dict() for one in old]
    checkpoint['optimizer'] = before.state_dict()
    logger = mock.Mock()
    runner = SimpleNamespace(_resume=True, cfg=cfg, param_schedulers=new, logger=logger)
    FitSchedules(9, {}).after_load_checkpoint(runner, checkpoint)
    assert checkpoint['meta'] == {'epoch': epochs, 'iter': 9 * epochs}
    (message,) = logger.warning.call_args[0]
    assert f'had 5 steps and has 9: training resumes with epoch {epochs + 1}, ' in message
    resumed, wrapper, _ = trained(9, 0)
    wrapper.load_state_dict(checkpoint['optimizer'])
    for one, state in zip(resumed, checkpoint['param_schedulers'], strict=True):
        one.load_state_dict(state)
    plain, other, _ = trained(9, epochs)
    for _ in range(9):
        assert wrapper.get_lr() == other.get_lr()
        for one in [*resumed, *plain]:
            one.step()


def test_weights_to_start_from_are_not_changed():
    checkpoint = content(1, 5)
    FitSchedules(9, {}).after_load_checkpoint(SimpleNamespace(_resume=False), checkpoint)
    assert checkpoint == content(1, 5)


def test_settings_of_schedules():
    one = dict(type='LinearLR')
    assert schedules_of(Config(dict(param_scheduler=one))) == [one]
    assert schedules_of(Config(dict(param_scheduler=[one, one]))) == [one, one]
    assert schedules_of(Config(dict(param_scheduler=dict(a=[one])))) == []
    assert schedules_of(Config({})) == []


def saved_after(path, step: int, **info: int) -> str:
    """A checkpoint of a training by steps."""
    whole = content(0, step, **info)
    torch.save({**whole, 'state_dict': {}, 'optimizer': optimizer().state_dict()}, path)
    return str(path)


def by_steps(**settings) -> SimpleNamespace:
    """A runner that trains 6 steps of 8 samples."""
    loop = SimpleNamespace(max_iters=6, sizes={STEP: 8})
    parts = dict(train_loop=loop, optim_wrapper=optimizer(**settings), cfg=Config({}))
    return SimpleNamespace(logger=mock.Mock(), **parts)


def test_trainings_by_steps(tmp_path):
    runner = by_steps()
    check_resume(runner, saved_after(tmp_path / 'x.pth', 6, **{STEP: 8}))
    assert not runner.logger.warning.called
    check_resume(runner, saved_after(tmp_path / 'x.pth', 3, **{STEP: 4}))
    (message,) = runner.logger.warning.call_args[0]
    assert message.startswith('a step had 4 samples and has 8: training resumes with step 4')
    with pytest.raises(ValueError, match=r'x\.pth: 7 steps are done, of 6 to train'):
        check_resume(runner, saved_after(tmp_path / 'x.pth', 7))
    with pytest.raises(ValueError, match=r'x\.pth: of another optimizer than Adam: '):
        check_resume(by_steps(kind=Adam), saved_after(tmp_path / 'x.pth', 3))


@pytest.mark.parametrize('lacking', ['meta', 'message_hub', 'optimizer', 'state_dict'])
def test_what_holds_no_training(tmp_path, lacking):
    path = saved_after(tmp_path / 'x.pth', 3)
    rest = torch.load(path, weights_only=True)
    del rest[lacking]
    torch.save(rest, path)
    with pytest.raises(ValueError, match=rf'x\.pth: nothing to resume from \(no {lacking}\)'):
        check_resume(by_steps(), path)
