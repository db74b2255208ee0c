"""Sphinx configuration of the documentation site: ``make docs`` builds it.

API pages are read from the sources by AutoAPI: neither torch nor OpenMMLab is imported.
"""

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
#: Pages of the site that show a file of the repository's root, with its links seen from here.
ROOT_PAGES = {'index': 'README', 'contributing': 'CONTRIBUTING', 'changelog': 'CHANGELOG'}

project = 'vared_mm'
author = 'the vared_mm authors'
extensions = ['myst_parser', 'autoapi.extension', 'sphinx.ext.napoleon']
exclude_patterns = ['_build']
html_theme = 'furo'
html_title = 'vared_mm'
html_show_copyright = False
html_static_path = ['_static']
html_css_files = ['site.css']

myst_heading_anchors = 3
suppress_warnings = [
    'misc.highlighting_failure',  # Python with a placeholder, which no lexer reads
    'autoapi.python_import_resolution',  # of names that modules share among themselves
]

autoapi_dirs = [str(ROOT / 'vared_mm')]
autoapi_root = 'api'
autoapi_ignore = ['*/compat/*', '*/acceleration/*/*']  # nothing of them is exported
autoapi_add_toctree_entry = False
autoapi_options = ['members', 'show-inheritance', 'imported-members']
autoapi_python_class_content = 'both'
autoapi_member_order = 'groupwise'


def link_root_pages(_app: Any, docname: str, source: list[str]) -> None:
    """Put the root's page into the site's, and turn links between them around."""
    text = source[0]
    if docname in ROOT_PAGES:
        shown = (ROOT / f'{ROOT_PAGES[docname]}.md').read_text()
        text = re.sub(r'\]\(docs/', '](', shown) + '\n' + text
    for page, name in ROOT_PAGES.items():
        text = re.sub(rf'\]\((\.\./)?{name}\.md', f']({page}.md', text)
    # Other files of the repository are no pages of the site: they are named.
    outside = r'\[([^]]+)\]\(\.\./((?:configs|results|tools)/[^)]+)\)'
    text = re.sub(outside, r'\1 (`\2`)', text)
    source[0] = text.replace('](LICENSE)', '](../LICENSE)')


def skip_internals(_app: Any, kind: str, name: str, obj: Any, skip: bool, _options: Any) -> bool:
    """Document what the packages export; modules within them have no page of their own."""
    return skip or kind == 'module' or (kind == 'package' and name.count('.') > 1)


def split_notes(*args: Any) -> None:
    """Give a docstring's notes, such as its source and shapes, a paragraph each."""
    lines = args[-1]
    for i, line in enumerate(lines):
        lines[i] = re.sub(r'^(Source|Differs|Shapes|Cost|Units): ', r'\n**\1:** ', line)
    lines[:] = '\n'.join(lines).split('\n')


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect('source-read', link_root_pages)
    app.connect('autodoc-process-docstring', split_notes)
    app.connect('autoapi-skip-member', skip_internals)
