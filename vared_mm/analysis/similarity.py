"""How alike the feature maps of a layer are: correlation, RMSE, redundant share."""

from dataclasses import dataclass

import torch
from torch import Tensor

CORRELATION, RMSE = 0.85, 0.001  # the thresholds of the thesis


@dataclass(frozen=True)
class Similarity:
    """Sums over pairs of feature maps, for each of N clips; every field is (N,).

    A pair counts where both maps are finite and neither is constant: of a constant map no
    correlation is defined, and its RMSE says nothing of likeness. The rest is only counted.

    Args:
        pairs: that count.
        correlation: sum of Pearson's coefficients.
        rmse: sum of root mean squared differences.
        redundant: pairs with a correlation above 0.85 and an RMSE below 0.001.
        correlated: pairs with a correlation above 0.85.
        as_worded: pairs with a correlation above 0.85 and an RMSE above 0.001.
        constant: pairs left out for a constant map.
        not_finite: pairs left out for a map with NaN or infinity.
    """

    pairs: Tensor
    correlation: Tensor
    rmse: Tensor
    redundant: Tensor
    correlated: Tensor
    as_worded: Tensor
    constant: Tensor
    not_finite: Tensor


def map_similarity(maps_GMP: Tensor) -> Similarity:
    """Compare the M maps of each group with one another, every pair once.

    Source: B. Pan's thesis, section B.1. Differs: the thesis calls a pair redundant with "both CC
    and RMSE above" 0.85 and 0.001; a low RMSE is meant, so ours is *below* 0.001. The thesis'
    wording is kept beside it as ``as_worded``.
    Shapes: (G, M, P) maps of P values -> sums over the pairs of each group, (G,).
    """
    values = maps_GMP.double()
    finite = values.isfinite().all(dim=-1)
    values = values.where(finite[..., None], torch.zeros((), dtype=values.dtype))
    constant = values.amax(dim=-1) == values.amin(dim=-1)
    usable = finite & ~constant
    centred = values - values.mean(dim=-1, keepdim=True)
    norm = centred.norm(dim=-1, keepdim=True).where(usable[..., None], torch.ones(()).double())
    unit = centred / norm
    correlation = (unit @ unit.mT).clamp(-1, 1)
    squares = values.square().sum(dim=-1)
    squared = squares[:, :, None] + squares[:, None] - 2 * values @ values.mT
    rmse = (squared.clamp(min=0) / values.shape[-1]).sqrt()
    upper = torch.ones(correlation.shape[1:], device=values.device).triu(1).bool()
    both = _pairs(usable) & upper
    high = both & (correlation > CORRELATION)
    return Similarity(
        pairs=_sum(both),
        correlation=_sum(correlation * both),
        rmse=_sum(rmse * both),
        redundant=_sum(high & (rmse < RMSE)),
        correlated=_sum(high),
        as_worded=_sum(high & (rmse > RMSE)),
        constant=_sum(_pairs(finite) & ~_pairs(usable) & upper),
        not_finite=_sum(~_pairs(finite) & upper),
    )


def _pairs(marks_GM: Tensor) -> Tensor:
    return marks_GM[:, :, None] & marks_GM[:, None]


def _sum(values_GMM: Tensor) -> Tensor:
    return values_GMM.sum(dim=(1, 2), dtype=torch.float64)
