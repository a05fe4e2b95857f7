"""What became of codes, and which answers hold under a codebook that has changed since they were given.

Logs stay as they are. The codebook says what each code was called and what was merged or split; the ledger
``data/coded/codebook-changes.csv`` says of each changed text whether its wording or its meaning changed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.basics.wording import LANGUAGES, list_in_words, say
from sekom_analysis.study.codebook import NONE_FITS, Code, Codebook, Variable
from sekom_analysis.study.ledgers import Ledger
from sekom_analysis.study.proposals import is_made_of
from sekom_analysis.study.rows import Format

# --- what old ids count as ----------------------------------------------------------------------------


class Lineage:
    """What the codes of one variable were, and what became of those that are gone.

    Parameters
    ----------
    variable : Variable

    Attributes
    ----------
    became : an id of earlier -> the code that it counts as now
    split : a code that was split -> what took its place

    Examples
    --------
    >>> variable = Variable.model_validate({"id": "v", "kind": "single", "label": "V", "codes": [
    ...     {"id": "means", "label": "Means", "was": ["money", "time"]},
    ...     {"id": "will", "label": "Will", "retired": True, "split_into": ["means"]}]})
    >>> Lineage(variable).applied("money"), Lineage(variable).applied("will") is None
    ('means', True)
    """

    def __init__(self, variable: Variable) -> None:
        self.became = {old: code.id for code in variable.codes for old in code.was}
        self.split = {code.id: code.split_into for code in variable.codes if code.split_into}

    def __bool__(self) -> bool:
        """Whether any code counts as another, or as none, now."""
        return bool(self.became or self.split)

    def named(self, codes: str) -> str:
        """Return an answer by what its codes are called now, those that were split among them."""
        return "|".join(dict.fromkeys(self.became.get(code, code) for code in codes.split("|")))

    def applied(self, codes: str) -> str | None:
        """Return an answer as it counts now; None where a code of it was split, and it is to be given again.

        Parameters
        ----------
        codes : an answer as it is in a log, ``|`` between several codes
        """
        now = self.named(codes)
        return now if self.split.keys().isdisjoint(now.split("|")) else None


def places(variable: Variable, kept: Iterable[Variable]) -> dict[str, int]:
    """Return each code's place in the row of keys: that of the order in which codes came into the codebook.

    A code keeps its place whatever it is called; a new one comes after all that there were, and the place of
    one that is gone stays empty. Which of two definitions is the earlier shows in their codes: it lacks more
    of those there are now, and has more of those that are gone.

    Parameters
    ----------
    variable : as it is now
    kept : as it was seen earlier, in any order

    Examples
    --------
    >>> def of(*codes): return Variable.model_validate({"id": "v", "kind": "single", "label": "V", "codes": [
    ...     {"id": code, "label": code} for code in codes]})
    >>> places(of("will", "time", "hope"), [of("will", "means", "time")])
    {'will': 0, 'time': 2, 'hope': 3}
    """
    lineage, now = Lineage(variable), [code.id for code in variable.codes if not code.retired]

    def shown(then: Variable) -> list[str]:
        ids = [code.id for code in then.codes if not code.retired]
        named = {code: lineage.became.get(code, code) for code in ids}
        return [
            code if name in ids else name for code, name in named.items()
        ]  # of two merged one keeps its own

    def age(codes: list[str]) -> tuple[int, int, list[str]]:
        there = set(now).intersection(codes)
        return len(there), len(there) - len(codes), codes

    place: dict[str, int] = {}
    end = 0
    for codes in [*sorted((shown(then) for then in kept if then.id == variable.id), key=age), now]:
        is_first = not end
        for number, code in enumerate(codes):
            if is_first or code not in place:
                place.setdefault(code, number if is_first else end)
                end = max(end, number + 1) if is_first else end + 1
    return {code: place[code] for code in now}


def lineages(codebook: Codebook) -> dict[str, Lineage]:
    """Return the lineage of each variable that has one."""
    found = {variable.id: Lineage(variable) for variable in codebook.variables}
    return {name: lineage for name, lineage in found.items() if lineage}


def lineage_sentence(variable: Variable, lang: str = "sv") -> str:
    """Return in one line what was counted as what; empty where every answer counts as it was given.

    Parameters
    ----------
    variable : Variable
    lang : ``"sv"`` or ``"en"``

    Examples
    --------
    >>> variable = Variable.model_validate({"id": "v", "kind": "single", "label": "Theme", "codes": [
    ...     {"id": "means", "label": "Means", "was": ["money", "time"]}, {"id": "goals", "label": "Goals"}]})
    >>> lineage_sentence(variable, "en")
    'Theme: answers with “money” and “time” count as “Means”.'
    """
    lineage = Lineage(variable)
    came: dict[str, list[str]] = {}
    for old, now in lineage.became.items():
        came.setdefault(now, []).append(old)
    said = [
        say("lineage_counted", lang, codes=_in_quotes(olds, variable, lang),
            code=_in_quotes([now], variable, lang))
        for now, olds in came.items()
    ]  # fmt: skip
    said += [
        say("lineage_split", lang, code=_in_quotes([code], variable, lang),
            parts=_in_quotes(parts, variable, lang))
        for code, parts in lineage.split.items()
    ]  # fmt: skip
    label = variable.label.in_(lang)
    return say("lineage_sentence", lang, variable=label, said="; ".join(said)) if said else ""


def lineage_sentences(codebook: Codebook, lang: str = "sv") -> dict[str, str]:
    """Return variable -> what was counted as what, as `lineage_sentence` says it; only those that have it."""
    found = {variable.id: lineage_sentence(variable, lang) for variable in codebook.variables}
    return {name: sentence for name, sentence in found.items() if sentence}


def _in_quotes(codes: Iterable[str], variable: Variable, lang: str) -> str:
    """Return codes by their labels; those that are gone have ids alone."""
    shown = [say("lineage_quoted", lang, code=variable.label_of(code, lang)) for code in codes]
    return list_in_words(shown, lang)


def counted(history: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return answers as they count now; one with a code that was split is taken back, or left out.

    Parameters
    ----------
    history : events with ``variable``, ``codes`` and ``event``, as logs and ledgers hold them; or what
        stands of them, without ``event``
    codebook : the codebook as it is now
    """
    known = lineages(codebook)
    if not known or history.empty:
        return history
    said = (history["codes"] != "") & history["variable"].isin(known.keys())
    if not said.any():
        return history
    made = {
        (variable, codes): known[variable].applied(codes)
        for variable, codes in set(
            zip(history.loc[said, "variable"], history.loc[said, "codes"], strict=True)
        )
    }
    changed = {pair: now for pair, now in made.items() if now != pair[1]}
    if not changed:
        return history
    table = history.copy()
    pairs = list(zip(table["variable"], table["codes"], strict=True))
    table["codes"] = pd.Series([changed.get(p, p[1]) or "" for p in pairs], index=table.index, dtype="str")
    gone = pd.Series([p in changed and changed[p] is None for p in pairs], index=table.index, dtype=bool)
    if "event" not in table.columns:  # what stands
        return table[~gone]
    table["event"] = table["event"].where(~gone, "retract")
    return table


# --- which changes were of wording, and which of meaning: the ledger ----------------------------------


WORDING, MEANING = "wording", "meaning"
CHANGE, UNDONE = "change", "undo"
CHANGES = "codebook-changes"


class Change(NamedTuple):
    """One change of a code or, with an empty ``code``, of a question, as it is in the ledger.

    ``sort`` is wording or meaning; ``before`` and ``after`` are hashes of the text, and ``codes`` the others
    that it is about, ``|`` between them.
    """

    decided_at: str
    event_id: str
    variable: str
    action: str
    code: str
    codes: str
    sort: str
    before: str
    after: str
    by: str
    reason: str
    event: str


CHANGE_FORM = Format(Change._fields, (CHANGE, UNDONE), identity=("variable", "action", "code", "sort"))


def changes_ledger(root: Path) -> Ledger[Change]:
    """Return the ledger of a study's changed codes."""
    return Ledger(root, CHANGES, CHANGE_FORM, Change._make)


def text_hash(part: Code | Variable) -> str:
    """Return a hash of what a coder reads of a code, or of a question without its codes; not of its id."""
    if isinstance(part, Code):
        said: Mapping[str, Any] = code_texts(part)
    else:
        said = {name: value for name, value in part.as_seen().items() if name not in ("id", "codes")}
    written = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return "t" + hashlib.sha256(written.encode("utf-8")).hexdigest()[:11]


def code_texts(code: Code) -> dict[str, dict[str, str]]:
    """Return what a coder reads of a code, part -> language -> text."""
    parts = ("label", "definition", "include", "exclude", "example")
    texts = {part: getattr(code, part) for part in parts}
    return {part: {"sv": text.sv, "en": text.en} for part, text in texts.items() if text is not None}


# --- which answers are to be looked at again ----------------------------------------------------------


class Again(NamedTuple):
    """Why an answer is to be looked at again.

    ``why`` is ``"meaning"`` (the text of its code changed), ``"unreviewed"`` (it changed, and nobody has
    said how), ``"neighbour"`` (the changed text of another code names it), ``"added"`` (there is a new code,
    and none fitted or the coder had proposed it), ``"retired"``, ``"split"`` or ``"question"``; ``code`` the
    code that it is about, and of ``"added"`` each that is new, ``|`` between them.
    """

    why: str
    code: str = ""


class _Since(NamedTuple):
    """What has changed in a variable since a version of it."""

    changed: Mapping[str, str]  # code as it is called now, or nothing for the question -> why
    added: tuple[str, ...]
    pointed: Mapping[str, str]  # code that is named -> the code whose changed text names it


class Holding:
    """Tells which answers hold under the codebook as it is now.

    Parameters
    ----------
    codebook : the codebook as it is now
    kept : version -> the variable as it was seen then
    changes : the ledger of changes, as `Ledger.read` gives it
    """

    def __init__(self, codebook: Codebook, kept: Mapping[str, Variable], changes: pd.DataFrame) -> None:
        self._codebook, self._kept = codebook, kept
        self._changes = changes
        self._known: dict[tuple[str, str], _Since | None] = {}

    def again(self, variable: str, codes: str, version: str, proposed: str = "") -> Again | None:
        """Return why an answer is to be looked at again; None if it holds.

        Parameters
        ----------
        variable : id of the variable
        codes : the answer as it is in the log
        version : the version of the variable that it was given under
        proposed : the name of the code that the same coder proposed for the note, if any
        """
        if variable not in self._codebook:
            return None
        now = self._codebook[variable]
        if version == now.version:
            return None
        since = self._since(now, version)
        if since is None:  # nobody knows what was read then
            return Again("unreviewed")
        given = codes.split("|") if codes else []
        return _reason(now, since, given, proposed)

    @property
    def kept(self) -> dict[str, Variable]:
        """Version -> the variable as it was seen then."""
        return dict(self._kept)

    def earlier(self, variable: str) -> dict[str, Variable]:
        """Version -> the variable as it was seen then; not as it is now."""
        now = self._codebook[variable]
        there = {version: then for version, then in self._kept.items() if then.id == variable}
        return {version: then for version, then in sorted(there.items()) if version != now.version}

    def at(self, variable: str, version: str) -> Holding:
        """Return what told which answers to a variable held while it was as it was seen then."""
        then = self._kept.get(version)
        if variable not in self._codebook or then is None or version == self._codebook[variable].version:
            return self
        became = Lineage(self._codebook[variable]).became
        ids = {code.id for code in then.codes}
        codes = tuple(
            code.model_copy(
                update={
                    "was": tuple(
                        o for o, n in became.items() if o not in ids and n == became.get(code.id, code.id)
                    )
                }
            )
            for code in then.codes
        )
        book = Codebook.model_construct(variables=(then.model_copy(update={"codes": codes}),))
        return Holding(book, self._kept, self._changes)

    def unreviewed(self, variable: str, versions: Iterable[str]) -> list[str]:
        """Return the codes whose text changed since some versions without anybody saying how.

        An empty one is the question itself.
        """
        return list(dict.fromkeys(code for code, *_ in self.unreviewed_texts(variable, versions)))

    def unreviewed_texts(self, variable: str, versions: Iterable[str]) -> list[tuple[str, str, str]]:
        """Return code and hash of its text then and now, where nobody has said how it changed."""
        now = self._codebook[variable]
        found: dict[tuple[str, str, str], None] = {}
        for version in versions:
            since = self._since(now, version) if version != now.version else None
            then = self._kept.get(version)
            if since is None or then is None:
                continue
            for code in (code for code, why in since.changed.items() if why == "unreviewed"):
                found[code, _hash(then, code), _hash(now, code)] = None
        return list(found)

    def _since(self, now: Variable, version: str) -> _Since | None:
        key = (now.id, version)
        if key not in self._known:
            then = self._kept.get(version)
            usable = then is not None and then.id == now.id and then.kind == now.kind
            self._known[key] = self._compared(then, now) if usable and then is not None else None
        return self._known[key]

    def _compared(self, then: Variable, now: Variable) -> _Since:
        lineage = Lineage(now)
        active = {code.id: code for code in now.codes if not code.retired}
        changed: dict[str, str] = {}
        if why := self._why(now.id, text_hash(then), text_hash(now)):
            changed[""] = "question" if why == MEANING else why
        met = set()
        for code in then.codes:
            is_now = lineage.became.get(code.id, code.id)
            met.add(is_now)
            if is_now in lineage.split:
                changed[is_now] = "split"
            elif is_now not in active:
                changed[is_now] = "retired"
            elif why := self._why(
                now.id, text_hash(code), text_hash(active[is_now]), is_moved=is_now != code.id
            ):
                changed[is_now] = why
        parts = {part for into in lineage.split.values() for part in into}
        added = tuple(code for code in active if code not in met and code not in parts)
        return _Since(changed, added, self._pointed(active, changed))

    def _pointed(self, active: Mapping[str, Code], changed: Mapping[str, str]) -> dict[str, str]:
        """Return the codes that a text changed in meaning names where it says what does not belong."""
        found: dict[str, str] = {}
        for name in (code for code, why in changed.items() if why == MEANING and code in active):
            text = active[name].exclude
            for other in active.values():
                if text is not None and other.id != name and _names(f"{text.sv} {text.en}", other):
                    found.setdefault(other.id, name)
        return found

    def _why(self, variable: str, before: str, after: str, *, is_moved: bool = False) -> str:
        """Return how a text changed; nothing if it did not, or in its wording alone.

        A code that counts as another needs no word on its text: that was said when it was renamed or merged.
        """
        if before == after or after in self._reached(variable, before, frozenset({WORDING})):
            return ""
        if after in self._reached(variable, before, frozenset({WORDING, MEANING})):
            return MEANING
        return "" if is_moved else "unreviewed"

    def _reached(self, variable: str, start: str, sorts: frozenset[str]) -> set[str]:
        """Return the texts that came of one by changes of these sorts."""
        reached, todo = {start}, [start]
        while todo:
            text = todo.pop()
            for after, sort in self._steps.get((variable, text), ()):
                if sort in sorts and after not in reached:
                    reached.add(after)
                    todo.append(after)
        return reached

    @cached_property
    def _steps(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        """Each text of a variable -> what it was changed into, and of which sort the change was.

        Of two words on the same change the later counts.
        """
        last: dict[tuple[str, str, str], str] = {}
        for row in self._changes.to_dict("records"):
            if row["sort"] and row["before"]:
                last[row["variable"], row["before"], row["after"]] = row["sort"]
        steps: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for (variable, before, after), sort in last.items():
            steps.setdefault((variable, before), []).append((after, sort))
        return steps


def _hash(variable: Variable, code: str) -> str:
    """Return the hash of a code's text, or of the question's."""
    return text_hash(next(one for one in variable.codes if one.id == code) if code else variable)


def _reason(now: Variable, since: _Since, given: list[str], proposed: str) -> Again | None:
    """Return the first reason to look at an answer again, the weightiest first."""
    became = Lineage(now).became
    codes = [became.get(code, code) for code in given]
    for why in ("split", "retired", MEANING, "unreviewed"):
        for code in codes:
            if since.changed.get(code) == why:
                return Again(why, code)
    if "" in since.changed:
        return Again(since.changed[""])
    made = next((one.id for one in now.codes if one.id in since.added and is_made_of(one, proposed)), None)
    if made is not None and made not in codes:
        return Again("added", made)
    if is_none(now, codes) and since.added:
        return Again("added", "|".join(since.added))
    pointed = next((code for code in codes if code in since.pointed), None)
    return Again("neighbour", since.pointed[pointed]) if pointed is not None else None


def is_none(variable: Variable, codes: list[str]) -> bool:
    """Whether an answer says that no code fits."""
    return codes == [NONE_FITS] or (variable.kind == "multiple" and not codes)


def _names(text: str, code: Code) -> bool:
    """Whether a text names a code, by its label or its id, as a word of its own."""
    names = {code.id, *(code.label.in_(lang) for lang in LANGUAGES)}
    words = (re.escape(name.strip()) for name in names if len(name.strip()) > 1)
    return any(re.search(rf"(?<!\w){word}(?!\w)", text, re.IGNORECASE) for word in words)
