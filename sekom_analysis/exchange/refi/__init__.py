"""REFI-QDA, the exchange format of programs for qualitative analysis: codebooks and whole projects."""

from __future__ import annotations

from sekom_analysis.exchange.refi.codebook import write_codebook_qdc
from sekom_analysis.exchange.refi.codebook_reading import CodebookRead, read_codebook_qdc
from sekom_analysis.exchange.refi.losses import Loss, loss_lines
from sekom_analysis.exchange.refi.project_reading import ProjectRead, read_project_qdpx
from sekom_analysis.exchange.refi.project_writing import write_project_qdpx

__all__ = [
    "CodebookRead",
    "Loss",
    "ProjectRead",
    "loss_lines",
    "read_codebook_qdc",
    "read_project_qdpx",
    "write_codebook_qdc",
    "write_project_qdpx",
]
