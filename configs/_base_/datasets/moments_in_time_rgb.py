"""Moments-In-Time, tested on 3 clips a video (thesis 4.3); the rest as in `mini_kinetics200_rgb.py`.

Lists: `python tools/data/moments_in_time/prepare.py data/moments_in_time`.
"""

_base_ = './mini_kinetics200_rgb.py'

data_root = 'data/moments_in_time'
test_pipeline = _base_.test_pipeline
test_pipeline[1].num_clips = 3

dataset = dict(data_root=data_root, num_classes=339)
train_dataloader = dict(dataset=dataset)
val_dataloader = dict(dataset=dataset)
test_dataloader = dict(dataset=dict(pipeline=test_pipeline, **dataset))
del dataset
