"""What clips cost, against something that is seen in them."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from .pareto import COLOURS, MARKS


def draw_cost_against(
    seen: Sequence[float],
    cost: Sequence[float],
    groups: Sequence[str],
    path: str | Path,
    title: str,
    name: str,
) -> None:
    """A dot a clip, a colour and a mark a group.

    Args:
        seen: in each clip, above 0.
        cost: executed MACs of each, in percent of the model's mean.
        groups: that each is of.
        path: of the picture.
        title: above it.
        name: of what is seen, with its unit.
    """
    figure = Figure(figsize=(6.4, 4), dpi=120, layout='constrained')
    axes = figure.subplots()
    for number, group in enumerate(sorted(set(groups))):
        here = [i for i, of in enumerate(groups) if of == group]
        axes.scatter(
            [seen[i] for i in here],
            [cost[i] for i in here],
            label=group,
            color=COLOURS[number % len(COLOURS)],
            marker=MARKS[number % len(MARKS)],
            s=12,
            alpha=0.6,
            linewidths=0,
        )
    axes.set_xscale('log')
    axes.set_xlabel(name, fontsize=9)
    axes.set_ylabel("executed MACs, % of the model's mean", fontsize=9)
    axes.set_title(title, fontsize=10)
    axes.spines[['top', 'right']].set_visible(False)
    axes.legend(fontsize=8, frameon=False)
    figure.savefig(path)
