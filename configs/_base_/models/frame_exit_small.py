"""The small TSN with an exit after each stack of frames (FrameExit)."""

_base_ = './frame_exit_tiny.py'

model = dict(
    backbone=dict(
        backbone=dict(base_channels=16, strides=(2, 2, 2)), channels=64, input_shape=(6, 32, 56)
    )
)
