"""The rivals' table, from records made by hand."""

from tests.reporting.records import by_method, cells, run_result
from vared_mm.reporting import RunResult, rivals_report


def result(seed: int, clip: float, gflops: float, speed: float | None = None) -> RunResult:
    """A record of accuracy, cost and speed."""
    metrics = {'acc/clip-1': clip, 'acc/video-1': clip, 'cost/share': 1.0}
    metrics |= {f'cost/gflops/{w}': gflops for w in ('average', 'maximum', 'minimum')}
    sizes = {
        'static_macs': int(1e9 * gflops),
        'parameters': 353886,
        'parameters_without_gates': 353886,
    }
    return run_result(metrics, seed=seed, clips_per_second=speed, **sizes)


def test_accuracy_macs_speed_and_parameters_of_every_method():
    runs = by_method(
        static=[result(0, 80, 1.0, 900.0), result(1, 84, 1.0)],
        pruning=[result(0, 70, 0.5, 890.0), result(1, 72, 0.5)],
        cgnet=[result(0, 75, 0.5, 400.0)],
    )
    report = rivals_report(runs, markdown=True)
    static, pruning, cgnet = (cells(report, name) for name in runs)
    assert static[1] == '82.0 ± 2.8' and pruning[1] == '71.0 ± 1.4'
    assert pruning[3] == '0.5000 ± 0.0000' and pruning[-3:] == ['353,886', '890', '2']
    assert cgnet[1] == '75.0' and cgnet[-1] == '1'
    assert 'their clips per second are those of the dense convolution' in report
    seeds = report.partition('Every seed:')[2]
    assert seeds.count('| pruning') == 2


def test_shares_are_of_the_static_model_of_the_same_kind():
    runs = by_method(
        static=[result(0, 80, 1.0)],
        slim=[result(0, 79, 0.5)],
        static__tsn_tiny=[result(0, 81, 0.8)],
        arnet__ar_net_tiny=[result(0, 78, 0.2)],
    )
    report = rivals_report(runs, markdown=True)
    column = cells(report, 'model').index('of static %')
    assert [cells(report, name)[column] for name in runs] == ['100.0', '50.0', '100.0', '25.0']
