"""Changing a codebook after coding has begun: what a change will do, and doing it so that it can be undone.

The file keeps its comments. Each change is in ``data/coded/codebook-changes.csv``, and the codebook as it
was before is kept in ``data/coded/codebooks/before``. Logs are never touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sekom_analysis.basics.errors import CodebookError
from sekom_analysis.basics.files import locked, replace_file, write_whole
from sekom_analysis.basics.wording import Phrase, quoted, say
from sekom_analysis.study.codebook import FOLDER, PROPOSAL, Codebook, Variable
from sekom_analysis.study.codebook_draft import (
    Draft,
    Entry,
    add_to,
    check_new,
    give_id,
    put_text,
    replace_part,
)
from sekom_analysis.study.decisions import coder_fault, new_event_id
from sekom_analysis.study.lineage import (
    CHANGE,
    MEANING,
    UNDONE,
    WORDING,
    Change,
    Holding,
    changes_ledger,
    text_hash,
)
from sekom_analysis.study.proposals import proposed_names
from sekom_analysis.study.raw import CODED, codebook_file
from sekom_analysis.study.study import Study

BEFORE = Path(CODED) / FOLDER / "before"
PARTS = ("label", "definition", "include", "exclude", "example")
OF_QUESTIONS = ("label", "question")
SORTS = (WORDING, MEANING)


@dataclass
class Planned:
    """A change of the codebook that nobody has made yet.

    Attributes
    ----------
    before, after : the codebook
    """

    study: Study
    action: str
    variable: str
    before: Codebook
    after: Codebook
    data: Callable[[], bytes]
    changes: list[Change]

    @cached_property
    def lines(self) -> list[str]:
        """What it does, and to how many answers, sentence by sentence, in English."""
        return self.lines_in("en")

    def lines_in(self, lang: str) -> list[str]:
        """Return `lines` in a language, ``"sv"`` or ``"en"``."""
        return list(_effects(self, lang))

    def save(self, by: str, reason: str) -> Study:
        """Make the change, and return the study as it is then.

        Parameters
        ----------
        by : who decided it, an id like a coder's
        reason : why

        Raises
        ------
        CodebookError
            If nobody or no reason is named, or the codebook has been changed since this was planned.
        NotSavedError
            If the disk did not take it; the codebook is as it was.
        """
        if fault := coder_fault(by):
            msg = f"Who decided it (--by) must be an id: {fault}. Nothing was saved."
            raise CodebookError(msg)
        if not reason.strip():
            msg = "A reason (--reason) is needed: a reader will ask. Nothing was saved."
            raise CodebookError(msg)
        root = self.study.root
        path = root / codebook_file(root)
        with locked(root / ".sekom" / "codebook.lock", path.name):
            if Study.open(root).codebook != self.before:
                msg = f"{path.name} has been changed in the meantime. Nothing was saved; try again."
                raise CodebookError(msg)
            group = new_event_id()
            write_whole(root / BEFORE / f"{group}{path.suffix}", path.read_bytes())
            entries = [
                one._replace(event_id=f"{group}.{number}", by=by, reason=" ".join(reason.split()))
                for number, one in enumerate(self.changes, start=1)
            ]
            changes_ledger(root).append(entries)
            replace_file(path, self.data(), in_study=True)
        return Study.open(root)


# --- what can be done to a code -----------------------------------------------------------------------


def rename(study: Study, variable: str, code: str, new: str = "", label: str = "", lang: str = "") -> Planned:
    """Plan another id or label for a code; answers under the old one count as the new one.

    Parameters
    ----------
    study : an opened study
    variable, code : ids
    new : the id that it is to have; left out, it keeps its own
    label : the label that it is to have; left out, it keeps its own
    lang : ``"sv"`` or ``"en"``: in which language the label is; left out, in both

    Raises
    ------
    CodebookError
        If there is no such code, or the id is taken or cannot be one.
    """
    book = Draft(study)
    entry = book.code(variable, code)
    if new and new != code:
        check_new(book, variable, new)
        give_id(book, variable, entry, new)
    if label:
        put_text(entry, "label", label, lang)
    if not label and new in ("", code):
        msg = "Give a new id, a new label, or both. Nothing was changed."
        raise CodebookError(msg)
    return _planned(book, "rename", variable, [_moved(study, book, variable, code, new or code, "rename")])


def merge(study: Study, variable: str, codes: Sequence[str], into: str) -> Planned:
    """Plan that some codes count as another from now on.

    Raises
    ------
    CodebookError
        If a code is not there, or is the one that it is to go into.
    """
    book = Draft(study)
    target = book.code(variable, into)
    changes = []
    for code in dict.fromkeys(codes):
        if code == into:
            msg = f"'{code}' cannot be merged into itself. Nothing was changed."
            raise CodebookError(msg)
        entry = book.code(variable, code)
        add_to(target, "was", [code, *map(str, entry.get("was", []))])
        book.codes(variable).remove(entry)
        replace_part(book, variable, code, into)
        changes.append(_moved(study, book, variable, code, into, "merge"))
    return _planned(book, "merge", variable, changes)


def split(study: Study, variable: str, code: str, into: Sequence[tuple[str, str]]) -> Planned:
    """Plan that a code gives way to several; nobody's answer is guessed.

    Parameters
    ----------
    study : an opened study
    variable, code : ids
    into : id and label of each; one that is there already needs no label

    Raises
    ------
    CodebookError
        If there are fewer than two, or an id cannot be one.
    """
    if len({name for name, _ in into}) < 2:
        msg = "A code is split into two or more: give at least two ids. Nothing was changed."
        raise CodebookError(msg)
    book = Draft(study)
    entry = book.code(variable, code)
    codes = book.codes(variable)
    there = {str(one["id"]) for one in codes}
    place = codes.index(entry) + 1
    for name, label in into:
        if name not in there:
            check_new(book, variable, name)
            codes.insert(place, {"id": name, "label": label or name.replace("_", " ").capitalize()})
            place += 1
    entry["retired"], entry["split_into"] = True, [name for name, _ in into]
    parts = "|".join(name for name, _ in into)
    return _planned(book, "split", variable, [_change(variable, "split", code, parts)])


def add(
    study: Study, variable: str, code: str, *, origin: Sequence[str] = (), lang: str = "", **texts: str
) -> Planned:
    """Plan a new code; those for whom none fitted are asked again, and those who proposed it.

    Parameters
    ----------
    study : an opened study
    variable : id of the variable
    code : the new id
    origin : what it was made of, such as names under which coders proposed it
    lang : in which language the texts are; left out, in both
    **texts : ``label``, ``definition``, ``include``, ``exclude``, ``example``
    """
    book = Draft(study)
    check_new(book, variable, code)
    entry: Entry = {"id": code, "label": code.replace("_", " ").capitalize()}
    for part, text in texts.items():
        if text:
            put_text(entry, part, text, lang)
    if origin:
        entry["from"] = list(origin)
    book.codes(variable).append(entry)
    return _planned(book, "add", variable, [_change(variable, "add", code)])


def retire(study: Study, variable: str, code: str) -> Planned:
    """Plan that a code can no longer be chosen; answers with it count, and are to be looked at again."""
    book = Draft(study)
    book.code(variable, code)["retired"] = True
    return _planned(book, "retire", variable, [_change(variable, "retire", code)])


def describe(study: Study, variable: str, code: str, sort: str, *, lang: str = "", **texts: str) -> Planned:
    """Plan other texts of a code, or of a question, and say whether their meaning is another.

    Parameters
    ----------
    study : an opened study
    variable : id of the variable
    code : id of the code; empty for the question itself
    sort : ``"wording"``: answers stay as they are; ``"meaning"``: those that the change touches are to be
        looked at again
    lang : in which language the texts are; left out, in both
    **texts : ``label``, ``definition``, ``include``, ``exclude``, ``example``; of a question ``label`` and
        ``question``

    Raises
    ------
    CodebookError
        If `sort` is neither, or nothing changes.
    """
    _check_sort(sort)
    book = Draft(study)
    entry = book.code(variable, code) if code else book.question(variable)
    for part, text in texts.items():
        if text:
            put_text(entry, part, text, lang)
    made = book.checked()
    before, after = (_hash_of(one[variable], code) for one in (study.codebook, made))
    if before == after:
        msg = "Nothing would change: the texts are as they are. Nothing was saved."
        raise CodebookError(msg)
    return _planned(
        book, "describe", variable, [_change(variable, "describe", code, "", sort, before, after)]
    )


def review(study: Study, variable: str, codes: Sequence[str], sort: str) -> Planned:
    """Plan to say of texts that were changed by hand whether their meaning is another.

    Parameters
    ----------
    study : an opened study
    variable : id of the variable
    codes : of which codes; an empty one is the question itself
    sort : ``"wording"`` or ``"meaning"``

    Raises
    ------
    CodebookError
        If `sort` is neither, or nothing of them waits for a word.
    """
    _check_sort(sort)
    waiting = [one for one in unreviewed(study, variable) if one.code in codes]
    if not waiting:
        msg = f"No changed text of {quoted(codes) or 'the question'} in '{variable}' waits for a word."
        raise CodebookError(msg)
    changes = [one._replace(action="review", sort=sort) for one in waiting]
    return _planned(Draft(study), "review", variable, changes)


def unreviewed(study: Study, variable: str) -> list[Change]:
    """Return the changed texts of which nobody has said what changed, each from what it was."""
    versions = study.decisions(variable, as_given=True)["codebook"].unique()
    found = study.holding.unreviewed_texts(variable, versions)
    return [_change(variable, "", code, "", "", *hashes) for code, *hashes in found]


def undo(study: Study) -> Planned:
    """Plan to take the last change back; answers that were given since keep a meaning.

    Raises
    ------
    CodebookError
        If there is none, or the codebook was changed by hand since.
    """
    history = changes_ledger(study.root).read().history
    stack: list[str] = []
    for row in history.to_dict("records"):
        group = str(row["event_id"]).rpartition(".")[0]
        if row["event"] == UNDONE:
            stack = [one for one in stack if one != row["codes"]]
        elif group not in stack:
            stack.append(group)
    if not stack:
        msg = "There is no change of the codebook to take back. Nothing was changed."
        raise CodebookError(msg)
    group = stack[-1]
    rows = history[history["event_id"].str.startswith(f"{group}.")].to_dict("records")
    path = study.root / codebook_file(study.root)
    kept = study.root / BEFORE / f"{group}{path.suffix}"
    if not kept.is_file():
        msg = f"{kept.name} is gone, in which the codebook was kept as it was before. Nothing was changed."
        raise CodebookError(msg)
    book = Draft(study, kept)
    variable = str(rows[0]["variable"])
    _keep_meanings(study, book, variable, rows)
    changes = [
        _change(variable, str(row["action"]), str(row["code"]), group, str(row["sort"]), str(row["after"]),
                str(row["before"]))._replace(event=UNDONE)
        for row in rows
    ]  # fmt: skip
    return _planned(book, "undo", variable, changes)


def _keep_meanings(study: Study, book: Draft, variable: str, rows: Sequence[Any]) -> None:
    """See to it that answers with codes that go keep a meaning: they count as what the code came of."""
    used = {code for codes in study.decisions(variable, as_given=True)["codes"] for code in codes.split("|")}
    there = {str(one["id"]) for one in book.codes(variable)}
    counts = {str(old) for one in book.codes(variable) for old in one.get("was", [])}
    gone = [code for code in study.codebook[variable].codes if code.id in used - there - counts]
    for code in gone:
        came = next((r for r in rows if code.id in (r["code"], *str(r["codes"]).split("|"))), None)
        source = "" if came is None else str(came["codes"] if came["action"] == "rename" else came["code"])
        if came is not None and came["action"] in ("rename", "split") and source in there:
            add_to(book.code(variable, source), "was", [code.id])
        else:  # it was added: it stays, and can no longer be chosen
            kept = code.model_dump(mode="json", by_alias=True, exclude_defaults=True)
            book.codes(variable).append(kept | {"retired": True})


# --- the small steps ----------------------------------------------------------------------------------


def _check_sort(sort: str) -> None:
    if sort not in SORTS:
        msg = f"Say whether the wording or the meaning changes: one of {', '.join(SORTS)}, not '{sort}'."
        raise CodebookError(msg)


def _change(
    variable: str, action: str, code: str, codes: str = "", sort: str = "", before: str = "", after: str = ""
) -> Change:
    return Change("", "", variable, action, code, codes, sort, before, after, "", "", CHANGE)


def _moved(study: Study, book: Draft, variable: str, old: str, new: str, action: str) -> Change:
    """Return the change in which a code came to count as another: its answers stay as good as they were."""
    made = book.checked()
    before, after = _hash_of(study.codebook[variable], old), _hash_of(made[variable], new)
    return _change(variable, action, new, old if old != new else "", WORDING, before, after)


def _hash_of(variable: Variable, code: str) -> str:
    if not code:
        return text_hash(variable)
    return text_hash(next(one for one in variable.codes if one.id == code))


# --- what a change will do ----------------------------------------------------------------------------


def _planned(book: Draft, action: str, variable: str, changes: list[Change]) -> Planned:
    study, made = book.study, book.checked()
    return Planned(study, action, variable, study.codebook, made, book.data, changes)


def _effects(planned: Planned, lang: str) -> Iterator[str]:
    """Say what becomes of the answers there are, with how many."""
    study, name = planned.study, planned.variable
    sharing = [one.id for one in planned.after.variables if one.id == name or one.codes_from == name]
    for one in planned.changes:
        told = Phrase(
            f"change_{one.event if one.event == UNDONE else one.action}",
            code=one.code,
            codes=quoted(one.codes.split("|")) if one.codes else "",
            sort=one.sort,
            variable=name,
        )
        yield str(told.in_(lang))
    now, then = study.holding, _holding_after(planned)
    names = proposed_names(study.decisions(PROPOSAL))
    for variable in sharing:
        answers = study.decisions(variable, as_given=True)
        if answers.empty:
            continue
        columns = (answers[name].tolist() for name in ("coder", "note_id", "codes", "codebook"))
        given = list(zip(*columns, strict=True))
        counts: Counter[tuple[str, str]] = Counter()
        for coder, note, codes, version in given:
            answer = (variable, codes, version, names.get((coder, note, variable), ""))
            found, before = then.again(*answer), now.again(*answer)
            if found is not None and (before is None or before.why != found.why):
                counts[found.why, coder] += 1
        for why in dict.fromkeys(why for why, _ in counts):
            whose = [f"{coder} {n}" for (one, coder), n in sorted(counts.items()) if one == why]
            n = sum(n for (one, _), n in counts.items() if one == why)
            yield say(f"again_{why}", lang, n=n, coders=", ".join(whose))
        if not counts:
            yield say("again_none", lang, n=len(given))


def _holding_after(planned: Planned) -> Holding:
    """Return what would tell which answers hold, once the change is made."""
    import pandas as pd

    history = changes_ledger(planned.study.root).read().history
    more = pd.DataFrame(planned.changes, columns=list(Change._fields))
    kept = planned.study.holding.kept | {one.version: one for one in planned.before.variables}
    return Holding(planned.after, kept, pd.concat([history, more], ignore_index=True))
