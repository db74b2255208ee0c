"""Folders of acceleration import from `common` and from themselves; devices have the same roles."""

import ast

import pytest

from tests.test_import_rules import PACKAGE, imports_of, name_of

ROOT = PACKAGE / 'acceleration'
ROLES = {'__init__', 'accelerator', 'backend', 'gate', 'static_layers'}


@pytest.mark.parametrize('folder', ['common', 'cpu', 'gpu', 'training'])
def test_a_folder_imports_from_common_and_from_itself(folder):
    for path in (ROOT / folder).rglob('*.py'):
        module, tree = name_of(path), ast.parse(path.read_text())
        imported = [name.split('.') for name in imports_of(module, tree, path.stem == '__init__')]
        others = {parts[2] for parts in imported if parts[:2] == ['vared_mm', 'acceleration']}
        assert others <= {'common', folder}, module


def test_files_of_the_same_name_have_the_same_role():
    cpu, gpu = ({path.stem for path in (ROOT / kind).glob('*.py')} for kind in ('cpu', 'gpu'))
    assert cpu & gpu == ROLES
    page = (PACKAGE.parent / 'docs' / 'acceleration.md').read_text()
    assert all(f'`{role}.py`' in page for role in ROLES - {'__init__'})


def test_headers_include_from_left_to_right():
    ranks = {'simd': 0, 'conv': 1, 'dynamic': 2, 'training': 2, 'ops': 3}
    for path in (ROOT / 'cpu' / 'csrc').rglob('*.*'):
        folder = path.parent.name
        lines = path.read_text().splitlines()
        included = [line.split('"')[1] for line in lines if line.startswith('#include "')]
        for header in included:
            assert (path.parent.parent / header).is_file(), header
            other = header.split('/')[0]
            assert other == folder or ranks[other] < ranks[folder], f'{path.name}: {header}'
