"""The demo's tables, from records made by hand."""

import pytest

from tests.reporting.records import by_method, cells, gflops, run_result
from vared_mm.reporting import RunResult, demo_report
from vared_mm.reporting.demo_report import motion_statement, seed_statements

SHARES = {'0': (0.5, 0.6), '3': (1.0, 0.8)}  # motion level -> time, channels


def result(clip: float, video: float, share: float, seed: int = 0, **changes) -> RunResult:
    """A record of accuracy and of the share of the static MACs that ran."""
    metrics = {'acc/clip-1': clip, 'acc/video-1': video, 'cost/share': share, **gflops(share)}
    for level, (time, channel) in (changes.pop('shares', None) or SHARES).items():
        group = f'cost/motion={level}'
        metrics[f'{group}/gflops/average'] = share
        metrics.update(
            {f'{group}/share': share, f'{group}/time': time, f'{group}/channel': channel}
        )
    sizes = {'static_macs': 10**9, 'parameters': 252057, 'parameters_without_gates': 239169}
    return run_result(metrics, seed=seed, **sizes, **changes)


def test_one_seed():
    runs = by_method(
        static=[result(80, 85, 1.0, clips_per_second=912.4)],
        vared_t2c2_finetuned=[result(81.25, 86, 0.75)],
    )
    report = demo_report(runs, markdown=True)
    expected = ['static', '80.0', '85.0', '1.0000', '1.1000', '0.9000', '100.0']
    assert cells(report, 'static') == [*expected, '252,057', '239,169', '912']
    finetuned = cells(report, 'dynamic, finetuned')
    assert finetuned[1:4] == ['81.2', '86.0', '0.7500']
    assert finetuned[-1] == '–'  # not timed
    assert cells(report, '0') == ['0', '0.7500', '75.0', '50.0', '60.0']
    assert 'moving_shapes/test.txt, 48 videos (generated clips)' in report
    assert 'a processor, 2 cores, no accelerator' in report
    assert 'PASS' not in report  # three seeds make a verdict, not one


@pytest.mark.parametrize(
    ('timing', 'message'),
    [
        (None, 'timed in turn in one process.'),
        (
            {'threads': 1, 'busy': False},
            'timed in turn in one process, by the CPU time of one thread.',
        ),
        (
            {'threads': 1, 'busy': True},
            'of one thread; the machine did other work meanwhile, so they may be too low.',
        ),
    ],
)
def test_how_speeds_were_measured_is_said(timing, message):
    runs = by_method(
        static=[result(80, 85, 1.0, clips_per_second=900.0, timing=timing)],
        vared_t2c2_finetuned=[result(80, 85, 0.7)],
    )
    assert message in demo_report(runs)


def test_filmed_clips_are_not_called_generated():
    runs = by_method(
        static=[result(80, 85, 1.0, generated_data=False)],
        vared_t2c2_finetuned=[result(80, 85, 0.7, generated_data=False)],
    )
    assert 'generated' not in demo_report(runs)


def test_several_seeds_show_mean_spread_and_each():
    runs = by_method(
        static=[result(80, 85, 1.0, 0), result(84, 85, 1.0, 1)],
        vared_t2c2_finetuned=[result(80, 85, 0.7, 0), result(80, 85, 0.7, 1)],
    )
    report = demo_report(runs, markdown=True)
    assert cells(report, 'static')[1] == '82.0 ± 2.8'  # sample standard deviation
    rows = [line for line in report.splitlines() if line.startswith('| static')]
    assert len(rows) == 3
    assert 'seed 0: PASS' in report and 'seed 1: FAIL' in report


@pytest.mark.parametrize(
    ('finetuned', 'verdict'),
    [
        (result(79, 84, 0.8), 'PASS'),  # just one point less at just 20 % fewer MACs
        (result(78.9, 90, 0.5), 'FAIL'),
        (result(90, 83.9, 0.5), 'FAIL'),
        (result(90, 90, 0.81), 'FAIL'),
    ],
)
def test_verdict_of_a_seed(finetuned, verdict):
    (line,) = seed_statements([result(80, 85, 1.0)], [finetuned])
    assert line.startswith(f'seed 0: {verdict}: ')


@pytest.mark.parametrize(
    ('shares', 'words'),
    [
        ([SHARES], 'Still clips cost less in time (in this run): 50.0 % of the frames'),
        ([{'0': (0.5, 1), '3': (0.505, 1)}], 'Still clips do not cost less in time (in this run)'),
        ([{'0': (0.9, 1), '3': (0.5, 1)}], 'Still clips do not cost less in time'),
        ([SHARES, SHARES], 'cost less in time (in 2 of 2 seeds)'),
        ([SHARES, {'0': (1, 1), '3': (1, 1)}], 'only in some seeds (in 1 of 2 seeds): 75.0 %'),
    ],
)
def test_statement_on_still_clips_follows_the_numbers(shares, words):
    assert words in motion_statement([result(80, 85, 0.7, shares=s) for s in shares])
