"""The site's charts of one run as SVG: cost histogram, layer x class, curves."""

from collections.abc import Mapping, Sequence
from typing import Any

from vared_mm.reporting.svg import Frame, add, markup, padded, picture

LEVELS = 20  # of the heat map, 5 % each


def histogram(counts: Sequence[int], bin_percent: int, title: str) -> str:
    """Bars of the share of views in each bin of cost."""
    used = [i for i, count in enumerate(counts) if count]
    bins = range(max(used[0] - 1, 0), used[-1] + 2)
    total = sum(counts)
    shares = [100 * counts[i] / total if i < len(counts) else 0.0 for i in bins]
    svg = picture(420, 220, title)
    edges = (float(bin_percent * bins[0]), float(bin_percent * (bins[-1] + 1)))
    frame = Frame(46, 30, 360, 146, edges, (0.0, 1.15 * max(shares)))
    frame.draw_axes(svg, 'cost of a view, % of the static model', f'share of {total:,} views, %')
    for i, share in zip(bins, shares, strict=True):
        low, high = bin_percent * i, bin_percent * (i + 1)
        x, top = frame.at_x(low), frame.at_y(share)
        width, height = frame.at_x(high) - x - 2, frame.at_y(0) - top
        bar = add(svg, 'rect', x=x + 1, y=top, width=width, height=height, cls='bar')
        add(bar, 'title', f'above {low} to {high} %: {share:.1f} % of the views')
    return markup(svg)


def heat_map(
    shares: Sequence[Sequence[float]], classes: Sequence[str], layers: Sequence[str], title: str
) -> str:
    """Share computed, classes downwards, layers to the right; stronger is more."""
    side = 18 if len(classes) <= 60 else 4
    cell = max(8.0, min(26.0, 520 / len(layers)))
    left = 150 if side == 18 else 30
    width, height = left + cell * len(layers) + 10, 28 + side * len(classes)
    svg = picture(width, height, title)
    svg.set('width', f'{width:g}')
    svg.set('class', 'chart exact')
    paths: dict[int, list[str]] = {}
    for row, values in enumerate(shares):
        for column, value in enumerate(values):
            corner = f'M{left + cell * column:g} {20 + side * row}'
            box = f'{corner}h{cell - 1:g}v{side - 1}h{1 - cell:g}z'
            paths.setdefault(round(LEVELS * value), []).append(box)
    for level, boxes in sorted(paths.items()):
        add(svg, 'path', d=''.join(boxes), cls='cell', style=f'--share:{100 * level / LEVELS:g}%')
    for row, name in enumerate(classes if side == 18 else ()):
        short = name if len(name) <= 22 else name[:21] + '…'
        add(svg, 'text', short, x=left - 6, y=33 + side * row, text_anchor='end')
    for column in range(len(layers)):
        if column % max(1, round(24 / cell)) == 0:
            middle = left + cell * (column + 0.5)
            add(svg, 'text', str(column + 1), x=middle, y=14, text_anchor='middle')
    return markup(svg)


def curve(points: Sequence[Sequence[float]], name: str, steps: str) -> str:
    """One curve of training over its steps, of two points or more."""
    svg = picture(320, 200, name)
    xs, ys = [float(p[0]) for p in points], [float(p[1]) for p in points]
    steps_range = (min(xs), max(xs)) if min(xs) < max(xs) else padded(xs)
    frame = Frame(46, 30, 260, 120, steps_range, padded(ys))
    frame.draw_axes(svg, steps, name)
    line = ' '.join(f'{frame.at_x(a):.1f},{frame.at_y(b):.1f}' for a, b in zip(xs, ys, strict=True))
    add(svg, 'polyline', points=line, cls='curve')
    return markup(svg)


def run_charts(profile: Mapping[str, Any]) -> dict[str, str]:
    """Histogram and both heat maps of a run's profile, those that it has numbers for."""
    counts = profile['histogram'].get('full', [])
    found = {}
    if sum(counts):
        title = 'How many views cost how much'
        found['histogram'] = histogram(counts, profile['bin_percent'], title)
    if classes := profile['classes']:
        layers = [layer['name'] for layer in profile['layers']]
        names = [row['name'] for row in classes]
        for axis, units in (('time', 'frames'), ('channel', 'channels')):
            title = f'Share of {units} computed by class and layer'
            found[axis] = heat_map([row[axis] for row in classes], names, layers, title)
    return found
