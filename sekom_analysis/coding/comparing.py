"""One reviewer at work: pairs of notes that may say the same, judged before anybody else's view is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.actions.duplicates import reasons_text
from sekom_analysis.basics import wording
from sekom_analysis.basics.errors import DecisionError, NotesError
from sekom_analysis.coding.session import Judging, Message, Past, past_of
from sekom_analysis.study.decisions import coder_fault
from sekom_analysis.study.ledgers import JUDGEMENTS, SAME
from sekom_analysis.study.merges import root_of, state_of, wording_of
from sekom_analysis.study.rows import note_hash
from sekom_analysis.study.study import Study

VARIABLE = "pair"
A, B, OWN = "a", "b", "own"  # whose text is kept


class Pair(NamedTuple):
    """Two notes and why they were proposed."""

    note_a: str
    note_b: str
    reasons: str = ""


class ReviewSession(Judging):
    """What one reviewer judges, and how far it is. Knows no widget.

    "Same" merges the two as well: the note whose text is kept takes the other in. Judging otherwise
    later, or taking it back, splits what this reviewer merged, and nothing that others did.

    Parameters
    ----------
    study : Study
    reviewer : the reviewer's id, of the same form as a coder's
    pairs : table with ``note_a``, ``note_b`` and perhaps ``reasons``, as `similar_pairs` gives it
    lang : language of the texts, ``"sv"`` or ``"en"``

    Raises
    ------
    DecisionError
        If the id cannot be used.
    NotesError
        If there are no pairs, or the study does not have one of the notes.
    """

    def __init__(self, study: Study, reviewer: str, pairs: pd.DataFrame, *, lang: str = "sv") -> None:
        if fault := coder_fault(reviewer):
            msg = f"{fault}. Nothing was saved."
            raise DecisionError(msg)
        self.study = study
        self.reviewer = reviewer
        self.lang = wording.check_language(lang)
        proposed = {pair[:2]: pair for pair in self._pairs_in(pairs)}
        own = {pair[:2]: pair for pair in self._pairs_in(self._own())}
        self.pairs = list(
            (proposed | {ends: pair for ends, pair in own.items() if ends not in proposed}).values()
        )
        unknown = sorted({n for pair in self.pairs for n in pair[:2] if n not in study.notes.index})
        if unknown or not self.pairs:
            key = "comparing_unknown" if unknown else "comparing_nothing"
            raise NotesError(wording.say(key, self.lang, notes=", ".join(unknown)))

    def _pairs_in(self, table: pd.DataFrame) -> list[Pair]:
        """Return the pairs of a table, each with its notes in order and why it was proposed."""
        rows: list[Any] = table.to_dict("records")
        ends = [sorted([str(row["note_a"]), str(row["note_b"])]) for row in rows]
        return [Pair(a, b, self._reasons(row)) for (a, b), row in zip(ends, rows, strict=True)]

    def _reasons(self, row: Any) -> str:
        """Return what a pair shares in the card's language, codes by their labels."""
        if "shared_words" not in row:
            return str(row.get("reasons", ""))
        labels = []
        for shared in row["shared_codes"]:
            variable, _, code = shared.partition("=")
            known = variable in self.study.codebook
            labels.append(self.study.codebook[variable].label_of(code, self.lang) if known else code)
        return reasons_text(row["shared_words"], list(dict.fromkeys(labels)), self.lang)

    @cached_property
    def _by_key(self) -> dict[str, Pair]:
        """Every pair by each key under which it may come back."""
        names = self.study.keys.names
        return {key: pair for pair in self.pairs for key in names(f"{pair.note_a}+{pair.note_b}")}

    @cached_property
    def _name(self) -> Callable[[str], str]:
        return self.study.keys.namer()

    def _key(self, note_a: str, note_b: str) -> str:
        return self._name(f"{note_a}+{note_b}")

    def _own(self) -> pd.DataFrame:
        table = self.study.pair_judgements()
        return table[table["reviewer"] == self.reviewer].drop(columns="reason")

    @property
    def n_left(self) -> int:
        """How many pairs this reviewer has not judged."""
        own = self._own()
        return len({pair[:2] for pair in self.pairs} - set(zip(own["note_a"], own["note_b"], strict=True)))

    def data(self) -> Message:
        """Return what the card shows: pairs, the three judgements, this reviewer's own."""
        answers, others = self._standing()
        return {
            "card": "comparing",
            "study": self.study.about.id,
            "coder": self.reviewer,
            "lang": self.lang,
            "pass": 1,
            "texts": wording.texts("card_", self.lang) | wording.texts("compare_", self.lang),
            "variables": [self._variable()],
            "notes": [self._shown_pair(pair, others) for pair in self.pairs],
            "answers": answers,
        }

    def _variable(self) -> Message:
        codes = [
            {
                "id": judgement,
                "label": wording.say(f"pair_{judgement}", self.lang),
                "definition": wording.say(f"comparing_{judgement}", self.lang),
            }
            for judgement in JUDGEMENTS
        ]
        asked = {"id": VARIABLE, "kind": "single", "version": "", "codes": codes, "retired": {}}
        asked["label"] = wording.say("comparing_label", self.lang)
        return asked | {"question": wording.say("comparing_question", self.lang)}

    def _shown_pair(self, pair: Pair, others: Message) -> Message:
        rows: Any = [self.study.notes.loc[note_id].to_dict() for note_id in pair[:2]]
        key = self._key(*pair[:2])
        return {
            "key": key,
            "text": rows[0]["text"],
            "gloss": rows[0].get("text_en", ""),
            "text_b": rows[1]["text"],
            "gloss_b": rows[1].get("text_en", ""),
            "hash": self._hash(pair),
            "pass": 1,
            "variables": [VARIABLE],
            "reasons": pair.reasons,
            "others": others.get(key, []),
        }

    def _hash(self, pair: Pair) -> str:
        return note_hash("\n".join(str(self.study.notes.at[note_id, "text"]) for note_id in pair[:2]))

    # --- what stands ------------------------------------------------------------------------------

    def _standing(self) -> tuple[Message, Message]:
        """Return own judgements, and what others said of pairs that this reviewer has judged."""
        rows: list[Any] = self.study.pair_judgements().to_dict("records")
        keyed = [(self._key(row["note_a"], row["note_b"]), row) for row in rows]
        keyed = [(key, row) for key, row in keyed if key in self._by_key]
        own = {key: row for key, row in keyed if row["reviewer"] == self.reviewer}
        merges = self.study.merge_history().set_index("event_id")
        answers = {key: {VARIABLE: self._shown_own(row, merges)} for key, row in own.items()}
        others: Message = {}
        for key, row in keyed:
            if key in own and row["reviewer"] != self.reviewer:
                differs = row["judgement"] != own[key]["judgement"]
                answers[key][VARIABLE]["differs"] |= differs
                label = wording.say(f"pair_{row['judgement']}", self.lang)
                said = {
                    "who": self._named(row["reviewer"]),
                    "label": label,
                    "reason": row["reason"],
                    "differs": differs,
                }
                others.setdefault(key, []).append(said)
        return answers, others

    def _named(self, reviewer: str) -> str:
        is_program = self.study.about.coder(reviewer).kind == "automatic"
        return wording.say("adjudicating_automatic", self.lang, coder=reviewer) if is_program else reviewer

    def _shown_own(self, row: Any, merges: pd.DataFrame) -> Message:
        text, stands = "", A
        for made in (one for one in _ids_of(row["event_id"]) if one in merges.index):
            text = str(merges.at[made, "text"])
            stands = OWN if text else B if merges.at[made, "into"] == row["note_b"] else A
        return {
            "event": "decide",
            "id": row["event_id"],
            "codes": [row["judgement"]],
            "certainty": "",
            "memo": row["reason"],
            "older": False,
            "differs": False,
            "stands": stands,
            "text": text,
        }

    # --- messages ---------------------------------------------------------------------------------

    def _record(self, events: list[Message]) -> list[Any]:
        """Save judgements and what follows from them, in turn; the first that cannot be stops."""
        if len(events) > 1:  # one by one, so that a refused one does not come after half of its fellows
            msg = "Events are saved one by one."
            raise DecisionError(msg)
        return [self._save(event) for event in events]

    def _save(self, event: Message) -> Any:
        pair = self._by_key.get(event["note"])
        if pair is None:
            msg = f"there is no pair '{event['note']}' in this list. Nothing was saved."
            raise DecisionError(msg)
        if event["event"] == "decide" and event["note_hash"] != self._hash(pair):
            msg = "the texts have changed since they were shown; judge the pair again. Nothing was saved."
            raise DecisionError(msg)
        judgement = event["codes"][0] if event["event"] == "decide" else None
        if judgement == SAME and not event["memo"].strip():
            raise DecisionError(wording.say("compare_refuse_no_reason", self.lang))
        said = {"by": self.reviewer, "reason": event["memo"]}
        saved = self.study.judge_pair(*pair[:2], judgement, **said, event_id=event["event_id"])
        *earlier, last = self._own_events(pair)["event_id"]
        if last == event["event_id"]:  # else it was sent again after a later one, and nothing follows from it
            self._undo_own_merge(earlier, event)
            if judgement == SAME:
                self._join(pair, event, said)
        return saved

    def _own_events(self, pair: Pair) -> pd.DataFrame:
        """Return all that this reviewer said of a pair, the oldest first."""
        history = self.study.pair_history()
        is_own = (history["reviewer"] == self.reviewer) & (history["note_a"] == pair.note_a)
        return history[is_own & (history["note_b"] == pair.note_b)]

    def _past(self, event: Message) -> Past:
        pair = self._by_key.get(event["note"])
        return past_of(self._own_events(pair)) if pair else Past([], [event["replaces"]])

    def _join(self, pair: Pair, event: Message, said: Message) -> None:
        """Make two one, or give two that are one already the wording written for them; each only once."""
        history, ids = self.study.merge_history(), _ids_of(event["event_id"])
        if history["event_id"].isin(ids).any():
            return
        targets, text = state_of(history).targets, _own_text(event)
        root = root_of(pair.note_a, targets)
        if root != root_of(pair.note_b, targets):
            self.study.merge(**self._merge_wanted(pair, event, targets), **said, event_id=ids[0])
        elif text and self.study.wordings()[root] != text:
            self.study.reword(root, text, **said, event_id=ids[1])

    def _merge_wanted(self, pair: Pair, event: Message, targets: Mapping[str, str]) -> Message:
        """Return which action is to become part of which, and how the two read."""
        stays, goes = (pair.note_b, pair.note_a) if event.get("stands") == B else pair[:2]
        into = root_of(stays, targets)
        text = _own_text(event)
        if not text and into != stays:  # the text chosen is that of a part, not of the whole
            text = str(self.study.notes.at[stays, "text"])
        return {"note": root_of(goes, targets), "into": into, "text": text}

    def _undo_own_merge(self, earlier: list[str], event: Message) -> None:
        """Split what earlier judgements of a pair by this reviewer merged; sent again, do nothing."""
        made = {_merge_id(event_id) for event_id in earlier}
        self._undo_own_wording([_ids_of(event_id)[1] for event_id in earlier], event)
        table = self.study.merges()
        for row in table[table["event_id"].isin(made)].to_dict("records"):
            reason = event["memo"].strip() or wording.say("comparing_split", self.lang)
            self.study.split(
                row["note_id"], by=self.reviewer, reason=reason, event_id=f"s{event['event_id']}"
            )

    def _undo_own_wording(self, earlier: list[str], event: Message) -> None:
        """Give back the wording from before, unless somebody has changed it since."""
        history = self.study.merge_history()
        for row in history[history["event_id"].isin(earlier)].to_dict("records"):
            root, before = row["note_id"], history[history["event_id"] != row["event_id"]]
            if wording_of(root, state_of(history), "") == row["text"]:
                said = {"by": self.reviewer, "reason": event["memo"].strip()}
                text = wording_of(root, state_of(before), "")
                self.study.reword(root, text, **said, event_id=f"b{event['event_id']}")


def _own_text(event: Message) -> str:
    return str(event.get("text", "")).strip() if event.get("stands") == OWN else ""


def _merge_id(event_id: str) -> str:
    """Return the id of the merge that follows from a judgement."""
    return f"m{event_id}"


def _ids_of(event_id: str) -> tuple[str, str]:
    """Return the ids of the merge and of the wording that may follow from a judgement."""
    return _merge_id(event_id), f"w{event_id}"
