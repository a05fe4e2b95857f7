"""Who has coded how much of what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sekom_analysis.decisions import latest

if TYPE_CHECKING:
    from sekom_analysis.study import Study


def progress_table(study: Study) -> pd.DataFrame:
    """Return one row a coder and variable: notes decided, skipped and unseen, when last, by which way.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame of ``coder``, ``variable``, ``decided``, ``skipped``, ``unseen``, ``of`` (notes asked),
    ``last`` (UTC) and ``via``. A coder named in the study who has not begun has every note unseen; one
    whose log is gone or cannot be read is left out, since nobody knows.
    """
    decisions, open_ = latest(study.history()), study.skipped()
    open_ = open_[open_["pass"].isin(["1", "3"])].drop_duplicates(["note_id", "coder", "variable"])
    known, lost = study.coders, study.lost_coders
    coders = [c for c in (*known, *(c for c in study.about.coders if c not in known)) if c not in lost]
    rows = []
    for coder in coders:
        kind = study.about.coder(coder).kind
        for variable in study.codebook.variables:
            asked = study.notes_asked(variable)
            own = decisions[(decisions["coder"] == coder) & (decisions["variable"] == variable.id)]
            own = own[own["note_id"].isin(asked)]
            if own.empty and kind != "human":
                continue  # a program or an own sorting is not asked to go on
            left = open_[(open_["coder"] == coder) & (open_["variable"] == variable.id)]
            left = left[~left["note_id"].isin(own["note_id"])]
            rows.append(
                {
                    "coder": coder,
                    "variable": variable.id,
                    "decided": len(own),
                    "skipped": len(left),
                    "unseen": len(asked) - len(own) - len(left),
                    "of": len(asked),
                    "last": own["decided_at"].max()[:16].replace("T", " ") if len(own) else "",
                    "via": ", ".join(sorted(set(own["via"]))),
                }
            )
    columns = ["coder", "variable", "decided", "skipped", "unseen", "of", "last", "via"]
    return pd.DataFrame(rows, columns=columns)
