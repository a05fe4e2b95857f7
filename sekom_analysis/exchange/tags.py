"""The codebook as a plain list of tags (CSV), for Taguette and others that read no REFI-QDA."""

from __future__ import annotations

import os
from pathlib import Path

from sekom_analysis.codebook import NONE_FITS, NONE_FITS_LABEL, Code, Codebook, Variable
from sekom_analysis.exchange.delimited import join_rows
from sekom_analysis.exchange.exporting import Order
from sekom_analysis.exchange.refi.losses import Loss, real
from sekom_analysis.exchange.tables import replace_file
from sekom_analysis.wording import check_language, say


def write_tags_csv(codebook: Codebook, path: str | os.PathLike[str], *, lang: str = "sv") -> list[Loss]:
    """Write the codes as tags with descriptions: columns ``tag`` (variable.code) and ``description``.

    Parameters
    ----------
    codebook : Codebook
    path : where to; a ``.csv`` in UTF-8 with commas, as Taguette takes it under "Import codebook"
    lang : which labels and definitions

    Returns
    -------
    list of Loss
        What a list of tags cannot hold.

    Raises
    ------
    NotSavedError
        If the file cannot be written.
    """
    check_language(lang)
    rows = [["tag", "description"]]
    for variable in codebook.variables:
        rows += [[f"{_name(variable.label.in_(lang))}.{tag}", told] for tag, told in _tags(variable, lang)]
    replace_file(Path(path), join_rows(rows, ",").encode("utf-8-sig"))
    scales = sum(variable.range is not None for variable in codebook.variables)
    return real(
        [
            Loss(len(codebook.variables), "variables", "the first part of each tag's name, before the dot"),
            Loss(scales, "scales", "each step is a tag"),
            Loss(1, "ids, the other language and versions", "not in the file"),
        ]
    )


def export_tags(order: Order) -> list[Loss]:
    """Write a study's codebook as ``.csv``."""
    return write_tags_csv(order.study.codebook, order.path, lang=order.lang)


def _tags(variable: Variable, lang: str) -> list[tuple[str, str]]:
    """Return name and description of each answer that can be chosen."""
    if variable.range is not None:
        return [(step, "") for step in variable.answers]
    tags = [(_name(c.label.in_(lang)), _description(c, lang)) for c in variable.codes if not c.retired]
    if variable.allows_none_fits:
        tags.append((NONE_FITS_LABEL[lang], say("tags_none_fits", lang, code=NONE_FITS)))
    return tags


def _description(code: Code, lang: str) -> str:
    parts = [("", code.definition), ("tags_include", code.include), ("tags_exclude", code.exclude)]
    told = [(key, text.in_(lang)) for key, text in parts if text is not None]
    return " ".join(say(key, lang, text=text) if key else text for key, text in told)


def _name(label: str) -> str:
    """A dot would begin a part of its own."""
    return " ".join(label.replace(".", " ").split())
