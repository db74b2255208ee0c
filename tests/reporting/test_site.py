"""The site as files, and in a browser: sorting, filtering, links, keyboard, no console error."""

import json
import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.reporting.records import record
from vared_mm.reporting import Leaderboard, build_site

DEMO = 'static_demo'
EVIL = '<script>document.title = "pwned"</script>'
BROWSERS = ('chromium', 'chromium-browser', 'google-chrome')


@pytest.fixture(scope='module')
def site(tmp_path_factory) -> Path:
    """A site of three runs, one with a name and texts that are markup, and a broken record."""
    folder = tmp_path_factory.mktemp('site')
    profile = folder / 'tables.json'
    profile.write_text(json.dumps({'tables': {'4.2': [DEMO] + [None] * 5}}))
    runs = folder / 'runs'
    path = record(runs, DEMO, clips_per_second=9.5)
    record(runs, 'dynamic', metrics={'acc/video-1': 90.5, 'cost/gflops/average': 0.25})
    odd = {EVIL: 1.0, 'acc/video-1': 7.5, 'cost/gflops/average': 10.0}
    texts = {'config': EVIL, 'machine': {'processor': EVIL}, 'versions': {EVIL: EVIL}}
    record(runs, 'evil', metrics=odd, profile=None, **texts)
    (runs / 'broken').mkdir()
    (runs / 'broken' / 'result.json').write_text(EVIL)
    analysis = path.parent / 'analysis'
    analysis.mkdir()
    clip = {'video': EVIL, 'share': 0.5, 'animation': 'a.webp', 'still': 'a.png'}
    row = {'class': EVIL, 'most': [clip], 'least': [{**clip, 'share': 0.25}]}
    (analysis / 'extreme_clips.json').write_text(json.dumps({'classes': [row]}))
    pixel = bytes.fromhex('89504e470d0a1a0a')
    (analysis / 'a.webp').write_bytes(pixel)
    (analysis / 'a.png').write_bytes(pixel)
    build_site(Leaderboard.read([runs], profile), folder / 'site')
    return folder / 'site'


class Links(HTMLParser):
    """Gathers what a page points to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.found += [v for k in ('href', 'src', 'srcset') if (v := values.get(k))]
        self.ids += [values['id']] if values.get('id') else []


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob('*.html'))


def test_every_link_leads_to_a_file_in_the_folder(site):
    assert len(pages(site)) == 1 + 14 + 3
    for page in pages(site):
        links = Links()
        links.feed(page.read_text())
        assert len(links.ids) == len(set(links.ids)), page
        for link in links.found:
            if link == 'data:,':
                continue
            path, _, mark = link.partition('#')
            assert ':' not in path and not path.startswith('/'), f'{page}: {link}'
            target = (page.parent / path).resolve() if path else page
            assert target.is_file() and target.is_relative_to(site), f'{page}: {link}'
            assert not mark or f'id="{mark}"' in target.read_text()


def test_nothing_comes_from_elsewhere(site):
    for file in site.rglob('*'):
        if file.suffix in ('.html', '.css', '.js'):
            outside = re.findall(r'(?:https?:)?//[\w.-]+\.\w+|@import|url\(', file.read_text())
            assert outside == [], file


def test_everything_is_escaped(site):
    for page in pages(site):
        assert '<script>document' not in page.read_text(), page
    assert '&lt;script&gt;' in (site / 'index.html').read_text()


def test_a_site_can_be_built_anew_but_nothing_else_is_deleted(site, tmp_path):
    board = Leaderboard.read([tmp_path / 'none'], None)
    copy = tmp_path / 'site'
    shutil.copytree(site, copy)
    build_site(board, copy)
    assert list((copy / 'runs').iterdir()) == []
    other = tmp_path / 'other'
    other.mkdir()
    (other / 'mine.txt').write_text('x')
    with pytest.raises(ValueError, match='other: holds other files'):
        build_site(board, other)
    assert (other / 'mine.txt').is_file()


def test_pictures_outside_the_analysis_are_not_copied(tmp_path):
    path = record(tmp_path / 'runs', DEMO)
    (path.parent / 'analysis').mkdir()
    clip = {'video': 'v', 'share': 1, 'animation': '../result.json', 'still': '../result.json'}
    row = {'class': 'c', 'most': [clip], 'least': [clip]}
    (path.parent / 'analysis' / 'extreme_clips.json').write_text(json.dumps({'classes': [row]}))
    build_site(Leaderboard.read([tmp_path / 'runs'], None), tmp_path / 'site')
    assert not list((tmp_path / 'site').rglob('result.json'))


@pytest.fixture(scope='module')
def browser():
    """A headless Chromium; its place may be named in the variable CHROMIUM."""
    api = pytest.importorskip('playwright.sync_api', reason='playwright is not installed')
    path = os.environ.get('CHROMIUM') or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip('no Chromium on this machine (apt-get install chromium)')
    with api.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=path, args=['--no-sandbox'])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, request):
    """A page at a phone's width in dark, that must end without any message of an error."""
    view = browser.new_page(viewport={'width': 390, 'height': 800}, color_scheme='dark')
    view.set_default_timeout(30_000)
    errors: list[str] = []
    view.on('console', lambda message: errors.append(message.text))
    view.on('pageerror', lambda error: errors.append(str(error)))
    yield view
    view.close()
    assert errors == []


def column(page, number: int) -> list[str]:
    """Texts of a column of the table of all runs, as far as they are shown."""
    rows = page.locator('#t-runs tbody tr:visible')
    return [row.locator('td').nth(number).inner_text() for row in rows.all()]


def test_sorting(page, site):
    page.goto(site.joinpath('index.html').as_uri())
    head = page.locator('#t-runs th', has_text='accuracy')
    head.get_by_role('button').click()
    assert column(page, 3) == ['7.5', '85.0', '90.5']  # numbers, not texts
    assert head.get_attribute('aria-sort') == 'ascending'
    page.keyboard.press('Enter')  # the focus is still on the head
    assert column(page, 3) == ['90.5', '85.0', '7.5']
    assert head.get_attribute('aria-sort') == 'descending'
    speed = page.locator('#t-runs th', has_text='clips/s').get_by_role('button')
    for _ in range(2):
        speed.click()
        assert column(page, 8) == ['9.5', '–', '–']  # what was not measured is always last
    assert head.get_attribute('aria-sort') is None


def test_filtering_hides_rows_and_points(page, site):
    page.goto(site.joinpath('index.html').as_uri())
    assert page.locator('g.point[data-runs]:visible').count() == 3
    page.get_by_label('Filter rows').fill('DYNAMIC generated')
    assert column(page, 0) == ['dynamic']
    assert page.get_by_role('status').inner_text() == '1 of 3 rows'
    assert page.locator('g.point[data-runs]:visible').count() == 1
    page.get_by_label('Filter rows').fill('')
    assert len(column(page, 0)) == 3 and page.locator('g.point[data-runs]:visible').count() == 3


def test_links_lead_to_runs_and_back(page, site):
    page.goto(site.joinpath('index.html').as_uri())
    page.locator('#t-runs').get_by_role('link', name=DEMO).click()
    assert page.locator('h1').inner_text() == DEMO
    assert page.title().startswith(DEMO)
    assert page.locator('.chart .cell').count() > 0
    page.get_by_role('link', name='4.2', exact=True).click()
    page.locator('#t-4\\.2-demo').get_by_role('link').first.click()
    assert page.locator('h1').inner_text() == DEMO
    page.get_by_role('link', name='vared_mm leaderboard').click()
    assert page.locator('h1').inner_text() == 'Leaderboard'


def test_a_point_is_reached_by_keyboard(page, site):
    page.goto(site.joinpath('index.html').as_uri())
    point = page.locator(f'.chart a[href*="{DEMO}"]').first
    run = point.get_attribute('href')
    point.focus()
    page.keyboard.press('Enter')
    page.wait_for_url('**/runs/*.html')
    assert page.url == site.joinpath(run).as_uri()
    assert page.locator('h1').inner_text() == DEMO


def test_no_page_is_wider_than_the_screen_and_colours_follow(page, site):
    for file in pages(site):
        page.goto(file.as_uri())
        assert page.evaluate('document.documentElement.scrollWidth') <= 390, file.name
        assert page.title() != 'pwned'
    dark = page.evaluate('getComputedStyle(document.body).backgroundColor')
    page.emulate_media(color_scheme='light')
    assert page.evaluate('getComputedStyle(document.body).backgroundColor') != dark


def test_every_thesis_table_fits_a_desktop(page, site):
    page.set_viewport_size({'width': 1280, 'height': 900})
    cut = '[...document.querySelectorAll(".scroll")].some(e => e.scrollWidth > e.clientWidth)'
    files = sorted(site.glob('table-*.html'))
    assert len(files) > 10
    for file in files:
        page.goto(file.as_uri())
        assert not page.evaluate(cut), file.name
