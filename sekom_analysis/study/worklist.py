"""One coder's list of notes: which, in which order, what stands and what is left.

Nothing here reads or writes a file. Keys and orders come from hashes of the
study's secret and the ids, so a coder meets the notes in the same order every
day, two coders in different ones, a note added later moves none of the others,
and nobody without the secret learns anything of the ids.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sekom_analysis.study.codebook import asked_by
from sekom_analysis.study.decisions import UNDO, undone

WARM_UP, INDEPENDENT, AGAIN, AFTER_TALK = 0, 1, 2, 3
Seed = int | str  # a number in orders from before there was a secret, else a text that holds the secret
MANY = 2  # so many notes may have other texts without being other notes


class Item(NamedTuple):
    """A note in a coder's list, with the variables to be asked of it."""

    note_id: str
    key: str
    variables: tuple[str, ...]
    pass_: int


class Answer(NamedTuple):
    """What a coder's events on one variable of one note come to: decide, skip or retract.

    An answer to a text that has been replaced since is "changed": its question is asked again.
    """

    event: str
    event_id: str
    codes: str = ""
    certainty: str = ""
    memo: str = ""
    codebook: str = ""
    note_hash: str = ""
    via: str = ""
    decided_at: str = ""


Cell = tuple[str, str]


def note_key(secret: bytes, name: str) -> str:
    """Return the name by which a card knows a note; it reveals neither id nor place without the secret.

    Examples
    --------
    >>> note_key(bytes(32), "B001") == note_key(bytes(31) + b"1", "B001")
    False
    """
    return "n" + _hidden(secret, f"note\0{name}", 10)


def old_note_key(study_id: str, name: str) -> str:
    """Return the key that a note had before there was a secret; it is read, and never given out."""
    return "n" + _digest(study_id, "note", name)[:20]


def is_note_key(text: str) -> bool:
    """Whether a text looks like the key of a note."""
    return re.fullmatch(r"n[0-9a-f]{20}", text) is not None


def masked(secret: bytes, event_id: str) -> str:
    """Return a name for an event that reveals nothing of what its id was made from.

    Examples
    --------
    >>> masked(bytes(32), "s0123")
    'x514219d3c6f9fbd9'
    """
    return "x" + _hidden(secret, f"event\0{event_id}", 8)


def _hidden(secret: bytes, text: str, n_bytes: int) -> str:
    """Return a keyed hash (RFC 7693): without the secret it can be made from no guess."""
    return hashlib.blake2b(text.encode("utf-8"), key=secret, digest_size=n_bytes).hexdigest()


def shuffled(note_ids: Iterable[str], *seed: object) -> list[str]:
    """Return the ids in an order that is random to the eye and the same every time.

    Examples
    --------
    >>> shuffled(["B001", "B002", "B003", "B004"], 2016, "anna")
    ['B002', 'B001', 'B003', 'B004']
    """
    return sorted(note_ids, key=lambda note_id: (_digest(*seed, note_id), note_id))


def _digest(*parts: object) -> str:
    return hashlib.sha256("\0".join(str(part) for part in parts).encode("utf-8")).hexdigest()


def warm_up_notes(
    note_ids: Iterable[str], seed: Seed, n_notes: int, begun: Collection[str] = ()
) -> list[str]:
    """Return the notes on which all coders of a study warm up, in an order that all share.

    Parameters
    ----------
    note_ids : ids of the N notes
    seed : what the choice comes from, as `Desk.warm_up_seed`
    n_notes : how many are wanted
    begun : notes on which the coder has warmed up already; they stay, whatever notes came later
    """
    order = shuffled(note_ids, seed, "warm-up")
    chosen = _with_begun(order, n_notes, begun)
    return [n for n in order if n in chosen]


def first_time_notes(note_ids: Iterable[str], seed: Seed, coder: str, met: Collection[str] = ()) -> list[str]:
    """Return all notes in the coder's own order.

    Parameters
    ----------
    note_ids : ids of the N notes
    seed : what the coder's orders come from, as `Desk.seed`
    coder : the coder's id
    met : notes of the warm-up; they come last, when what was said of them has faded
    """
    order = shuffled(note_ids, seed, coder)
    return [*(n for n in order if n not in met), *(n for n in order if n in met)]


def second_time_notes(
    coded: Iterable[str], seed: Seed, coder: str, n_notes: int, begun: Collection[str] = ()
) -> list[str]:
    """Return the notes to be coded a second time, in an order other than the first.

    Parameters
    ----------
    coded : notes that the coder has decided on
    seed : what the coder's orders come from, as `Desk.seed`
    coder : the coder's id
    n_notes : how many are wanted
    begun : notes already met a second time; they stay among the chosen
    """
    order = shuffled(coded, seed, coder, "again")
    return shuffled(_with_begun(order, n_notes, begun), seed, coder, "again", "order")


def _with_begun(order: Sequence[str], n_notes: int, begun: Collection[str]) -> set[str]:
    """Return the first notes of an order, those that were begun before any others."""
    return set(sorted(order, key=lambda note_id: note_id not in begun)[:n_notes])


def standing(rows: Iterable[Mapping[str, str]], passes: Mapping[str, int]) -> dict[Cell, Answer]:
    """Fold events into what stands, for each note in its own pass.

    Parameters
    ----------
    rows : events with note_id, variable, pass, event and the rest, oldest first
    passes : note_id -> the pass that counts
    """
    answers: dict[Cell, Answer] = {}
    given = list(rows)
    gone = undone({row["event_id"]: row.get("via", "") for row in given})
    for row in (row for row in given if row["event_id"] not in gone):
        note_id = row["note_id"]
        if note_id in passes and counts_in(passes[note_id], row["pass"]):
            cell = (note_id, asked_by(row["variable"], row["codes"]))
            answers[cell] = after(answers.get(cell), row)
    return answers


def counts_in(pass_: int, given: str) -> bool:
    """Whether an event shows in a list of this pass: pass 3 replaces what was said independently."""
    return given == str(pass_) or (pass_ == INDEPENDENT and given == str(AFTER_TALK))


def after(before: Answer | None, row: Mapping[str, str]) -> Answer:
    """Return what stands after one more event.

    A skip takes nothing away: an earlier answer to the same text stands, as the event that it was.
    """
    text = row.get("note_hash", "")
    name = {"event_id": row["event_id"], "via": row.get("via", "")}
    if name["via"] == UNDO:  # what was there before stands, and is newer than what a browser may hold
        return before._replace(**name) if before else Answer("retract", **name)
    if row["event"] == "retract":
        return Answer("retract", **name)
    said = {part: row[part] for part in ("codes", "certainty", "memo", "codebook")}
    made = Answer(row["event"], **name, **said, note_hash=text, decided_at=row.get("decided_at", ""))
    stands = before is not None and before.event == "decide" and _is_same_text(before.note_hash, text)
    return before if made.event == "skip" and before and stands else made


def _is_same_text(one: str, other: str) -> bool:
    """Whether two hashes can be of one text; what was imported may have none."""
    return one == other or "" in (one, other)


def as_of_texts(answers: Mapping[Cell, Answer], texts: Mapping[str, str]) -> dict[Cell, Answer]:
    """Return what stands for the texts as they are now.

    An answer to another text is not an answer to this one: it is "changed". Where most of the notes answered
    until then had other texts, they are other notes under the same ids, such as a second wave in a copied
    study, and nothing is said of the earlier answers, however many of the new texts are answered since.

    Parameters
    ----------
    answers : (note_id, variable) -> what stands
    texts : note_id -> hash of its text now

    Examples
    --------
    >>> told = {("B001", "valence"): Answer("decide", "e1", "hinder", note_hash="hddf949961c9")}
    >>> as_of_texts(told, {"B001": "h0"})["B001", "valence"].event
    'changed'
    """
    kept = {cell for cell, answer in answers.items() if _is_same_text(answer.note_hash, texts[cell[0]])}
    others = {cell for cell, answer in answers.items() if cell not in kept and answer.event == "decide"}
    changed = {note_id for note_id, _ in others}
    last = max((answers[cell].decided_at for cell in others), default="")
    unchanged = {cell[0] for cell in kept if answers[cell].decided_at <= last}
    is_other_study = len(changed) > MANY and len(changed) > len(unchanged)
    event = "retract" if is_other_study else "changed"
    return {
        cell: answer if cell in kept else answer._replace(event=event if cell in others else "retract")
        for cell, answer in answers.items()
    }


def is_open(answer: Answer | None) -> bool:
    """Whether a question is unseen: neither answered nor passed over."""
    return answer is None or answer.event in ("retract", "changed")


def left(items: Iterable[Item], answers: Mapping[Cell, Answer]) -> list[Item]:
    """Return the notes on which a question is still unseen."""
    return [item for item in items if any(is_open(answers.get((item.note_id, v))) for v in item.variables)]


def only(
    items: Sequence[Item],
    answers: Mapping[Cell, Answer],
    which: str,
    is_older: Callable[[Cell, Answer], bool],
) -> list[Item]:
    """Return the notes of one sort.

    Parameters
    ----------
    items : the notes to choose from
    answers : (note_id, variable) -> what stands
    which : ``"open"``, ``"skipped"``, ``"unsure"`` (certainty 1), ``"older"`` (to be looked
        at again since the codebook changed, or before the text was replaced) or ``"changed"`` (the latter)
    is_older : whether an answer to a variable of a note is to be looked at again
    """
    if which == "open":
        return left(items, answers)
    return [item for item in items if any(_is(which, c, a, is_older) for c, a in _of(item, answers))]


def _of(item: Item, answers: Mapping[Cell, Answer]) -> Iterator[tuple[Cell, Answer]]:
    cells = ((item.note_id, variable) for variable in item.variables)
    return ((cell, answers[cell]) for cell in cells if cell in answers)


def _is(which: str, cell: Cell, answer: Answer, is_older: Callable[[Cell, Answer], bool]) -> bool:
    if which == "skipped":
        return answer.event == "skip"
    if which == "unsure":
        return answer.event == "decide" and answer.certainty == "1"
    if answer.event == "changed":
        return True
    return which == "older" and is_older(cell, answer)
