"""Decisions: events as they are in a log, the state that they fold into, and ratings made of it."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.basics.wording import Phrase
from sekom_analysis.study.codebook import NONE_FITS, PROPOSAL, Variable, asked_by
from sekom_analysis.study.codebook_words import made_id

CODER_PATTERN = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
LEDGERS = ("adjudicated", "merges", "pairs", "plan", "imports", "codebook-changes")
HIDDEN_LEDGERS = (".shown", ".taken")  # no coder can be called so, and nobody looks into them
_PORTS = [f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)]
RESERVED_CODERS = frozenset([*LEDGERS, "con", "nul", "aux", "prn", *_PORTS])
EVENTS = ("decide", "retract", "skip")
WAYS = ("card", "page", "sheet", "import", "python")
UNDO = "undo"  # the way of an event that only says of another one that it counts no more
PASSES = {0: "warm-up", 1: "independent", 2: "blind second time", 3: "after others' answers could be seen"}
WARM_UP, INDEPENDENT, AGAIN, AFTER_TALK = PASSES
OWN = (str(INDEPENDENT), str(AFTER_TALK))  # of these two what a coder knew decides; the others are as asked
LONGEST_MEMO = 20_000
KEYS = ["note_id", "coder", "variable", "pass"]


class Event(NamedTuple):
    """One thing that a coder did, as it is in the log.

    ``codes`` joins several by ``|``; empty is the empty set of a `multiple`. ``words``: see `selections`.
    """

    decided_at: str
    event_id: str
    note_id: str
    note_hash: str
    variable: str
    codes: str
    certainty: str
    memo: str
    codebook: str
    pass_: str
    via: str
    event: str
    words: str = ""


_EVENT_COLUMNS = tuple(field.rstrip("_") for field in Event._fields)
LOG_COLUMNS = (*_EVENT_COLUMNS[:-2], "words", "event")  # a row cut short lacks the last
HISTORY_COLUMNS = ("coder", *_EVENT_COLUMNS, "row")


def new_event_id() -> str:
    """Return a random id; whoever made the decision makes it, so that sending twice is harmless."""
    return "e" + secrets.token_hex(8)


def coder_fault(coder: object) -> str:
    """Say why a coder's id cannot be used; an empty text if it can.

    Examples
    --------
    >>> coder_fault("k1"), coder_fault("con")
    ('', "'con' is a reserved name")
    """
    if not isinstance(coder, str) or not CODER_PATTERN.fullmatch(coder):
        such = made_id(str(coder), RESERVED_CODERS, "anna").replace("_", "-")
        return Phrase("fault_coder_id", coder=repr(coder), such=such)
    return Phrase("fault_coder_reserved", coder=coder) if coder in RESERVED_CODERS else ""


def joined(codes: object) -> str | None:
    """Return an answer given in Python as it is in a log; None if it is not an answer.

    Parameters
    ----------
    codes : a code, a number, or several codes as list, tuple or set

    Examples
    --------
    >>> joined("kunskap"), joined(4), joined({"b", "a"}), joined(None)
    ('kunskap', '4', 'a|b', None)
    """
    if isinstance(codes, str):
        return codes
    if isinstance(codes, (set, frozenset)):
        return "|".join(sorted(str(code) for code in codes))
    if isinstance(codes, (list, tuple)):
        return "|".join(str(code) for code in codes)
    if hasattr(codes, "tolist"):  # numpy's own numbers and arrays
        return joined(codes.tolist())
    if codes is None or codes is pd.NA or codes != codes:
        return None
    if isinstance(codes, float) and codes.is_integer():
        return str(int(codes))
    return str(codes)


# --- what was taken back with a file ------------------------------------------------------------------------


def undoing(event_id: str) -> str:
    """Return the id of the event that says of another one that it counts no more.

    It follows from the other's id, so that two computers that take one file back write one event.
    """
    return "u" + hashlib.sha256(event_id.encode()).hexdigest()[:24]


def undone(ways: Mapping[str, str]) -> set[str]:
    """Return the ids of the events that count no more, since the file that brought them was taken back.

    An event of the way `UNDO` takes another one out of all that is made of a log, as if it had never been;
    when it was made, and in which pass it is written, says nothing. It can be taken back in the same manner.

    Parameters
    ----------
    ways : event_id -> the way (``via``) of every event of one coder

    Examples
    --------
    >>> once = undoing("e001")
    >>> undone({"e001": "page", once: "undo"}), undone({"e001": "page", once: "undo", undoing(once): "undo"})
    ({'e001'}, set())
    """
    if UNDO not in ways.values():
        return set()
    return {event_id for event_id, via in ways.items() if via != UNDO and _is_undone(event_id, ways)}


def _is_undone(event_id: str, ways: Mapping[str, str]) -> bool:
    by = undoing(event_id)
    return ways.get(by) == UNDO and not _is_undone(by, ways)


def counting(events: Iterable[Event]) -> list[Event]:
    """Return the events of one coder that count: without those that were taken back, and what did so."""
    given = list(events)
    gone = undone({event.event_id: event.via for event in given})
    return [event for event in given if event.via != UNDO and event.event_id not in gone]


def counting_rows(history: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table of events that count; see `counting`."""
    is_undoing = history["via"] == UNDO
    if not is_undoing.any():
        return history
    own = history.groupby("coder", sort=False)[["event_id", "via"]]
    gone = {(coder, one) for coder, part in own for one in undone(dict(part.itertuples(index=False)))}
    is_gone = [pair in gone for pair in zip(history["coder"], history["event_id"], strict=True)]
    return history[~is_undoing & ~pd.Series(is_gone, index=history.index)]


class Known(NamedTuple):
    """What bears on whether one coder still answers one variable of one note on their own.

    ``settled``: when anybody adjudicated it, in order; ``shown``: since when the coder knows what others
    said of it: adjudicated it, was present, or was shown; empty: does not. ``note_settled``: when any
    variable of the note was first adjudicated.
    """

    settled: Sequence[str] = ()
    shown: str = ""
    note_settled: str = ""


class _Standing(NamedTuple):
    """An answer that stands: since when it has been the same, under which definition, on which text."""

    codes: frozenset[str]
    since: str
    codebook: str
    note_hash: str


NOW = "~"  # sorts after every time: an event that is saved now


def passes_of(events: Iterable[Event], known: Known) -> list[str]:
    """Return the pass in which each event of one coder on one variable of one note counts.

    Parameters
    ----------
    events : in the order in which they count; one without a time is made now
    known : what bears on the coder's independence

    Notes
    -----
    Blindness is what a coder was shown. The first line that fits decides:

    =================================================================  =====
    the event                                                          pass
    =================================================================  =====
    is of a warm-up (0) or of the blind second time (2)                as is
    comes once the coder knew what others said of it                   3
    comes after an answer or a retract of pass 3                       3
    is written as of pass 3 (said so when saved; see below)            3
    is the first, or comes after all was taken back, or is a skip      1
    answers as what stands, whatever the order, certainty and memo     1
    answers under another definition or of another text                1
    changes or takes back what stood when somebody adjudicated it      3
    is anything else                                                   1
    =================================================================  =====

    An answer given again stands since the codes were first given, so that confirming an answer before
    changing it makes no difference; under another definition or of another text it is a new one.

    Earlier versions made pass 3 of all that came once *any* variable of a note was adjudicated, whoever
    knew of it. So where already the first event is written as pass 3, after the note was adjudicated, the
    threes there are nobody's word, and count as if they were ones.

    Examples
    --------
    >>> def event(at, codes):
    ...     return Event(at, "e001", "n1", "", "v", codes, "", "", "", "1", "card", "decide")
    >>> passes_of([event("1", "a"), event("3", "b")], Known(settled=["2"]))
    ['1', '3']
    >>> passes_of([event("3", "a"), event("4", "b")], Known(settled=["2"]))
    ['1', '1']
    >>> passes_of([event("3", "a")], Known(settled=["2"], shown="2"))
    ['3']
    """
    given = list(events)
    inherited = _is_inherited(given, known)
    stands: _Standing | None = None
    has_talked, passes = False, []
    for event in given:
        if event.pass_ not in OWN:
            passes.append(event.pass_)
            continue
        is_said = event.pass_ == str(AFTER_TALK) and not inherited
        is_late = has_talked or is_said or _knows(event, known) or _changes(event, stands, known)
        passes.append(str(AFTER_TALK if is_late else INDEPENDENT))
        if event.event != "skip":
            has_talked |= is_late
            stands = _standing_after(event, stands) if event.event == "decide" else None
    return passes


def _is_inherited(events: Iterable[Event], known: Known) -> bool:
    """Whether a question's threes are those of the earlier rule, by which a first answer could be one."""
    first = next((event for event in events if event.pass_ in OWN), None)
    if first is None or first.pass_ != str(AFTER_TALK) or not known.note_settled:
        return False
    return known.note_settled <= (first.decided_at or NOW)


def _knows(event: Event, known: Known) -> bool:
    return bool(known.shown) and known.shown <= (event.decided_at or NOW)


def _changes(event: Event, stands: _Standing | None, known: Known) -> bool:
    """Whether an event changes an answer that had been given when somebody adjudicated the question."""
    if stands is None or event.event == "skip":
        return False
    if event.event == "decide" and (_same_answer(event, stands) or _is_renewed(event, stands)):
        return False
    return any(stands.since < time <= (event.decided_at or NOW) for time in known.settled)


def _same_answer(event: Event, stands: _Standing) -> bool:
    return frozenset(event.codes.split("|")) == stands.codes


def _is_renewed(event: Event, stands: _Standing) -> bool:
    """Whether an answer is about another definition or text than the one that stands."""
    pairs = ((event.codebook, stands.codebook), (event.note_hash, stands.note_hash))
    return any(now and before and now != before for now, before in pairs)


def _standing_after(event: Event, stands: _Standing | None) -> _Standing:
    is_same = stands is not None and _same_answer(event, stands) and not _is_renewed(event, stands)
    since = stands.since if stands is not None and is_same else event.decided_at or NOW
    return _Standing(frozenset(event.codes.split("|")), since, event.codebook, event.note_hash)


Question = tuple[str, str]


def question_of(event: Event) -> Question:
    """Return which question of which note an event is about."""
    return event.note_id, asked_by(event.variable, event.codes)


def _place(event: Event) -> tuple[str, tuple[str, ...]]:
    """Return where an event comes among a coder's; those that are made now come last, as they lie."""
    return (event.decided_at, event) if event.decided_at else (NOW, ())


def by_question(events: Iterable[Event]) -> dict[Question, list[Event]]:
    """Return (note_id, variable) -> the events on it, each once, in the order in which they count."""
    once: dict[str, Event] = {}
    for event in sorted(events, key=_place):
        once.setdefault(event.event_id, event)
    found: dict[Question, list[Event]] = {}
    for event in once.values():
        found.setdefault(question_of(event), []).append(event)
    return found


def moved(
    questions: Mapping[Question, Sequence[Event]], known: Callable[[Question], Known]
) -> dict[str, str]:
    """Return event_id -> the pass that it counts in, where that is another than the one written.

    Parameters
    ----------
    questions : one coder's events, as `by_question` gives them
    known : gives what bears on the coder's independence there
    """
    found: dict[str, str] = {}
    for question, given in questions.items():
        bears, events = known(question), counting(given)
        if bears.settled or bears.shown or any(event.pass_ == str(AFTER_TALK) for event in events):
            passes = zip(events, passes_of(events, bears), strict=True)
            found |= {event.event_id: now for event, now in passes if now != event.pass_}
    return found


def in_passes(rows: Iterable[tuple[int, Event]], passes: Mapping[str, str]) -> list[tuple[int, Event]]:
    """Return a log's events with their rows, those in `passes` in the pass that they count in."""
    in_them = ((row, event._replace(pass_=passes.get(event.event_id, event.pass_))) for row, event in rows)
    return list(in_them if passes else rows)


def history_table(events: Mapping[str, Iterable[tuple[int, Event]]]) -> pd.DataFrame:
    """Return every event of every coder in the order in which they count.

    Parameters
    ----------
    events : coder -> (row in the log, event)

    Returns
    -------
    DataFrame, one row per event, also what was taken back with a file; text except for ``row``. A doubled
    ``event_id`` counts once. The order is that of (decided_at, event_id), never that of the file.
    """
    rows = sorted((event, coder, row) for coder, pairs in events.items() for row, event in pairs)
    once: dict[tuple[str, str], tuple[str | int, ...]] = {}
    for event, coder, row in rows:
        once.setdefault((coder, event.event_id), (coder, *event, row))
    return pd.DataFrame(once.values(), columns=list(HISTORY_COLUMNS))


def events_in(history: pd.DataFrame) -> list[Event]:
    """Return the events of a table of them, as `history_table` gives it."""
    columns = list(history.columns[1:-1])  # between coder and row stand the cells of the log
    return [Event._make(cells) for cells in history[columns].itertuples(index=False, name=None)]


def fold(history: pd.DataFrame) -> pd.DataFrame:
    """Return the standing decisions: the last answer to each note, variable and pass of each coder.

    A retracted answer is gone from here, never from the log. A skip takes nothing away.
    """
    deeds = counting_rows(history)
    deeds = deeds[deeds["event"] != "skip"]
    last = _last(deeds, KEYS)
    return last[last["event"] == "decide"].drop(columns="event").reset_index(drop=True)


def _last(deeds: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the last event on each question; proposals of codes in two variables are two questions."""
    is_proposal = deeds["variable"] == PROPOSAL
    if not is_proposal.any():
        return deeds.drop_duplicates(keys, keep="last")
    return deeds[~deeds[keys].assign(codes=deeds["codes"].where(is_proposal, "")).duplicated(keep="last")]


def latest(history: pd.DataFrame, passes: Sequence[int] = (INDEPENDENT, AFTER_TALK)) -> pd.DataFrame:
    """Return what each coder says now of each note and variable: the highest pass replaces those before it.

    An answer taken back after others' answers could be seen is gone from here; pass 1 keeps what it was.

    Parameters
    ----------
    history : every event, as `history_table` gives them
    passes : which passes count
    """
    deeds = counting_rows(history)
    deeds = deeds[(deeds["event"] != "skip") & deeds["pass"].isin([str(p) for p in passes])]
    last = _last(deeds, KEYS)
    last = last[(last["event"] == "decide") | (last["pass"] == str(AFTER_TALK))]
    top = _last(last.sort_values("pass", kind="stable"), KEYS[:-1])
    return top[top["event"] == "decide"].drop(columns="event").sort_index().reset_index(drop=True)


def latest_answers(decisions: pd.DataFrame) -> dict[tuple[str, str], dict[str, str]]:
    """Return (note_id, variable) -> coder -> codes.

    Parameters
    ----------
    decisions : one row per note, coder and variable, as `latest` gives them
    """
    answers: dict[tuple[str, str], dict[str, str]] = {}
    columns = (decisions[name].tolist() for name in ("note_id", "variable", "coder", "codes"))
    for note_id, variable, coder, codes in zip(*columns, strict=True):
        answers.setdefault((note_id, variable), {})[coder] = codes
    return answers


def skipped(history: pd.DataFrame) -> pd.DataFrame:
    """Return what was looked at and left open: skips without a standing decision.

    One row per note, coder, variable and pass. Skipped is not unseen, and none of the two is "none fits".
    """
    history = counting_rows(history)
    last = history.drop_duplicates(KEYS, keep="last")
    skips = last.loc[last["event"] == "skip", [*KEYS, "decided_at", "memo"]]
    standing = fold(history)[KEYS]
    open_ = skips.merge(standing, on=KEYS, how="left", indicator=True)
    said = pd.MultiIndex.from_frame(latest(history)[KEYS[:-1]])
    is_said = pd.MultiIndex.from_frame(open_[KEYS[:-1]]).isin(said) & open_["pass"].isin(OWN)
    is_open = (open_["_merge"] == "left_only") & ~is_said
    return open_.loc[is_open].drop(columns="_merge").reset_index(drop=True)


def ratings_table(
    decisions: pd.DataFrame,
    variable: Variable,
    notes: Sequence[str],
    coders: Sequence[str],
    passes: Sequence[int] = (1,),
    used: Iterable[str] = (),
) -> pd.DataFrame:
    """Return the decisions on one variable as notes × coders; a missing cell is unseen.

    Parameters
    ----------
    decisions : long table of standing decisions, as `fold` gives it
    notes, coders : ids of the N notes, in the order wanted, and of the M coders
    passes : which passes count; where a coder has several, the highest
    used : retired codes to list though no decision here has them

    Returns
    -------
    DataFrame of shape (N, M). `single`: categorical over the codes that can be chosen, those used that no
    longer can, and `none_fits`; ordered if no answer is outside the codebook's order. `scale`: Int64.
    `multiple`: frozensets.
    """
    wanted = decisions[
        (decisions["variable"] == variable.id)
        & decisions["pass"].isin([str(p) for p in passes])
        & decisions["coder"].isin(list(coders))
    ]
    wanted = wanted.sort_values("pass", kind="stable").drop_duplicates(["note_id", "coder"], keep="last")
    wide = wanted.pivot(index="note_id", columns="coder", values="codes")
    wide = wide.reindex(index=pd.Index(notes, name="note_id"), columns=pd.Index(coders, name="coder"))
    if variable.kind == "scale":
        return wide.astype(object).map(_as_number, na_action="ignore").astype("Int64")
    if variable.kind == "multiple":
        return wide.astype(object).map(_as_set, na_action="ignore").astype(object)
    categories = _categories(variable, {*wanted["codes"], *used})
    in_order = set(wanted["codes"]) <= {code.id for code in variable.codes}
    return wide.astype(pd.CategoricalDtype(categories, ordered=in_order))


def _as_number(codes: str) -> object:
    # What is not a whole number cannot be in the table; `problems` names it.
    return int(codes) if re.fullmatch(r"-?[0-9]{1,9}", codes) else pd.NA


def _as_set(codes: str) -> frozenset[str]:
    return frozenset(filter(None, codes.split("|")))


def _categories(variable: Variable, used: set[str]) -> list[str]:
    """List what can be chosen and what was: an answer outside the categories would turn into unseen."""
    own = [code.id for code in variable.codes if not code.retired or code.id in used]
    none_fits = [NONE_FITS] if variable.allows_none_fits else []
    return [*own, *sorted(used - {*own, *none_fits}), *none_fits]


def retired_codes(variable: Variable, decisions: pd.DataFrame) -> list[str]:
    """Return the codes that are in decisions but can no longer be chosen."""
    own = decisions.loc[decisions["variable"] == variable.id, "codes"]
    used = {code for codes in own for code in codes.split("|") if code}
    return [] if variable.kind == "scale" else sorted(used - set(variable.answers))


def given_events(events: Any) -> list[dict[str, Any]]:
    """Return events given as a table, or as any number of mappings, as a list of dicts."""
    if isinstance(events, pd.DataFrame):
        return [{str(k): v for k, v in row.items()} for row in events.to_dict("records")]
    return [dict(events)] if isinstance(events, Mapping) else [dict(event) for event in events]


def is_gap(value: object) -> bool:
    """Whether a cell of a table of events says nothing."""
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


def same_answer(codes: str) -> frozenset[str]:
    """Return an answer as it is compared: the order of several codes says nothing."""
    return frozenset(codes.split("|"))
