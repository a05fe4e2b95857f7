"""What is said of a table of notes on the command line, and asked; else the commands to choose from."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from sekom_analysis.basics.errors import StudyError, TableError
from sekom_analysis.basics.files import as_typed
from sekom_analysis.cli.app import console

if TYPE_CHECKING:
    from sekom_analysis.exchange.finding import UnclearError
    from sekom_analysis.exchange.notes_file import NotesRead

FLAGS = {"all_rows": "--all-rows", "personal": "--personal"}
Made = TypeVar("Made")

# Options of new and of import: what is what in a table of notes.
Sheet = Annotated[str | None, typer.Option("--sheet", help="The sheet with the notes.")]
Header = Annotated[
    int | None,
    typer.Option(
        "--header", metavar="ROW", min=0, help="The row with the columns' names; 0 if there is none."
    ),
]
Texts = Annotated[
    str | None,
    typer.Option(
        "--text", metavar="COLUMN[,COLUMN]", help="The texts; of several columns, each filled cell."
    ),
]
Ids = Annotated[str | None, typer.Option("--id", metavar="COLUMN", help="The notes' ids.")]
Encoding = Annotated[
    str | None,
    typer.Option("--encoding", help="Of a text table, such as mac_roman; left out, it is found out."),
]
AllRows = Annotated[
    bool, typer.Option("--all-rows", help="Take a last row that looks like a sum as a note too.")
]
Yes = Annotated[
    bool, typer.Option("--yes", help="Leave out a last row that looks like a sum without asking.")
]
WISHES = "--sheet, --header, --text, --id, --encoding, --all-rows and --yes say what is what in"


def notes_asked(path: Path, command: list[str], wish: dict[str, Any], *, is_yes: bool) -> NotesRead:
    """Return the notes of a table; what is unclear in it is asked on a terminal.

    Parameters
    ----------
    path : the table
    command : what was typed, without what says what is what in the table
    wish : what was said of the table: the arguments of `read_notes`
    is_yes : whether a sum at the end is left out without a question

    Raises
    ------
    StudyError
        If the table cannot be read, or something is unclear and nobody is there to ask; with a command for
        each choice.
    """
    from sekom_analysis.exchange.notes_file import read_notes

    refused = "No study was made."
    try:
        return asked(lambda said: read_notes(path, **said), command, wish, is_yes=is_yes, refused=refused)
    except TableError as error:
        msg = f"{refused} {error}"
        raise StudyError(msg) from error


def asked(
    act: Callable[[dict[str, Any]], Made],
    command: list[str],
    wish: dict[str, Any],
    *,
    is_yes: bool,
    refused: str,
) -> Made:
    """Return what comes of a table of notes once it is clear; see `notes_asked`.

    Parameters
    ----------
    act : what is to be done with what was said of the table
    refused : what did not happen, where something is unclear
    """
    from sekom_analysis.exchange.finding import UnclearError

    if wish["all_rows"] is None and (is_yes or not _somebody_is_there()):
        wish = {**wish, "all_rows": False}  # what is left out is said, row by row
    while True:
        try:
            return act(wish)
        except UnclearError as unclear:
            if not _somebody_is_there():
                msg = f"{refused} {_commands(unclear, command, wish)}"
                raise StudyError(msg) from unclear
            wish = _with_choice(wish, unclear, _answer(unclear))


def _somebody_is_there() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _commands(unclear: UnclearError, command: list[str], wish: dict[str, Any]) -> str:
    """Return what is unclear, and the command for each way out."""
    lines = [f"{unclear.question} Give the command again with one of these:"]
    for choice in unclear.choices:
        lines += [f"- {choice.shown}", f"  {_typed(command, _with_choice(wish, unclear, choice.value))}"]
    return "\n".join(lines)


def _with_choice(wish: dict[str, Any], unclear: UnclearError, value: Any) -> dict[str, Any]:
    """Return what is said of a table, with what was chosen where it was unclear."""
    if unclear.option == "personal":  # show it, or leave it out of the context
        is_shown = value == unclear.choices[0].value
        return {**wish, "personal": True} if is_shown else {**wish, "context": value or None}
    return {**wish, unclear.option: int(value) if unclear.option == "header" else value}


def _typed(command: list[str], wish: dict[str, Any]) -> str:
    words = list(command)
    for name, value in wish.items():
        if value is True:
            words.append(FLAGS[name])
        elif value is not None and value is not False:
            words += [f"--{name}", str(value)]
    return " ".join(as_typed(word) for word in words)


def _answer(unclear: UnclearError) -> Any:
    out = console()
    out.print(unclear.question, soft_wrap=True)
    if unclear.option == "all_rows":
        for choice in unclear.choices:
            out.print(f"  {choice.shown}", soft_wrap=True)
        return not typer.confirm("Leave it out?", default=True)
    for number, choice in enumerate(unclear.choices, start=1):
        out.print(f"  {number}  {choice.value}: {choice.shown}", soft_wrap=True)
    last = len(unclear.choices)
    number = 0
    while not 1 <= number <= last:
        number = typer.prompt(f"Which one (1–{last})?", type=int)
    return unclear.choices[number - 1].value
