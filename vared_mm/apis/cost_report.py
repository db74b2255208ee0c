"""What one video or image cost, by part and by layer."""

from dataclasses import dataclass
from typing import Any

from vared_mm.cost import CostRecord


@dataclass(frozen=True, kw_only=True)
class CostReport:
    """Cost of the views of one sample.

    Args:
        static_macs: of the whole static model for one view.
        cost: executed in the dynamic layers, one row a view; None of a static model.
    """

    static_macs: int
    cost: CostRecord | None

    def macs(self) -> dict[str, float]:
        """MACs of the whole model for one view, mean over the views, by part.

        ``other`` is what no gate decides on; conv, cheap, gate and other add up to executed.
        """
        if self.cost is None:
            parts = {'conv': 0.0, 'cheap': 0.0, 'gate': 0.0}
            dense = 0
        else:
            sums = {
                name: getattr(self.cost, name).sum(axis=1) for name in ('conv', 'cheap', 'gate')
            }
            parts = {name: float(total.mean()) for name, total in sums.items()}
            dense = int(self.cost.dense.sum())
        other = float(self.static_macs - dense)
        executed = other + sum(parts.values())
        return {
            'static': float(self.static_macs),
            **parts,
            'other': other,
            'executed': executed,
            'share': executed / self.static_macs,
        }

    def layers(self) -> list[dict[str, Any]]:
        """Per dynamic layer or block: of each view stride R and share of channels, and its MACs."""
        if self.cost is None:
            return []
        spent = self.cost.layer_macs
        return [
            {
                'layer': name,
                'time_stride': [2 ** int(i) for i in self.cost.time_index[:, column]],
                'channel_share': [float(s) for s in self.cost.channel_share[:, column]],
                'dense_macs': int(self.cost.dense[column]),
                'executed_macs': float(spent[:, column].mean()),
            }
            for column, name in enumerate(self.cost.layers)
        ]
