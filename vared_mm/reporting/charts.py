"""The site's charts as SVG: accuracy against cost, cost histogram, layer x class, curves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vared_mm.reporting.svg import Frame, add, markup, padded, picture

LEVELS = 20  # of the heat map, 5 % each


@dataclass(frozen=True)
class Point:
    """A run or a row of the thesis in a scatter.

    Args:
        name: said when it is pointed at.
        macs: 1e9 MACs of a clip, on average.
        accuracy: in percent.
        source: ``'thesis'`` or ``'ours'``.
        link: page of the run.
        run: its name.
    """

    name: str
    macs: float
    accuracy: float
    source: str = 'ours'
    link: str | None = None
    run: str | None = None


def pareto_front(points: Sequence[Point]) -> list[Point]:
    """The points that no other beats in one of cost and accuracy without being worse in the other.

    By rising cost; of points that are alike the first stays.
    """
    front: list[Point] = []
    for point in sorted(points, key=lambda p: (p.macs, -p.accuracy)):
        if not front or point.accuracy > front[-1].accuracy:
            front.append(point)
    return front


def scatter(points: Sequence[Point], title: str, accuracy: str) -> str:
    """Accuracy against cost; each source has its own Pareto front."""
    svg = picture(420, 300, title)
    x, y = padded([p.macs for p in points]), padded([p.accuracy for p in points])
    frame = Frame(46, 30, 360, 226, (max(x[0], 0.0), x[1]) if x[1] > 0 else x, y)
    frame.draw_axes(svg, 'cost of a clip, 1e9 MACs (average)', f'{accuracy}, %')
    for source in ('thesis', 'ours'):
        own = [point for point in points if point.source == source]
        front = pareto_front(own)
        line = ' '.join(f'{frame.at_x(p.macs):.1f},{frame.at_y(p.accuracy):.1f}' for p in front)
        if len(front) > 1:
            add(svg, 'polyline', points=line, cls=f'front {source}')
        for point in own:
            parent = svg
            if point.link:
                parent = add(svg, 'a', href=point.link, aria_label=point.name)
            x_at, y_at = frame.at_x(point.macs), frame.at_y(point.accuracy)
            dot = add(parent, 'circle', cx=x_at, cy=y_at, r=6, cls=f'point {source}')
            if point.run:
                dot.set('data-run', point.run)
            said = f'{point.name}: {point.accuracy:.1f} % at {point.macs:.4g} GMACs'
            add(dot, 'title', said)
    return markup(svg)


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
        for axis, said in (('time', 'frames'), ('channel', 'channels')):
            title = f'Share of {said} computed by class and layer'
            found[axis] = heat_map([row[axis] for row in classes], names, layers, title)
    return found
