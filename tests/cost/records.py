"""Cost records by hand."""

import numpy as np

from vared_mm.cost import CostRecord


def record(
    conv: list[list[int]], dense: tuple[int, ...] = (40, 20), **columns: float
) -> CostRecord:
    """Of clips (N) in layers of ``dense`` MACs (L).

    Args:
        conv: MACs of the convolutions, (N, L).
        dense: of the static layers.
        columns: other columns, one value for all; 0 without cheap operations and gates, shares 1.
    """
    executed = np.array(conv)
    whole, one = np.zeros_like(executed), np.ones(executed.shape)
    return CostRecord(
        layers=tuple('abcdefgh'[: len(dense)]),
        dense=np.array(dense),
        conv=executed,
        cheap=whole + int(columns.get('cheap', 0)),
        gate=whole + int(columns.get('gate', 0)),
        time_index=whole,
        channel_index=whole,
        time_share=one * columns.get('time_share', 1),
        channel_share=one * columns.get('channel_share', 1),
    )
