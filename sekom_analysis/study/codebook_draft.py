"""A codebook's file as data that can be changed, in YAML with its comments, or in Excel."""

from __future__ import annotations

import io
import re
from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

from sekom_analysis.basics.errors import CodebookError
from sekom_analysis.basics.wording import LANGUAGES, problem_lines
from sekom_analysis.basics.yamlfile import check_data, parse_yaml
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.study.codebook_table import read_codebook_file, write_codebook_file
from sekom_analysis.study.raw import codebook_file
from sekom_analysis.study.study import Study

_ID = re.compile(r"[a-z0-9_]{1,40}")
Entry = MutableMapping[str, Any]


class Draft:
    """The codebook's file as data that can be changed, and written with its comments.

    Parameters
    ----------
    study : an opened study
    kept : a file that holds the codebook as it once was, to go into the place of the present one
    """

    def __init__(self, study: Study, kept: Path | None = None) -> None:
        self.study, self.path = study, study.root / codebook_file(study.root)
        self.is_yaml = self.path.suffix == ".yaml"
        if self.is_yaml:
            text = (kept or self.path).read_text(encoding="utf-8-sig")
            self._yaml = _round_trip(text)
            self.doc = self._yaml.load(text)
        else:
            book = read_codebook_file(kept)[0] if kept is not None else study.codebook
            self.doc = (book or study.codebook).model_dump(mode="json", by_alias=True, exclude_defaults=True)
            for one in self.doc["variables"]:
                if one.get("codes_from"):
                    one.pop("codes", None)

    def variable(self, name: str) -> Entry:
        """Return the variable that holds the codes of one: itself, or whose codes it takes."""
        lender = self.study.codebook[name].codes_from or name
        return next(one for one in self.doc["variables"] if str(one["id"]) == lender)

    def question(self, name: str) -> Entry:
        """Return a variable itself."""
        found: Entry = next(one for one in self.doc["variables"] if str(one["id"]) == name)
        return found

    def codes(self, name: str) -> list[Entry]:
        """Return the codes of a variable."""
        found: list[Entry] = self.variable(name)["codes"]
        return found

    def code(self, name: str, code: str) -> Entry:
        """Return one code of a variable.

        Raises
        ------
        CodebookError
            If there is none of that id.
        """
        for one in self.codes(name):
            if str(one["id"]) == code:
                return one
        there = ", ".join(str(one["id"]) for one in self.codes(name))
        msg = f"There is no code '{code}' in '{name}'; there are: {there}. Nothing was changed."
        raise CodebookError(msg)

    def checked(self) -> Codebook:
        """Return the codebook that the data makes.

        Raises
        ------
        CodebookError
            If it makes none.
        """
        if self.is_yaml:
            made, problems = parse_yaml(self.text(), Codebook, self.path.name)
        else:
            made, problems = check_data(self.doc, Codebook, self.path.name, lambda _: 1)
        if made is None or problems:
            msg = f"The codebook would not be one any more:\n{problem_lines(problems)}\nNothing was changed."
            raise CodebookError(msg)
        return made

    def text(self) -> str:
        """Return the YAML, with its comments."""
        out = io.StringIO()
        self._yaml.dump(self.doc, out)
        return out.getvalue()

    def data(self) -> bytes:
        """Return what the file is to hold."""
        if self.is_yaml:
            return self.text().encode("utf-8")
        draft = self.study.root / ".sekom" / "codebook-draft.xlsx"
        draft.parent.mkdir(exist_ok=True)
        try:
            return write_codebook_file(self.checked(), draft, in_study=True).read_bytes()
        finally:
            draft.unlink(missing_ok=True)


def _round_trip(text: str) -> Any:
    """Return what reads and writes YAML with its comments, indented as the text is."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes, yaml.width, yaml.allow_unicode = True, 1_000_000, True
    first = re.search(r"^( *)- ", text, re.MULTILINE)
    if first and first[1]:
        yaml.indent(mapping=2, sequence=len(first[1]) + 2, offset=len(first[1]))
    return yaml


# --- the small steps ----------------------------------------------------------------------------------


def check_new(book: Draft, variable: str, code: str) -> None:
    """Raise `CodebookError` if a code cannot have an id: it cannot be one, or it is taken."""
    if not _ID.fullmatch(code):
        msg = f"'{code}' cannot be an id: allowed are 1–40 of a–z, 0–9 and _. Nothing was changed."
        raise CodebookError(msg)
    codes = book.codes(variable)
    taken = {str(one["id"]) for one in codes} | {str(old) for one in codes for old in one.get("was", [])}
    own = {str(one["id"]): [str(old) for old in one.get("was", [])] for one in codes}
    if code in own or (code in taken and not any(code in was for was in own.values())):
        msg = f"There is a code '{code}' in '{variable}' already. Nothing was changed."
        raise CodebookError(msg)


def give_id(book: Draft, variable: str, entry: Entry, new: str) -> None:
    """Give a code another id; what counted as it counts as it still."""
    old = str(entry["id"])
    other = next(
        (one for one in book.codes(variable) if new in map(str, one.get("was", [])) and one is not entry),
        None,
    )
    if other is not None:
        msg = f"'{new}' counts as '{other['id']}' already, so no other code can have it. Nothing was changed."
        raise CodebookError(msg)
    entry["id"] = new
    add_to(entry, "was", [old])
    left = [str(one) for one in entry["was"] if str(one) != new]
    if left:
        entry["was"] = left
    else:
        del entry["was"]
    replace_part(book, variable, old, new)


def replace_part(book: Draft, variable: str, old: str, new: str) -> None:
    """Name a code by its new id where another was split into it."""
    for one in book.codes(variable):
        if parts := [str(part) for part in one.get("split_into", [])]:
            made = list(dict.fromkeys(new if part == old else part for part in parts))
            if made != parts:
                one["split_into"] = made


def add_to(entry: Entry, name: str, ids: Sequence[str]) -> None:
    """Add ids to a list of a code, each once."""
    entry[name] = list(dict.fromkeys([*map(str, entry.get(name, [])), *ids]))


def put_text(entry: Entry, part: str, text: str, lang: str) -> None:
    """Put a text into a part; in one language where it has two."""
    there = entry.get(part)
    if not lang:
        entry[part] = text
    elif isinstance(there, MutableMapping):
        there[lang] = text
    else:
        both = dict.fromkeys(LANGUAGES, text) if there is None else {one: str(there) for one in LANGUAGES}
        entry[part] = both | {lang: text}
