"""Live video: frames of a camera or an address, and what a model says about them."""

from .drawing import VideoSink, draw_prediction, show
from .frame_source import FrameSource, StreamFrame
from .predictor import StreamPrediction, StreamPredictor

__all__ = [
    'FrameSource',
    'StreamFrame',
    'StreamPrediction',
    'StreamPredictor',
    'VideoSink',
    'draw_prediction',
    'show',
]
