"""Metafiles: what OpenMMLab's tools know about recipes, made from names and counted costs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from .recipe_costs import RecipeCost

#: By folder within ``configs``: name of its collection, task, and the paper of its backbone.
COLLECTIONS = {
    'blockwise/i3d': ('Block-wise I3D', 'Action Recognition', '1705.07750'),
    'blockwise/r2plus1d': ('Block-wise R(2+1)D', 'Action Recognition', '1711.11248'),
    'blockwise/tsn': ('Block-wise TSN', 'Action Recognition', '1608.00859'),
    'blockwise/x3d': ('Block-wise X3D', 'Action Recognition', '2004.04730'),
    'comparisons/ar_net': ('AR-Net', 'Action Recognition', '2007.15796'),
    'comparisons/cgnet': ('CGNet', 'Action Recognition', '1805.12549'),
    'comparisons/frame_exit': ('FrameExit', 'Action Recognition', '2104.13400'),
    'comparisons/weight_pruning': ('Weight pruning', 'Action Recognition', '1506.02626'),
    'localization/yowo': ('YOWO', 'Spatio-Temporal Action Detection', '1911.06644'),
    'recognition/corrnet': ('CorrNet', 'Action Recognition', '1906.03349'),
    'recognition/i3d': ('I3D', 'Action Recognition', '1705.07750'),
    'recognition/r2plus1d': ('R(2+1)D', 'Action Recognition', '1711.11248'),
    'recognition/tpn': ('TPN', 'Action Recognition', '2004.03548'),
    'recognition/tsn': ('TSN', 'Action Recognition', '1608.00859'),
    'recognition/x3d': ('X3D', 'Action Recognition', '2004.04730'),
    'segmentation/pspnet': ('PSPNet', 'Semantic Segmentation', '1612.01105'),
}
METHOD = 'https://arxiv.org/abs/2102.07887'  # VA-RED2


def metafiles(configs: Path, costs: Mapping[str, RecipeCost]) -> dict[str, str]:
    """The text of every metafile and of ``model-index.yml``, by path from the root.

    There are no accuracies and no weights in them: none was measured, none is published.

    Args:
        configs: the folder of recipes.
        costs: by name of config; one that is not there has no numbers.
    """
    found = {}
    for folder, (name, task, paper) in COLLECTIONS.items():
        recipes = sorted((configs / folder).glob('*.py'))
        models = [_model(path, f'configs/{folder}', name, task, costs) for path in recipes]
        collection = {
            'Name': name,
            'Paper': {'URL': f'https://arxiv.org/abs/{paper}'},
            'README': 'docs/configs.md',
        }
        content = {'Collections': [collection], 'Models': models}
        found[f'configs/{folder}/metafile.yml'] = _dump(content)
    found['model-index.yml'] = _dump({'Import': list(found)})
    return found


def _model(
    path: Path, folder: str, collection: str, task: str, costs: Mapping[str, RecipeCost]
) -> dict[str, Any]:
    cost = costs.get(path.stem)
    data = path.stem.rpartition('_')[2]
    metadata: dict[str, Any] = {'Training Data': data}
    if cost is not None:  # "FLOPs" are multiply-accumulates, as in papers
        metadata.update({'FLOPs': cost.static_macs, 'Parameters': cost.parameters})
    if path.stem.startswith('vared-') and not path.stem.startswith('vared-block'):
        metadata['Method'] = METHOD
    return {
        'Name': path.stem,
        'In Collection': collection,
        'Config': f'{folder}/{path.name}',
        'Metadata': metadata,
        'Results': [{'Task': task, 'Dataset': data, 'Metrics': None}],
    }


def _dump(content: Mapping[str, Any]) -> str:
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100))
