"""What someone who means harm would put into a file of weights or detections."""

from collections.abc import Callable
from typing import Any


class Call:
    """Pickles to a call: ``Call(os.mkdir, 'x')`` makes a folder when it is read."""

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self.function, self.args = function, args

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.function, self.args
