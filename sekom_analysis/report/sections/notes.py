"""The section with every note: what it comes to, who chose what, and why; to search on a screen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.basics.wording import say
from sekom_analysis.consensus.settled import UNRESOLVED, UNSEEN
from sekom_analysis.report.blocks import (
    Block,
    Filter,
    NoteRow,
    NoteTable,
    Section,
    Text,
    chosen_words,
    label_of,
)
from sekom_analysis.results import Results
from sekom_analysis.study.codebook import Variable
from sekom_analysis.study.decisions import OWN

HARD = "\N{NO-BREAK SPACE}"
MOST = 2  # questions about a note beside the one that splits the counts
DISPUTED, OPEN, MEMO = "disputed", "open", "memo"  # what the filters call a note that is so


def notes_section(results: Results) -> Section:
    """Return the table of every note that somebody answered a question about; nothing where nobody did."""
    lang, gathered = results.lang, _Gathered(results)
    rows = [row for note in results.main.index if (row := gathered.row(str(note))) is not None]
    heading = say("report_notes", lang)
    if not rows:
        return Section(heading, [])
    shown = {one.id: gathered.answered[one.id] for one in gathered.variables if one.id in gathered.answered}
    columns = [say(f"column_{key}", lang) for key in ("note", "note_text", "note_final", "note_choices")]
    table = NoteTable(
        say("report_notes_caption", lang), columns, rows, list(gathered.filters()), gathered.switches(),
        shown,
    )  # fmt: skip
    told = "; ".join(label_of(results, name) for name in shown)
    blocks: list[Block] = [Text(say("report_notes_text", lang, variables=told)), table]
    return Section(heading, blocks)


class _Said(NamedTuple):
    """How sure a coder was of an answer, and what they wrote beside it."""

    certainty: str
    memo: str


class _Gathered:
    """What is known of each note, from everybody's answers and from what they come to."""

    def __init__(self, results: Results) -> None:
        self._results, self._lang = results, results.lang
        self.answered: dict[str, list[str]] = defaultdict(list)  # variable -> notes whose rows show it
        self._chosen: set[tuple[str, str]] = set()  # a variable and a code that somebody chose
        self._final: set[tuple[str, str]] = set()  # and those that a note came to
        self._coders: dict[str, None] = {}
        self._marks: set[str] = set()

    @cached_property
    def sides(self) -> list[Variable]:
        """The variables that split the counts of others."""
        results = self._results
        found = {by for table in results.counts.values() for by in results.split_of(table)}
        return [variable for variable in results.study.codebook.variables if variable.id in found]

    @cached_property
    def variables(self) -> list[Variable]:
        """The variables of codes that somebody answered, those that split counts last; else the scales."""
        results = self._results
        answered = set(results.final["variable"]) if len(results.final) else set()
        known = [one for one in results.study.codebook.variables if one.id in answered]
        elsewhere = {one.id for one in self.sides}
        if results.coverage is not None:
            elsewhere.add(results.coverage.variable.id)
        coded = [one for one in known if one.kind != "scale" and one.id not in elsewhere]
        sides = [one for one in known if one in self.sides]
        return [*(coded or [one for one in known if one.kind == "scale"]), *sides]

    @cached_property
    def _settled(self) -> dict[tuple[str, str], dict[str, Any]]:
        rows = self._results.final.to_dict("records")
        return {(str(row["note_id"]), str(row["variable"])): row for row in rows}  # type: ignore[misc]

    @cached_property
    def _answers(self) -> dict[tuple[str, str], list[tuple[str, Any]]]:
        """(note, variable) -> who answered what."""
        found: dict[tuple[str, str], list[tuple[str, Any]]] = defaultdict(list)
        for variable in self.variables:
            table = self._results.everybody[variable.id]
            for coder in table.columns:
                for note, answer in table[coder].dropna().items():
                    found[str(note), variable.id].append((str(coder), answer))
        return found

    @cached_property
    def _said(self) -> dict[tuple[str, str, str], _Said]:
        decisions = self._results.study.decisions()
        own = decisions[decisions["pass"] == OWN[0]]
        keys = zip(own["note_id"], own["variable"], own["coder"], strict=True)
        said = map(_Said, own["certainty"], own["memo"])
        return dict(zip(keys, said, strict=True))

    def row(self, note: str) -> NoteRow | None:
        """Return a note's row; None where nobody answered any of the questions."""
        results, lang = self._results, self._lang
        asked = [
            one for one in self.variables if (note, one.id) in self._answers or self._is_settled(note, one)
        ]
        sides = [one for one in asked if one in self.sides]
        about = [*[one for one in asked if one not in sides][:MOST], *sides]
        if not about:
            return None
        for one in about:
            self.answered[one.id].append(note)
        final = [words for one in about if (words := self._final_words(note, one)) is not None]
        choices = [choice for one in about for choice in self._choices(note, one)]
        memos = list(dict.fromkeys(memo for one in about for memo in self._memos(note, one)))
        marks = {
            DISPUTED: any(note in table.index for one in about if (table := self._disputed(one)) is not None),
            OPEN: any(self._settled.get((note, one.id), {}).get("basis") == UNRESOLVED for one in about),
            MEMO: bool(memos),
        }
        found = [mark for mark, holds in marks.items() if holds]
        self._marks |= set(found)
        told = [say("note_disputed", lang)] if marks[DISPUTED] else []
        tokens = list(dict.fromkeys([*(t for one in about for t in self._tokens(note, one)), *found]))
        return NoteRow(note, results.texts.quote(note), final, choices, memos, told, tokens)

    def _is_settled(self, note: str, variable: Variable) -> bool:
        return bool(self._settled.get((note, variable.id), {}).get("basis", UNSEEN) != UNSEEN)

    def _disputed(self, variable: Variable) -> pd.DataFrame | None:
        return self._results.disputed.get(variable.id)

    def _final_words(self, note: str, variable: Variable) -> tuple[str, str] | None:
        """Return what a note comes to and on what basis; None where nobody with the codebook answered."""
        row = self._settled.get((note, variable.id))
        if row is None or row["basis"] == UNSEEN:
            return None
        return str(row["answer"]), say(f"note_basis_{row['basis']}", self._lang)

    def _choices(self, note: str, variable: Variable) -> Iterator[tuple[str, str]]:
        """Yield what was chosen, what most chose first, each with who chose it and how sure they were."""
        by_choice: dict[str, list[str]] = defaultdict(list)
        for coder, answer in self._answers.get((note, variable.id), ()):
            said = self._said.get((note, variable.id, coder))
            sure = (
                f"{HARD}({say(f'note_sure_{said.certainty}', self._lang)})" if said and said.certainty else ""
            )
            by_choice[chosen_words(variable, _plain(answer), self._lang)].append(f"{coder}{sure}")
        for choice in sorted(by_choice, key=lambda one: -len(by_choice[one])):
            yield choice, ", ".join(by_choice[choice])

    def _memos(self, note: str, variable: Variable) -> Iterator[tuple[str, str]]:
        for coder, _ in self._answers.get((note, variable.id), ()):
            said = self._said.get((note, variable.id, coder))
            if said and said.memo:
                yield coder, said.memo

    # --- what a row is found by -----------------------------------------------------------------------

    @cached_property
    def _numbers(self) -> dict[tuple[str, str], int]:
        """A number for each code of each variable, so that a row can name many of them."""
        codes = [(one.id, code) for one in self.variables for code in (*one.answers, *_retired(one))]
        return {key: number for number, key in enumerate(dict.fromkeys(codes))}

    def _number(self, variable: Variable, code: str) -> int:
        return self._numbers.setdefault((variable.id, code), len(self._numbers))

    def _tokens(self, note: str, variable: Variable) -> Iterator[str]:
        """Yield what a note came to, and each coder's choices by the coder's place."""
        final = self._settled.get((note, variable.id), {}).get("code")
        for code in _codes(final):
            self._final.add((variable.id, code))
            yield f"is{self._number(variable, code)}"
        for coder, answer in self._answers.get((note, variable.id), ()):
            place = list(self._coders).index(coder) if coder in self._coders else len(self._coders)
            self._coders.setdefault(coder)
            for code in _codes(_plain(answer)):
                self._chosen.add((variable.id, code))
                yield f"{place}.{self._number(variable, code)}"

    def filters(self) -> Iterator[Filter]:
        """Yield the lists to choose from, of what there is in the rows; to be asked when these are made."""
        for key, variables in (
            ("category", [one for one in self.variables if one not in self.sides]),
            ("side", self.sides),
        ):
            if groups := self._groups(variables, self._final, "is"):
                yield Filter(key, say(f"note_filter_{key}", self._lang), groups)
        if groups := self._groups(self.variables, self._chosen, ""):
            coders = [(str(place), coder) for place, coder in enumerate(self._coders)]
            yield Filter("coder", say("note_filter_coder", self._lang), [("", coders)])
            yield Filter("chose", say("note_filter_chose", self._lang), groups)

    def _groups(
        self, variables: Sequence[Variable], there: set[tuple[str, str]], before: str
    ) -> list[tuple[str, list[tuple[str, str]]]]:
        found = []
        for variable in variables:
            options = [
                (f"{before}{number}", chosen_words(variable, code, self._lang) if code else self._none())
                for (name, code), number in self._numbers.items()
                if name == variable.id and (name, code) in there
            ]
            found += [(label_of(self._results, variable.id), options)] if options else []
        return found

    def _none(self) -> str:
        return say("reading_empty", self._lang)

    def switches(self) -> list[tuple[str, str]]:
        """Return the filters that are on or off, of what there is in the rows."""
        return [
            (key, say(f"note_filter_{key}", self._lang))
            for key in (DISPUTED, OPEN, MEMO)
            if key in self._marks
        ]


def _retired(variable: Variable) -> list[str]:
    return [code.id for code in variable.codes if code.retired]


def _plain(answer: object) -> Any:
    """Return an answer as codes or as a set of them; a score by its number."""
    return answer if isinstance(answer, str | frozenset) else str(int(answer))  # type: ignore[call-overload]


def _codes(answer: object) -> list[str]:
    """Return the codes of an answer, in one order; of the empty set a code without a name."""
    if isinstance(answer, frozenset):
        return sorted(answer) or [""]
    return answer.split("|") if isinstance(answer, str) else []
