"""What a codebook said then and says now: the versions that were coded with, and what changed in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from sekom_analysis.agreement import agreement
from sekom_analysis.agreement.tables import AGREEMENT_COLUMNS
from sekom_analysis.basics.errors import CodebookError
from sekom_analysis.basics.wording import LANGUAGES, check_language, say
from sekom_analysis.study.checks import check_stance
from sekom_analysis.study.codebook import RESERVED_VARIABLES, Bilingual, Code, Definitions, Text, Variable
from sekom_analysis.study.codebook_words import points_text
from sekom_analysis.study.decisions import AFTER_TALK, INDEPENDENT, counting_rows, fold, ratings_table
from sekom_analysis.study.lineage import Lineage
from sekom_analysis.study.points import labels_in
from sekom_analysis.study.raw import CODED, chosen_coders
from sekom_analysis.study.study import Study

VERSION_COLUMNS = [
    "variable", "version", "is_now", "is_kept", "n_decisions", "n_notes", "n_coders", "first", "last",
]  # fmt: skip
DIFF_COLUMNS = ["variable", "from", "to", "code", "field", "change", "before", "after", "sentence"]
FIELDS = ("label", "definition", "include", "exclude", "example")
ADDED, RETIRED, REMOVED, REWORDED, MOVED = "added", "retired", "removed", "reworded", "moved"


def codebook_versions(study: Study, variable: str | None = None) -> pd.DataFrame:
    """Return the versions of each variable's definition, in the order in which they came into use.

    Parameters
    ----------
    study : Study
    variable : only this one

    Returns
    -------
    DataFrame of ``variable``, ``version``, ``is_now``, ``is_kept`` (its wording is on the disk),
    ``n_decisions``, ``n_notes`` and ``n_coders`` that were ever given under it, later changed ones
    included, and when ``first`` and ``last`` (UTC). The present version is last, also if unused.

    Raises
    ------
    CodebookError
        If there is no such variable.
    """
    asked = study.codebook.variables if variable is None else (study.codebook[variable],)
    history = counting_rows(study.history(as_given=True))
    decided = history[history["event"] == "decide"]
    kept = Definitions(study.root / CODED).read()
    rows = []
    for one in asked:
        own = decided[decided["variable"] == one.id]
        used = own.groupby("codebook")["decided_at"].min().sort_values(kind="stable")
        order = [str(version) for version in used.index if version != one.version]
        for version in [*order, one.version]:
            under = own[own["codebook"] == version]
            rows.append(
                (
                    one.id, version, version == one.version, version in kept or version == one.version,
                    len(under), under["note_id"].nunique(), under["coder"].nunique(),
                    under["decided_at"].min() if len(under) else "",
                    under["decided_at"].max() if len(under) else "",
                )
            )  # fmt: skip
    return pd.DataFrame(rows, columns=VERSION_COLUMNS)


def codebook_diff(
    study: Study,
    before: str | None = None,
    after: str | None = None,
    variable: str | None = None,
    lang: str = "sv",
) -> pd.DataFrame:
    """Return what changed between versions of the codebook, in words.

    Parameters
    ----------
    study : Study
    before : a kept version, such as ``"c41806bddbf3"`` or its beginning; left out, every earlier version
        that decisions were made under
    after : a version to compare with; left out, the definition as it is now
    variable : only this one
    lang : ``"sv"`` or ``"en"``

    Returns
    -------
    DataFrame, one row per change: ``variable``, ``from`` and ``to`` (versions), ``code`` (empty: the variable
    itself), ``field``, ``change`` (added, retired, removed, reworded, moved), ``before`` and ``after`` (the
    texts), ``sentence``. A field that changed in the other language only is told in that language. Empty
    if nothing changed: what a coder does not see, such as a colour, makes no version.

    Raises
    ------
    CodebookError
        If a version is not kept, its beginning fits several, or the two are of different variables.
    """
    check_language(lang)
    known = known_versions(study)
    pairs = _pairs(study, known, before, after, variable)
    rows = [row for old, new in pairs for row in _changes(old, new, lang)]
    return pd.DataFrame(rows, columns=DIFF_COLUMNS)


def known_versions(study: Study) -> dict[str, Variable]:
    """Return every definition there is by version: the kept ones and those of now."""
    kept = Definitions(study.root / CODED).read()
    there = {version: one for version, one in kept.items() if one.id not in RESERVED_VARIABLES}
    return there | {one.version: one for one in study.codebook.variables}


def _pairs(
    study: Study, known: Mapping[str, Variable], before: str | None, after: str | None, variable: str | None
) -> Iterator[tuple[Variable, Variable]]:
    if before is None:
        versions = codebook_versions(study, variable)
        earlier = versions[~versions["is_now"] & versions["is_kept"]]
        new = None if after is None else _version(known, after)
        for row in earlier.to_dict("records"):
            if new is None or (new.id == row["variable"] and new.version != row["version"]):
                yield known[row["version"]], new or study.codebook[row["variable"]]
        return
    old = _version(known, before)
    if variable is not None and old.id != study.codebook[variable].id:
        msg = f"Version '{before}' is one of '{old.id}', not of '{variable}'."
        raise CodebookError(msg)
    if after is None and old.id not in study.codebook:
        msg = f"The codebook has no variable '{old.id}' any more; name the version to compare with."
        raise CodebookError(msg)
    new = study.codebook[old.id] if after is None else _version(known, after)
    if old.id != new.id:
        msg = f"'{before}' is a version of '{old.id}' and '{after}' one of '{new.id}'; choose two of one."
        raise CodebookError(msg)
    yield old, new


def _version(known: Mapping[str, Variable], wanted: str) -> Variable:
    fitting = [version for version in known if version.startswith(wanted)]
    if len(fitting) == 1:
        return known[fitting[0]]
    kept = "; ".join(f"{version} ({one.id})" for version, one in sorted(known.items()))
    what = "fits several versions" if fitting else "is not a version that was kept"
    msg = f"'{wanted}' {what}. The versions: {kept}."
    raise CodebookError(msg)


def _changes(old: Variable, new: Variable, lang: str) -> Iterator[dict[str, Any]]:
    """Yield the changes from one version to another: first of the question, then code by code."""

    def row(code: str, field: str, change: str, before: str = "", after: str = "") -> dict[str, Any]:
        label = new.label_of(code, lang) if code in {c.id for c in new.codes} else old.label_of(code, lang)
        where = say("diff_code", lang, code=label) if code else say("diff_variable", lang)
        sentence = say(
            f"diff_{change}", lang, where=where, field=say(f"diff_field_{field}", lang), before=before,
            after=after,
        )  # fmt: skip
        parts = (old.id, old.version, new.version, code, field, change, before, after, sentence)
        return dict(zip(DIFF_COLUMNS, parts, strict=True))

    for field in ("label", "question"):
        if changed := _texts(getattr(old, field), getattr(new, field), lang):
            yield row("", field, *changed)
    if changed := _texts(_points(old), _points(new), lang):
        yield row("", "points", *changed)
    for field in ("kind", "range", "none_fits"):
        one, other = _shown(old, field), _shown(new, field)
        if one != other:
            yield row("", field, REWORDED, one, other)
    became, there = Lineage(new).became, {code.id for code in old.codes}
    kept = [code for code in old.codes if not code.retired and became.get(code.id) not in there]  # not merged
    then = {became.get(code.id, code.id): code for code in kept}
    now = {code.id: code for code in new.codes if not code.retired}
    for code in [*now, *(c for c in then if c not in now)]:
        yield from (row(code, *change) for change in _code_changes(then.get(code), now.get(code), new, lang))
    both = [code for code in then if code in now]
    if both != [code for code in now if code in then]:
        yield row("", "order", MOVED, ", ".join(then), ", ".join(now))


def _code_changes(
    then: Code | None, now: Code | None, new: Variable, lang: str
) -> Iterator[tuple[str, str, str, str]]:
    """Yield (field, change, before, after) of one code."""
    if then is None or now is None:
        there = now or then
        if there is None:
            return
        text = there.definition.in_(lang) if there.definition else ""
        if now is not None:
            yield "code", ADDED, "", text
        else:
            retired = any(code.id == there.id and code.retired for code in new.codes)
            yield "code", RETIRED if retired else REMOVED, text, ""
        return
    for field in FIELDS:
        if changed := _texts(getattr(then, field), getattr(now, field), lang):
            yield (field, *changed)


def _points(variable: Variable) -> Bilingual | None:
    """Return the labels of a scale's points as one text; None where it has none."""
    texts = {lang: points_text(labels_in(variable, lang)) for lang in LANGUAGES}
    return Bilingual(**texts) if variable.labels else None


def _texts(then: Text | None, now: Text | None, lang: str) -> tuple[str, str, str] | None:
    """Return (change, before, after) in the language asked for, else in the other; None if alike."""
    for language in (lang, "en" if lang == "sv" else "sv"):
        before, after = (text.in_(language) if text else "" for text in (then, now))
        if before != after:
            change = ADDED if not before else REMOVED if not after else REWORDED
            return change, before, after
    return None


def _shown(variable: Variable, field: str) -> str:
    value = variable.allows_none_fits if field == "none_fits" else getattr(variable, field)
    return "–".join(map(str, value)) if isinstance(value, tuple) else str(value)


# --- agreement before and after a definition was revised: side by side, never mixed -------------------


ALL, FRESH, AGAIN = "all", "fresh", "again"
VERSION_KEYS = ["variable", "version", "is_now", "notes", "first", "last"]


def agreement_by_version(
    study: Study,
    variable: str,
    *,
    coders: Iterable[str] | None = None,
    notes: object = None,
    **options: Any,
) -> pd.DataFrame:
    """Return agreement under each version of a variable's definition.

    Parameters
    ----------
    study : Study
    variable : id of the variable
    coders : whose; left out, all who used the codebook (not the material's own sorting)
    notes : as in `Study.ratings`
    **options : those of `agreement`; the level is the plan's unless given

    Returns
    -------
    DataFrame
        ``variable``, ``version``, ``is_now``, ``notes``, ``first`` and ``last`` (when decided under it, UTC),
        then the columns of `agreement`. ``notes`` says which: ``all`` that were decided under the
        version; and of a later version ``fresh``, those not used to revise it, and ``again``, the others.
        *Used* is a note that, before anybody decided under the version, somebody with the codebook had
        decided in whatever pass under an earlier one, or that was adjudicated. The α to report after a
        revision is the one on fresh notes: on the others the new wording was made to fit, and coders may
        remember what was said of them.

    Notes
    -----
    An answer counts under the version that the coder saw, as it was there last: one given again under the
    revised wording leaves the earlier one where it was. Passes are the independent one; on notes coded
    again also pass 3, after others' answers could be seen.

    Raises
    ------
    CodebookError, StudyError
        If there is no such variable or coder.
    StanceError
        If the study is reflexive.
    """
    asked = check_stance(study).codebook[variable]
    with_codebook = study.with_codebook
    whose = with_codebook if coders is None else chosen_coders(coders, study.coders, study.about.coders)
    history = counting_rows(study.history(as_given=True))
    history = history[history["variable"] == asked.id]
    # A note is used whoever read it with the codebook, also one whose answers are not compared here.
    read = history[(history["event"] == "decide") & history["coder"].isin({*with_codebook, *whose})]
    settled = study.adjudication_history()
    settled = settled[settled["variable"] == asked.id]
    chosen = study.notes_asked(asked, notes)
    level = study.about.plan.primary.measure(asked.kind)[1]
    options = {"level": level, "cluster": study.cluster, **options}
    rows = []
    for version, times in in_use(read):
        used = used_before(times.min(), read, settled)
        keys = {
            "variable": asked.id, "version": version, "is_now": version == asked.version,
            "first": times.min(), "last": times.max(),
        }  # fmt: skip
        under = history[(history["codebook"] == version) & history["coder"].isin(whose)]
        for name, ids, passes in _sets(chosen, used):
            found = agreement(ratings_under(study, asked, under, ids, whose, passes), **options)
            rows.append(found.assign(**keys, notes=name)[[*VERSION_KEYS, *found.columns]])
    empty = pd.DataFrame(columns=[*VERSION_KEYS, *AGREEMENT_COLUMNS])
    return pd.concat(rows, ignore_index=True) if rows else empty


def in_use(read: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    """Return each version with the times of its decisions, the first in use first."""
    times = [(str(version), part["decided_at"]) for version, part in read.groupby("codebook")]
    return sorted(times, key=lambda one: (one[1].min(), one[0]))


def used_before(first: str, *events: pd.DataFrame) -> set[str]:
    """Return the notes that something happened to before a time."""
    return {str(note) for some in events for note in some.loc[some["decided_at"] < first, "note_id"]}


def _sets(chosen: list[str], used: set[str]) -> Iterator[tuple[str, list[str], tuple[int, ...]]]:
    """Yield the sets of notes to measure on, each with the passes that count there."""
    again = [note for note in chosen if note in used]
    if not used:
        yield ALL, chosen, (INDEPENDENT,)
        return
    yield FRESH, [note for note in chosen if note not in used], (INDEPENDENT,)
    yield AGAIN, again, (INDEPENDENT, AFTER_TALK)
    yield ALL, chosen, (INDEPENDENT, AFTER_TALK)


def ratings_under(
    study: Study,
    variable: Variable,
    events: pd.DataFrame,
    notes: list[str],
    coders: list[str],
    passes: tuple[int, ...],
) -> pd.DataFrame:
    """Return the answers that some events of one version come to, over the codes that the coders saw."""
    version = str(events["codebook"].iloc[0]) if len(events) else variable.version
    seen = Definitions(study.root / CODED).read().get(version, variable)
    table = ratings_table(fold(events), seen, notes, coders, passes)
    return table.loc[:, table.notna().any()]
