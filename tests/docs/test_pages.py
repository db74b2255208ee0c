"""What the README, CONTRIBUTING and docs/ name is there, and their tables are what was measured."""

import re
from pathlib import Path

import pytest

from tools.experiments.demos import DEMOS
from vared_mm.reporting import MethodRuns, RunResult, fill_block, summary_table, with_block

ROOT = Path(__file__).parents[2]
PAGES = [
    *('README.md', 'CONTRIBUTING.md'),
    *(f'docs/{page.name}' for page in sorted((ROOT / 'docs').glob('*.md'))),
]
# The site's copies of the root's pages.
SITE_ONLY = {'docs/index.md', 'docs/contributing.md', 'docs/changelog.md'}
FOLDERS = 'tools|configs|docs|tests|vared_mm|results'


def anchors(page: Path) -> set[str]:
    """The ids that GitHub gives to a page's headings."""
    heads = re.findall(r'^#+ (.+)$', page.read_text(), re.MULTILINE)
    return {re.sub(r'[^\w\- ]', '', head.lower()).replace(' ', '-') for head in heads}


@pytest.mark.parametrize('name', PAGES)
def test_links(name):
    page = ROOT / name
    for link in re.findall(r'\]\(([^)\s]+)\)', page.read_text()):
        if link.startswith(('http://', 'https://')):
            continue
        path, _, mark = link.partition('#')
        target = (page.parent / path).resolve() if path else page
        assert target.exists() and target.is_relative_to(ROOT), link
        assert not mark or mark in anchors(target), link


@pytest.mark.parametrize('name', PAGES)
def test_paths(name):
    """Files of the repository that are named in code or in commands."""
    text = (ROOT / name).read_text()
    pattern = rf'(?<![\w/.~-])((?:{FOLDERS})/[\w/.*-]+\.(?:py|sh|md|json|csv|cpp|h))\b'
    for path in re.findall(pattern, text):
        example = path.rpartition('/')[2] in ('mine.py', 'mine.json') or path.isupper()
        capitals = re.search(r'[A-Z]{2,}(?!\w*\.md)', path)  # NAME.py stands for any
        assert example or capitals or any(ROOT.glob(path)), path


def test_the_readme_is_short():
    assert len((ROOT / 'README.md').read_text().splitlines()) <= 200


def test_the_readme_links_every_page():
    text = (ROOT / 'README.md').read_text()
    pages = {name for name in PAGES if name.startswith('docs/')} - SITE_ONLY
    assert [name for name in sorted(pages) if f'({name}' not in text] == []


def test_the_site_lists_every_page():
    text = (ROOT / 'docs/index.md').read_text()
    pages = {Path(name).stem for name in PAGES if name.startswith('docs/')} - {'index'}
    assert pages <= set(text.splitlines())


@pytest.mark.parametrize('name', DEMOS)
def test_every_block_of_the_results_is_what_its_records_say(name):
    """Otherwise: python tools/run_demo.py --task NAME --no-runs --publish."""
    demo, runs = DEMOS[name], {}
    for method in demo.methods:
        files = sorted((ROOT / 'results' / demo.name).glob(f'{method.name}_seed*.json'))
        if files and method.reported:
            runs[method.name] = MethodRuns(method, [RunResult.load(file) for file in files])
    page = ROOT / 'docs/results.md'
    assert page.read_text() == with_block(page, demo.name, demo.report(runs, markdown=True))


def test_summary_of_folders_without_records(tmp_path):
    with pytest.raises(ValueError, match='demo: no record of static'):
        summary_table(tmp_path)
    with pytest.raises(ValueError, match='no block'):
        fill_block(ROOT / 'CONTRIBUTING.md', 'summary', '')
