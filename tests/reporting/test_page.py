"""Measured blocks in pages."""

import pytest

from vared_mm.reporting import fill_block

PAGE = 'before\n<!-- demo: begin -->\nold\n<!-- demo: end -->\nafter\n'


def test_only_the_block_changes_and_filling_again_changes_nothing(tmp_path):
    page = tmp_path / 'page.md'
    page.write_text(PAGE)
    fill_block(page, 'demo', '| new |\n')
    filled = page.read_text()
    assert filled == PAGE.replace('old', '\n| new |\n')
    fill_block(page, 'demo', '| new |')
    assert page.read_text() == filled


@pytest.mark.parametrize('text', ['', PAGE.replace('end', 'ending')])
def test_a_page_without_the_block_is_refused(tmp_path, text):
    page = tmp_path / 'page.md'
    page.write_text(text)
    with pytest.raises(ValueError, match=r'page\.md: no block from <!-- demo: begin -->'):
        fill_block(page, 'demo', 'x')
    assert page.read_text() == text
