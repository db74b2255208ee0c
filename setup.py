"""Packaging. `make install` adds mmaction2, whose own dependency list must not be followed."""

import ast
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent


def version() -> str:
    """Read `__version__` without importing the package, whose dependencies may be absent."""
    for node in ast.parse((ROOT / 'vared_mm' / '__init__.py').read_text()).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == '__version__':
            return ast.literal_eval(node.value)
    raise RuntimeError('vared_mm/__init__.py sets no __version__')


class BuildWithRecipes(build_py):
    """Put recipes and tools into the package, where OpenMMLab's tools look for them."""

    def run(self) -> None:
        """Build, then copy; an editable installation finds them in the checkout."""
        super().run()
        if self.editable_mode:
            return
        place = Path(self.build_lib, 'vared_mm', '.mim')
        shutil.rmtree(place, ignore_errors=True)
        for name in ('configs', 'tools'):
            ignored = shutil.ignore_patterns('__pycache__')
            shutil.copytree(ROOT / name, place / name, ignore=ignored)
        shutil.copy(ROOT / 'model-index.yml', place)


# Kernels for GPUs, which tests run by Triton's interpreter; torch brings it where there is a GPU.
TRITON = 'triton; platform_system == "Linux" and platform_machine == "x86_64"'

# Runtimes that models are exported for, and counters that tests compare ours with.
ONNX = ['onnx', 'onnxruntime', 'onnxscript']
OPENVINO = ['openvino']
COUNTERS = ['fvcore', 'thop']

# mmaction2 is missing on purpose: pip would follow its list to decord, which has no ARM wheel, and
# to a second OpenCV.
setup(
    name='vared-mm',
    version=version(),
    description='VA-RED2: input-adaptive video networks for mmaction2 and mmsegmentation',
    long_description=(ROOT / 'README.md').read_text() if (ROOT / 'README.md').exists() else '',
    long_description_content_type='text/markdown',
    license='Apache-2.0',
    python_requires='>=3.11',
    classifiers=[
        'Programming Language :: Python :: 3.11',
        'Programming Language :: Python :: 3.12',
        'Programming Language :: Python :: 3.13',
    ],
    cmdclass={'build_py': BuildWithRecipes},
    entry_points={'console_scripts': ['vared-mm = vared_mm.__main__:main']},
    packages=find_packages(include=['vared_mm', 'vared_mm.*']),
    package_data={
        'vared_mm.acceleration.cpu': ['csrc/*/*.cpp', 'csrc/*/*.h'],
        'vared_mm.datasets.preparation': ['lists/*'],
        'vared_mm.reporting': ['site/*'],
    },
    install_requires=[
        'safetensors',
        'torch>=2.6',
        'numpy',
        'onedl-mmengine>=0.10.12',
        'onedl-mmcv>=2.3.6',
        'onedl-mmsegmentation>=1.4.2',
        'av>=17',
        'opencv-python',
        # Tables and progress in a terminal.
        'prettytable',
        'rich',
        # Metafiles.
        'pyyaml',
        # Pictures and pages.
        'jinja2',
        'matplotlib',
        'pillow',
        # What mmaction2 imports.
        'einops',
        'scipy',
        'importlib-metadata',
        # What mmsegmentation imports.
        'ftfy',
        'regex',
    ],
    extras_require={
        'onnx': ONNX,
        'openvino': OPENVINO,
        'comparisons': ['torch-pruning'],
        'folds': ['scikit-learn'],
        'test': [
            'pytest',
            'hypothesis',
            'setuptools',
            'faster-coco-eval',
            'torch-pruning',
            'scikit-learn',
            TRITON,
            *ONNX,
            *OPENVINO,
            *COUNTERS,
        ],
        'dev': [
            'pytest',
            'pytest-cov',
            'hypothesis',
            'setuptools',
            'faster-coco-eval',
            'playwright',
            'torch-pruning',
            'scikit-learn',
            TRITON,
            *ONNX,
            *OPENVINO,
            *COUNTERS,
            'ruff',
            'mypy',
            'codespell',
        ],
    },
)
