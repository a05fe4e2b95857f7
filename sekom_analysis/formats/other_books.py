"""LibreOffice's and Excel's old workbooks (.ods, .xls), read in a process of its own.

The reader (python-calamine) ends its process on some damaged files and takes memory without bounds on
others. A child reads for us, with limits of time and, where the system has them, of memory; if it dies,
nothing else does.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sekom_analysis.basics.wording import Problem
from sekom_analysis.formats.workbook_cells import LIMITS
from sekom_analysis.formats.workbooks import one_line_break, stored_text

ENDINGS = (".ods", ".xls")
SECONDS, MEMORY = 60, 2_000_000_000
_TOO_MANY, _UNREADABLE = 3, 4


def read_other_book(path: Path) -> tuple[list[dict[str, Any]], Problem | None]:
    """Return the sheets of a workbook, each with ``name``, ``rows`` and ``is_hidden``, or why that fails.

    Parameters
    ----------
    path : an ``.ods`` or ``.xls``
    """
    if find_spec("python_calamine") is None:
        return [], Problem.of(path.name, None, "other_needs", suffix=path.suffix.lower())
    command = [sys.executable, "-m", __name__, str(path.resolve())]
    environment = {
        **os.environ,
        "PYTHONIOENCODING": "utf-8",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False, env=environment)
    except subprocess.TimeoutExpired:
        return [], Problem.of(path.name, None, "other_slow", n=SECONDS)
    if done.returncode == _TOO_MANY:
        return [], Problem.of(path.name, None, "book_cells", most=LIMITS.cells)
    if done.returncode != 0:
        return [], Problem.of(path.name, None, "other_damaged")
    return json.loads(done.stdout.decode("utf-8")), None


# --- in the child -------------------------------------------------------------------------------------


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _sheets(path: str) -> list[dict[str, Any]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    sheets = []
    left = LIMITS.cells
    for about in book.sheets_metadata:
        if "Work" not in str(about.typ):
            continue
        rows = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
        left -= sum(map(len, rows))
        if left < 0:
            sys.exit(_TOO_MANY)
        texts = [[_text(value) for value in row] for row in rows]
        sheets.append({"name": about.name, "rows": texts, "is_hidden": "Visible" not in str(about.visible)})
    return sheets


def _text(value: object) -> str:
    if isinstance(value, dt.timedelta):
        return str(value)
    return one_line_break(stored_text(value))


def main(path: str) -> None:
    """Write what a workbook holds, as JSON."""
    _limit_memory()
    try:
        sheets = _sheets(path)
    except Exception:  # whatever the reader finds wrong: all of it means that the file cannot be read
        sys.exit(_UNREADABLE)
    sys.stdout.write(json.dumps(sheets))


if __name__ == "__main__":
    main(sys.argv[1])
