"""Registries of this package, children of mmengine's roots.

Our own types are written with their scope, `vared_mm.X`, in a config: an unprefixed name is
looked for in the default scope (`mmaction` or `mmseg`) and its parents, never in a sibling.
`locations` are imported when a registry is first asked, so a config needs no `custom_imports`.
"""

from mmengine import registry as root

_SCOPE = 'vared_mm'

MODELS = root.Registry(
    'model',
    parent=root.MODELS,
    scope=_SCOPE,
    locations=['vared_mm.dynamic', 'vared_mm.models', 'vared_mm.comparisons'],
)
DATASETS = root.Registry(
    'dataset', parent=root.DATASETS, scope=_SCOPE, locations=['vared_mm.datasets']
)
TRANSFORMS = root.Registry(
    'transform', parent=root.TRANSFORMS, scope=_SCOPE, locations=['vared_mm.datasets']
)
HOOKS = root.Registry('hook', parent=root.HOOKS, scope=_SCOPE, locations=['vared_mm.engine.hooks'])
LOOPS = root.Registry('loop', parent=root.LOOPS, scope=_SCOPE, locations=['vared_mm.engine.loops'])
METRICS = root.Registry(
    'metric', parent=root.METRICS, scope=_SCOPE, locations=['vared_mm.evaluation']
)
