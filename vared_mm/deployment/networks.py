"""A model as a network of tensors, which is what is exported."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vared_mm.models import YOWO
from vared_mm.models.heads.probabilities import INDEPENDENT


class RecognizerNetwork(nn.Module):
    """Raw class scores of one view of each clip.

    Shapes: (N, C, T, H, W), or (N, T, C, H, W) of a recognizer of frames -> (N, classes).

    Args:
        model: one of mmaction2's recognizers, in evaluation mode.
    """

    task = 'recognition'
    outputs = ('scores',)

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        #: What makes probabilities of the scores.
        self.activation = 'softmax'
        if isinstance(getattr(model.cls_head, 'loss_cls', None), INDEPENDENT):
            self.activation = 'sigmoid'

    def forward(self, clips: Tensor) -> tuple[Tensor, ...]:
        """See the class."""
        return (self.model(_with_views(self.model, clips), stage='head'),)


class DetectorNetwork(nn.Module):
    """Confidence, box and classes of every anchor in every cell, of the last frame of clips.

    What is left to its user: detections of too low a score, and of boxes that overlap all but the
    most confident, are to be dropped (non-maximum suppression).

    Shapes: (N, 3, T, H, W) -> confidence (N, M), boxes (N, M, 4) as shares of the frame,
    probabilities of the classes (N, M, K).

    Args:
        model: YOWO, in evaluation mode.
    """

    task = 'localization'
    outputs = ('confidence', 'boxes', 'probabilities')
    activation = None

    def __init__(self, model: YOWO) -> None:
        super().__init__()
        self.model = model

    def forward(self, clips: Tensor) -> tuple[Tensor, ...]:
        """See the class."""
        head = self.model.head
        offsets, confidence, logits = head.split(self.model(clips))
        boxes = head.coder.decode(offsets).flatten(1, 3)
        return confidence.flatten(1), boxes, logits.softmax(-1).flatten(1, 3)


class SegmentorNetwork(nn.Module):
    """Raw scores of the classes at every pixel of images.

    Shapes: (N, 3, H, W) -> (N, K, H, W).

    Args:
        model: one of mmsegmentation's encoder-decoders, in evaluation mode.
    """

    task = 'segmentation'
    outputs = ('scores',)

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.activation = 'sigmoid' if model.out_channels == 1 else 'softmax'

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """See the class."""
        scores = self.model(images, mode='tensor')
        options = {'mode': 'bilinear', 'align_corners': self.model.align_corners}
        return (F.interpolate(scores, images.shape[2:], **options),)


Network = RecognizerNetwork | DetectorNetwork | SegmentorNetwork


def network_of(model: nn.Module) -> Network:
    """The network of a model, of the class that its kind needs.

    Raises:
        ValueError: if it is of none of the kinds.
    """
    if isinstance(model, YOWO):
        return DetectorNetwork(model).eval()
    if hasattr(model, 'cls_head'):
        return RecognizerNetwork(model).eval()
    if hasattr(model, 'decode_head'):
        return SegmentorNetwork(model).eval()
    raise ValueError(f'{type(model).__name__}: neither recognizer, detector nor segmentor')


def count_classes(model: nn.Module) -> int:
    """How many classes a model knows."""
    part = getattr(model, 'cls_head', None) or getattr(model, 'head', model)
    return int(part.num_classes)


def example_shape(model: nn.Module, view: tuple[int, ...], batch_size: int) -> tuple[int, ...]:
    """Shape of a network's input.

    Args:
        model: that the network is of.
        view: shape of a batch of one, as the model takes it.
        batch_size: N.
    """
    return (batch_size, *(view[2:] if len(view) == 6 else view[1:]))


def _with_views(model: nn.Module, clips: Tensor) -> Tensor:
    """A recognizer of clips takes them as the views of samples."""
    return clips if type(model).__name__ == 'Recognizer2D' else clips[:, None]


def random_clips(shape: tuple[int, ...], seed: int = 0) -> Tensor:
    """Clips to check an exported network on: about normal, as normalised pixels are."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))
