"""Every quirk of the upstream packages, in one place; nothing else touches their privates.

`apply()` imports none of them. It puts a finder in front of Python's own, which runs a small
patch around the first import of the module that the patch is for. So a quirk costs nothing where
it is not met; all that matters is that `vared_mm` is imported before `mmaction`.

| quirk | public issue |
|---|---|
| mmaction2's wheel lacks `mmaction.models.localizers.drn` | open-mmlab/mmaction2#2714 |
| mmaction2 (mmsegmentation 1.2 too) refuses mmcv >= 2.2 | open-mmlab/mmaction2#2852 |
| mmaction2 imports names that transformers 5 no longer has | none found |
| `mmcv.ops` can't be imported without compiled ops | open-mmlab/mmcv#204 |
| mmcv builds convolutions of its own classes, which tools by exact type do not know | none found |
| mmengine can't resume, or resumes unsafely, under torch >= 2.6 | open-mmlab/mmengine#1655 |
| mmengine runs code of a checkpoint: what it downloads, and configs inside it | none found |
| mmengine takes what is no weight, and keeps the model's own in its place | none found |
| mmengine makes any Python object that a YAML file names | none found |
| mmengine trains data-parallel on accelerators only | none found |
| mmengine trains in mixed precision on accelerators only | none found |
| mmaction2's heads can't turn bfloat16 scores into an array | none found |
| mmsegmentation prints a debug note when imported | none found |
| mmaction2's inferencers read videos with decord only | none found |
| inferencers lose our loading steps, and average no views | none found |
| mmaction2 and mmcv use names that numpy 2.0 to 2.4 has given up | none found |
| mmaction2 makes a number of an array of one element, which numpy 2.4 refuses | none found |

`packages` has those of imports, `layers` those of layers, `inferencers` those of inferencers,
`loading` those of checkpoints (`plain_numpy`, `plain_checkpoint`, `pickle_depth` and `weights` are
its parts), `cpu` those of training without an accelerator, `numpy2` those of numpy.
"""

from .finder import apply

__all__ = ['apply']
