"""Accuracy against cost, a mark a method."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

#: Told apart by those who see colours otherwise (Okabe and Ito, 2008), and by their marks.
COLOURS = ('#0072b2', '#d55e00', '#009e73', '#cc79a7', '#000000', '#e69f00', '#56b4e9', '#8c8c8c')
MARKS = 'osD^vPX*<>hd'


@dataclass(frozen=True)
class Budgeted:
    """A method at one budget or several.

    Args:
        title: in the legend.
        macs: executed, 1e6, mean at each budget.
        accuracy: in percent, mean at each budget.
        spread: of the accuracy over seeds; 0 of one.
    """

    title: str
    macs: Sequence[float]
    accuracy: Sequence[float]
    spread: Sequence[float]


def draw_pareto(methods: Sequence[Budgeted], path: str | Path, title: str, measure: str) -> None:
    """A line for each method through its budgets; bars are the spread over seeds.

    Args:
        methods: in the order of the legend.
        path: of the picture.
        title: above it.
        measure: what the accuracy is called.
    """
    figure = Figure(figsize=(7.6, 4.4), dpi=120, layout='constrained')
    axes = figure.subplots()
    for number, method in enumerate(methods):
        order = sorted(range(len(method.macs)), key=lambda i: method.macs[i])
        x, y, bars = (
            [values[i] for i in order] for values in (method.macs, method.accuracy, method.spread)
        )
        axes.errorbar(
            x,
            y,
            bars if any(bars) else None,
            label=method.title,
            color=COLOURS[number % len(COLOURS)],
            marker=MARKS[number % len(MARKS)],
            markersize=6,
            linewidth=1,
            elinewidth=0.8,
            capsize=2,
            markerfacecolor='none' if number >= len(COLOURS) else None,
        )
    axes.set_xlabel('executed MACs of a sample, 1e6', fontsize=9)
    axes.set_ylabel(f'{measure}, %', fontsize=9)
    axes.set_title(title, fontsize=10)
    axes.grid(alpha=0.3, linewidth=0.5)
    axes.spines[['top', 'right']].set_visible(False)
    figure.legend(loc='outside right upper', fontsize=8, frameon=False)
    figure.savefig(path)
