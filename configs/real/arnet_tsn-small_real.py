"""AR-Net on real clips, beside the small TSN; the networks learn on, the policy is frozen.

Command: python tools/train.py configs/real/arnet_tsn-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: arnet-joint_tsn-small_real.
"""

_base_ = './arnet-joint_tsn-small_real.py'

model = dict(backbone=dict(stage='finetune'))
load_from = 'work_dirs/arnet-joint_tsn-small_real/epoch_4.pth'
