"""A study, or its codebook, as `sekom export` writes them in REFI-QDA."""

from __future__ import annotations

from sekom_analysis.exchange.exporting import Order
from sekom_analysis.exchange.refi.codebook import write_codebook_qdc
from sekom_analysis.exchange.refi.losses import Loss
from sekom_analysis.exchange.refi.project_writing import write_project_qdpx
from sekom_analysis.exchange.refi.sources_writing import PER_CODER


def export_project(order: Order) -> list[Loss]:
    """Write a study as ``.qdpx``."""
    return write_project_qdpx(order.study, order.path, order.layout or PER_CODER, lang=order.lang)


def export_codebook(order: Order) -> list[Loss]:
    """Write a study's codebook as ``.qdc``."""
    study = order.study
    return write_codebook_qdc(study.codebook, order.path, study_id=study.about.id, lang=order.lang)
