"""Load a model of any task."""

from mmengine.config import Config
from torch import nn

from vared_mm.apis.recognition import load_recognizer
from vared_mm.apis.segmentation import load_segmentor


def load_model(cfg: Config, checkpoint: str, device: str = 'cpu') -> nn.Module:
    """Build the model of a config with its weights, in evaluation mode.

    Args:
        cfg: of a recognizer, detector or segmentor.
        checkpoint: its weights.
        device: to put it on.

    Raises:
        FileNotFoundError: if there is no such checkpoint.
        ValueError: if it is of another model.
    """
    load = load_segmentor if 'decode_head' in cfg.model else load_recognizer
    return load(cfg, checkpoint, device)
