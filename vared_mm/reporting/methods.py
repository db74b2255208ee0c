"""Which method a config is of, and how charts mark it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """A method as charts show it; its colour is the site's style of the class ``m-KEY``.

    Args:
        key: short, a word.
        title: in legends.
        outline: of its mark, around (0, 0), as the path data of an SVG.
    """

    key: str
    title: str
    outline: str


CIRCLE = 'M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0 -11 0z'
SQUARE = 'M-5 -5h10v10h-10z'
DIAMOND = 'M0 -7L7 0L0 7L-7 0z'
UP, DOWN = 'M0 -6.5L6.5 5H-6.5z', 'M0 6.5L6.5 -5H-6.5z'
PLUS = 'M-2 -6.5h4v4.5h4.5v4h-4.5v4.5h-4v-4.5h-4.5v-4h4.5z'
HEXAGON = 'M-3.2 -5.5H3.2L6.4 0L3.2 5.5H-3.2L-6.4 0z'
STAR = 'M0 -7.5L2 -2.5L7.3 -2.3L3.1 1L4.6 6.2L0 3.2L-4.6 6.2L-3.1 1L-7.3 -2.3L-2 -2.5z'

STATIC = Method('static', 'static', CIRCLE)
TUNED = Method('tuned', 'VA-RED², fine-tuned with the efficiency loss', SQUARE)
OTHER = Method('other', 'other', HEXAGON)
#: How a config's name begins -> its method; the first that fits counts.
METHODS = {
    'static-longer': Method('longer', 'static, trained as long as the dynamic one', HEXAGON),
    'static': STATIC,
    'vared-block': Method('block', 'block-wise dynamic network', STAR),
    'mix': Method('mix', 'constant mix of the candidates', UP),
    'pruning': Method('pruning', 'weight pruning', DOWN),
    'slim': Method('slim', 'channel pruning', UP),
    'cgnet': Method('cgnet', 'CGNet', PLUS),
    'arnet': Method('arnet', 'AR-Net', STAR),
    'frameexit': Method('frameexit', 'FrameExit', HEXAGON),
}
DYNAMIC = Method('dynamic', 'VA-RED², without the efficiency loss', DIAMOND)
#: All, in the order of legends.
ORDER = (STATIC, TUNED, DYNAMIC, *(m for m in METHODS.values() if m is not STATIC), OTHER)


def method_of(config: str) -> Method:
    """The method that the name of a config says, without folder and suffix."""
    word = config.partition('_')[0]
    ours = TUNED if word.endswith('-finetuned') else DYNAMIC
    other = ours if word.startswith('vared') else OTHER
    return next((made for start, made in METHODS.items() if word.startswith(start)), other)
