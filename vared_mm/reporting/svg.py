"""A few words of SVG: elements, axes with round ticks. Colours are classes of the site's style."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log10
from xml.etree import ElementTree

Element = ElementTree.Element
Scale = Callable[[float], float]


def picture(width: float, height: float, title: str) -> Element:
    """An empty picture, as wide as there is room, that says its title to a screen reader."""
    box = f'0 0 {width:g} {height:g}'
    return ElementTree.Element(
        'svg', {'viewBox': box, 'role': 'img', 'aria-label': title, 'class': 'chart'}
    )


def add(parent: Element, tag: str, text: str | None = None, **attributes: object) -> Element:
    """A new element; ``cls`` is its class, underscores of other names become dashes."""
    named = {('class' if k == 'cls' else k.replace('_', '-')): v for k, v in attributes.items()}
    values = {k: f'{v:.2f}' if isinstance(v, float) else str(v) for k, v in named.items()}
    element = ElementTree.SubElement(parent, tag, values)
    element.text = text
    return element


def markup(element: Element) -> str:
    """As text, everything escaped."""
    return ElementTree.tostring(element, encoding='unicode')


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round values from within [low, high], at most so many and one."""
    span = high - low
    if span <= 0:
        return [low]
    rough = span / count
    power = 10.0 ** floor(log10(rough))
    step = next(s for f in (1, 2, 2.5, 5, 10) if (s := f * power) >= 0.999 * rough)
    first = -(-low // step)
    found = [step * (first + i) for i in range(int((high - step * first) / step + 1e-9) + 1)]
    return [round(value, 12) for value in found]


def padded(values: Sequence[float], share: float = 0.08) -> tuple[float, float]:
    """A range that holds all values with some room around them."""
    low, high = min(values), max(values)
    room = share * (high - low) or share * abs(high) or 1.0
    return low - room, high + room


@dataclass(frozen=True)
class Frame:
    """Plotting area inside a picture, with its axes.

    Args:
        left, top, width, height: of the area.
        x: range of the x axis.
        y: range of the y axis.
    """

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    def at_x(self, value: float) -> float:
        """Place of a value along x."""
        return self.left + self.width * (value - self.x[0]) / (self.x[1] - self.x[0])

    def at_y(self, value: float) -> float:
        """Place of a value along y, upwards."""
        return self.top + self.height * (self.y[1] - value) / (self.y[1] - self.y[0])

    def draw_axes(self, svg: Element, x_label: str, y_label: str) -> None:
        """Grid lines at round values, and what the axes mean."""
        bottom = self.top + self.height
        for value in ticks(*self.y):
            y = self.at_y(value)
            add(svg, 'line', x1=self.left, x2=self.left + self.width, y1=y, y2=y, cls='grid')
            add(svg, 'text', f'{value:g}', x=self.left - 6, y=y + 4, text_anchor='end')
        for value in ticks(*self.x):
            x = self.at_x(value)
            add(svg, 'line', x1=x, x2=x, y1=self.top, y2=bottom, cls='grid')
            add(svg, 'text', f'{value:g}', x=x, y=bottom + 16, text_anchor='middle')
        middle = self.left + self.width / 2
        add(svg, 'text', x_label, x=middle, y=bottom + 36, text_anchor='middle')
        add(svg, 'text', y_label, x=6, y=self.top - 12)
