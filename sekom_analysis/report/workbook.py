"""The workbook of a whole study: what comes back, and beside it what was worked out, to be looked at."""

from __future__ import annotations

from functools import partial

import pandas as pd

from sekom_analysis.basics.files import replace_file
from sekom_analysis.basics.wording import say
from sekom_analysis.consensus import consensus, consensus_sets
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
from sekom_analysis.study.codebook import RESERVED_VARIABLES, Variable
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
        worked_out = {"agreement": overview, "consensus": _consensus(study, lang), **worked_out}
        worked_out["adjudications"] = settled_of(study, [], [], study.notes, lang).entries
    worked_out["plan"] = _plan(study)
    pages = [*pages_that_come_back(study, lang), *rating_pages(study, lang)]
    return pages + [page(key, _plain(table), lang) for key, table in worked_out.items() if len(table)]


def _consensus(study: Study, lang: str) -> pd.DataFrame:
    """Return the settled code of every note on each variable with codes that two or more decided on.

    Beside the ids are the note's text and, as ``answer``, the labels of what it is settled to.
    """
    parts = []
    for variable in study.codebook.variables:
        coders = [coder for coder in study.coders if study.about.coder(coder).kind != "source"]
        ratings = study.ratings(variable.id, coders)
        if variable.kind == "scale" or ratings.notna().any().sum() < 2:
            continue
        settled = (
            consensus(ratings, study.adjudications(variable.id))
            if variable.kind == "single"
            else consensus_sets(ratings, study.adjudications(variable.id))
        )
        codes = settled["code" if variable.kind == "single" else "codes"]
        answers = codes.astype(object).map(partial(_in_words, variable, lang=lang), na_action="ignore")
        if variable.kind != "single":  # no code in common is not the answer that none applies
            answers = answers.mask(answers.eq(say("reading_empty", lang)) & settled["tied"].map(bool))
        settled = settled.assign(answer=answers, text=study.notes["text"].reindex(settled.index))
        parts.append(settled.reset_index().assign(variable=variable.id))
    if not parts:
        return pd.DataFrame()
    table = pd.concat([part.astype(object) for part in parts], ignore_index=True)
    first = ["variable", "note_id", "text", "answer"]
    return table[[*first, *(name for name in table.columns if name not in first)]]


def _in_words(variable: Variable, codes: str | frozenset[str], lang: str) -> str:
    """Return a settled answer by its labels, in the order of the codebook."""
    if isinstance(codes, str):
        return variable.label_of(codes, lang)
    labels = [variable.label_of(code, lang) for code in variable.code_ids if code in codes]
    return "; ".join(labels) or say("reading_empty", lang)


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
