"""The wheel that users install holds every file of the package, and all of it can be imported."""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

pytest.importorskip('setuptools', minversion='70.1')  # the first that builds a wheel by itself

IMPORT_ALL = """
import importlib, pkgutil, sys
import vared_mm
assert vared_mm.__file__.startswith(sys.argv[1]), vared_mm.__file__
for found in pkgutil.walk_packages(vared_mm.__path__, 'vared_mm.'):
    importlib.import_module(found.name)
    print(found.name)
"""


@pytest.fixture(scope='module')
def wheel(root, tmp_path_factory):
    """Build the wheel from a copy of the checkout, so that nothing is left behind in it."""
    source, out = tmp_path_factory.mktemp('source'), tmp_path_factory.mktemp('wheel')
    skip = shutil.ignore_patterns('__pycache__')
    shutil.copytree(root / 'vared_mm', source / 'vared_mm', ignore=skip)
    for name in ('setup.py', 'pyproject.toml', 'README.md', 'LICENSE'):
        if (root / name).exists():
            shutil.copy(root / name, source)
    code = 'import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])'
    subprocess.run([sys.executable, '-c', code, str(out)], cwd=source, check=True)
    (path,) = out.glob('*.whl')
    return path


def test_holds_the_package_and_nothing_else(root, wheel):
    names = zipfile.ZipFile(wheel).namelist()
    packed = {name for name in names if '.dist-info/' not in name}
    files = (path for path in (root / 'vared_mm').rglob('*') if path.is_file())
    assert packed == {
        path.relative_to(root).as_posix() for path in files if '__pycache__' not in path.parts
    }
    assert any(name.endswith('LICENSE') for name in names)


def test_every_module_imports(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, '-c', IMPORT_ALL, str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {'PYTHONPATH': str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    modules = {
        '.'.join(path.relative_to(tmp_path).with_suffix('').parts)
        for path in (tmp_path / 'vared_mm').rglob('*.py')
    }
    imported = set(done.stdout.split()) | {'vared_mm'}
    assert imported == {name.removesuffix('.__init__') for name in modules}
