"""What a coder is shown of notes and variables, and of a codebook that has changed: old and new texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sekom_analysis.study.codebook import NONE_FITS, NONE_FITS_LABEL, Code, Codebook, Variable
from sekom_analysis.study.lineage import MEANING, Again, Holding, Lineage, places, text_hash
from sekom_analysis.study.notes import NotesSeen, context_name

Shown = dict[str, Any]

# --- a note and a variable, in one language -----------------------------------------------------------


def shown_context(seen: NotesSeen, note_id: str, lang: str) -> list[list[str]]:
    """Return name and text of what a card shows beside a note."""
    return [[context_name(name, lang), cell] for name, cell in seen.context_of(note_id)]


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
        return [{"id": number, "label": number} for number in variable.answers]
    codes = [{**_code(code, lang), "place": place[code.id]} for code in variable.codes if not code.retired]
    if variable.allows_none_fits:
        codes.append({"id": NONE_FITS, "label": NONE_FITS_LABEL[lang]})
    return codes


def _code(code: Code, lang: str) -> Shown:
    texts = {name: getattr(code, name) for name in ("definition", "include", "exclude", "example")}
    shown = {name: text.in_(lang) for name, text in texts.items() if text is not None}
    return {"id": code.id, "label": code.label.in_(lang), **shown}


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
