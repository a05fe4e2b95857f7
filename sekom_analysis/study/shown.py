"""What a coder is shown: notes and variables, where the own answers stand, and what has changed since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sekom_analysis.basics.wording import say
from sekom_analysis.study.codebook import NONE_FITS, NONE_FITS_LABEL, Code, Codebook, Variable, asked_by
from sekom_analysis.study.codebook_words import points_text
from sekom_analysis.study.decisions import AFTER_TALK, INDEPENDENT, UNDO, undone
from sekom_analysis.study.lineage import MEANING, Again, Holding, Lineage, places, text_hash
from sekom_analysis.study.notes import QUESTION
from sekom_analysis.study.points import labels_in
from sekom_analysis.study.raw import NotesSeen

Shown = dict[str, Any]
Cell = tuple[str, str]  # note and variable
MANY = 2  # so many notes may have other texts without being other notes

# --- a note and a variable, in one language -----------------------------------------------------------


def context_name(column: str, lang: str) -> str:
    """Return what a context column is called on card, page and sheet: by its own name."""
    return say("context_question", lang) if column == QUESTION else column


def shown_context(seen: NotesSeen, note_id: str, lang: str) -> list[list[str]]:
    """Return name and text of what a card shows beside a note."""
    return [[context_name(name, lang), cell] for name, cell in seen.context_of(note_id)]


_SMALL_WORDS = {
    "sv": frozenset(["och", "att", "det", "som", "är", "för", "på", "inte", "en", "av", "vi"]),
    "en": frozenset(["and", "the", "of", "to", "is", "that", "not", "for", "a", "in", "we"]),
}


def notes_language(texts: Iterable[str]) -> str:
    """Return the language that notes are in, by their small words: they are hyphenated in it.

    Parameters
    ----------
    texts : the notes

    Returns
    -------
    ``"sv"`` or ``"en"``; an empty text where neither is plain.

    Examples
    --------
    >>> notes_language(["Det tar för lång tid att få svar"]), notes_language(["Pas assez de temps"])
    ('sv', '')
    """
    words = Counter(word for text in islice(texts, 300) for word in text.lower().split())
    found = {lang: sum(words[word] for word in small) for lang, small in _SMALL_WORDS.items()}
    first, second = sorted(found, key=found.__getitem__, reverse=True)
    return first if found[first] > 2 * found[second] else ""


def shown_variable(variable: Variable, lang: str, kept: Iterable[Variable] = ()) -> Shown:
    """Return a variable as a card shows it; codes that can no longer be chosen are named apart.

    Each code keeps its key, whatever has become of others in the definitions that were `kept`.
    """
    return {
        "id": variable.id,
        "kind": variable.kind,
        "version": variable.version,
        "label": variable.label.in_(lang),
        "question": (variable.question or variable.label).in_(lang),
        "codes": _codes(variable, lang, places(variable, kept)),
        "retired": {code.id: code.label.in_(lang) for code in variable.codes if code.retired},
    }


def _codes(variable: Variable, lang: str, place: Mapping[str, int]) -> list[Shown]:
    if variable.range is not None:
        named = {str(point): {"definition": label} for point, label in labels_in(variable, lang).items()}
        return [{"id": number, "label": number, **named.get(number, {})} for number in variable.answers]
    codes = [{**_code(code, lang), "place": place[code.id]} for code in variable.codes if not code.retired]
    if variable.allows_none_fits:
        codes.append({"id": NONE_FITS, "label": NONE_FITS_LABEL[lang]})
    return codes


def _code(code: Code, lang: str) -> Shown:
    texts = {name: getattr(code, name) for name in ("definition", "include", "exclude", "example")}
    shown = {name: text.in_(lang) for name, text in texts.items() if text is not None}
    colour = {} if code.colour is None else {"colour": code.colour}
    return {"id": code.id, "label": code.label.in_(lang), **shown, **colour}


# --- the own answers: what stands, for the texts as they are now, and what is left -------------------


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
    words: str = ""


def answers_standing(rows: Iterable[Mapping[str, str]], passes: Mapping[str, int]) -> dict[Cell, Answer]:
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
            answers[cell] = answer_after(answers.get(cell), row)
    return answers


def counts_in(pass_: int, given: str) -> bool:
    """Whether an event shows in a list of this pass: pass 3 replaces what was said independently."""
    return given == str(pass_) or (pass_ == INDEPENDENT and given == str(AFTER_TALK))


def answer_after(before: Answer | None, row: Mapping[str, str]) -> Answer:
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
    said |= {part: row.get(part, "") for part in ("decided_at", "words")}
    made = Answer(row["event"], **name, **said, note_hash=text)
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


def notes_left(items: Iterable[Item], answers: Mapping[Cell, Answer]) -> list[Item]:
    """Return the notes on which a question is still unseen."""
    return [item for item in items if any(is_open(answers.get((item.note_id, v))) for v in item.variables)]


def notes_that_are(
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
        return notes_left(items, answers)
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


# --- what has changed in a codebook, and what it touches -----------------------------------------------


PARTS = ("label", "definition", "include", "exclude", "example")
OF_QUESTIONS = ("label", "question")
WEIGHTS = ("split", "retired", MEANING, "unreviewed", "question", "added", "neighbour")  # the heaviest first
_NO_CODE = "-"  # the id of no code


class Changes:
    """What has changed in a codebook, in one language.

    Parameters
    ----------
    codebook : as it is now
    holding : tells which answers hold under it
    lang : ``"sv"`` or ``"en"``
    """

    def __init__(self, codebook: Codebook, holding: Holding, lang: str) -> None:
        self._codebook, self._holding, self._lang = codebook, holding, lang
        self._kept = holding.kept
        self._found: dict[tuple[str, str, str, str], Shown | None] = {}

    def again(self, variable: str, codes: str, version: str, proposed: str = "") -> Shown | None:
        """Return why an answer is to be looked at again, and which text its coder read; None if it holds.

        Parameters
        ----------
        variable : id of the variable
        codes : the answer, as it was given or as it counts now
        version : the version of the variable that it was given under
        proposed : the name of the code that the same coder proposed for the note, if any
        """
        key = (variable, codes, version, proposed)
        if key not in self._found:
            found = self._holding.again(*key)
            self._found[key] = None if found is None else self._shown(variable, found, version)
        return self._found[key]

    def _shown(self, variable: str, found: Again, version: str) -> Shown:
        then = self._then(variable, found, version)
        return {"why": found.why, "code": found.code, "text": text_hash(then) if then is not None else ""}

    def _then(self, variable: str, found: Again, version: str) -> Code | Variable | None:
        """Return what was changed as it was read then; None where there was nothing, or nobody knows."""
        then = self._kept.get(version)
        if then is None or then.id != variable or found.why == "added":
            return None
        if not found.code:
            return then
        became = Lineage(self._codebook[variable]).became
        alike = [code for code in then.codes if found.code in (code.id, became.get(code.id))]
        return next((code for code in alike if code.id == found.code), alike[0] if alike else None)

    def kept(self, variable: str) -> list[Variable]:
        """Return a variable as it was seen earlier."""
        return list(self._holding.earlier(variable).values())

    def told(self, variables: Iterable[Variable], found: Iterable[tuple[str, Shown, str]]) -> list[Shown]:
        """Return each change that answers are to be looked at again for: what it is about, old and new text.

        Parameters
        ----------
        variables : those that are asked, in their order
        found : variable, why an answer of it is to be looked at again, and the version it was given under
        """
        order = {variable.id: number for number, variable in enumerate(variables)}
        made: dict[tuple[str, ...], Shown] = {}
        for variable, again, version in found:
            key = (variable, again["why"], again["code"], again["text"])
            if variable in order and key not in made:
                made[key] = self._change(variable, again, version)

        def place(change: Shown) -> tuple[int, int, int]:
            ids = ["", *(code.id for code in self._codebook[change["variable"]].codes)]
            code = change["code"].split("|")[0]
            there = ids.index(code) if code in ids else len(ids)
            return order[change["variable"]], there, WEIGHTS.index(change["why"])

        return sorted(made.values(), key=place)

    def _change(self, variable: str, again: Shown, version: str) -> Shown:
        now = self._codebook[variable]
        found = Again(again["why"], again["code"])
        names = [now.label_of(code, self._lang) for code in found.code.split("|") if code]
        return {
            "variable": variable,
            **again,
            "label": ", ".join(names) or now.label.in_(self._lang),
            "parts": list(self._parts(now, found, self._then(variable, found, version))),
        }

    def _parts(self, now: Variable, found: Again, then: Code | Variable | None) -> Iterator[Shown]:
        codes = {code.id: code for code in now.codes}
        if found.why == "split":
            into = [now.label_of(part, self._lang) for part in codes[found.code].split_into]
            yield {"part": "split_into", "before": "", "after": ", ".join(into)}
        elif found.why == "added":
            fresh = [codes[code] for code in found.code.split("|")]
            for code in fresh:
                yield from self._changed(None, code, PARTS if len(fresh) > 1 else PARTS[1:])
        elif found.why != "retired" and then is not None:
            is_of_code = isinstance(then, Code)
            parts = PARTS if is_of_code else OF_QUESTIONS
            yield from self._changed(then, codes[found.code] if is_of_code else now, parts)
            if isinstance(then, Variable):
                before, after = (points_text(labels_in(one, self._lang)) for one in (then, now))
                if before != after:
                    yield {"part": "points", "before": before, "after": after}

    def _changed(self, then: Any, now: Any, parts: Iterable[str]) -> Iterator[Shown]:
        """Yield the parts of a text that are not as they were."""
        for part in parts:
            before, after = (
                text.in_(self._lang) if (text := getattr(one, part, None)) else "" for one in (then, now)
            )
            if before != after:
                yield {"part": part, "before": before, "after": after}

    # --- for a page, whose browser may hold answers of which nobody has heard ---------------------------

    def earlier(self, variable: str) -> Mapping[str, Shown]:
        """Return what answers given under earlier versions count as, and why they are to be looked at again.

        Returns
        -------
        version -> ``counts``: code -> what it is called now, None where it was split; ``again``: code, empty
        for none, -> why; ``rest``: the same of any other code
        """
        kept = self._holding.earlier(variable)
        return {version: self._of(variable, version, then) for version, then in kept.items()}

    def _of(self, variable: str, version: str, then: Variable) -> Shown:
        now = self._codebook[variable]
        lineage, ids = Lineage(now), [code.id for code in then.codes]
        rest = self._weighed(variable, _NO_CODE, version)
        known = dict.fromkeys(["", NONE_FITS, *ids, *(code.id for code in now.codes)])
        again = {code: self._weighed(variable, code, version) for code in known}
        counts = {code: lineage.applied(code) for code in ids}
        return {
            "counts": {code: to for code, to in counts.items() if to != code},
            "again": {code: why for code, why in again.items() if why != rest},
            "rest": rest,
        }

    def _weighed(self, variable: str, codes: str, version: str) -> Shown | None:
        found = self.again(variable, codes, version)
        if found is None:
            return None
        of_question = found["why"] == "unreviewed" and not found["code"]
        return {**found, "weight": WEIGHTS.index("question" if of_question else found["why"])}

    def all_of(self, variable: str) -> Iterator[tuple[str, Shown, str]]:
        """Yield all that answers to a variable may be looked at again for, for `told`."""
        for version, of in self.earlier(variable).items():
            yield from ((variable, why, version) for why in (of["rest"], *of["again"].values()) if why)
