"""The wheel that users install holds every file of the package, and all of it can be imported."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest

pytest.importorskip('setuptools', minversion='70.1')  # the first that builds a wheel by itself

RECIPES = ('configs', 'tools')
INDEX = 'model-index.yml'
RECIPE = 'static_r2plus1d-18_96xb12-8x2x1-120e_mini-kinetics200-rgb'
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
    """Build the sdist from a copy of the checkout, so that nothing is left behind in it; then, from
    the sdist, the wheel.
    """
    source, out = tmp_path_factory.mktemp('source'), tmp_path_factory.mktemp('wheel')
    for name in ('vared_mm', *RECIPES):
        skip = shutil.ignore_patterns('__pycache__')
        shutil.copytree(root / name, source / name, ignore=skip)
    for name in ('setup.py', 'pyproject.toml', 'README.md', 'LICENSE', 'MANIFEST.in', INDEX):
        if (root / name).exists():
            shutil.copy(root / name, source)
    sdist = out / _build('sdist', source, out)
    with tarfile.open(sdist) as packed:
        packed.extractall(out, filter='data')
    return out / _build('wheel', out / sdist.name.removesuffix('.tar.gz'), out)


def _build(kind, source, out):
    code = f'import sys; from setuptools import build_meta as b; b.build_{kind}(sys.argv[1])'
    before = set(out.iterdir())
    subprocess.run([sys.executable, '-c', code, str(out)], cwd=source, check=True)
    (made,) = (path.name for path in {*out.iterdir()} - before if path.is_file())
    return made


@pytest.fixture(scope='module')
def installed(wheel, tmp_path_factory):
    """A folder that the wheel is installed into."""
    folder = tmp_path_factory.mktemp('installed')
    words = ['install', '-q', '--no-deps', '--no-index', '--target', str(folder), str(wheel)]
    subprocess.run([sys.executable, '-m', 'pip', *words], check=True)
    return folder


def test_holds_the_package_with_recipes_and_tools_and_nothing_else(root, wheel):
    names = zipfile.ZipFile(wheel).namelist()
    packed = {name for name in names if '.dist-info/' not in name}
    wanted = {f'vared_mm/.mim/{INDEX}'}
    for folder, place in (('vared_mm', ''), *((name, 'vared_mm/.mim/') for name in RECIPES)):
        files = (path for path in (root / folder).rglob('*') if path.is_file())
        wanted |= {
            f'{place}{path.relative_to(root).as_posix()}'
            for path in files
            if '__pycache__' not in path.parts
        }
    assert packed == wanted
    assert any(name.endswith('LICENSE') for name in names)


def test_installed_it_needs_no_checkout(installed, tmp_path):
    """Recipes by name, and the console command, in a folder with nothing in it."""
    env = os.environ | {'PYTHONPATH': str(installed)}
    command = [str(installed / 'bin/vared-mm'), 'flops', RECIPE, '--json']
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)['static_macs'] == pytest.approx(27.607e9, rel=1e-4)


def test_every_module_imports(installed, tmp_path):
    done = subprocess.run(
        [sys.executable, '-c', IMPORT_ALL, str(installed)],
        cwd=tmp_path,
        env=os.environ | {'PYTHONPATH': str(installed)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    modules = {
        '.'.join(path.relative_to(installed).with_suffix('').parts)
        for path in (installed / 'vared_mm').rglob('*.py')
        if '.mim' not in path.parts
    }
    imported = set(done.stdout.split()) | {'vared_mm'}
    assert imported == {name.removesuffix('.__init__') for name in modules}
