"""Figures drawn by one process or two are the same files."""

from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from functools import partial

import pandas as pd

from sekom_analysis.figures import plot_sample
from sekom_analysis.report.documents import Written, draw_figures, second_process


def test_a_second_process_draws_the_same_figures(tmp_path):
    drawn = {f"sample_{n}": partial(plot_sample, plan_of(n)) for n in range(2, 7)}
    alone = draw_figures(drawn, Written(tmp_path / "alone"), "sv")
    with second_process() as helper:
        together = draw_figures(drawn, Written(tmp_path / "together"), "sv", helper)
    assert list(alone) == list(together) == list(drawn)
    for stem, paths in alone.items():
        assert [p.read_bytes() for p in paths] == [p.read_bytes() for p in together[stem]]
        assert [p.name for p in paths] == [f"{stem}.sv.{form}" for form in ("png", "svg", "pdf")]


def plan_of(n):
    rows = {"n_notes": range(50, 50 + 10 * n, 10), "value": 0.8, "low": 0.6, "high": 0.9, "enough": False}
    return pd.DataFrame(rows)


class Ended(Executor):
    """A second process that began with one figure and was ended from outside."""

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        if args[1] == "second":
            future.set_running_or_notify_cancel()
            future.set_exception(BrokenProcessPool("ended"))
        return future


def test_what_a_second_process_left_undone_is_drawn_here(tmp_path):
    drawn = {stem: partial(plot_sample, plan_of(2)) for stem in ("first", "second")}
    files = draw_figures(drawn, Written(tmp_path), "en", Ended())
    assert [path.name for paths in files.values() for path in paths if path.is_file()] == [
        f"{stem}.en.{form}" for stem in drawn for form in ("png", "svg", "pdf")
    ]
