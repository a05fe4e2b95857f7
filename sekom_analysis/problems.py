"""A problem in somebody's file: where it stands, what it is, what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, NamedTuple

from sekom_analysis.wording import Phrase, in_language

if TYPE_CHECKING:
    from pandas import DataFrame

MOST_OF_A_KIND = 10


@dataclass(frozen=True)
class Problem:
    """One thing in a file that somebody has to look at.

    Parameters
    ----------
    file : name of the file
    row : row as a spreadsheet numbers it (the header is row 1); None for the whole file
    what : what is wrong, with the bad value, as a phrase
    todo : what to do about it, as a phrase
    """

    file: str
    row: int | None
    what: str
    todo: str

    @classmethod
    def of(cls, file: str, row: int | None, kind: str, /, **values: object) -> Problem:
        """Return a problem of a kind that stands in ``wording.yaml``, and so can be told in each language.

        Examples
        --------
        >>> Problem.of("plan.csv", 5, "plan_nobody", action="D004").in_("sv").todo
        'skriv vem i kolumnen ”responsible”'
        """
        key = f"problem_{kind}"
        return cls(file, row, Phrase(key, **values), Phrase(f"{key}_todo", **values))

    def in_(self, lang: str) -> Problem:
        """Return the problem told in a language, as far as its words stand in ``wording.yaml``."""
        return Problem(
            self.file, self.row, str(in_language(self.what, lang)), str(in_language(self.todo, lang))
        )


class Fault(NamedTuple):
    """One thing wrong inside plain data: the path to it, what it is, what to do."""

    path: tuple[str | int, ...]
    what: str
    todo: str


class FaultsError(ValueError):
    """Everything wrong inside one model, for a validator to raise."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.what}; {fault.todo}" for fault in faults))
        self.faults = tuple(faults)


def problems_table(problems: Iterable[Problem], lang: str = "en") -> DataFrame:
    """Problems as a table in a language, one row each: file, row, what, todo.

    Examples
    --------
    >>> problems_table([Problem("notes.csv", 3, "the text is empty", "write it")])
            file  row               what      todo
    0  notes.csv    3  the text is empty  write it
    """
    from pandas import DataFrame

    columns = [field.name for field in fields(Problem)]
    table = DataFrame([astuple(problem.in_(lang)) for problem in problems], columns=columns)
    return table.astype({"file": "str", "row": "Int64", "what": "str", "todo": "str"})


def kind_of(problem: Problem) -> str:
    """Return the key that a problem is told by in ``wording.yaml``; empty if it has words of its own."""
    return problem.what.key if isinstance(problem.what, Phrase) else ""


def capped(problems: Sequence[Problem]) -> list[Problem]:
    """Return problems without the eleventh of a kind in a file and those after it, which are counted.

    Examples
    --------
    >>> [one.what for one in capped([Problem("a.csv", row, "odd", "look") for row in range(30)])][-2:]
    ['odd', 'and 20 more of the same kind']
    """
    counts = Counter((problem.file, kind_of(problem)) for problem in problems)
    shown: list[Problem] = []
    met: Counter[tuple[str, str]] = Counter()
    for problem in problems:
        key = problem.file, kind_of(problem)
        met[key] += 1
        if met[key] <= MOST_OF_A_KIND:
            shown.append(problem)
        elif met[key] == counts[key]:
            shown.append(Problem.of(problem.file, None, "more_such", n=counts[key] - MOST_OF_A_KIND))
    return shown


def command_of(problem: Problem) -> str:
    """Return the command that a problem's way out names; empty if it names none.

    Examples
    --------
    >>> command_of(Problem("anna.csv", 2, "a line that cannot be read", "decide again"))
    ''
    """
    command = str(problem.todo.values.get("command", "")) if isinstance(problem.todo, Phrase) else ""
    return command if command in problem.todo else ""


def problem_lines(problems: Iterable[Problem]) -> str:
    """Problems as lines of a message.

    Examples
    --------
    >>> print(problem_lines([Problem("notes.csv", 3, "the text is empty", "write it")]))
    - notes.csv, row 3: the text is empty; write it.
    """
    return "\n".join(f"- {_place(problem)}: {problem.what}; {problem.todo}." for problem in problems)


def _place(problem: Problem) -> str:
    return problem.file if problem.row is None else f"{problem.file}, row {problem.row}"
