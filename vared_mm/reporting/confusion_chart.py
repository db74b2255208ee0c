"""The site's confusion matrix as SVG."""

from collections.abc import Mapping
from typing import Any

from vared_mm.reporting.charts import LEVELS
from vared_mm.reporting.svg import add, markup, picture

NAMED = 60  # classes that have room for their names


def confusion_chart(confusion: Mapping[str, Any], title: str) -> str:
    """True classes downwards, those that they were taken for to the right; stronger is more.

    A cell is the share of its true class' samples. Pairs that never occurred are left empty.

    Args:
        confusion: ``classes`` and ``counts``, as records hold it.
        title: for who can't see it.
    """
    names, counts = confusion['classes'], confusion['counts']
    named = len(names) <= NAMED
    side, left = (16.0, 150.0) if named else (max(2.0, 600 / len(names)), 30.0)
    totals = [0] * len(names)
    for true, _, count in counts:
        totals[true] += count
    svg = picture(left + side * len(names) + 10, 28 + side * len(names), title)
    svg.set('width', f'{left + side * len(names) + 10:g}')
    svg.set('class', 'chart exact')
    inner = side - 1 if named else side
    for true, taken, count in counts:
        if not count:
            continue
        x, y = left + side * taken, 20 + side * true
        share = max(1, round(LEVELS * count / totals[true])) / LEVELS
        place = {'x': x, 'y': y, 'width': inner, 'height': inner}
        cell = add(svg, 'rect', **place, cls='cell', style=f'--share:{100 * share:g}%')
        text = f'{names[true]} taken for {names[taken]}: {count} of {totals[true]}'
        add(cell, 'title', text)
    for label, name in enumerate(names if named else ()):
        short = name if len(name) <= 22 else name[:21] + '…'
        add(svg, 'text', short, x=left - 6, y=32 + side * label, text_anchor='end')
        if label % 2 == 0:
            middle = left + side * (label + 0.5)
            add(svg, 'text', str(label + 1), x=middle, y=14, text_anchor='middle')
    return markup(svg)
