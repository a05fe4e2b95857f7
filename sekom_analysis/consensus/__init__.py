"""The settled code of each note with its basis, and counts that show how far they depend on the coder."""

from sekom_analysis.consensus.corrected import corrected_counts, program_counts
from sekom_analysis.consensus.counts import count_codes
from sekom_analysis.consensus.draws import Prior
from sekom_analysis.consensus.model import ModelConsensus, model_consensus
from sekom_analysis.consensus.settled import MAJORITY, SETTLED_BAR, consensus, consensus_sets

__all__ = [
    "MAJORITY",
    "SETTLED_BAR",
    "ModelConsensus",
    "Prior",
    "consensus",
    "consensus_sets",
    "corrected_counts",
    "count_codes",
    "model_consensus",
    "program_counts",
]
