"""Accuracy against cost: marks by method, mean and spread over seeds, labels, legend."""

from xml.etree import ElementTree

import pytest

from tests.reporting.records import record
from vared_mm.reporting import Leaderboard
from vared_mm.reporting.methods import DYNAMIC, METHODS, ORDER, OTHER, STATIC, TUNED, method_of
from vared_mm.reporting.overview import overview_charts, thesis_chart
from vared_mm.reporting.scatter_chart import Point, legend, pareto_front, scatter


def marks(svg: str) -> dict[str, ElementTree.Element]:
    """The groups of a chart's points, by what is said when they are pointed at."""
    groups = [e for e in ElementTree.fromstring(svg) if e.get('class', '').startswith('point')]
    return {next(e for e in g.iter('title')).text.split(':')[0]: g for g in groups}


@pytest.mark.parametrize(
    ('config', 'method'),
    [
        ('static_r2plus1d-tiny_moving-shapes', STATIC),
        ('static-longer_pspnet-tiny_shape-scenes', METHODS['static-longer']),
        ('vared-t2c2_x3d-m_96xb12', DYNAMIC),
        ('vared-c2-finetuned_pspnet-tiny_shape-scenes', TUNED),
        ('arnet-joint_ar-net-tiny_moving-shapes', METHODS['arnet']),
        ('mine', OTHER),
    ],
)
def test_method_of(config, method):
    assert method_of(config) is method


def test_every_method_has_its_own_look():
    assert len({method.key for method in ORDER}) == len(ORDER) == len(METHODS) + 3
    assert len({(method.outline, method.key) for method in ORDER}) == len(ORDER)


def test_pareto_front():
    points = [
        Point(name, [macs], [accuracy])
        for name, macs, accuracy in zip('abcde', [2, 1, 3, 4, 1], [5, 3, 5, 9, 2], strict=True)
    ]
    assert [p.name for p in pareto_front(points)] == ['b', 'a', 'd']
    assert pareto_front([]) == []


def test_scatter():
    points = [
        Point('cheap', [1], [50], STATIC, link='runs/a.html', runs=['a']),
        Point('<script>', [1.9, 2.1], [59, 61], TUNED, label='<b>', runs=['b', 'c']),
        Point('thesis', [2], [70], STATIC, 'thesis'),
    ]
    svg = scatter(points, 'title', 'clip-1')
    assert '<script>' not in svg and '<b>' not in svg
    found = marks(svg)
    assert found['<script>'].get('data-runs') == 'b c'
    assert found['<script>'].get('class') == 'point ours m-tuned'
    assert found['thesis'].get('class') == 'point thesis m-static'
    (link,) = found['cheap'].iter('a')
    assert link.get('href') == 'runs/a.html' and link.get('aria-label') == 'cheap'
    spreads = {name: len(list(group.iter('line'))) for name, group in found.items()}
    assert spreads == {'cheap': 0, '<script>': 2, 'thesis': 0}
    message = next(e for e in found['<script>'].iter('title')).text
    assert message == '<script>: 60.0 ± 1.4 % at 2 ± 0.14 GMACs, 2 runs'
    assert len(list(ElementTree.fromstring(svg).iter('polyline'))) == 1  # one point: no front
    assert legend(points, ORDER) == [STATIC, TUNED]


def test_labels_do_not_cover_each_other():
    crowd = [Point(str(i), [1 + i / 1e4], [50]) for i in range(30)]
    ends = [Point('low', [0], [0]), Point('high', [2], [100])]
    crowd = [Point(p.name, p.macs, p.accuracy, label='a long label') for p in crowd]
    svg = scatter([*crowd, *ends], 'title', 'clip-1')
    assert 1 <= svg.count('a long label') <= 4


def test_seeds_of_a_config_are_one_point(tmp_path):
    for seed, accuracy in enumerate((84.0, 86.0)):
        record(tmp_path, 'vared-t2c2_tiny_x', seed=seed, metrics={'acc/video-1': accuracy})
    record(tmp_path, 'static_tiny_x')
    board = Leaderboard.read([tmp_path], None)
    (chart,) = overview_charts(board)
    assert chart.title == 'video-1 against cost on moving_shapes/test.txt (generated)'
    assert chart.methods == [STATIC, DYNAMIC] and chart.sources == ['ours']
    (group,) = (g for g in marks(chart.svg).values() if 'm-dynamic' in g.get('class'))
    assert len(group.get('data-runs').split()) == 2
    assert '85.0 ± 1.4 %' in chart.svg
    assert thesis_chart(board, 'B.1') is None  # no accuracy


def test_the_thesis_rows_are_marked_by_method(tmp_path):
    board = Leaderboard.read([tmp_path], None)
    methods = {table.name: thesis_chart(board, table.name) for table in board.tables}
    keys = {name: {m.key for m in chart.methods} for name, chart in methods.items() if chart}
    assert keys['4.1'] == {'static', 'tuned'} and keys['4.8'] == {'pruning', 'cgnet'}
    assert keys['4.10'] == {'dynamic', 'tuned'} and keys['4.11'] == {'static', 'tuned'}
