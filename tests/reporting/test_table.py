"""Tables from rows."""

import pytest

from vared_mm.reporting import format_value, render_table


@pytest.mark.parametrize(
    ('value', 'text'), [(None, '–'), (1.005, '1.00'), (12345, '12,345'), ('a', 'a'), (0, '0')]
)
def test_cells(value, text):
    assert format_value(value) == text


def test_markdown_has_a_header_a_rule_and_a_line_a_row():
    lines = render_table(['model', 'clip-1'], [['static', 91.234], ['a', None]], markdown=True)
    cells = [[cell.strip() for cell in line.strip('|').split('|')] for line in lines.splitlines()]
    assert cells[0] == ['model', 'clip-1']
    assert set(cells[1][0]) <= set(':-') and cells[1][1].endswith(':')
    assert cells[2:] == [['static', '91.23'], ['a', '–']]


def test_plain_columns_line_up():
    lines = render_table(['m', 'macs'], [['a', 1], ['bbb', 1000]]).splitlines()
    assert [line.split() for line in lines] == [['m', 'macs'], ['a', '1'], ['bbb', '1,000']]
    assert len({len(line) for line in lines}) == 1


def test_a_short_row_is_refused():
    with pytest.raises(ValueError):
        render_table(['a', 'b'], [['only one']])
