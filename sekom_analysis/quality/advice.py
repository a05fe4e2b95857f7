"""Which definitions to sharpen, and what agreement would gain by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.agreement import agreement_by_code, alpha
from sekom_analysis.agreement.disputes import borders, gain_by_code, gain_by_note, never_used, notes_between
from sekom_analysis.agreement.scores import NOTES_FOR_INTERVAL
from sekom_analysis.basics.errors import CodebookError
from sekom_analysis.basics.wording import check_language, count_notes, number, say
from sekom_analysis.study.checks import check_stance
from sekom_analysis.study.codebook import FLAG, NONE_FITS, Variable
from sekom_analysis.study.decisions import INDEPENDENT
from sekom_analysis.study.study import Study

BORDER, CODE, UNUSED, TWO_IDEAS = "border", "code", "unused", "two_ideas"
ADVICE_COLUMNS = [
    "kind", "code", "other", "coder", "n_notes", "n_with_codebook", "ratio", "p_value", "alpha", "gain",
    "sentence", "note_ids", "texts", "memos", "commands",
]  # fmt: skip
# Krippendorff's lowest limit for tentative conclusions; only where the study's plan names no floor.
USUAL_FLOOR = 0.667


class _Asked(NamedTuple):
    """What advice is asked for, as the parts of the table need it."""

    study: Study
    variable: Variable
    ratings: pd.DataFrame
    said: pd.DataFrame
    with_codebook: list[str]
    least_notes: int
    lang: str


def codebook_advice(
    study: Study,
    variable: str,
    lang: str = "sv",
    *,
    notes: object = None,
    coders: Iterable[str] | None = None,
    least_notes: int = 3,
) -> pd.DataFrame:
    """Return what in the codebook to talk about, where agreement would gain most first.

    Parameters
    ----------
    study : Study
    variable : a `single` or `multiple` variable; borders between codes are worked out for `single` only
    lang : ``"sv"`` or ``"en"``
    notes : as in `Study.ratings`
    coders : whose decisions; left out, everybody's
    least_notes : a border, or a code that somebody never uses, must show on that many notes

    Returns
    -------
    DataFrame, one row per piece of advice: ``kind``: ``border`` (two codes that are confused more than the
    study's disputes and the codes' use make likely), ``code`` (chosen on ten notes or more, with α below
    the plan's floor, else .667), ``unused`` (one coder never chooses it, others do) or ``two_ideas`` (notes
    flagged so); ``code``, ``other`` and ``coder`` it is about; ``n_notes``; ``n_with_codebook``, notes of a
    border on which also coders who used the codebook differ; ``ratio`` and ``p_value`` of `borders`;
    ``alpha`` of a code; ``gain``, what α of the variable would rise by (rows share notes, so gains of
    rows do not add up; of a `multiple`, α without the code or the notes, minus α); ``sentence``;
    ``note_ids`` with the ``texts`` of these notes, ``memos`` (coder, note and text), and ``commands`` that
    would change the codebook, the mildest first, with blanks for texts, reason and whose change it is: all
    four are tuples.

    Raises
    ------
    CodebookError
        If there is no such variable, or it is a scale.
    StanceError
        If the study is reflexive.
    """
    check_language(lang)
    asked = check_stance(study).codebook[variable]
    if asked.kind == "scale":
        msg = f"'{variable}' is a scale; it has numbers, and no codes whose definitions could be sharpened."
        raise CodebookError(msg)
    ratings = study.ratings(variable, coders, notes)
    own = [c for c in ratings.columns if study.about.coder(c).kind != "source"]
    about = _Asked(study, asked, ratings, _memos(study, asked, ratings), own, least_notes, lang)
    if ratings.empty:
        return pd.DataFrame(columns=ADVICE_COLUMNS)
    parts = (_borders, _weak_codes, _unused) if asked.kind == "single" else (_weak_codes, _unused)
    rows = [row for part in (*parts, _two_ideas) for row in part(about)]
    table = pd.DataFrame(rows, columns=ADVICE_COLUMNS)
    return table.sort_values("gain", ascending=False, kind="stable", ignore_index=True)


def _row(asked: _Asked, kind: str, note_ids: list[str], **values: Any) -> dict[str, Any]:
    """Return one row of the table, with the memos that coders left on its notes."""
    blank = dict.fromkeys(("ratio", "p_value", "alpha", "gain"), float("nan"))
    texts = {"code": "", "other": "", "coder": "", "n_with_codebook": 0}
    row = {"kind": kind, **texts, **blank, "n_notes": len(note_ids), "note_ids": tuple(note_ids), **values}
    said = asked.said[asked.said["note_id"].isin(note_ids)].itertuples(index=False, name=None)
    memos = sorted(said, key=lambda memo: note_ids.index(memo[1]))
    quoted = asked.study.notes["text"].reindex(note_ids).fillna("").astype(str)
    row |= {"texts": tuple(quoted), "memos": tuple(memos)}
    return row | {"commands": tuple(_commands(asked, kind, row["code"], row["other"]))}


def _commands(asked: _Asked, kind: str, code: str, other: str) -> Iterator[str]:
    """Yield what to type to change the codebook so: only for codes that it has, and can change so."""
    there = {one.id: one for one in asked.variable.codes}
    named = [one for one in (code, other) if one in there]
    active = [one for one in named if not there[one].retired]
    # A code that one coder never chooses may need to say what belongs to it; others, what does not.
    text = "--include" if kind == UNUSED or NONE_FITS in (code, other) else "--exclude"
    if active and len(active) == len(named):
        yield _command(f'describe {asked.variable.id} {active[0]} {text} "…" --meaning')
    if kind == BORDER and len(named) == 2 and active:
        used = {one: int(_holding(asked.ratings, one).to_numpy().sum()) for one in named}
        into = max(active, key=lambda one: used[one])
        (gone,) = (one for one in named if one != into)
        yield _command(f"merge {asked.variable.id} {gone} --into {into}")
    if kind == CODE and active:
        yield _command(f"split {asked.variable.id} {code} --into ID=LABEL --into ID=LABEL")


def _command(typed: str) -> str:
    return f'sekom codebook {typed} --by ID --reason "…"'


def told_apart(variable: Variable, codes: Sequence[str], lang: str) -> list[str]:
    """Return labels of codes, with ids where two labels read alike: no code is told beside itself."""
    labels = [variable.label_of(code, lang) for code in codes]
    read = [" ".join(label.casefold().split()) for label in labels]
    return [
        f"{label} ({code})" if read.count(alike) > 1 else label
        for code, label, alike in zip(codes, labels, read, strict=True)
    ]


def _memos(study: Study, variable: Variable, ratings: pd.DataFrame) -> pd.DataFrame:
    """Return coder, note and text of every memo beside the ratings."""
    decisions = study.decisions(variable.id, list(ratings.columns))
    wanted = (decisions["memo"] != "") & (decisions["pass"] == str(INDEPENDENT))
    return decisions.loc[wanted, ["coder", "note_id", "memo"]].sort_values("coder", kind="stable")


def _borders(asked: _Asked) -> Iterator[dict[str, Any]]:
    table = borders(asked.ratings)
    confused = table[(table["notes"] >= asked.least_notes) & (table["ratio"] > 1)]
    for border in confused.to_dict("records"):
        a, b = str(border["code_a"]), str(border["code_b"])
        note_ids = notes_between(asked.ratings, a, b)
        own = len(notes_between(asked.ratings[asked.with_codebook], a, b))
        values = {key: border[key] for key in ("ratio", "p_value", "gain")}
        sentence = _say(asked, "advice_border", len(note_ids), code=a, other=b, **values)
        if len(asked.with_codebook) < len(asked.ratings.columns):
            key = "advice_border_codebook" if own else "advice_border_codebook_none"
            sentence += " " + say(key, asked.lang, notes=count_notes(own, asked.lang))
        yield _row(asked, BORDER, note_ids, code=a, other=b, sentence=sentence, n_with_codebook=own, **values)


def _weak_codes(asked: _Asked) -> Iterator[dict[str, Any]]:
    floor = asked.study.about.plan.floor
    floor = USUAL_FLOOR if floor is None else floor
    by_code = agreement_by_code(asked.ratings, coefficients="alpha", n_resamples=0)
    low = by_code[(by_code["n_carrying"] >= NOTES_FOR_INTERVAL) & (by_code["value"] < floor)]
    for found in low.to_dict("records"):
        code = str(found["code"])
        values = {"alpha": found["value"], "gain": _gain_of_code(asked, code)}
        disputed = _disputed_notes(asked, code)
        sentence = _say(asked, "advice_code", int(found["n_carrying"]), code=code, floor=floor, **values)
        row = _row(asked, CODE, disputed, code=code, sentence=sentence, **values)
        yield row | {"n_notes": int(found["n_carrying"])}


def _unused(asked: _Asked) -> Iterator[dict[str, Any]]:
    if asked.variable.kind == "single":
        table = never_used(asked.ratings)
    else:
        each = [(c, never_used(_chosen_or_not(asked.ratings, c))) for c in asked.variable.code_ids]
        table = pd.concat([one[one["code"] == code] for code, one in each], ignore_index=True)
    for found in table[table["notes"] >= asked.least_notes].to_dict("records"):
        code, coder = str(found["code"]), str(found["coder"])
        if code == NONE_FITS:
            continue
        holds = _holding(asked.ratings, code)
        note_ids = list(asked.ratings.index[holds.any(axis=1) & asked.ratings[coder].notna()])
        gain = float(found["gain"]) if asked.variable.kind == "single" else _gain_of_code(asked, code)
        sentence = _say(asked, "advice_unused", len(note_ids), code=code, coder=coder, gain=gain)
        yield _row(asked, UNUSED, note_ids, code=code, coder=coder, gain=gain, sentence=sentence)


def _two_ideas(asked: _Asked) -> Iterator[dict[str, Any]]:
    flags = asked.study.decisions(FLAG)
    flagged = set(flags.loc[flags["codes"].str.split("|").map(lambda codes: TWO_IDEAS in codes), "note_id"])
    note_ids = [note for note in asked.ratings.index if note in flagged]
    if not note_ids:
        return
    if asked.variable.kind == "single":
        gain = float(gain_by_note(asked.ratings)[note_ids].sum())
    else:
        gain = alpha(asked.ratings.drop(index=note_ids), "masi") - alpha(asked.ratings, "masi")
    sentence = _say(asked, "advice_two_ideas", len(note_ids), gain=gain)
    yield _row(asked, TWO_IDEAS, note_ids, gain=gain, sentence=sentence)


def _gain_of_code(asked: _Asked, code: str) -> float:
    if asked.variable.kind == "single":
        return float(gain_by_code(asked.ratings)[code])
    without = asked.ratings.map(lambda codes: codes - {code}, na_action="ignore")
    return alpha(without, "masi") - alpha(asked.ratings, "masi")


def _holding(ratings: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return where a code was chosen, alone or among others; unseen is false."""
    return ratings.astype(object).map(
        lambda chosen: code in chosen if isinstance(chosen, frozenset) else chosen == code
    )


def _chosen_or_not(ratings: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return a table of sets as one of the code or "other"; unseen stays unseen."""
    other = f"not {code}"
    return ratings.map(lambda chosen: code if code in chosen else other, na_action="ignore")


def _disputed_notes(asked: _Asked, code: str) -> list[str]:
    """Return the notes where one coder chose a code and another, who decided too, did not."""
    chosen = _holding(asked.ratings, code).sum(axis=1)
    return list(asked.ratings.index[(chosen > 0) & (chosen < asked.ratings.notna().sum(axis=1))])


def _say(asked: _Asked, key: str, n: int, **values: Any) -> str:
    """Return a sentence: codes by their labels, numbers as the language writes them."""
    codes = [name for name in ("code", "other") if name in values]
    named = told_apart(asked.variable, [values[name] for name in codes], asked.lang)
    labels = dict(zip(codes, named, strict=True))
    shown = {
        name: labels[name] if name in labels
        else number(value, asked.lang, 1 if name == "ratio" else 2) if isinstance(value, float)
        else value
        for name, value in values.items()
    }  # fmt: skip
    return say(key, asked.lang, notes=count_notes(n, asked.lang), **shown)
