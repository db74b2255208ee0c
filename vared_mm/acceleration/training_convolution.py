"""Dynamic convolutions for training: what follows the convolution itself is one operation."""

from functools import partial

import torch
from torch import Tensor

from vared_mm.dynamic import DynamicConv2d, DynamicConv3d, DynamicConvolution
from vared_mm.dynamic.decision import Decision, Pattern

from .recomputed import recompute_later
from .training_mix import RebuildMix

SMALL = 2**22  # bytes of clips that are rather kept than computed again


class TrainingConvolution(DynamicConvolution):
    """A :class:`DynamicConvolution` that rebuilds and mixes in one pass over its result, and back.

    Its parameters are those of the layer that it was. In evaluation mode, off a CPU, or for clips
    in another type than float32 and bfloat16 it does what that layer does.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1 and 3.5. Differs: none, an exact rewriting.
    Shapes: as of the layer that it was.
    """

    def _rebuild_mix(
        self, computed: Tensor, frames: int, decision: Decision, pattern: Pattern
    ) -> Tensor:
        kernels = [r.weight for r in self.temporal_reconstructions]
        kernels += [r.weight for r in self.channel_reconstructions]
        known = computed.dtype in (torch.float32, torch.bfloat16) and computed.device.type == 'cpu'
        if not (self.training and known and all(k.dtype == torch.float32 for k in kernels)):
            return super()._rebuild_mix(computed, frames, decision, pattern)
        # An axis without a choice is not weighed.
        temporal, channel = (
            weights if weights.shape[1] > 1 else torch.ones(len(weights), 1)
            for weights in (decision.temporal, decision.channel)
        )
        computed_NTHWC = computed.permute(0, 2, 3, 4, 1)
        out = RebuildMix.apply(computed_NTHWC, temporal, channel, self.kept, *kernels)
        if out.grad_fn is not None and out.nbytes > SMALL:
            recompute_later(out, partial(RebuildMix.again, out.grad_fn))
        return out.permute(0, 4, 1, 2, 3)


class TrainingConv3d(TrainingConvolution, DynamicConv3d):
    """Twin of :class:`DynamicConv3d` for training."""


class TrainingConv2d(TrainingConvolution, DynamicConv2d):
    """Twin of :class:`DynamicConv2d` for training."""
