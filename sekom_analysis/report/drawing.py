"""A report's figures into files, on two processors where there are two."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from sekom_analysis.figures import render_figure, style
from sekom_analysis.report.written import Written

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@contextmanager
def second_process() -> Iterator[Executor | None]:
    """Start a process that draws beside this one; None where there is one processor only.

    It begins to load matplotlib at once, while this one still works out what there is to draw.
    """
    if (os.cpu_count() or 1) < 2:
        yield None
        return
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as helper:
        helper.submit(_draw_nothing)
        try:
            yield helper
        finally:
            helper.shutdown(wait=False, cancel_futures=True)


def draw_figures(
    drawn: Mapping[str, Callable[[], Axes]], folder: Path, lang: str, helper: Executor | None = None
) -> dict[str, list[Path]]:
    """Draw and save every figure: its stem -> its files, beside those that somebody edited.

    Parameters
    ----------
    drawn : stem -> what draws it; `helper` needs them to be `functools.partial` of a function of a module
    folder : where to
    lang : stands in the files' names
    helper : a second process, as `second_process` gives it; the files are the same with and without it

    Raises
    ------
    NotSavedError
        If a file cannot be written.
    """
    written = Written(folder)
    asked: dict[str, Future[dict[str, bytes]]] = {}
    if helper is not None:
        for stem in reversed(list(drawn)):  # it begins with the last one, and this process with the first
            asked[stem] = helper.submit(_draw, drawn[stem], stem)
    files: dict[str, dict[str, bytes]] = {}
    for stem, draw in drawn.items():
        if stem not in asked or asked[stem].cancel():
            files[stem] = _draw(draw, stem)
    for stem in drawn.keys() - files.keys():
        try:
            files[stem] = asked[stem].result()
        except BrokenProcessPool:  # it was ended from outside, or found no memory
            files[stem] = _draw(drawn[stem], stem)
    names = {stem: [f"{stem}.{lang}.{form}" for form in files[stem]] for stem in drawn}
    contents = {
        name: data for stem in drawn for name, data in zip(names[stem], files[stem].values(), strict=True)
    }
    paths = written.put(contents)
    return {stem: [paths[name] for name in names[stem]] for stem in drawn}


def _draw(draw: Callable[[], Axes], stem: str) -> dict[str, bytes]:
    """Return the files of a figure; `stem` tells which one it is."""
    with style():
        return render_figure(draw().figure)  # type: ignore[arg-type]


def _draw_nothing() -> None:
    """Load what drawing needs."""
