"""Charts as SVG: where the bars and squares are."""

from xml.etree import ElementTree

import pytest

from vared_mm.reporting.charts import heat_map, histogram
from vared_mm.reporting.svg import Frame, ticks


def found(svg: str, kind: str) -> list[ElementTree.Element]:
    return [e for e in ElementTree.fromstring(svg).iter(kind) if kind == e.tag]


@pytest.mark.parametrize(
    ('low', 'high', 'expected'),
    [(0, 10, [0, 2, 4, 6, 8, 10]), (13, 113, [20, 40, 60, 80, 100]), (5, 5, [5])],
)
def test_ticks_are_round(low, high, expected):
    assert ticks(low, high) == expected


def test_frame_maps_its_corners():
    frame = Frame(10, 20, 100, 50, (0, 4), (-1, 1))
    assert (frame.at_x(0), frame.at_x(4)) == (10, 110)
    assert (frame.at_y(1), frame.at_y(-1)) == (20, 70)


def test_histogram_has_a_bar_for_each_bin_in_between():
    svg = histogram([0] * 12 + [1, 0, 3] + [0] * 5, 5, 'cost')
    titles = [bar[0].text for bar in found(svg, 'rect')]
    assert titles[1] == 'above 60 to 65 %: 25.0 % of the views'
    assert titles[3] == 'above 70 to 75 %: 75.0 % of the views'
    assert len(titles) == 5  # and an empty one to each side


def test_heat_map_has_a_square_for_each_class_and_layer():
    svg = heat_map([[1.0, 0.5, 0.5], [0.5, 0.52, 0.9]], ['<a>', 'b' * 40], ['x', 'y', 'z'], 'time')
    paths = {p.get('style'): p.get('d').count('M') for p in found(svg, 'path')}
    assert paths == {'--share:50%': 4, '--share:90%': 1, '--share:100%': 1}
    texts = [text.text for text in found(svg, 'text')]
    assert '<a>' in texts and 'b' * 21 + '…' in texts and texts[-3:] == ['1', '2', '3']
