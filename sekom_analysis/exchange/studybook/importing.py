"""A study's workbook into a study, or as a new one."""

from __future__ import annotations

import os
from pathlib import Path

from sekom_analysis.additions import Material
from sekom_analysis.exchange.importing import Request
from sekom_analysis.exchange.refi.importing import study_of, whats_new
from sekom_analysis.exchange.studybook.reading import read_study_workbook
from sekom_analysis.study import Study

KIND = "study"


def find_study(request: Request) -> Material:
    """Return the notes and decisions of a workbook that the study does not have.

    Raises
    ------
    ExchangeError
        If it cannot be read, or everything in it is here already.
    """
    return whats_new(read_study_workbook(request.path), request)


def study_from_workbook(
    folder: str | os.PathLike[str], path: Path, title: str = ""
) -> tuple[Study, Material]:
    """Make a study of a workbook: its notes, codebook, coders and their decisions.

    Parameters
    ----------
    folder : a folder that does not exist, or is empty
    path : the workbook
    title : what the study is called; left out, as in the workbook

    Returns
    -------
    The study, and what was found, with what was refused and is to be known.

    Raises
    ------
    ExchangeError, StudyError
        If the workbook cannot be read or makes no study.
    """
    return study_of(read_study_workbook(path), folder, path, KIND, title)
