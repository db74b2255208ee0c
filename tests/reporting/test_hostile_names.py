"""Names in records and of files are text on the site, whatever they hold."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.reporting.records import PROFILE, record
from vared_mm.reporting import Leaderboard, build_site

HOSTILE = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)" x="',
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    '</title></style></script><svg onload=alert(1)>',
    '<!-- -->]]><![CDATA[<b>',
    '{{ 7 * 7 }}{% raw %}',
    '&lt;script&gt;&#x3c;b&#x3e;',
    '../../../../etc/passwd',
    '..\\..\\x\x00y\x07\u202egpj.exe',
    'a file name \udcff of no encoding',
    '𝐀' * 200,
    '',
]


class Page(HTMLParser):
    """The elements of a page with the names of their attributes, and every text in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.texts, self.links = [], []
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.texts += [value or '' for _, value in attrs]
        self.links += [value for name, value in attrs if name in ('href', 'src', 'srcset')]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.elements.append(('comment', (data,)))


def build(folder: Path, name: str) -> dict[str, Page]:
    """A site whose every name is this one; its pages, a run's without its own name."""
    names = [f'{name}{i}' for i in range(20)]
    profile = dict(PROFILE)
    profile['layers'] = [{**row, 'name': names[0]} for row in PROFILE['layers']]
    profile['classes'] = [{**row, 'name': names[1]} for row in PROFILE['classes']]
    path = record(
        folder / 'runs',
        'run',
        config=names[2],
        dataset=names[3],
        checkpoint=names[4],
        config_sha256=names[5],
        metrics={names[6]: 1.0},
        machine={names[7]: names[8], 'processor': names[9]},
        versions={names[10]: names[11], 'torch': names[12]},
        commit=names[13],
        profile=profile,
        curves={f'loss{names[14]}': [[1, 3.0], [2, 2.0]]},
    )
    analysis = path.parent / 'analysis'
    analysis.mkdir()
    file = names[15].replace('/', '|').replace('\x00', '')[:50]
    (analysis / file).write_bytes(b'x')
    clip = {'video': names[16], 'share': 0.5, 'animation': file, 'still': file}
    row = {'class': names[17], 'most': [clip], 'least': [clip]}
    (analysis / 'extreme_clips.json').write_text(json.dumps({'classes': [row]}))
    broken = folder / 'runs' / names[18].replace('/', '|').replace('\x00', '')[:50]
    broken.mkdir()
    (broken / 'result.json').write_text('{')
    build_site(Leaderboard.read([folder / 'runs'], None), folder / 'site')
    (run,) = (folder / 'site' / 'runs').glob('*.html')
    pages = {path.name: Page(path) for path in (folder / 'site').glob('*.html')}
    return {**pages, 'run': Page(run)}


@pytest.fixture(scope='module')
def harmless(tmp_path_factory) -> dict[str, Page]:
    """What the pages look like without any of this."""
    return build(tmp_path_factory.mktemp('plain'), 'name')


@pytest.mark.parametrize('name', HOSTILE, ids=range(len(HOSTILE)))
def test_a_name_is_text(tmp_path, harmless, name):
    pages = build(tmp_path / 'x', name)
    assert pages.keys() == harmless.keys()
    for key, page in pages.items():
        # Nothing that a name holds has become an element, an attribute or a comment.
        assert page.elements == harmless[key].elements, key
        for link in page.links:
            assert link == 'data:,' or ':' not in link.partition('/')[0], link
            assert not link.startswith(('/', '../..')), link
    shown = name.encode('utf-8', 'replace').decode()
    whole = ' '.join(pages['run'].texts)
    for number in (0, 1, 2, 3, 6, 16, 17):  # layer, class, config, data set, metric, video, class
        assert f'{shown}{number}' in whole, number
