"""Street scenes of a driving camera, 11 classes; see tools/data/camvid11/README.md."""

_base_ = '../camvid11.py'

sequence = r'[^_]+(?=_)'  # what the name of an image begins with: the drive that it is of
flip_ratio = 0.5
