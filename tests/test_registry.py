"""Names resolve from another scope, and what the registries promise to import exists."""

import importlib

import pytest
from mmengine.registry import DefaultScope

from vared_mm import registry

pytestmark = pytest.mark.original

REGISTRIES = [registry.MODELS, registry.DATASETS, registry.TRANSFORMS]
REGISTRIES += [registry.HOOKS, registry.LOOPS, registry.METRICS]


@pytest.mark.parametrize('one', REGISTRIES, ids=lambda one: one.name)
def test_scope_and_parent(one):
    assert one.scope == 'vared_mm'
    assert one.parent.scope == 'mmengine'
    assert one.parent.children['vared_mm'] is one


@pytest.mark.parametrize('one', REGISTRIES, ids=lambda one: one.name)
def test_locations_register_something(one):
    for location in one._locations:
        importlib.import_module(location)
    assert len(one) > 0


def test_found_by_scope_and_only_by_scope():
    @registry.HOOKS.register_module()
    class OnlyHere:
        pass

    try:
        with DefaultScope.overwrite_default_scope('mmaction'):
            hooks = importlib.import_module('mmaction.registry').HOOKS
            assert hooks.get('vared_mm.OnlyHere') is OnlyHere
            assert hooks.get('OnlyHere') is None
    finally:
        registry.HOOKS._module_dict.pop('OnlyHere')
