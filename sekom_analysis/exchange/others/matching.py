"""Which variable or code is meant by a cell of somebody else's table."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field

from sekom_analysis.basics import wording
from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.wording import problem_lines
from sekom_analysis.basics.yamlfile import parse_yaml
from sekom_analysis.formats.guarded import read_file
from sekom_analysis.study.codebook import NONE_FITS, NONE_FITS_LABEL, Codebook, Variable
from sekom_analysis.study.points import point_named
from sekom_analysis.study.rows import answer_fault, note_hash

# --- what a cell of somebody else's table says, as their program writes it ----------------------------


NO_ANSWER = ("<no annotation>", "<no label>")  # INCEpTION: nothing marked there, or marked and not labelled
_KEYS = ("choices", "rating", "number", "text", "taxonomy")  # Label Studio: what was asked -> what was said
_SPAN = re.compile(r"\d+-\d+ \[(.*)\]", re.DOTALL)  # INCEpTION: where a passage is, and what it says


def is_unsaid(cell: str) -> bool:
    """Whether a program says in so many words that nobody answered."""
    return cell.strip() in NO_ANSWER


def parts(cell: str, several: str) -> list[str]:
    """Return the values of a cell: one, or several as a program joins them.

    Examples
    --------
    >>> parts("Tid#Pengar", "#"), parts('{"choices": ["Tid", "Pengar"]}', ""), parts(" Tid ", "")
    (['Tid', 'Pengar'], ['Tid', 'Pengar'], ['Tid'])
    >>> parts('[{"rating": 4}]', ""), parts('[{"taxonomy": [["Resurser", "Tid"]]}]', "")
    (['4'], ['Resurser/Tid'])
    """
    if is_unsaid(cell):
        return []
    listed = _listed(cell)
    if listed is None:
        listed = cell.split(several) if several else [cell]
    return [part.strip() for part in listed if part.strip()]


def remark_of(cell: str) -> str:
    r"""Return the text of a cell of remarks; several are on a line each.

    Examples
    --------
    >>> remark_of('{"text": ["därför", "och sen"]}'), remark_of(" hm ")
    ('därför\noch sen', ' hm ')
    """
    listed = _listed(cell)
    return cell if listed is None else "\n".join(listed)


def passage(cell: str) -> str:
    """Return the passage that a cell quotes with its place; the cell itself if it does not.

    Examples
    --------
    >>> passage("0-11 [Ojämn nivå]"), passage("Ojämn nivå")
    ('Ojämn nivå', 'Ojämn nivå')
    """
    found = _SPAN.fullmatch(cell.strip())
    return found[1] if found else cell


def values_of(cells: Iterable[str], several: str) -> list[str]:
    """Return the different values of a column, in the order in which they come."""
    return list(dict.fromkeys(part for cell in dict.fromkeys(cells) for part in parts(cell, several)))


def steps(value: str, path: str) -> Iterator[tuple[str, str]]:
    """Yield every way to take a path apart into what it begins with and the rest.

    Examples
    --------
    >>> list(steps("Teman/Tid/Brist", "/"))
    [('Teman', 'Tid/Brist'), ('Teman/Tid', 'Brist')]
    """
    pieces = value.split(path)
    for count in range(1, len(pieces)):
        yield path.join(pieces[:count]).strip(), path.join(pieces[count:]).strip()


def _listed(cell: str) -> list[str] | None:
    if cell.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return _said(json.loads(cell))
    except (ValueError, RecursionError):
        return None


def _said(data: object) -> list[str] | None:
    """Return what JSON says, all of it; None if some of it is not an answer as programs write them."""
    if isinstance(data, list):
        said = [_said(part) if isinstance(part, dict) else _one(part) for part in data]
        return None if None in said else [text for texts in said for text in texts or ()]
    if isinstance(data, dict) and len(data) == 1:
        (key, value), *_ = data.items()
        return _said(value if isinstance(value, list) else [value]) if key in _KEYS else None
    return None


def _one(part: object) -> list[str] | None:
    if isinstance(part, list):  # a path down a tree of choices
        return ["/".join(map(str, part))]
    return [str(part)] if isinstance(part, str | int | float) and not isinstance(part, bool) else None


# --- the map of a table of others: which column is what, and what each coder and code is called here ---


NO_CODE = "no code"  # has a space, so that no code's id is the same
Doubts = Mapping[tuple[str, ...], str]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Column(_Frozen):
    """A column that holds answers: to which variable, by whom; empty where other columns say."""

    variable: str = ""
    coder: str = ""


class Map(_Frozen):
    """A whole map.

    Parameters
    ----------
    note : the column that says which note it is
    notes_are : whether it holds the notes' ids or their texts
    coder : the column that says who the coder is; empty where `answers` or `whose` does
    coders : what it holds -> the coder's id here; an empty id leaves that one out
    whose : the coder of all answers, where no column says
    variable : the column that says which variable it is; empty where `answers` or `path` does
    variables : what it holds, or what a path begins with -> the variable's id here; an empty id leaves it out
    answers : column -> what its answers are to, and by whom
    several : what separates several codes in a cell; empty: a cell holds one
    path : what separates a variable from its code in a cell; empty: a cell holds codes alone
    empty : whether an empty cell is unseen, or (of a `multiple`) the answer that no code belongs
    codes : variable -> what the cells say -> the code here; an empty code leaves that answer out,
        ``no code`` says (of a `multiple`) that none belongs
    certainty, memo, time, pass_ : columns that say more; empty: none does
    """

    note: str
    notes_are: Literal["ids", "texts"] = "ids"
    coder: str = ""
    coders: dict[str, str] = {}
    whose: str = ""
    variable: str = ""
    variables: dict[str, str] = {}
    answers: dict[str, Column]
    several: str = ""
    path: str = ""
    empty: Literal["unseen", "none"] = "unseen"
    codes: dict[str, dict[str, str]] = {}
    certainty: str = ""
    memo: str = ""
    time: str = ""
    pass_: str = Field(default="", alias="pass")

    @property
    def columns(self) -> list[str]:
        """Every column that the map names."""
        named = [self.note, self.coder, self.variable, self.certainty, self.memo, self.time, self.pass_]
        return [name for name in [*named, *self.answers] if name]


def read_map(path: Path) -> Map:
    """Read a map.

    Raises
    ------
    ExchangeError
        With every problem and its row.
    """
    try:
        text = read_file(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        msg = f"The map '{path.name}' is not UTF-8 text; save it as such. Nothing was saved."
        raise ExchangeError(msg) from None
    found, problems = parse_yaml(text, Map, path.name)
    if found is None:
        msg = f"The map cannot be used:\n{problem_lines(problems)}\nNothing was saved."
        raise ExchangeError(msg)
    return found


def map_text(found: Map, doubts: Doubts, intro: str) -> str:
    """Return a map as the text of a file to edit, what is doubtful marked.

    Parameters
    ----------
    found : what is proposed
    doubts : path in the map, such as ``("codes", "themes", "Tid")`` -> why it is doubtful
    intro : what to say to whoever edits it, one comment per line
    """
    rows = [f"# {line}".rstrip() for line in intro.splitlines()]
    plain = found.model_dump(by_alias=True)
    for key, value in plain.items():
        rows += _rows((key,), value, doubts)
    return "\n".join(rows) + "\n"


def _rows(path: tuple[str, ...], value: object, doubts: Doubts) -> Iterator[str]:
    indent = "  " * (len(path) - 1)
    name = path[-1] if len(path) == 1 else _quoted(path[-1])
    doubt = f"  # doubtful: {doubts[path]}" if path in doubts else ""
    if isinstance(value, dict) and value:
        yield f"{indent}{name}:{doubt}"
        for key, part in value.items():
            yield from _rows((*path, str(key)), part, doubts)
    else:
        yield f"{indent}{name}: {'{}' if isinstance(value, dict) else _quoted(str(value))}{doubt}"


def _quoted(text: str) -> str:
    return yaml.safe_dump(text, allow_unicode=True, default_style='"', width=10**9).strip()


# --- which variable or code is meant by a cell of somebody else's table -------------------------------


_ALIKE = 0.85
_STEPS = re.compile(r"[/:>\\]")
_JOINTS = re.compile(r"[\s_\-./]+")


class Meant(NamedTuple):
    """An id that a text means; none, or one that is not sure, with the reason."""

    id: str
    doubt: str = ""


def same(text: str) -> str:
    r"""Return a text without what does not tell two apart: capitals, spaces, composed letters.

    Examples
    --------
    >>> same("  För  lite TID ") == same("fo\u0308r lite tid")
    True
    """
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def end_of(text: str) -> str:
    """Return the last step of a path in a tree of codes; a text that is not a path as it is.

    Examples
    --------
    >>> end_of("Resurser/För lite tid"), end_of("Tid")
    ('För lite tid', 'Tid')
    """
    return _STEPS.split(text)[-1].strip()


def code_names(variable: Variable) -> dict[str, list[str]]:
    """Return what the answers of a variable may be called -> their ids.

    A code may have its variable behind it, as our own projects name codes that two variables have.
    """
    names: dict[str, list[str]] = {}
    for code in variable.codes:
        if not code.retired:
            labels = (code.id, code.label.sv, code.label.en)
            longer = (
                f"{code.label.sv} ({variable.label.sv})",
                f"{code.label.en} ({variable.label.en})",
            )
            for name in dict.fromkeys(map(same, (*labels, *longer))):
                names.setdefault(name, []).append(code.id)
    if variable.allows_none_fits:
        for name in dict.fromkeys(map(same, (NONE_FITS, *NONE_FITS_LABEL.values()))):
            names.setdefault(name, []).append(NONE_FITS)
    return names


def _none_names() -> frozenset[str]:
    """Return what our own projects call the answer that no code belongs."""
    return frozenset(same(wording.say("refi_none_chosen", lang)) for lang in ("sv", "en"))


def meant_code(variable: Variable, text: str) -> Meant:
    """Return the code that a text means.

    Examples
    --------
    >>> book = Codebook.model_validate({"variables": [{"id": "v", "kind": "single", "label": "V",
    ...     "codes": [{"id": "tid", "label": {"sv": "För lite tid", "en": "Lack of time"}}]}]})
    >>> [meant_code(book["v"], text).id for text in ("TID", " lack  of time", "Ont om tid")]
    ['tid', 'tid', '']
    >>> meant_code(book["v"], "Resurser/För lite tid")
    Meant(id='tid', doubt='only its end is called so')
    """
    if variable.kind == "scale":
        plain = text.strip()
        return Meant(point_named(variable, plain) if answer_fault(variable, plain) else plain)
    found = meant(code_names(variable), text)
    says_none = re.sub(r" \(.*\)$", "", same(text)) in _none_names()
    return Meant(NO_CODE) if says_none and variable.kind == "multiple" and not found.id else found


def is_surely(variable: Variable, names: Mapping[str, list[str]], text: str) -> bool:
    """Whether a text is an answer to a variable beyond doubt; `names` as `code_names` gives them."""
    if variable.kind == "scale":
        return not answer_fault(variable, text.strip()) or bool(point_named(variable, text))
    return len(names.get(same(text), ())) == 1


def meant_variable(codebook: Codebook, text: str) -> Meant:
    """Return the variable that a text means."""
    names: dict[str, list[str]] = {}
    for variable in codebook.variables:
        for name in dict.fromkeys(map(same, (variable.id, variable.label.sv, variable.label.en))):
            names.setdefault(name, []).append(variable.id)
    return meant(names, text)


def meant(names: Mapping[str, list[str]], text: str) -> Meant:
    """Return the id that a text means: by its name, or doubtfully by one like it."""
    wanted = same(text)
    plain = {_JOINTS.sub("", name): name for name in names}
    exact = wanted if wanted in names else plain.get(_JOINTS.sub("", wanted))
    if exact is not None:
        ids = names[exact]
        return Meant(ids[0]) if len(ids) == 1 else Meant("", f"it could be any of {', '.join(ids)}")
    end = same(end_of(text))
    if end != wanted and len(names.get(end, ())) == 1:
        return Meant(names[end][0], "only its end is called so")
    near = get_close_matches(wanted, list(names), n=1, cutoff=_ALIKE)
    if near and len(names[near[0]]) == 1:
        return Meant(names[near[0]][0], f"it is called '{near[0]}' here")
    return Meant("", "nothing here is called so")


# --- which note of a study is meant by a cell of somebody else's table --------------------------------


_FILE = re.compile(r"(.+)\.[A-Za-z0-9]{1,5}")


class NoteFinder:
    """Finds notes by their ids or texts; what could be two notes is none.

    Parameters
    ----------
    notes : the N notes of a study

    Examples
    --------
    >>> notes = pd.DataFrame({"text": ["Ojämn nivå", "Viljan finns"]}, index=["n1", "n2"])
    >>> finder = NoteFinder(notes)
    >>> finder.find(" N1", "ids"), finder.find("n1.txt", "ids"), finder.find("0-12 [Viljan finns]", "texts")
    ('n1', 'n1', 'n2')
    """

    def __init__(self, notes: pd.DataFrame) -> None:
        ids = [str(note) for note in notes.index]
        self._exact = {note: note for note in ids}
        self._by_id = _only((same(note), note) for note in ids)
        self._by_text = _only((note_hash(str(text)), str(note)) for note, text in notes["text"].items())

    def find(self, cell: str, notes_are: str) -> str:
        """Return the id of the note that is meant; empty if none is, or more than one."""
        if notes_are == "texts":
            return self._by_text.get(note_hash(cell)) or self._by_text.get(note_hash(passage(cell)), "")
        found = self._called(cell)
        file = None if found else _FILE.fullmatch(cell.strip())
        return self._called(file[1]) if file else found

    def _called(self, name: str) -> str:
        return self._exact.get(name.strip()) or self._by_id.get(same(name), "")


def _only(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Keep what means one note alone."""
    notes: dict[str, set[str]] = {}
    for name, note in pairs:
        notes.setdefault(name, set()).add(note)
    return {name: found.pop() for name, found in notes.items() if len(found) == 1}
