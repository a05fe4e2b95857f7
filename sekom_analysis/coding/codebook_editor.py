"""The editor of a variable's codes in JupyterLab: what it shows, and what it does with what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from sekom_analysis.basics import wording
from sekom_analysis.basics.errors import CodebookError, DecisionError, NotSavedError
from sekom_analysis.coding.jupyter import Card
from sekom_analysis.coding.page import script
from sekom_analysis.coding.session import Message
from sekom_analysis.study import codebook_editing as editing
from sekom_analysis.study.decisions import coder_fault
from sekom_analysis.study.lineage import changes_ledger
from sekom_analysis.study.shown import shown_context
from sekom_analysis.study.study import Study

STYLES = ("card.css", "editor.css")


class EditorSession:
    """One person at the codes of a variable. Knows no widget.

    Of answers it shows how many there are of each code, and of notes those that this person coded.

    Parameters
    ----------
    study : an opened study
    variable : id of a variable with codes
    by : who changes them, an id like a coder's
    lang : language of the texts, ``"sv"`` or ``"en"``

    Raises
    ------
    CodebookError, DecisionError
        If there is no such variable, it has no codes, or the id cannot be used.
    """

    def __init__(self, study: Study, variable: str, by: str, *, lang: str = "sv") -> None:
        if fault := coder_fault(by):
            msg = f"{fault}. Nothing was saved."
            raise DecisionError(msg)
        if study.codebook[variable].kind == "scale":
            msg = f"'{variable}' is a scale and has no codes to rename, merge or split."
            raise CodebookError(msg)
        self.study, self.variable, self.by = study, variable, by
        self.lang = wording.check_language(lang)

    def data(self) -> Message:
        """Return what the editor shows: the codes with their texts and the numbers of answers."""
        variable = self.study.codebook[self.variable]
        counts = Counter(
            code for codes in self.study.decisions(self.variable)["codes"] for code in codes.split("|")
        )
        texts = ("definition", "include", "exclude", "example")
        return {
            "card": "codebook",
            "lang": self.lang,
            "texts": wording.texts("editor_", self.lang),
            "label": variable.label.in_(self.lang),
            "codes": [
                {
                    "id": code.id,
                    "label": code.label.in_(self.lang),
                    "n": counts[code.id],
                    "texts": [
                        text.in_(self.lang) for name in texts if (text := getattr(code, name)) is not None
                    ],
                    "before": list(code.was),
                }
                for code in variable.codes
                if not code.retired
            ],
            "undo": not changes_ledger(self.study.root).read().history.empty,
        }

    def receive(self, message: Message) -> list[Message]:
        """Take a message of the editor and return the answers to it."""
        try:
            if message.get("kind") == "notes":
                return [{"kind": "notes", "code": message["code"], "notes": self._notes(message["code"])}]
            if message.get("kind") == "plan":
                return [{"kind": "planned", "lines": self._plan(message["act"]).lines_in(self.lang)}]
            if message.get("kind") == "save":
                self._save(message["act"], str(message.get("reason", "")))
                return [{"kind": "saved", "data": self.data()}]
        except (CodebookError, DecisionError, NotSavedError) as error:
            return [{"kind": "refused", "text": str(error)}]
        return []

    def _plan(self, act: Message) -> editing.Planned:
        """Return the change that was drawn or typed."""
        study, variable = self.study, self.variable
        plans: dict[str, Callable[[], editing.Planned]] = {
            "rename": lambda: editing.rename(
                study, variable, act["code"], label=act["label"], lang=self._one(act)
            ),
            "merge": lambda: editing.merge(study, variable, [act["code"]], act["into"]),
            "split": lambda: editing.split(study, variable, act["code"], self._parts(act)),
            "retire": lambda: editing.retire(study, variable, act["code"]),
            "add": lambda: editing.add(study, variable, self._free_id(act["label"]), label=act["label"]),
            "undo": lambda: editing.undo(study),
        }
        return plans[act["name"]]()

    def _one(self, act: Message) -> str:
        """Return the language to write a label in: both at once where they are the same now."""
        code = next((one for one in self.study.codebook[self.variable].codes if one.id == act["code"]), None)
        return "" if code is None or code.label.sv == code.label.en else self.lang

    def _parts(self, act: Message) -> list[tuple[str, str]]:
        taken: set[str] = set()
        parts = []
        for part in act["parts"]:
            made = self._free_id(part["label"], taken)
            taken.add(made)
            parts.append((made, part["label"]))
        return parts

    def _free_id(self, label: str, taken: set[str] | frozenset[str] = frozenset()) -> str:
        """Return an id made of a label, which no code has or had."""
        from sekom_analysis.study.codebook_words import made_id

        if not label.strip():
            raise CodebookError(wording.say("editor_no_name", self.lang))
        codes = self.study.codebook[self.variable].codes
        there = {code.id for code in codes} | {old for code in codes for old in code.was}
        return made_id(label, there | taken, "code")

    def _save(self, act: Message, reason: str) -> None:
        """Make a change; what was sorted into the parts of a split code is this person's own answer."""
        parts = self._parts(act) if act["name"] == "split" else []
        self.study = self._plan(act).save(self.by, reason)
        sorted_ = [
            {"note_id": note_id, "variable": self.variable, "codes": code, "via": "card"}
            for (code, _), part in zip(parts, act.get("parts", []), strict=False)
            for key in part.get("notes", [])
            if (note_id := self.study.note_of(key)) is not None
        ]
        if sorted_:
            self.study.record(self.by, sorted_)

    def _notes(self, code: str) -> list[Message]:
        """Return the notes that this person coded with a code and nothing else."""
        own = self.study.desk(self.by).decisions()
        chosen = own[(own["variable"] == self.variable) & (own["codes"] == code)]
        keys = self.study.note_keys
        return [
            {
                "key": keys[note],
                "text": str(self.study.notes.at[note, "text"]),
                "context": shown_context(self.study.seen, note, self.lang),
            }
            for note in dict.fromkeys(chosen["note_id"])
            if note in keys
        ]


class CodebookEditor(Card):
    """The codes of a variable as a list: renamed in place, merged by dragging, split by choosing notes."""

    _css = script(*STYLES)


def edit_codebook(study: Study, variable: str, by: str, *, lang: str = "sv") -> CodebookEditor:
    """Return the editor of a variable's codes, as a notebook shows it.

    Each change is said before it is made, with how many answers it touches; it asks for a reason, and the
    last one can be taken back. Logs are never touched.

    Parameters
    ----------
    study, variable, by, lang : as in `EditorSession`
    """
    return CodebookEditor(EditorSession(study, variable, by, lang=lang))
