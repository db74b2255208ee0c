"""The segmentation demo's tables, from records made by hand."""

from tests.reporting.records import by_method, cells, gflops, run_result
from vared_mm.reporting import MethodRuns, RunResult, segmentation_report
from vared_mm.reporting.segmentation_report import seed_statements


def result(iou: float, share: float, seed: int = 0) -> RunResult:
    """A record of accuracy and of the share of the backbone's MACs that ran."""
    metrics = {'mIoU': iou, 'aAcc': iou + 10, 'cost/backbone_share': share}
    metrics |= gflops(2.0 * share) | gflops(1.0 * share, 'cost-64')
    return run_result(metrics, seed=seed, dataset='images/testing', videos=400)


def static(results: list[RunResult]) -> MethodRuns:
    return by_method(static_longer=results)['static-longer']


def test_one_seed():
    runs = by_method(
        static_longer=[result(70, 1.0)],
        vared_c2_finetuned=[result(69.5, 0.75)],
    )
    report = segmentation_report(runs, markdown=True)
    costs = ['2.0000', '2.2000', '1.8000', '1.0000', '1.1000', '0.9000']
    assert cells(report, 'static, trained as long') == [
        'static, trained as long', '70.0', '80.0', *costs, '100.0', '12,345', '12,000',
    ]  # fmt: skip
    assert cells(report, 'dynamic, finetuned')[-3] == '75.0'
    assert 'images/testing, 400 images (generated)' in report
    assert (
        'seed 0: PASS: mIoU -0.5 points against static, trained as long, at 25.0 % fewer' in report
    )
    assert 'Every seed' not in report


def test_several_seeds():
    runs = by_method(
        static_longer=[result(70, 1.0), result(72, 1.0, seed=1)],
        vared_c2_finetuned=[result(70, 0.7), result(73, 0.7, seed=1)],
    )
    report = segmentation_report(runs)
    assert '71.0 ± 1.4' in report and '71.5 ± 2.1' in report
    assert report.count('PASS') == 3 and 'Every seed' in report
    assert 'mean of 2 seeds: PASS: mIoU +0.5 points' in report


def test_what_does_not_pass():
    for iou, share, verdict in ((69, 0.8, 'PASS'), (68.9, 0.5, 'FAIL'), (75, 0.81, 'FAIL')):
        (line,) = seed_statements(static([result(70, 1.0)]), [result(iou, share)])
        assert f': {verdict}: ' in line


def test_the_mean_decides_apart_from_the_seeds():
    two, ours = [result(70, 1.0), result(70, 1.0, 1)], [result(68, 0.7), result(71, 0.7, 1)]
    first, second, both = seed_statements(static(two), ours)
    assert 'seed 0: FAIL' in first and 'seed 1: PASS' in second
    assert both.startswith('mean of 2 seeds: PASS: mIoU -0.5 points')
