"""Models with random weights, to be timed."""

import logging
from typing import Any

from mmengine.logging import MMLogger
from torch import nn

from vared_mm.registry import MODELS


def random_model(settings: dict[str, Any]) -> nn.Module:
    """Build a model in evaluation mode, with the weights that its training would begin with.

    mmengine's log of how each weight was initialized is left out.

    Args:
        settings: of the model.
    """
    model: nn.Module = MODELS.build(settings)
    logger = MMLogger.get_current_instance()
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        model.init_weights()
    finally:
        logger.setLevel(level)
    return model.eval()
