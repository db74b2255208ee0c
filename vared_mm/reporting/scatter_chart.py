"""Accuracy against cost as SVG: one mark a config, mean and spread over its seeds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from vared_mm.reporting.methods import OTHER, Method
from vared_mm.reporting.svg import Element, Frame, add, markup, padded, picture

WIDTH, HEIGHT = 420, 310
LETTER, LINE = 5.8, 12.0  # of a label, on average

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Point:
    """A config's runs, or a row of the thesis.

    Args:
        name: said when it is pointed at.
        macs: 1e9 MACs of a clip on average, of each run.
        accuracy: in percent, of each run.
        method: gives shape and colour.
        source: ``'thesis'`` or ``'ours'``.
        label: beside it, where there is room.
        link: page of a run.
        runs: their names.
    """

    name: str
    macs: Sequence[float]
    accuracy: Sequence[float]
    method: Method = OTHER
    source: str = 'ours'
    label: str = ''
    link: str | None = None
    runs: Sequence[str] = ()

    @property
    def at(self) -> tuple[float, float]:
        """Mean cost and mean accuracy."""
        return mean(self.macs), mean(self.accuracy)

    @property
    def spread(self) -> tuple[float, float]:
        """The sample's standard deviation of both, 0 of one run."""
        macs, accuracy = (
            stdev(values) if len(values) > 1 else 0.0 for values in (self.macs, self.accuracy)
        )
        return macs, accuracy

    def __str__(self) -> str:
        (macs, accuracy), (macs_sd, accuracy_sd) = self.at, self.spread
        if len(self.macs) < 2:
            return f'{self.name}: {accuracy:.1f} % at {macs:.4g} GMACs'
        return (
            f'{self.name}: {accuracy:.1f} ± {accuracy_sd:.1f} % at {macs:.4g} ± {macs_sd:.2g} '
            f'GMACs, {len(self.macs)} runs'
        )


def pareto_front(points: Sequence[Point]) -> list[Point]:
    """The points that no other beats in one of cost and accuracy without being worse in the other.

    By rising cost; of points that are alike the first stays.
    """
    front: list[Point] = []
    for point in sorted(points, key=lambda p: (p.at[0], -p.at[1])):
        if not front or point.at[1] > front[-1].at[1]:
            front.append(point)
    return front


def scatter(points: Sequence[Point], title: str, accuracy: str) -> str:
    """Accuracy against cost; each source has its own Pareto front."""
    svg = picture(WIDTH, HEIGHT, title)
    ends = [[(p.at[i] - p.spread[i], p.at[i] + p.spread[i]) for p in points] for i in (0, 1)]
    x, y = (padded([end for pair in pairs for end in pair]) for pairs in ends)
    frame = Frame(46, 30, WIDTH - 60, HEIGHT - 74, (max(x[0], 0.0), x[1]) if x[1] > 0 else x, y)
    frame.draw_axes(svg, 'cost of a clip, 1e9 MACs (average)', f'{accuracy}, %')
    for source in ('thesis', 'ours'):
        front = pareto_front([point for point in points if point.source == source])
        line = ' '.join('{:.1f},{:.1f}'.format(*_place(frame, point)) for point in front)
        if len(front) > 1:
            add(svg, 'polyline', points=line, cls=f'front {source}')
    marks = [_draw_mark(svg, frame, point) for point in points]
    taken = [(x - 8, y - 8, x + 8, y + 8) for x, y in (_place(frame, p) for p in points)]
    for point, mark in zip(points, marks, strict=True):
        _draw_label(mark, _place(frame, point), point.label, taken)
    return markup(svg)


def legend(points: Iterable[Point], order: Sequence[Method]) -> list[Method]:
    """The methods that a chart has, in the order of legends."""
    found = {point.method for point in points}
    return [method for method in order if method in found]


def _place(frame: Frame, point: Point) -> tuple[float, float]:
    return frame.at_x(point.at[0]), frame.at_y(point.at[1])


def _draw_mark(svg: Element, frame: Frame, point: Point) -> Element:
    """A group of the mark, its link and its spread, which a page can hide as a whole."""
    x, y = _place(frame, point)
    group = add(svg, 'g', cls=f'point {point.source} m-{point.method.key}')
    if point.runs:
        group.set('data-runs', ' '.join(point.runs))
    (macs, accuracy), (macs_sd, accuracy_sd) = point.at, point.spread
    if macs_sd:
        ends = frame.at_x(macs - macs_sd), frame.at_x(macs + macs_sd)
        add(group, 'line', x1=ends[0], x2=ends[1], y1=y, y2=y, cls='spread')
    if accuracy_sd:
        ends = frame.at_y(accuracy - accuracy_sd), frame.at_y(accuracy + accuracy_sd)
        add(group, 'line', x1=x, x2=x, y1=ends[0], y2=ends[1], cls='spread')
    parent = add(group, 'a', href=point.link, aria_label=point.name) if point.link else group
    mark = add(parent, 'path', d=point.method.outline, transform=f'translate({x:.1f} {y:.1f})')
    mark.set('class', 'mark')
    add(mark, 'title', str(point))
    return group


def _draw_label(group: Element, at: tuple[float, float], text: str, taken: list[Box]) -> None:
    """Write a label to the right, to the left, above or below, or not at all if all is taken."""
    (x, y), width = at, LETTER * len(text)
    places = {
        'start': [(x + 9, y + 4)],
        'end': [(x - 9, y + 4)],
        'middle': [(x, y - 10), (x, y + 18)],
    }
    for anchor, spots in places.items() if text else ():
        for left, base in spots:
            shift = {'start': 0.0, 'end': width, 'middle': width / 2}[anchor]
            box = (left - shift, base - LINE + 3, left - shift + width, base + 3)
            inside = box[0] > 46 and box[2] < WIDTH and box[1] > 20 and box[3] < HEIGHT - 44
            free = all(
                box[0] >= b[2] or box[2] <= b[0] or box[1] >= b[3] or box[3] <= b[1] for b in taken
            )
            if inside and free:
                add(group, 'text', text, x=left, y=base, text_anchor=anchor, cls='label')
                taken.append(box)
                return
