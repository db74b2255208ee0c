"""What the recipes' models cost, computed from their configs without training."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

RECIPE_COSTS = Path(__file__).parents[2] / 'results' / 'recipe_costs.json'
NOTE = (
    'Computed by `python tools/leaderboard.py costs` from the configs. MACs of one clip in the '
    "thesis' count, cheap operations and gates left out: with everything computed (static_macs), "
    'and with every gate at its cheapest (least_macs).'
)


@dataclass(frozen=True)
class RecipeCost:
    """A recipe's model.

    Args:
        static_macs: of one clip with everything computed, in the thesis' count.
        least_macs: of the cheapest clip that is possible; the same for a static model.
        parameters: of the whole model.
        parameters_without_gates: the same without what decides.
    """

    static_macs: int
    least_macs: int
    parameters: int
    parameters_without_gates: int

    @property
    def is_fixed(self) -> bool:
        """Whether every clip costs the same."""
        return self.least_macs == self.static_macs

    def __str__(self) -> str:
        """The reachable range in 1e9 MACs, or the one cost."""
        static = f'{self.static_macs / 1e9:.2f}'
        return static if self.is_fixed else f'{self.least_macs / 1e9:.2f} to {static}'


def read_recipe_costs(path: Path = RECIPE_COSTS) -> dict[str, RecipeCost]:
    """The costs by name of config.

    Raises:
        FileNotFoundError: if that file is not there (it lies in the repository).
    """
    recipes = json.loads(path.read_text())['recipes']
    return {name: RecipeCost(**values) for name, values in recipes.items()}


def write_recipe_costs(costs: Mapping[str, RecipeCost], path: Path = RECIPE_COSTS) -> None:
    """Write the file anew, by name."""
    recipes = {name: asdict(cost) for name, cost in sorted(costs.items())}
    path.write_text(json.dumps({'note': NOTE, 'recipes': recipes}, indent=1) + '\n')
