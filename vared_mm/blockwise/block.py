"""A block: one decision for each clip about several convolutions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import get_ident

import torch
from torch import Tensor, nn

from vared_mm.cost import BlockCost, BlockSearchSpace, HiddenConv
from vared_mm.dynamic import DynamicUnit, Gate, Override, TemporalReconstruction, leave_record

from .batch import Batch, Frames
from .geometry import Convolution, frames_out
from .neighbours import Neighbours
from .record import BlockRecord


@dataclass(eq=False)
class Pass:
    """One pass of a batch through a block.

    Args:
        batch: the clips.
        frames: of a clip at the block's input.
        scales: m of each hidden tensor, (N, C): by how much each channel counts.
        begun: the chains that have begun.
        ended: those that have ended.
        convs: what has run so far.
        rebuilt: elements that each temporal candidate rebuilds, so far.
        parts: of each chain, results that go to its next convolution as they are.
    """

    batch: Batch
    frames: int
    scales: list[Tensor]
    begun: set[int] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)
    convs: list[HiddenConv] = field(default_factory=list)
    rebuilt: list[int] = field(default_factory=list)
    parts: dict[int, list[Tensor]] = field(default_factory=dict)

    def is_plain(self, hidden: int) -> bool:
        """Whether every channel that is kept of a hidden tensor counts 1."""
        weights = self.batch.decision.channels[hidden]
        return bool(((weights == 0) | (weights == 1)).all() and (weights.sum(dim=1) == 1).all())


class DynamicBlock(DynamicUnit):
    """The gate of a block, and what the block's convolutions need of it.

    A block is one or several chains of convolutions that begin at one tensor, the block's input.
    Hidden tensors join the convolutions of a chain. For each clip the gate decides how many
    channels of each hidden tensor are computed, and how many frames the chains take in. The
    convolutions stay where they are in the network (:class:`BlockConvolution`); the first one has
    this module as its ``block``.

    Source: none, a method of this package; the gate and the reconstruction of frames are those of
    VA-RED2 (arXiv 2102.07887).
    Cost: :class:`vared_mm.cost.BlockCost`; a forward leaves a :class:`BlockRecord` in ``record``.

    Args:
        search: the candidates.
        kept: channels kept of each hidden tensor, by candidate.
        chains: the convolutions of each chain, in order.
        clip_frames: T of a clip at the input, where it is folded into the batch.
        gate: maps the input (N, C, T, H, W) to a decision.
        kernel_size: of the cheap operations, 3 or 1.
        readers: channels of the result of what reads each hidden tensor, where each candidate but
            the first is to have a bias there, for what it leaves out; else none.
    """

    def __init__(
        self,
        search: BlockSearchSpace,
        kept: tuple[tuple[int, ...], ...],
        chains: tuple[tuple[Convolution, ...], ...],
        clip_frames: int,
        gate: Gate,
        kernel_size: int = 3,
        readers: tuple[int, ...] = (),
    ) -> None:
        super().__init__()
        self.search, self.kept, self.rebuild_kernel = search, kept, kernel_size
        self.chains, self.clip_frames = chains, clip_frames
        self.gate = gate
        self.reconstructions = nn.ModuleList(
            nn.ModuleList(
                TemporalReconstruction(chain[-1].out_channels, 2**j, kernel_size)
                for j in range(1, search.temporal)
            )
            for chain in chains
        )
        self.biases = nn.ParameterList(
            torch.zeros(len(candidates) - 1, channels)
            for candidates, channels in zip(kept, readers, strict=False)
        )
        self.override: Override | None = None
        self.record: BlockRecord | None = None
        self.listeners: list[Callable[[BlockRecord], None]] = []
        self.neighbours: tuple[Neighbours, ...] = ()  # of each hidden tensor
        self._passes: dict[int, Pass] = {}  # by thread

    def extra_repr(self) -> str:
        """Shown by ``print(model)``."""
        kept = ', '.join('/'.join(map(str, sizes)) for sizes in self.kept)
        return f'temporal={self.search.temporal}, channels={kept}'

    def begin(self, chain: int, x_NCTHW: Tensor) -> None:
        """Begin a chain; the first one to begin decides about the clips of the block's input."""
        done = self._passes.get(get_ident())
        if done is None or chain in done.begun:  # what was begun before that was given up
            decision = self.decide(x_NCTHW)
            pairs = zip(decision.channels, self.kept, strict=True)
            scales = [_scales(weights, kept) for weights, kept in pairs]
            batch = Batch(decision, self.training)
            done = Pass(batch, x_NCTHW.shape[2], scales, rebuilt=[0] * self.search.temporal)
            self._passes[get_ident()] = done
        done.begun.add(chain)

    @property
    def current(self) -> Pass:
        """The pass that is under way.

        Raises:
            RuntimeError: if no chain has begun.
        """
        if (current := self._passes.get(get_ident())) is None:
            raise RuntimeError('a convolution of a block runs only after the first one of it')
        return current

    def end(self, chain: int) -> None:
        """End a chain; the last one to end leaves a record of the pass."""
        done = self.current
        done.ended.add(chain)
        if len(done.ended) < len(self.chains):
            return
        del self._passes[get_ident()]
        shares = tuple(-(-done.frames // 2**j) / done.frames for j in range(self.search.temporal))
        taps = self.rebuild_kernel**2
        cost = BlockCost(tuple(done.convs), self.kept, shares, tuple(done.rebuilt), taps)
        gate_macs = self.gate.macs(torch.Size(done.convs[0].geometry.inputs).numel())
        leave_record(self, BlockRecord(done.batch.decision, cost, gate_macs))

    def frames_at(self, chain: int, conv: Convolution, frames: int) -> tuple[Frames, Frames]:
        """Frames of a clip before and behind a convolution, by temporal candidate.

        Args:
            chain: index of the convolution's chain.
            conv: the convolution.
            frames: of a clip at the block's input.
        """
        before = tuple(-(-frames // 2**j) for j in range(self.search.temporal))
        for other in self.chains[chain]:
            behind = tuple(frames_out(other, count) for count in before)
            if other is conv:
                return before, behind
            before = behind
        raise ValueError(f'no convolution of chain {chain}')


def _scales(weights: Tensor, kept: tuple[int, ...]) -> Tensor:
    """m: of each channel the sum of the weights of the candidates that keep it.

    Shapes: (N, S) -> (N, C).
    """
    held = weights.new_zeros(len(kept), kept[0])
    for i, channels in enumerate(kept):
        held[i, :channels] = 1
    return weights @ held
