"""Fights before surveillance cameras; see tools/data/surv2/README.md."""

data_root = 'data/surv2'
num_classes = 2
frame_interval = 5  # frames from one of a clip's eight to the next
flip_ratio = 0.5
