"""What depends on mmaction2, no longer maintained, is listed with what would replace it."""

import ast
import re
from pathlib import Path

import mmaction.datasets
import mmaction.models
import mmaction.visualization  # noqa: F401
from mmaction import registry

ROOT = Path(__file__).parent.parent
REGISTRIES = (registry.MODELS, registry.TRANSFORMS, registry.DATASETS, registry.VISUALIZERS)
#: Of these names configs mean mmsegmentation's.
SEGMENTATION = {'CrossEntropyLoss', 'RandomCrop'}


def imported() -> set[str]:
    """Names that the package and the tools import from it."""
    found = set()
    for path in [*(ROOT / 'vared_mm').rglob('*.py'), *(ROOT / 'tools').rglob('*.py')]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or '').startswith('mmaction'):
                found |= {alias.name for alias in node.names}
    return found


def named() -> set[str]:
    """Its types that configs name."""
    texts = (path.read_text() for path in (ROOT / 'configs').rglob('*.py'))
    types = {name for text in texts for name in re.findall(r"type='(\w+)'", text)}
    classes = {name: [r.get(name) for r in REGISTRIES] for name in types}
    return {
        name
        for name, some in classes.items()
        if any(getattr(cls, '__module__', '').startswith('mmaction') for cls in some)
    }


def test_every_name_is_in_the_list():
    text = (ROOT / 'CONTRIBUTING.md').read_text()
    section = text.split('## If mmaction2 stops working')[1].split('\n## ')[0]
    rows = [line.split('|')[2] for line in section.splitlines() if line.startswith('| ')][1:]
    listed = {name for row in rows for name in re.findall(r'`(\w+)`', row)}
    assert imported() | named() - SEGMENTATION == listed
