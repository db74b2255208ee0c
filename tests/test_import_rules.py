"""Imports run one way, and upstream privates stay in `compat`."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / 'vared_mm'
# A module imports from its own folder or from one of a lower rank.
RANK = {
    'cost': 0,
    'dynamic': 1,
    'blockwise': 2,
    'models': 3,
    'comparisons': 3,
    'acceleration': 4,
    'engine': 4,
    'evaluation': 4,
    'datasets': 4,
    'deployment': 5,
    'reporting': 5,
    'visualization': 5,
    'apis': 6,
    'benchmarking': 7,
    'analysis': 7,
    'streaming': 7,
    'cli': 8,
}
UPSTREAM = ('mmengine', 'mmcv', 'mmaction', 'mmseg')
FRAMEWORKS = ('torch', 'torchvision', *UPSTREAM)


def name_of(path: Path) -> str:
    """Return a file's dotted module name."""
    parts = path.relative_to(PACKAGE.parent).with_suffix('').parts
    return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)


def imports_of(module: str, tree: ast.AST, is_package: bool = False) -> list[str]:
    """Return the dotted name of everything that a module imports."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ''
            if node.level:
                parts = module.split('.')
                parts = parts[: len(parts) - node.level + is_package]
                base = '.'.join([*parts, base] if base else parts)
            found += [f'{base}.{alias.name}' for alias in node.names]
    return found


def is_private(name: str) -> bool:
    return name.startswith('_') and not name.startswith('__')


def is_wrong(module: str, name: str) -> bool:
    """Tell whether a module must not import this name."""
    folder, *inner = [*module.split('.')[1:], '']
    package, *target = name.split('.')
    if folder == 'registry':
        return package != 'mmengine'
    if folder in ('cost', 'reporting') and (package in FRAMEWORKS or target[:1] == ['registry']):
        return True
    if package != 'vared_mm' or folder not in RANK or not target or target[0] not in RANK:
        return False
    if target[0] == folder:
        return folder == 'comparisons' and bool(inner[0]) and target[1:2] != inner[:1]
    return RANK[target[0]] >= RANK[folder]


def wrong_way(module: str, imported: list[str]) -> list[str]:
    """Return the imports that do not run from left to right."""
    return [name for name in imported if is_wrong(module, name)]


def local_imports(tree: ast.AST) -> list[int]:
    """Return the lines of imports inside functions."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return [
        inner.lineno
        for node in ast.walk(tree)
        if isinstance(node, functions)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def upstream_privates(module: str, tree: ast.AST) -> list[str]:
    """Return the private names of upstream packages that a module imports or reaches into."""
    found = [
        name
        for name in imports_of(module, tree)
        if name.split('.')[0] in UPSTREAM and any(map(is_private, name.split('.')))
    ]
    bound = {
        (alias.asname or alias.name).split('.')[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (getattr(node, 'module', None) or alias.name).split('.')[0] in UPSTREAM
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            base = node.value
            while isinstance(base, ast.Attribute):
                base = base.value
            if isinstance(base, ast.Name) and base.id in bound:
                found.append(ast.unparse(node))
    return found


FILES = sorted(PACKAGE.rglob('*.py'))


@pytest.mark.parametrize('path', FILES, ids=name_of)
def test_rules(path):
    module, tree = name_of(path), ast.parse(path.read_text())
    imported = imports_of(module, tree, path.name == '__init__.py')
    assert wrong_way(module, imported) == []
    assert local_imports(tree) == []
    if module.split('.')[1:2] != ['compat']:
        assert upstream_privates(module, tree) == []


def test_cost_and_reporting_load_no_framework():
    modules = [
        name_of(path)
        for path in FILES
        if name_of(path).split('.')[1:2] in (['cost'], ['reporting'])
    ]
    code = f"""
import importlib, sys
for name in {modules}: importlib.import_module(name)
print(*sorted({set(FRAMEWORKS)} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, '-c', code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def circles(imports: dict[str, set[str]]) -> list[str]:
    """Return the modules that import themselves over others, given what each imports."""
    left = {module: names & imports.keys() for module, names in imports.items()}
    while free := [module for module, names in left.items() if not names & left.keys()]:
        for module in free:
            del left[module]
    return sorted(left)


def test_no_module_imports_itself_over_others():
    """Packages aside: their `__init__` imports all of their modules."""
    imports = {
        name_of(path): set(imports_of(name_of(path), ast.parse(path.read_text())))
        for path in FILES
        if path.name != '__init__.py'
    }
    for names in imports.values():
        names |= {name.rpartition('.')[0] for name in names}  # of a name, its module
    assert circles(imports) == []
    assert circles({'a': {'b'}, 'b': {'c'}, 'c': {'a', 'd'}, 'd': set()}) == ['a', 'b', 'c']


@pytest.mark.parametrize(
    ('module', 'source'),
    [
        ('vared_mm.cost.macs', 'import torch'),
        ('vared_mm.cost.macs', 'from vared_mm.dynamic import gate'),
        ('vared_mm.dynamic.gate', 'from vared_mm.engine.hooks import x'),
        ('vared_mm.dynamic.gate', 'from ..models import x'),
        ('vared_mm.models.x', 'from vared_mm.comparisons import cgnet'),
        ('vared_mm.datasets.x', 'import vared_mm.evaluation'),
        ('vared_mm.comparisons.cgnet.a', 'from vared_mm.comparisons.ar_net import b'),
        ('vared_mm.reporting.table', 'import mmengine'),
        ('vared_mm.reporting.table', 'from vared_mm.registry import MODELS'),
        ('vared_mm.registry', 'import mmcv'),
        ('vared_mm.registry', 'import numpy'),
        ('vared_mm.reporting.table', 'from vared_mm.apis import result'),
        ('vared_mm.apis.budget', 'from vared_mm.cli import read_config'),
        ('vared_mm.apis.budget', 'from vared_mm.benchmarking import time_in_turn'),
        ('vared_mm.benchmarking.timer', 'import vared_mm.analysis'),
    ],
)
def test_a_wrong_import_is_seen(module, source):
    assert wrong_way(module, imports_of(module, ast.parse(source)))


@pytest.mark.parametrize(
    ('module', 'source'),
    [
        ('vared_mm.cost.macs', 'import numpy\nfrom vared_mm.cost import record'),
        ('vared_mm.models.x', 'from ..dynamic import gate\nimport torch'),
        ('vared_mm.comparisons.cgnet.a', 'from vared_mm.comparisons.cgnet import b'),
        ('vared_mm.apis.run', 'import vared_mm\nfrom vared_mm.engine.hooks import x'),
    ],
)
def test_a_right_import_passes(module, source):
    assert wrong_way(module, imports_of(module, ast.parse(source))) == []


@pytest.mark.parametrize(
    'source',
    [
        'from mmengine.runner.checkpoint import _load_checkpoint',
        'import mmengine\nmmengine.runner._x()',
        'from mmengine.registry import MODELS\nMODELS._module_dict',
    ],
)
def test_an_upstream_private_is_seen(source):
    assert upstream_privates('vared_mm.apis.run', ast.parse(source))


def test_a_local_import_is_seen():
    assert local_imports(ast.parse('def f():\n    if x:\n        import numpy')) == [3]
