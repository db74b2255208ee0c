"""Kinetics-400, prepared and tested as `mini_kinetics200_rgb.py` (thesis 4.3, A.2).

Lists: `python tools/data/kinetics400/prepare.py data/kinetics400`.
"""

_base_ = './mini_kinetics200_rgb.py'

data_root = 'data/kinetics400'
dataset = dict(data_root=data_root, num_classes=400)
train_dataloader = dict(dataset=dataset)
val_dataloader = dict(dataset=dataset)
test_dataloader = dict(dataset=dataset)
del dataset
