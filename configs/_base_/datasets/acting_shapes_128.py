"""Acting shapes enlarged to 128 x 128 pixels, for backbones that make cells of 32 x 32."""

_base_ = './acting_shapes.py'

train_pipeline = _base_.train_pipeline
test_pipeline = _base_.test_pipeline
train_pipeline[3].update(scale=(128, 128))
test_pipeline[2].update(scale=(128, 128))
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
