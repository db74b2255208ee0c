"""tennis7, hockey2 and surv2 in one label space, for one network.

Lists: `python tools/data/prepare_clips.py tools/data/tennis7 tools/data/hockey2 tools/data/surv2`.
"""

data_root = 'data/mix'
num_classes = 11
frame_interval = 5  # frames from one of a clip's eight to the next
flip_ratio = 0.0  # strokes are told by left and right
