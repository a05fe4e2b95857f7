"""What a report says of single notes: their texts in its language, and what of them may be quoted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sekom_analysis.basics.wording import say
from sekom_analysis.study.about import About
from sekom_analysis.study.shown import notes_language
from sekom_analysis.study.study import Study

GLOSS = {"en": "text_en", "sv": "text_sv"}
BETWEEN = " … "


@dataclass(frozen=True)
class Texts:
    """The texts of notes as a report shows them.

    Attributes
    ----------
    written : note_id -> the text, by its gloss in the report's language where there is one
    now : note_id -> how it reads after a new wording, where somebody gave it one
    marked : note_id -> what is said of its language, of notes in another than the report's; nothing where
        that holds for all of them, which is said once
    words : note_id -> the words that coders selected in it, each once
    originals : note_id -> the text as it was written
    about : what the study's file says of quoting; without it nothing is quoted
    """

    written: Mapping[str, str] = field(default_factory=dict)
    now: Mapping[str, str] = field(default_factory=dict)
    marked: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    originals: Mapping[str, str] = field(default_factory=dict)
    about: About | None = None

    def text(self, note: str) -> str:
        """Return how a note reads now, marked where it is in another language than the report."""
        return self.now.get(note) or self._marked(note, self.written.get(note, ""))

    def quote(self, note: str) -> str:
        """Return what may be quoted of a note: its text, the words that coders selected, or nothing."""
        how = self.about.quoted(self.originals.get(note, "")) if self.about else "off"
        words = BETWEEN.join(self.words.get(note, ()))
        return {"off": "", "words": words, "whole": self._marked(note, self.written.get(note, ""))}[how]

    def _marked(self, note: str, text: str) -> str:
        return f"{text} {self.marked[note]}" if text and self.marked.get(note) else text

    @property
    def untranslated(self) -> str:
        """Which wording says that notes are in another language than the report; empty where none is."""
        if not self.marked:
            return ""
        return "report_untranslated_some" if any(self.marked.values()) else "report_untranslated"


def texts_of(study: Study, lang: str) -> Texts:
    """Return the texts of a study's notes for a report in a language."""
    originals = {str(note): str(text) for note, text in study.notes["text"].items()}
    column = GLOSS[lang]
    there = study.notes[column].fillna("").to_dict() if column in study.notes.columns else {}
    glosses = {str(note): str(text) for note, text in there.items() if str(text).strip()}
    wordings = {note: text for note, text in study.wordings().items() if text != originals.get(note)}
    spoken = notes_language(originals.values())
    bare = [note for note in originals if note not in glosses] if spoken not in ("", lang) else []
    mark = say("report_original_language", lang) if glosses else ""
    marked = dict.fromkeys(bare, mark)
    return Texts(originals | glosses, wordings, marked, _selected(study), originals, study.about)


def _selected(study: Study) -> dict[str, tuple[str, ...]]:
    """Return the words that coders selected in each note, in the order of the decisions, each once."""
    decisions = study.decisions()
    own = decisions[decisions["words"] != ""]
    found: dict[str, dict[str, None]] = {}
    for note, seen, words in own[["note_id", "note_hash", "words"]].itertuples(index=False, name=None):
        if note in study.notes.index:
            text = str(study.notes.at[note, "text"])
            spans = study.seen.selected(note, seen, words)
            found.setdefault(str(note), {}).update(dict.fromkeys(text[start:end] for start, end in spans))
    return {note: tuple(parts) for note, parts in found.items()}
