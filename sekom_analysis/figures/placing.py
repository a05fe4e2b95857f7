"""Where the bars and dots of a figure of counts stand, in mm from its top."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sekom_analysis.consensus.spans import CODERS, span_kind

BAR = 3.6  # mm, the height of a line of text and a little more
DOTS = (1.7, 1.2)  # mm from dot to dot; the smaller where only so the figure fits on a page
GAP = 2.8  # mm between categories
LINE = 3.7


@dataclass(frozen=True)
class Coder:
    """Who counted, how many notes they have read, and how many there are."""

    name: str
    read: int
    of: int

    @property
    def has_notes_left(self) -> bool:
        """Whether some notes are still without this coder's decision."""
        return self.read < self.of


@dataclass(frozen=True)
class Chart:
    """The bars (a row each, in drawing order) and the dots, with where they stand in mm from the top."""

    bars: pd.DataFrame
    dots: pd.DataFrame
    height: float
    pitch: float


def coders_of(rows: pd.DataFrame) -> list[Coder]:
    """Return the coders of some rows of the counts, in the order of the table."""
    each = rows.drop_duplicates("coder")
    columns = (each["coder"], each["n_notes"], each["n_all"])
    return [Coder(str(name), int(read), int(of)) for name, read, of in zip(*columns, strict=True)]


def fit(counts: pd.DataFrame, labels: dict[str, str], per_mm: float, room: float) -> Chart:
    """Lay the chart out with large dots, or with small ones if only so it fits on a page."""
    large, small = (_lay_out(counts, labels, per_mm, pitch) for pitch in DOTS)
    return small if small.height <= room < large.height else large


def _lay_out(counts: pd.DataFrame, labels: dict[str, str], per_mm: float, pitch: float) -> Chart:
    dots = _stack(counts[~counts["is_bar"].astype(bool)], pitch * per_mm)
    # A whisker takes the place nearest the bar; the line between coders goes through the dots there.
    kind = span_kind(counts)
    own_row = int(kind not in ("", CODERS))
    dots["level"] += own_row
    usual = max(min(2, dots["coder"].nunique()) + own_row, int(bool(kind)))
    depth = (dots.groupby(["code", "by"])["level"].max() + 1).clip(lower=usual).to_dict()
    bars = counts[counts["is_bar"].astype(bool)].copy()
    bars["place"] = pd.Categorical(bars["code"], list(labels), ordered=True)
    bars = bars.sort_values("place", kind="stable", ignore_index=True)
    bars["lane"] = [depth.get(bar, usual) * pitch + 0.6 for bar in zip(bars["code"], bars["by"], strict=True)]
    bars["centre"], height = _centres(bars, labels)
    bars["span_height"] = bars["centre"] - BAR / 2 - pitch / 2
    dots = dots.merge(bars[["code", "by", "centre"]], on=["code", "by"])
    dots["height"] = dots["centre"] - BAR / 2 - (dots["level"] + 0.5) * pitch
    return Chart(bars, dots, height, pitch)


def _centres(bars: pd.DataFrame, labels: dict[str, str]) -> tuple[list[float], float]:
    """Set bars below each other, each under the lane of its dots; return their middles and the height."""
    below, centres = 0.0, []
    for code, group in bars.groupby("place", observed=True, sort=False):
        lanes = group["lane"].tolist()
        lines = (labels[str(code)].count("\n") + 1) * LINE
        spare = max(0.0, lines - sum(lanes) - BAR * len(lanes)) / 2
        below += GAP / 2 + spare
        for lane in lanes:
            centres.append(below + lane + BAR / 2)
            below += lane + BAR
        below += GAP / 2 + spare
    return centres, below + GAP / 2


def _stack(dots: pd.DataFrame, near: float) -> pd.DataFrame:
    """Give every dot the lowest level at which no other of its bar is nearer than a dot's width."""
    dots = dots.assign(level=0)
    for _, group in dots.groupby(["code", "by"], sort=False):
        dots.loc[group.index, "level"] = _levels(group["count"].to_numpy(float), near)
    return dots


def _levels(counts: npt.NDArray[np.float64], near: float) -> list[int]:
    levels: list[int] = []
    for count in counts:
        taken = {level for other, level in zip(counts, levels, strict=False) if abs(other - count) < near}
        levels.append(next(level for level in range(len(counts)) if level not in taken))
    return levels
