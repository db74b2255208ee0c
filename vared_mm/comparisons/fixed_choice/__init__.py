"""Controls that tell what a choice per clip is worth: the same choices, made blind to the clip.

``choice_table`` reads what the gates of a trained model choose, ``best_fixed`` makes one choice for
all clips of it, ``ClipBlindGate`` draws choices, or keeps to one.
"""

from .best_fixed import best_fixed
from .blind_backbone import blind_backbone
from .choice_table import ChoiceTable, LayerChoices, choice_table
from .clip_blind_gate import ClipBlindGate
from .shuffled import ReplayedGate, shuffled_decisions

__all__ = [
    'ChoiceTable',
    'ClipBlindGate',
    'LayerChoices',
    'ReplayedGate',
    'best_fixed',
    'blind_backbone',
    'choice_table',
    'shuffled_decisions',
]
