"""What depends on the order of a hidden tensor's channels."""

from dataclasses import dataclass, field

from torch import Tensor

from .hidden import Hidden, is_depthwise
from .per_channel import is_norm


@dataclass(frozen=True)
class Neighbours:
    """What depends on the order of a hidden tensor's channels, by names.

    Modules may be replaced after the conversion, as synchronized norms are.

    Args:
        writer: of the convolution that writes it.
        reader: of the one that reads it.
        depthwise: of convolutions in between.
        norms: of norms, with how many tensors each takes.
        squeezes: of squeeze-and-excitations.
    """

    writer: str
    reader: str
    depthwise: tuple[str, ...] = ()
    norms: dict[str, int] = field(default_factory=dict)
    squeezes: tuple[str, ...] = ()

    @classmethod
    def of(cls, hidden: Hidden) -> 'Neighbours':
        """Of a hidden tensor that was found."""
        layers = [step for step in hidden.between if step.layer is not None]
        norms = {
            step.within: sum(isinstance(arg, Tensor) for arg in step.event.args[1:5])
            for step in hidden.between
            if is_norm(step)
        }
        return cls(
            hidden.writer.within,
            hidden.reader.within,
            tuple(step.within for step in layers if is_depthwise(step.layer)),
            norms,
            tuple(step.within for step in layers if not is_depthwise(step.layer)),
        )
