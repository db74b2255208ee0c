"""Dynamic convolutions for training on a CPU."""

from functools import partial

import torch
from torch import Tensor, nn

from vared_mm.dynamic import Decision, DynamicConvolution, EagerBackend
from vared_mm.dynamic.decision import Pattern

from .rebuild_mix import RebuildMix
from .recomputed import recompute_later

SMALL = 2**22  # bytes of activations that are kept rather than recomputed


class TrainingBackend(EagerBackend):
    """Rebuilds and mixes in one pass over the convolution's result, forward and backward.

    In evaluation mode, off a CPU, or for clips in another type than float32 and bfloat16 it does
    what the eager backend does.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1 and 3.5. Differs: none, an exact rewriting.
    """

    def _rebuild_mix(
        self,
        layer: DynamicConvolution,
        computed: Tensor,
        frames: int,
        decision: Decision,
        pattern: Pattern,
    ) -> Tensor:
        kernels = [r.weight for r in layer.temporal_reconstructions]
        kernels += [r.weight for r in layer.channel_reconstructions]
        known = computed.dtype in (torch.float32, torch.bfloat16) and computed.device.type == 'cpu'
        if not (layer.training and known and all(k.dtype == torch.float32 for k in kernels)):
            return super()._rebuild_mix(layer, computed, frames, decision, pattern)
        # An axis without a choice is not weighed.
        temporal, channel = (
            weights if weights.shape[1] > 1 else torch.ones(len(weights), 1)
            for weights in (decision.temporal, decision.channel)
        )
        computed_NTHWC = computed.permute(0, 2, 3, 4, 1)
        out = RebuildMix.apply(computed_NTHWC, temporal, channel, layer.kept, *kernels)
        if out.grad_fn is not None and out.nbytes > SMALL:
            recompute_later(out, partial(RebuildMix.again, out.grad_fn))
        return out.permute(0, 4, 1, 2, 3)


def make_plain(layer: nn.Module) -> None:
    """Take a :class:`TrainingBackend` off a layer, if it has one."""
    if isinstance(vars(layer).get('backend'), TrainingBackend):
        del layer.backend
