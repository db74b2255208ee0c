"""The metafiles are those of the recipes that there are."""

import yaml

from vared_mm.reporting import read_recipe_costs
from vared_mm.reporting.metafile import metafiles


def test_they_are_up_to_date(root):
    """If this fails: python tools/write_metafiles.py."""
    made = metafiles(root / 'configs', read_recipe_costs())
    assert {path: (root / path).read_text('utf-8') for path in made} == made


def test_every_recipe_is_in_one_with_its_file(root):
    index = yaml.safe_load((root / 'model-index.yml').read_text())['Import']
    models = [m for path in index for m in yaml.safe_load((root / path).read_text())['Models']]
    named = {model['Config'] for model in models}
    recipes = [p for p in (root / 'configs').rglob('*.py') if '_96xb' in p.name or '_4xb' in p.name]
    assert {str(path.relative_to(root)) for path in recipes} <= named
    assert all((root / name).is_file() for name in named) and len(named) == len(models)
    assert not any('Weights' in model for model in models)
