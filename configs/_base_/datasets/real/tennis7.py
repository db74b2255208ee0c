"""Tennis strokes; see tools/data/tennis7/README.md."""

data_root = 'data/tennis7'
num_classes = 7
frame_interval = 6  # frames from one of a clip's eight to the next
flip_ratio = 0.0  # strokes are told by left and right
