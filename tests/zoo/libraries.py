"""timm and torchvision beside a CPU build of torch.

A plugin of pytest (``-p tests.zoo.libraries``): it must come before whatever imports torchvision.
"""

import re
import sys
import warnings
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import nn

from tests.zoo.models import Model

_LIBRARY = torch.library.Library('torchvision', 'FRAGMENT')


def _name_operations() -> None:
    """Let torchvision's wheel be imported where its compiled half is of another build than torch.

    It stops as it describes the shapes of operations that did not load. None of the models here
    calls one, so that names suffice.
    """
    if find_spec('torchvision') is None:
        return
    try:
        import_module('torchvision')
        return
    except RuntimeError as error:
        if 'torchvision::' not in str(error):
            raise
    for name in [name for name in sys.modules if name.partition('.')[0] == 'torchvision']:
        del sys.modules[name]
    text = Path(find_spec('torchvision').origin).with_name('_meta_registrations.py').read_text()
    for name in sorted(set(re.findall(r'(?:torchvision::|register_meta\(")(\w+)', text))):
        _LIBRARY.define(f'{name}(Tensor x) -> Tensor')


def build(model: Model) -> nn.Module:
    """A model with random weights, in evaluation mode; norms with statistics of their own."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # of names that have moved, and of no pretrained weights
        torch.manual_seed(0)
        if model.library == 'timm':
            made = import_module('timm').create_model(model.name, **model.options)
        else:
            made = import_module('torchvision.models').get_model(model.name, **model.options)
    for module in made.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.track_running_stats:
            module.running_mean.normal_(std=0.1)
            module.running_var.uniform_(0.5, 2)
    return made.eval()


_name_operations()
