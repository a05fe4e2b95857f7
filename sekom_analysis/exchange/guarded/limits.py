"""How much of a stranger's file is read, and what is said of one that is refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sekom_analysis.errors import ExchangeError
from sekom_analysis.problems import Problem, problem_lines

MEGABYTE = 1_000_000
SAVE_AGAIN = "open it in the program that made it, and save it again"
_MOST_LISTED = 20


@dataclass(frozen=True)
class Limits:
    """How much of a stranger's file is taken into memory.

    Parameters
    ----------
    file_bytes : size of a file that is read whole
    entries : number of files in an archive
    entry_bytes : size of one of them, unpacked
    total_bytes : sizes of all that are read, together
    ratio : how many times larger an entry may be than what it is packed into
    free_bytes : an entry of this size or less may have any ratio
    xml_parts : number of elements and attributes of an XML document
    xml_depth : how deep its elements may lie in each other
    xml_names : number of different names that its elements and attributes have
    xml_tag : size of one tag with its attributes, or of a comment
    """

    file_bytes: int = 100 * MEGABYTE
    entries: int = 50_000
    entry_bytes: int = 100 * MEGABYTE
    total_bytes: int = 300 * MEGABYTE
    ratio: int = 200
    free_bytes: int = 5 * MEGABYTE
    xml_parts: int = 1_500_000
    xml_depth: int = 200
    xml_names: int = 20_000
    xml_tag: int = 1 * MEGABYTE


LIMITS = Limits()


def read_file(path: Path, limits: Limits = LIMITS) -> bytes:
    """Return what a file holds, or say why it cannot be had.

    Raises
    ------
    ExchangeError
        If it is not there, may not be read, is a folder, or is larger than the limit.
    """
    with opened(path) as file:
        data = file.read(limits.file_bytes + 1)
    if len(data) > limits.file_bytes:
        what = f"it is larger than {megabytes(limits.file_bytes)}"
        raise refusal(path.name, what, "leave out of it what is not to be read")
    return data


def refusal(file: str, what: str, todo: str) -> ExchangeError:
    """Return the error for a file of which nothing can be taken."""
    return refusal_of([Problem(file, None, what, todo)])


def refusal_of(problems: list[Problem]) -> ExchangeError:
    """Return the error that lists why nothing can be taken of a file."""
    shown = problem_lines(problems[:_MOST_LISTED])
    more = f"\n- and {len(problems) - _MOST_LISTED} more." if len(problems) > _MOST_LISTED else ""
    error = ExchangeError(f"It cannot be read:\n{shown}{more}\nNothing was saved.")
    error.problems = tuple(problems)
    return error


def opened(path: Path) -> IO[bytes]:
    """Return a file opened for reading, or say why it cannot be."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise refusal(path.name, "there is no such file", "check the name and the folder") from None
    except (OSError, ValueError) as error:
        if path.is_dir():
            raise refusal(path.name, "it is a folder", "name a file in it") from None
        reason = getattr(error, "strerror", None) or error
        todo = "close it in other programs, and check that you may read it"
        raise refusal(path.name, f"it cannot be read ({reason})", todo) from None


def shown_name(name: str) -> str:
    """Return a stranger's file name so that a screen can show it."""
    text = name.encode("unicode_escape").decode("ascii") if not name.isprintable() else name
    return text if len(text) <= 80 else text[:79] + "…"


def megabytes(size: int) -> str:
    """Return a size in bytes as people say it."""
    return f"{size / MEGABYTE:,.0f} MB"


def inside(folder: Path, name: str) -> Path:
    """Return a path of that name in a folder, if it is one: for names that strangers chose.

    Raises
    ------
    ExchangeError
        If the name leads anywhere else.

    Examples
    --------
    >>> inside(Path("data"), "notes-a.csv").as_posix()
    'data/notes-a.csv'
    """
    if name in ("", ".", "..") or any(sign in name for sign in "/\\\0:"):
        msg = f"'{shown_name(name)}' is no name for a file in {folder}. Nothing was saved; choose another."
        raise ExchangeError(msg)
    return folder / name
