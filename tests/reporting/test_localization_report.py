"""The localization demo's tables, from records made by hand."""

from tests.reporting.records import by_method, cells, gflops, run_result
from vared_mm.reporting import RunResult, localization_report
from vared_mm.reporting.localization_report import seed_statements


def result(frame_map: float, share: float = 1.0, seed: int = 0) -> RunResult:
    """A record of one score and of the share of the backbone's MACs that ran."""
    metrics = {
        'localization/frame_map': frame_map,
        'localization/recall': 95.0,
        'localization/classification': 90.0,
        'localization/video_map@0.5': frame_map - 1,
        'localization/video_map@0.5:0.95': frame_map - 30,
        'cost/backbone_share': share,
        **gflops(0.1 * share),
    }
    return run_result(metrics, seed=seed, dataset='testlist.txt', videos=720)


def test_one_seed():
    report = localization_report(by_method(static=[result(70)], dynamic=[result(65, 0.8)]), True)
    assert cells(report, 'dynamic') == [
        'dynamic', '65.0', '95.0', '90.0', '64.0', '35.0', '0.0800', '0.0880', '0.0720', '80.0',
        '12,345', '12,000',
    ]  # fmt: skip
    assert cells(report, 'static')[-3] == '100.0'
    assert 'testlist.txt, 720 frames (generated)' in report
    assert 'seed 0: PASS: frame-mAP of static 70.0, dynamic 65.0 (asked: above 60.0)' in report
    assert 'Every seed' not in report


def test_several_seeds():
    runs = by_method(
        static=[result(70), result(72, seed=1)],
        dynamic=[result(61, 0.7), result(60, 0.7, seed=1)],
    )
    report = localization_report(runs)
    assert '71.0 ± 1.4' in report and 'Every seed' in report
    first, second = seed_statements(runs)
    assert first.startswith('seed 0: PASS') and second.startswith('seed 1: FAIL')
