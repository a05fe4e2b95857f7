"""Tables to draw, and ways to read a figure back from its artists."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.legend import Legend
from matplotlib.text import Text

CODERS = ("rapport-2016", "k1", "k2", "k3")
VALENCE = [
    ("hinder", "Hinder", "Barrier", "#b5542f"),
    ("mojlighet", "Möjlighet", "Possibility", "#2f7f79"),
]


@pytest.fixture
def make_counts():
    """Build a table as `count_codes` gives it; the first coder's counts are the bars."""

    def make(n_codes=4, coders=CODERS, groups=VALENCE, read=None, most=20, label="Kod"):
        rng = np.random.default_rng(n_codes)
        rows = []
        for code in range(n_codes):
            for by, by_sv, by_en, colour in groups:
                usual = int(rng.integers(0, most)) if most else 0
                for place, coder in enumerate(coders):
                    rows.append(
                        {
                            "code": f"c{code}",
                            "label_sv": f"{label} {code}",
                            "label_en": f"Code {code}",
                            "by": by,
                            "by_label_sv": by_sv,
                            "by_label_en": by_en,
                            "by_colour": colour,
                            "coder": coder,
                            "is_bar": place == 0,
                            "is_source": coder.startswith("rapport"),
                            "count": max(0, usual + int(rng.integers(-2, 3))) if most else 0,
                        }
                    )
        table = pd.DataFrame(rows)
        table["n_notes"] = table.groupby("coder")["count"].transform("sum")  # a code a note
        table["n_all"] = table["n_notes"].max()
        return table if read is None else table.assign(n_notes=table["coder"].map(read).fillna(99), n_all=99)

    return make


def shown_texts(ax) -> list[Text]:
    """Every text that is seen: labels, values, legends."""
    if not ax.axison:
        return list(ax.texts)
    start, end = ax.get_xlim()
    marks = [tick.label1 for tick in ax.xaxis.get_major_ticks() if start <= tick.get_loc() <= end]
    texts = [*ax.texts, *marks, ax.xaxis.label, ax.yaxis.label, *ax.get_yticklabels()]
    for legend in ax.findobj(Legend):
        texts += [*legend.get_texts(), legend.get_title()]
    return [text for text in texts if text.get_text() and text.get_visible()]


@pytest.fixture
def assert_tidy():
    """Check that no text runs off the figure, none is under 7.5 points, and no two lie on each other."""

    def check(ax):
        ax.figure.draw_without_rendering()
        texts = shown_texts(ax)
        boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
        edge = ax.figure.bbox
        for said, box in boxes:
            assert min(box.x0, box.y0) >= 0, said
            assert max(box.x1 - edge.x1, box.y1 - edge.y1) <= 0, said
        corners = np.array([box.padded(-1).extents for _, box in boxes])
        low, high = corners[:, :2], corners[:, 2:]
        overlaps = ((low[:, None] < high) & (low < high[:, None])).all(axis=2)
        np.fill_diagonal(overlaps, False)
        assert not overlaps.any(), [(boxes[a][0], boxes[b][0]) for a, b in np.argwhere(overlaps)]
        assert min(text.get_fontsize() for text in texts) >= 7.5

    return check


@pytest.fixture
def legends():
    """Read the legends as {sentence: labels}."""

    def read(ax):
        found = ax.findobj(Legend)
        return {
            legend.get_title().get_text(): [text.get_text() for text in legend.get_texts()]
            for legend in found
        }

    return read


@pytest.fixture
def said():
    """Read the texts of a sheet as {what it is: its lines, joined}."""

    def read(ax):
        found = {}
        for text in ax.texts:
            found.setdefault(text.get_label(), []).append(text.get_text())
        return {role: " ".join(lines) for role, lines in found.items()}

    return read
