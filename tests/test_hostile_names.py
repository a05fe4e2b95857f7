"""Coders, variables, codes, stages and sources may be called what our own columns are called.

The same study is made twice: with such names, and with plain ones that sort alike. Every number is the same.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import pytest

import sekom_analysis as sa
from sekom_analysis.coding.comparing import ReviewSession
from sekom_analysis.coding.judging import AdjudicationSession
from sekom_analysis.exchange.refi import study_from_project
from sekom_analysis.exchange.studybook import study_from_workbook
from sekom_analysis.report import render_page
from sekom_analysis.report.sections import sections
from sekom_analysis.results import work_out
from sekom_analysis.study.codebook import Variable
from tests.hostile import CODERS, CODES, SOURCES, STAGES, VARIABLES, build, neutral

MARKS = {"coders": "a", "variables": "v", "codes": "k", "stages": "t", "sources": "s"}
NAMES = [
    {
        "coders": coders,
        "variables": VARIABLES[place % len(VARIABLES)],
        "codes": CODES[place % len(CODES)],
        "stages": STAGES[place % len(STAGES)],
        "sources": SOURCES[place % len(SOURCES)],
    }
    for place, coders in enumerate(CODERS)
]
UNSTEADY = {"decided_at", "event_id", "codebook", "version", "first", "last", "from", "to", "id", "seed"}


def plain(value: object, names: Mapping[str, str]) -> object:
    """Any result as plain data in which names are as they are to be read."""
    if isinstance(value, str):
        return re.sub(r"q[avkts]\d\d", lambda found: names.get(found[0], found[0]), value)
    if isinstance(value, pd.DataFrame):
        # A column of ours beside one called alike is no fault: only the numbers in it are compared.
        columns = [plain(str(name), names).removeprefix("coder ").removeprefix("stage ") for name in value]
        kept = [place for place, name in enumerate(value.columns) if name not in UNSTEADY]
        return {
            "index": [plain(one, names) for one in value.index],
            "columns": [columns[place] for place in kept],
            "cells": [[plain(value.iat[row, place], names) for place in kept] for row in range(len(value))],
        }
    if isinstance(value, pd.Series):
        return plain(value.to_frame("x"), names)
    if isinstance(value, Mapping):
        return {plain(key, names): plain(one, names) for key, one in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(str(plain(one, names)) for one in value)
    if isinstance(value, tuple):  # also the key of a mapping
        return tuple(plain(one, names) for one in value)
    if isinstance(value, list):
        return [plain(one, names) for one in value]
    if isinstance(value, Variable):
        return plain(value.id, names)
    if dataclasses.is_dataclass(value):
        fields = [one.name for one in dataclasses.fields(value) if one.name not in ("study", "problems")]
        return {name: plain(getattr(value, name), names) for name in fields}
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    return round(value, 12) if isinstance(value, float) else value if isinstance(value, int) else str(value)


def told(study: sa.Study, named: dict[str, list[str]], folder) -> Iterator[tuple[str, object]]:
    """Everything that is worked out of a study or written of it, one after the other."""
    main, side, themes, goal, _ = named["variables"]
    results = work_out(study, "sv", n_resamples=0)
    yield "results", results
    pictures = {figure.stem: "x.png" for one in sections(results) for figure in one.figures()}
    page = render_page(results, _Any(pictures), sections(results))
    yield "page", re.sub(r"\d{4}-\d\d-\d\d|\b[a-z][0-9a-f]{7,11}\b|<[^>]*>", "", page).split("\n")
    for variable in (main, side, themes, goal):
        ratings = study.ratings(variable)
        level = {themes: "masi", goal: "ordinal"}.get(variable, "nominal")
        how = {"n_resamples": 50, "coefficients": "all" if variable != themes else ["percent", "alpha"]}
        yield f"agreement {variable}", sa.agreement(ratings, level, **how)
        yield f"pairs {variable}", sa.agreement_by_pair(ratings, level, n_resamples=0)
        yield f"without {variable}", sa.agreement_without_each(ratings, level, n_resamples=0)
        yield f"disagreements {variable}", sa.disagreements(ratings, study.notes)
        yield f"negotiation {variable}", sa.negotiation(study, variable, n_resamples=0)
        for coder in named["coders"][:2]:
            yield f"coder {variable}", sa.coder_report(study, coder, variable, n_resamples=0)
    for variable in (main, side):
        ratings = study.ratings(variable)
        yield "codes", sa.agreement_by_code(ratings, n_resamples=0)
        yield "confusions", sa.confusions(ratings)
        yield "consensus", sa.consensus(ratings, study.adjudications(variable))
        model = sa.model_consensus(ratings, n_draws=60)
        yield "model", [model.probability, model.confusion]
        yield "advice", sa.codebook_advice(study, variable)
        yield "voices", sa.voices(study, variable)
        yield "why", sa.agreement_by_group(ratings, study.notes["source"], n_resamples=0)
        for interval in ("coders", "coding", "sampling"):
            yield "counts", sa.count_codes(study, variable, interval=interval, n_draws=40)
        yield "bars of one", sa.count_codes(study, variable, bar=named["coders"][0])
    yield "counts split", sa.count_codes(study, main, side)
    yield "sets", sa.count_codes(study, themes)
    scores = sa.action_scores(study)
    yield "scores", [scores, sa.count_scores(scores), sa.rank_actions(scores), sa.score_agreement(scores)]
    yield "pairs alike", sa.similar_pairs(study.notes, study.decisions(), at_most=20)
    yield "readings", sa.readings(study)
    AdjudicationSession(study, named["coders"][0], main)
    ReviewSession(study, named["coders"][0], sa.similar_pairs(study.notes, at_most=3))
    yield from _out_and_in(study, named, folder)


def _out_and_in(study: sa.Study, named: dict[str, list[str]], folder) -> Iterator[tuple[str, object]]:
    """Written for other programs and read again, everybody's answers are as they were."""
    from sekom_analysis.exchange.registry import Order, export_file

    given = ["note_id", "coder", "variable", "codes", "memo"]
    asked = {"history": study.decisions()[given].sort_values(given[:3]).reset_index(drop=True)}
    yield "decisions", asked
    for ending, make in ((".xlsx", study_from_workbook), (".qdpx", study_from_project)):
        path = folder / f"out{ending}"
        export_file(Order(study, path, "per-coder" if ending == ".qdpx" else None, "sv"))
        again, found = make(folder / f"again{ending[1:]}", path, "Igen")
        assert found.refused == []
        yield f"back from {ending}", again.decisions()[given].sort_values(given[:3]).reset_index(drop=True)
        assert list(again.notes["stage"]) == list(study.notes["stage"])
        assert list(again.notes["source"]) == list(study.notes["source"])
        for variable in named["variables"][:2]:
            pd.testing.assert_frame_equal(
                again.ratings(variable).astype(object), study.ratings(variable).astype(object)
            )
    desk = study.desk(named["coders"][0])
    sheet = sa.exchange.write_coding_sheet(desk, folder / "sheet.xlsx")
    found = study.collect(sheet, dry_run=True)
    assert (len(found.added), found.refused) == (0, [])
    sa.coding.write_page(desk, folder / "page.html")


class _Any(dict):
    def __missing__(self, stem):
        return "x.png"


def differing(one: object, other: object, place: str = "") -> Iterator[tuple[str, object, object]]:
    """Where two results differ, for a failure that can be read."""
    if isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other):
        for key in one:
            yield from differing(one[key], other[key], f"{place} {key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            yield from differing(mine, theirs, f"{place} {at}")
    elif one != other:
        yield place, one, other


def results_of(named: dict[str, list[str]], names: Mapping[str, str], folder) -> list[tuple[str, object]]:
    study = build(folder / "study", **named)
    return [(plain(title, names), plain(value, names)) for title, value in told(study, named, folder)]


@pytest.mark.parametrize("named", NAMES, ids=[named["coders"][0] for named in NAMES])
def test_every_number_is_the_same_whatever_the_names(named, tmp_path):
    usual, back = {}, {}
    for kind, names in named.items():
        plain_names = neutral(names, MARKS[kind])
        usual[kind] = [plain_names[name] for name in names]
        back |= {plain_name: name for name, plain_name in plain_names.items()}
    for folder in ("hostile", "usual"):
        (tmp_path / folder).mkdir()
    found = results_of(named, {}, tmp_path / "hostile")
    expected = results_of(usual, back, tmp_path / "usual")
    assert [title for title, _ in found] == [title for title, _ in expected]
    for (title, one), (_, other) in zip(found, expected, strict=True):
        assert list(differing(one, other)) == [], title
