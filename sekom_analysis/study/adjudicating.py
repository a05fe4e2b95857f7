"""Settling disagreements: a study's ledger of adjudications, written by adjudicators and read by all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from sekom_analysis.basics.errors import DecisionError
from sekom_analysis.basics.wording import Problem
from sekom_analysis.study.checks import decision_problems, unknown_notes
from sekom_analysis.study.codebook import Variable, keep
from sekom_analysis.study.coderlogs import CoderLogs
from sekom_analysis.study.decisions import (
    LONGEST_MEMO,
    coder_fault,
    given_events,
    is_gap,
    joined,
    latest_answers,
    new_event_id,
    same_answer,
)
from sekom_analysis.study.ledgers import (
    ADJUDICATION_EVENTS,
    OPEN,
    PRESENT,
    RETRACT,
    SETTLE,
    Adjudication,
    adjudication_ledger,
    answers_seen,
    present_in,
    standing,
)
from sekom_analysis.study.lineage import Holding, Lineage, changes_ledger, counted, lineages
from sekom_analysis.study.raw import CODED, Raw
from sekom_analysis.study.rows import EVENT_ID, SEEN, answer_fault, well_formed

Answers = Mapping[tuple[str, str], Mapping[str, str]]
GIVEN = frozenset([*Adjudication._fields, "present"]) - {"decided_at"}


class Adjudicating:
    """The ledger of one study, held against its notes, codebook and what its coders say.

    Parameters
    ----------
    raw : the study's notes and codebook
    latest : gives what each coder says now, as `decisions.latest` does
    """

    def __init__(self, raw: Raw, latest: Callable[[], pd.DataFrame]) -> None:
        self._raw = raw
        self._latest = latest
        self._ledger = adjudication_ledger(raw.root)
        self._kept: set[str] = set()

    def history(self) -> pd.DataFrame:
        """Return every event of the ledger, in order, with its codes as they count now."""
        history = counted(self._ledger.read().history, self._raw.codebook)
        known = lineages(self._raw.codebook)
        if known and len(history):
            seen = zip(history["variable"], history["seen"], strict=True)
            made = [_seen_as_counted(text, known[name]) if name in known else text for name, text in seen]
            history = history.assign(seen=pd.Series(made, index=history.index, dtype="str"))
        return history.copy()

    def table(self, variable: str | None = None) -> pd.DataFrame:
        """Return what stands, one row per note, variable and adjudicator; see `adjudication_table`."""
        history = self.history()
        if variable is not None:
            history = history[history["variable"] == self._raw.codebook[variable].id]
        if history.empty:
            return adjudication_table(history, {})
        return adjudication_table(history, latest_answers(self._latest()))

    def losses(self) -> list[Problem]:
        """Say whether the ledger lacks entries that it held."""
        return self._ledger.losses()

    def problems(self, kept: Mapping[str, Variable]) -> list[Problem]:
        """List lines that cannot be read, unknown notes and codes, changed texts and older definitions.

        Parameters
        ----------
        kept : the definitions kept, by version
        """
        found = list(self._ledger.read().problems)
        table = self.table().assign(coder="adjudicated")
        if table.empty:
            return found
        settled = table[table["event"] == SETTLE]
        return [
            *found,
            *unknown_notes(table[table["event"] == OPEN], self._raw.notes),
            *decision_problems(settled, self._raw.seen, self._raw.codebook, kept, self.holding(kept)),
        ]

    def holding(self, kept: Mapping[str, Variable]) -> Holding:
        """What tells which answers hold under the codebook as it is now."""
        return Holding(self._raw.codebook, kept, changes_ledger(self._raw.root).read().history)

    def adjudicate(
        self,
        adjudicator: str,
        note_id: str,
        variable: str,
        codes: object = None,
        *,
        reason: str = "",
        event: str = SETTLE,
        present: Iterable[str] = (),
        event_id: str | None = None,
    ) -> Adjudication:
        """Settle a disagreement, with a reason, or leave it open; no coder's log is touched.

        Parameters
        ----------
        adjudicator : who settles it, an id like a coder's
        note_id, variable : which question of which note
        codes : the code, or ``none_fits``; nothing where the note is left open or an entry taken back
        reason : why; required except for a retract
        event : ``"settle"``; ``"open"``: left open on purpose; ``"retract"``: the adjudicator's entry
            is taken back
        present : coders who sat beside the adjudicator; what they and the adjudicator answer to this
            variable of the note from now on is not independent (pass 3), and what others answer is

        Raises
        ------
        DecisionError
            If it is not possible, or the reason is empty: nothing is saved.
        NotSavedError
            If the disk did not take it.
        """
        given = {"adjudicator": adjudicator, "note_id": note_id, "variable": variable, "codes": codes}
        given |= {"reason": reason, "event": event, "event_id": event_id, "present": present}
        return self.save([given])[0]

    def save(self, events: Any) -> list[Adjudication]:
        """Save any number of events, all or none; return them once they are on the disk.

        Parameters
        ----------
        events : mappings, or a table, with ``adjudicator``, ``note_id``, ``variable``, ``codes``,
            ``reason``, and where wanted ``event``, ``present`` and ``event_id``. ``seen`` (coder -> codes),
            ``note_hash`` and ``codebook`` say what the adjudicator saw, where that may not be what
            stands now; left out, they are filled in.

        Raises
        ------
        DecisionError
            If any of them is not possible: every fault is listed, nothing is saved.
        NotSavedError
            If the disk did not take them all; sending them again is harmless.
        """
        wanted = given_events(events)
        answers = latest_answers(self._latest()) if any("seen" not in given for given in wanted) else {}
        made, faults = [], []
        for number, given in enumerate(wanted, start=1):
            event, found = self._event(given, answers)
            made.append(event)
            faults += [f"adjudication {number} (note '{event.note_id}'): {fault}" for fault in found]
        if faults:
            msg = "Nothing was saved:\n" + "\n".join(f"  {fault}" for fault in faults)
            raise DecisionError(msg)
        self._keep_definitions({event.variable for event in made})
        return self._ledger.append(made)

    def _keep_definitions(self, names: set[str]) -> None:
        """Keep the definitions of variables, each once: looking whether they are kept takes long."""
        fresh = sorted(names - self._kept)
        keep(self._raw.root / CODED, [self._raw.codebook[name] for name in fresh])
        self._kept.update(fresh)

    def _event(self, given: Mapping[str, Any], answers: Answers) -> tuple[Adjudication, list[str]]:
        """Make an event of what was given, and say what is wrong with it."""
        values = {name: value for name, value in given.items() if name == "codes" or not is_gap(value)}
        codes = joined(values.get("codes"))
        note_id, variable = str(values.get("note_id", "")), str(values.get("variable", ""))
        seen = values.get("seen", answers.get((note_id, variable), {}))
        present = _named(values.get("present", ())) or []
        event = Adjudication(
            decided_at="",
            event_id=str(values.get("event_id", "")) or new_event_id(),
            note_id=note_id,
            note_hash=str(values.get("note_hash", "")) or self._raw.seen.hash_of(note_id),
            variable=variable,
            codes=codes or "",
            reason=well_formed(str(values.get("reason", ""))).strip(),
            adjudicator=str(values.get("adjudicator", "")),
            seen=seen_text(seen, present) if _is_seen(seen) else "",
            codebook=str(values.get("codebook", "")) or self._version_of(variable),
            event=str(values.get("event", SETTLE)),
        )
        faults = [*_field_faults(values, event), *self._present_faults(present)]
        return event, [*faults, *self._answer_faults(event, codes)]

    def _present_faults(self, present: Iterable[str]) -> list[str]:
        """Refuse whoever is not a coder of the study: a mistyped name would make no answers pass 3."""
        unknown = [name for name in present if name not in self._raw.about.coders]
        there = CoderLogs(self._raw.root).coders() | set(self._raw.about.coders) if unknown else set()
        unknown = [name for name in unknown if name not in there]
        if not unknown:
            return []
        named = ", ".join(repr(name) for name in unknown)
        return [
            f"present: there is no coder {named}; there are: {', '.join(sorted(there))} (a coder who has not "
            f"begun is named in study.yaml)"
        ]

    def _answer_faults(self, event: Adjudication, codes: str | None) -> list[str]:
        notes, codebook = self._raw.notes, self._raw.codebook
        if event.note_id not in notes.index:
            return [f"there is no note '{event.note_id}'"]
        if event.variable not in codebook.ids:
            return [f"there is no variable '{event.variable}'; there are: {', '.join(codebook.ids)}"]
        variable = codebook[event.variable]
        stage = str(notes.at[event.note_id, "stage"]) if "stage" in notes.columns else None
        if not variable.applies_to(event.note_id, stage):
            return [f"variable '{variable.id}' is not asked of this note"]
        if event.event != SETTLE:
            return [f"'{event.codes}' is a code, and event '{event.event}' takes none"] if event.codes else []
        if codes is None:
            return ["there is no code (to leave the note open on purpose, give event='open')"]
        fault = answer_fault(variable, codes)
        return [fault] if fault else []

    def _version_of(self, variable: str) -> str:
        codebook = self._raw.codebook
        return codebook[variable].version if variable in codebook.ids else ""


def _named(present: object) -> list[str] | None:
    """Return the coders given as present, one as a text or several; None if it is neither."""
    if isinstance(present, str):
        return [name.strip() for name in present.split(",") if name.strip()]
    if not isinstance(present, Iterable):
        return None
    names = list(present)
    return names if all(isinstance(name, str) for name in names) else None


def _field_faults(values: Mapping[str, Any], event: Adjudication) -> list[str]:
    """Say what is wrong with the cells of an event, whatever its note and variable."""
    faults = [f"'{name}' is not a field of an adjudication" for name in values if name not in GIVEN]
    if fault := coder_fault(event.adjudicator):
        faults.append(f"adjudicator: {fault}")
    if not EVENT_ID.fullmatch(event.event_id):
        faults.append(f"'{event.event_id}' cannot be an event_id")
    if event.event not in ADJUDICATION_EVENTS:
        faults.append(f"event is one of {', '.join(ADJUDICATION_EVENTS)}, not '{event.event}'")
    if not event.reason and event.event != RETRACT:
        faults.append("a reason is required: say why the code was chosen, or why the note is left open")
    if len(event.reason) > LONGEST_MEMO:
        faults.append(f"the reason has {len(event.reason)} characters; at most {LONGEST_MEMO} fit")
    if _named(values.get("present", ())) is None:
        faults.append("'present' takes the ids of coders, such as ['anna', 'bo']")
    if not event.seen:
        faults.append("'seen' takes what each coder said, as coder -> codes")
    for name, value in (("note_hash", event.note_hash), ("codebook", event.codebook)):
        if value and not SEEN.fullmatch(value):
            faults.append(f"{name} '{value}' is not a valid content hash")
    return faults


def _is_seen(seen: object) -> bool:
    return isinstance(seen, Mapping) and all(
        isinstance(coder, str) and not coder.startswith(".") and isinstance(codes, str)
        for coder, codes in seen.items()
    )


# --- what an adjudication comes to -------------------------------------------------------------------------


KEYS = ["note_id", "variable", "adjudicator"]
TABLE_COLUMNS = [
    "note_id", "variable", "adjudicator", "codes", "event", "reason", "decided_at", "seen", "is_stale",
    "changed", "present", "codebook", "note_hash", "event_id", "row",
]  # fmt: skip


def seen_text(answers: Mapping[str, str], present: Iterable[str] = ()) -> str:
    """Return what each coder said, and who was present, as the ledger keeps it.

    Examples
    --------
    >>> seen_text({"k2": "vilja", "k1": "kunskap"}), seen_text({"k1": "tid"}, ["k2"])
    ('{"k1": "kunskap", "k2": "vilja"}', '{".present": "k2", "k1": "tid"}')
    """
    named = "|".join(sorted(set(present)))
    return json.dumps({**answers, **({PRESENT: named} if named else {})}, ensure_ascii=False, sort_keys=True)


def _answers_in(seen: str) -> dict[str, str]:
    """Return what each coder said, of what the ledger keeps."""
    return {coder: codes for coder, codes in (answers_seen(seen) or {}).items() if coder != PRESENT}


def _seen_as_counted(seen: str, lineage: Lineage) -> str:
    """Return what the ledger keeps of what coders said, with codes as they count now."""
    said = answers_seen(seen)
    if not said:
        return seen
    now = {who: codes if who == PRESENT else lineage.applied(codes) for who, codes in said.items()}
    return json.dumps({who: codes for who, codes in now.items() if codes is not None}, ensure_ascii=False)


def changed_since(seen: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return the coders whose answer is another now: changed, given since, or taken back.

    Examples
    --------
    >>> changed_since({"k1": "a", "k2": "b", "k3": "c"}, {"k1": "a", "k2": "x", "k4": "a"})
    ['k2', 'k3', 'k4']
    """
    as_said = {coder: same_answer(codes) for coder, codes in seen.items()}
    as_now = {coder: same_answer(codes) for coder, codes in now.items()}
    return sorted(coder for coder in as_said | as_now if as_said.get(coder) != as_now.get(coder))


def adjudication_table(
    history: pd.DataFrame, answers: Mapping[tuple[str, str], Mapping[str, str]]
) -> pd.DataFrame:
    """Return what stands: one row per note, variable and adjudicator.

    Parameters
    ----------
    history : every event of the ledger, in the order in which they count
    answers : (note_id, variable) -> coder -> what that coder says now

    Returns
    -------
    DataFrame. ``event`` is settle (``codes`` is the code) or open (left open on purpose, ``codes`` is
    empty); ``seen`` a dict, coder -> codes; ``changed`` the coders whose answers are others now, as a
    text; ``is_stale`` whether there are any; ``present`` the coders who sat beside the adjudicator, as a
    text; ``row`` the line in the file.
    """
    table = standing(history, KEYS)
    beside = [", ".join(present_in(seen)) for seen in table["seen"]]
    table["present"] = pd.Series(beside, index=table.index, dtype="str")
    table["seen"] = pd.Series([_answers_in(seen) for seen in table["seen"]], index=table.index, dtype=object)
    changed = [
        changed_since(row["seen"], answers.get((row["note_id"], row["variable"]), {}))
        for row in table.to_dict("records")
    ]
    table["changed"] = pd.Series([", ".join(coders) for coders in changed], index=table.index, dtype="str")
    table["is_stale"] = pd.Series([bool(coders) for coders in changed], index=table.index, dtype=bool)
    return table[TABLE_COLUMNS]
