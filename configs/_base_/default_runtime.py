"""What every recipe runs with: hooks, logging, environment."""

default_scope = 'mmaction'
custom_imports = dict(imports=['vared_mm'], allow_failed_imports=False)

default_hooks = dict(
    runtime_info=dict(type='RuntimeInfoHook'),
    timer=dict(type='IterTimerHook'),
    logger=dict(type='LoggerHook', interval=20, ignore_last=False),
    param_scheduler=dict(type='ParamSchedulerHook'),
    checkpoint=dict(
        type='vared_mm.DurableCheckpointHook',
        interval=1,
        save_best='acc/video-1',
        rule='greater',
        max_keep_ckpts=3,
    ),
    sampler_seed=dict(type='DistSamplerSeedHook'),
    sync_buffers=dict(type='SyncBuffersHook'),
    # Logs what the gates do in training; nothing for a static model.
    gate_monitor=dict(type='vared_mm.GateMonitorHook'),
    # Stops at a loss that is not finite, with its layer and its batch.
    finite_loss=dict(type='vared_mm.FiniteLossHook'),
    # Leaves each tested view's executed cost in its data sample; of static models too.
    cost_record=dict(type='vared_mm.CostRecordHook'),
    # Leaves one score a video for every metric, and the scores of its views apart.
    view_scores=dict(type='vared_mm.ViewScoresHook'),
)

env_cfg = dict(
    cudnn_benchmark=False,
    mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    dist_cfg=dict(backend='nccl'),
)

log_processor = dict(type='LogProcessor', window_size=20, by_epoch=True)
vis_backends = [dict(type='LocalVisBackend')]
visualizer = dict(type='ActionVisualizer', vis_backends=vis_backends)
randomness = dict(seed=0, diff_rank_seed=False, deterministic=False)

log_level = 'INFO'
load_from = None
resume = False
