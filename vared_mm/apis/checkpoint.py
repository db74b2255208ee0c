"""Does a checkpoint belong to a model? Asked before anything long runs."""

import re
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn

from vared_mm.compat.weights import unusable
from vared_mm.engine import read_checkpoint

# What a dynamic, gated or pruned model has beyond the static one.
DYNAMIC_KEY = re.compile(
    r'\.(gate|channel_reconstructions|temporal_reconstructions|channel_gate)\.|\.weight_mask$'
)


@dataclass(frozen=True)
class CheckpointMatch:
    """The keys of a checkpoint against those of a model.

    Args:
        path: the checkpoint.
        matched: number of the model's static weights that it holds, of the same shape.
        missing: static weights that it lacks or holds in another shape.
        missing_dynamic: gates and cheap operations that it lacks.
        unused: what it holds beyond the model.
    """

    path: str
    matched: int
    missing: tuple[str, ...]
    missing_dynamic: tuple[str, ...]
    unused: tuple[str, ...]

    def require(self, complete: bool) -> None:
        """Refuse a checkpoint of another model.

        Args:
            complete: every static weight must be there (testing, resuming); else half of them
                suffice (a start for training).

        Raises:
            ValueError: if it does not hold them.
        """
        total = self.matched + len(self.missing)
        if (complete and self.missing) or 2 * self.matched < total:
            raise ValueError(
                f'{self.path}: checkpoint of another model: {len(self.missing)} of {total} '
                f'static weights are missing or have another shape: {_first(self.missing)}'
            )

    def require_same(self) -> None:
        """Refuse a checkpoint to resume from whose model had other parts than this one.

        Raises:
            ValueError: if gates or cheap operations are missing, or it holds some beyond the model.
        """
        self.require(complete=True)
        if other := self.missing_dynamic or self.unused:
            whose = 'lacks' if self.missing_dynamic else 'holds also'
            raise ValueError(
                f'{self.path}: checkpoint of another model, so it can only be started from '
                f'(load_from), not resumed: it {whose} {_first(other)}'
            )

    def describe(self) -> str:
        """One line for the log; empty if everything matches."""
        notes = []
        if self.missing_dynamic and not self.missing:
            notes.append('a static checkpoint: gates and cheap operations keep their start values')
        elif self.missing or self.missing_dynamic:
            notes.append(f'not in it: {_first(self.missing + self.missing_dynamic)}')
        if self.unused:
            notes.append(f'{len(self.unused)} of its entries unused: {_first(self.unused)}')
        return f'{self.path}: {"; ".join(notes)}' if notes else ''


def match_checkpoint(model: nn.Module, path: str | Path) -> CheckpointMatch:
    """Compare the weights of a checkpoint with those of a model; loads nothing into it.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is no checkpoint, is damaged, would run code, or holds what is no weight:
            no tensor, without data, complex, not finite (where the model's own is), or of whole
            numbers for real ones.
    """
    path = str(path)
    checkpoint = read_checkpoint(path)
    weights = checkpoint.get('state_dict', checkpoint) if isinstance(checkpoint, dict) else {}
    weights = dict(weights)
    for name, part in model.named_modules():
        if hasattr(part, 'convert_weights'):  # it takes weights of another form, as on loading
            part.convert_weights(weights, f'{name}.' if name else '')
    held = {str(key).removeprefix('module.'): value for key, value in weights.items()}
    shapes = {key: value.shape for key, value in held.items() if isinstance(value, Tensor)}
    state = {key.removeprefix('module.'): value for key, value in model.state_dict().items()}
    own = {key: value.shape for key, value in state.items() if isinstance(value, Tensor)}
    for key in own:
        name = key if key in shapes else _static_name(key)
        if name in shapes and (reason := _differs(held[name], state[key])):
            raise ValueError(f'{path}: weight {name} {reason}')
    # A pruned model takes static weights, never the reverse.
    taken = {_static_name(key) for key in own}
    lacking = [
        key
        for key, shape in own.items()
        if shape not in (shapes.get(key), shapes.get(_static_name(key)))
    ]
    missing = tuple(key for key in lacking if not DYNAMIC_KEY.search(key))
    return CheckpointMatch(
        path=path,
        matched=sum(not DYNAMIC_KEY.search(key) for key in own) - len(missing),
        missing=missing,
        missing_dynamic=tuple(key for key in lacking if DYNAMIC_KEY.search(key)),
        unused=tuple(key for key in shapes if key not in own and key not in taken),
    )


def _differs(value: Tensor, own: Tensor) -> str:
    """Why a weight of the file can't be this one of the model; shapes aside."""
    if reason := unusable(value):
        return reason
    if value.is_floating_point() != own.is_floating_point():
        return f"is of type {str(value.dtype)[6:]}, the model's of {str(own.dtype)[6:]}"
    # A mask may hold infinite values by design.
    if value.element_size() > 1 and bool(value.isinf().any()) and bool(own.isfinite().all()):
        return 'holds infinite values'
    return ''


def _static_name(key: str) -> str:
    """What a static model calls a weight that has a pruning mask."""
    return key.removesuffix('_orig')


def _first(keys: tuple[str, ...], count: int = 3) -> str:
    return ', '.join(keys[:count]) + (' ...' if len(keys) > count else '')
