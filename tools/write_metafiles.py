"""Write ``model-index.yml`` and the metafiles of the recipes anew, for OpenMMLab's tools."""

from vared_mm.cli import command
from vared_mm.files import ROOT
from vared_mm.reporting import read_recipe_costs
from vared_mm.reporting.metafile import metafiles


@command
def main() -> None:
    """Make them of the recipes and of ``results/recipe_costs.json``."""
    for path, text in metafiles(ROOT / 'configs', read_recipe_costs()).items():
        (ROOT / path).write_text(text, 'utf-8')


if __name__ == '__main__':
    main()
