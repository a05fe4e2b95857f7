"""The workbook of a whole study: what comes back, and beside it what was worked out, to be looked at."""

from __future__ import annotations

import pandas as pd

from sekom_analysis.basics.files import replace_file
from sekom_analysis.consensus.final import final_table
from sekom_analysis.exchange.registry import Loss, Order, real
from sekom_analysis.exchange.studybook_writing import (
    Page,
    page,
    pages_that_come_back,
    rating_pages,
    workbook_bytes,
)
from sekom_analysis.quality import is_reflexive
from sekom_analysis.results.actions import plan_of, priorities_of
from sekom_analysis.results.tables import agreement_overview, settled_of
from sekom_analysis.study.codebook import RESERVED_VARIABLES
from sekom_analysis.study.codebook_table import write_codebook_file
from sekom_analysis.study.study import Study

N_RESAMPLES = 2000
_LOOK, _GONE = "in the file to be looked at; it is not read back", "not in the file"


def export_workbook(order: Order) -> list[Loss]:
    """Write a study, or with the layout ``codebook`` its codebook alone, as ``.xlsx``.

    Raises
    ------
    TableError
        If it does not fit into a workbook.
    NotSavedError
        If the file cannot be written.
    """
    if order.layout == "codebook":
        write_codebook_file(order.study.codebook, order.path)
        return []
    pages = study_pages(order.study, order.lang)
    title = order.study.about.title.in_(order.lang)
    replace_file(order.path, workbook_bytes(pages, order.path.name, title, order.lang))
    return _losses(order.study)


def study_pages(study: Study, lang: str, n_resamples: int = N_RESAMPLES, rng: int = 0) -> list[Page]:
    """Return every sheet of a study's workbook but the first, which says what is in them.

    Parameters
    ----------
    study : Study
    lang : language of titles and remarks
    n_resamples : R, resamples behind each interval of an agreement
    rng : seed of the resampling; the same seed gives the same numbers
    """
    worked_out = {"priorities": _priorities(study, lang, rng), "merges": study.merges()}
    if not is_reflexive(study):
        overview = agreement_overview(study, lang=lang, n_resamples=n_resamples, rng=rng)
        worked_out = {"agreement": overview, "consensus": final_table(study, lang), **worked_out}
        worked_out["adjudications"] = settled_of(study, [], [], study.notes, lang).entries
    worked_out["plan"] = _plan(study)
    pages = [*pages_that_come_back(study, lang), *rating_pages(study, lang)]
    return pages + [page(key, _plain(table), lang) for key, table in worked_out.items() if len(table)]


def _priorities(study: Study, lang: str, rng: int) -> pd.DataFrame:
    if is_reflexive(study):
        return pd.DataFrame()
    rounds = [one.ranking for one in priorities_of(study, study.main_notes, lang, rng)]
    if not rounds:
        return pd.DataFrame()
    table = pd.concat(rounds, ignore_index=True)
    at = list(table.columns).index("action") + 1
    table.insert(at, "text", table["action"].map(study.wordings()))
    return table


def _plan(study: Study) -> pd.DataFrame:
    plan = plan_of(study).plan
    return plan.drop(columns=[name for name in ("said_start", "said_end") if name in plan.columns])


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose cells are numbers, truth values, texts and gaps."""
    return table.astype(object).map(_plain_cell, na_action="ignore").reset_index(drop=True)


def _plain_cell(value: object) -> object:
    if isinstance(value, frozenset | set | tuple | list):
        return "|".join(sorted(map(str, value)))
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value


def _losses(study: Study) -> list[Loss]:
    standing = study.decisions()
    others = len(study.history()) - len(standing) - len(study.skipped())
    unknown = ~standing["note_id"].isin(study.notes.index) | ~standing["variable"].isin(
        [*study.codebook.ids, *RESERVED_VARIABLES]
    )
    return real(
        [
            Loss(len(study.skipped()), "skipped questions", _GONE),
            Loss(others, "answers that were changed or taken back", _GONE),
            Loss(int(unknown.sum()), "decisions on notes or variables that the study no longer has", _LOOK),
            Loss(len(study.adjudication_history()), "adjudications", _LOOK),
            Loss(len(study.merge_history()), "merges and new wordings", _LOOK),
            Loss(len(study.pair_history()), "judgements of pairs", _GONE),
            Loss(len(_plan(study)), "rows of the plan", _LOOK),
        ]
    )
