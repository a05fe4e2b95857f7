"""The map of a table of others: which column is what, and what each coder and code is called here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.guarded import read_file
from sekom_analysis.problems import problem_lines
from sekom_analysis.yamlfile import parse_yaml

NO_CODE = "no code"  # has a space, so that no code's id is the same
Doubts = Mapping[tuple[str, ...], str]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Column(_Frozen):
    """A column that holds answers: to which variable, by whom; empty where other columns tell."""

    variable: str = ""
    coder: str = ""


class Map(_Frozen):
    """A whole map.

    Parameters
    ----------
    note : the column that tells the note
    notes_are : whether it holds the notes' ids or their texts
    coder : the column that tells the coder; empty where `answers` or `whose` does
    coders : what it holds -> the coder's id here; an empty id leaves that one out
    whose : the coder of all answers, where no column tells
    variable : the column that tells the variable; empty where `answers` or `path` does
    variables : what it holds, or what a path begins with -> the variable's id here; an empty id leaves it out
    answers : column -> what its answers are to, and by whom
    several : what stands between several codes in a cell; empty: a cell holds one
    path : what stands between a variable and its code in a cell; empty: a cell holds codes alone
    empty : whether an empty cell is unseen, or (of a `multiple`) the answer that no code belongs
    codes : variable -> what stands in the cells -> the code here; an empty code leaves that answer out,
        ``no code`` says (of a `multiple`) that none belongs
    certainty, memo, time, pass_ : columns that tell more; empty: none does
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
    intro : what to tell who edits it, one comment a line
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
