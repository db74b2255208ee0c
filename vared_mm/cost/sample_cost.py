"""What one sample costs a whole model."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .record import CostRecord, Ints

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SampleCost:
    """What the V views (clips, crops) of one sample cost a model; V = 1 of a static model.

    Args:
        static_macs: of the whole model for one view where nothing is left out.
        record: of its dynamic layers, a row a view; None where it has none.
        backbone_macs: of the static model's backbone for one view; 0 where it has none.
        parameters: of the whole model.
        gate_parameters: of its gates.
    """

    static_macs: int
    record: CostRecord | None = None
    backbone_macs: int = 0
    parameters: int = 0
    gate_parameters: int = 0

    @property
    def thesis_macs(self) -> Ints:
        """Of the whole model, cheap operations and gates left out, (V,)."""
        if self.record is None:
            return np.array([self.static_macs])
        return self.record.thesis_macs(self.static_macs)

    @property
    def full_macs(self) -> Ints:
        """Of the whole model with all that runs, (V,)."""
        if self.record is None:
            return np.array([self.static_macs])
        return self.record.full_macs(self.static_macs)

    @property
    def share(self) -> Floats:
        """Executed / static MACs of the model, (V,)."""
        return np.asarray(self.full_macs / self.static_macs)

    @property
    def backbone_share(self) -> Floats | None:
        """Executed / static MACs of the backbone, (V,); None where the model has none."""
        if not self.backbone_macs:
            return None
        return np.asarray(1 - (self.static_macs - self.full_macs) / self.backbone_macs)

    def mean_share(self, axis: str) -> Floats:
        """Share computed along ``'time'`` or ``'channel'`` in the dynamic layers, (V,)."""
        return np.ones(1) if self.record is None else self.record.mean_share(axis)

    def to_dict(self) -> dict[str, Any]:
        """As plain numbers, names and arrays; the fields of ``record`` among the others."""
        return {**vars(self), 'record': None if self.record is None else dict(vars(self.record))}
