"""Classes taken for others, as rows and as a chart."""

from xml.etree import ElementTree

import pytest

from tests.reporting.records import record
from vared_mm.reporting import Leaderboard, build_site, class_rows, mean_class_accuracy
from vared_mm.reporting.class_rows import ClassRow
from vared_mm.reporting.confusion_chart import confusion_chart

CONFUSION = {'classes': ['a', '<b>', 'c'], 'counts': [[0, 0, 3], [0, 1, 1], [1, 0, 2], [1, 1, 2]]}


def test_rows_by_hand():
    rows = class_rows(CONFUSION)
    assert rows == [
        ClassRow('a', 4, 75.0, '<b>', 1),
        ClassRow('<b>', 4, 50.0, 'a', 2),
        ClassRow('c', 0, None, None, 0),
    ]
    assert mean_class_accuracy(rows) == 62.5
    assert mean_class_accuracy(rows[2:]) is None


@pytest.mark.parametrize('count', [3, 400])
def test_the_chart_has_a_cell_for_each_pair(count):
    names = [*CONFUSION['classes'], *(f'class {i}' for i in range(3, count))]
    svg = ElementTree.fromstring(confusion_chart({**CONFUSION, 'classes': names}, 'title'))
    cells = svg.findall('rect')
    assert [cell.findtext('title') for cell in cells] == [
        'a taken for a: 3 of 4',
        'a taken for <b>: 1 of 4',
        '<b> taken for a: 2 of 4',
        '<b> taken for <b>: 2 of 4',
    ]
    assert [cell.get('style') for cell in cells[:2]] == ['--share:75%', '--share:25%']
    assert (svg.find('text') is not None) == (count == 3)
    width = float(svg.get('viewBox').split()[2])
    assert all(float(cell.get('x')) + float(cell.get('width')) <= width for cell in cells)


def test_a_page_shows_both(tmp_path):
    record(tmp_path / 'runs', 'good', confusion=CONFUSION)
    build_site(Leaderboard.read([tmp_path / 'runs'], None), tmp_path / 'site')
    (page,) = (tmp_path / 'site' / 'runs').glob('*.html')
    text = page.read_text()
    assert 'a taken for &lt;b&gt;: 1 of 4' in text and 'data-value="62.5"' not in text
    assert '<td class="line">&lt;b&gt;</td>' in text and 'data-value="75.0"' in text
