"""What the present state asks for, back to back with the actions that answer it."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from sekom_analysis.basics.wording import check_language, say
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.bars import Cell, Chart, Group, Part, draw_chart
from sekom_analysis.figures.labels import SPARE_COLOURS
from sekom_analysis.figures.sheets import Mark, Sheet, Width, layout_of

COVERAGE_COLUMNS = ("code", "n_notes", "n_actions", "low", "high")
_BY_COLUMNS = ("code", "by", "by_colour", "is_bar", "count")
NOTES, ACTIONS = "notes", "actions"


@st.texts_as_texts
def plot_coverage(
    categories: pd.DataFrame,
    notes: pd.DataFrame,
    *,
    title: str | None = None,
    subtitle: str | None = None,
    source: str | None = None,
    width_mm: Width = 160,
    ax: Axes | None = None,
    lang: str = "sv",
) -> Axes:
    """Draw each category's notes to the left and the actions that answer it to the right.

    Parameters
    ----------
    categories : ``Coverage.categories``
    notes : ``Coverage.notes``, the counts of the same categories, split by hinder/möjlighet or not
    title : what the numbers say; left out, there is none.
    subtitle, source : left out, made of the table; ``""`` for none.
    width_mm : 85 (a column), 160 (a page) or another number of mm; or ``"slide"``, 254 × 142.9 mm.
    ax : Axes, optional
        Where to draw: all of it, texts too, is inside them.
    lang : ``"sv"`` or ``"en"``

    Returns
    -------
    Axes
        Categories with most notes on top. Notes are drawn below zero, so that both sides share one scale;
        a band behind the actions goes from the lowest to the highest coder's own count.

    Raises
    ------
    FigureError
        If columns are missing, there are no rows, or `width_mm` is another.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"code": "a", "label_sv": "A", "n_notes": 5, "n_actions": 3, "low": 2, "high": 4}
    >>> count = {"code": "a", "by": "", "by_label_sv": "", "by_colour": "", "is_bar": True, "count": 5}
    >>> ax = plot_coverage(pd.DataFrame([row]), pd.DataFrame([count]))
    >>> [text.get_text() for text in ax.texts if text.get_label().startswith(("head", "count"))]
    ['Lappar', 'Åtgärder', '5', '3']
    """
    check_language(lang)
    st.check_columns(categories, (*COVERAGE_COLUMNS, f"label_{lang}"), "coverage")
    st.check_columns(notes, (*_BY_COLUMNS, f"by_label_{lang}"), "counts")
    table = categories.sort_values("n_notes", ascending=False, kind="stable", ignore_index=True)
    bars = notes[notes["is_bar"].astype(bool)]
    with st.style():
        chart = _chart(table, bars, lang)
        subtitle = say("figure_coverage", lang) if subtitle is None else subtitle
        said = _source(table, chart, lang) if source is None else source
        sheet = Sheet(layout_of(width_mm, ax), ax, title or "", subtitle, said)
        sheet.key(_marks(chart, lang))
        draw_chart(sheet, chart, said, lang)
    return sheet.ax


def _chart(table: pd.DataFrame, bars: pd.DataFrame, lang: str) -> Chart:
    groups = [
        Group(NOTES, say("figure_coverage_notes", lang), st.AXIS),
        Group(ACTIONS, say("figure_coverage_actions", lang), st.NEUTRAL),
    ]
    labels = {str(row["code"]): str(row[f"label_{lang}"]) for row in table.to_dict("records")}
    cells: dict[tuple[str, str], Cell] = {}
    for row in table.to_dict("records"):
        code = str(row["code"])
        parts = _parts(bars, code, lang)
        cells[code, NOTES] = Cell(int(row["n_notes"]), None, {}, parts=parts if len(parts) > 1 else ())
        low, high = row["low"], row["high"]
        has_span = not (pd.isna(low) or pd.isna(high)) and low < high
        span = (float(low), float(high)) if has_span else None
        cells[code, ACTIONS] = Cell(int(row["n_actions"]), span, {})
    return Chart(labels, groups, cells, 0)


def _parts(bars: pd.DataFrame, code: str, lang: str) -> list[Part]:
    """Return what the notes of a category are made up of, groups as in the table."""
    counts = bars[bars["code"] == code].set_index("by")["count"]
    first = bars.drop_duplicates("by")
    rows = zip(first["by"], first[f"by_label_{lang}"], first["by_colour"], strict=True)
    return [
        Part(str(label), int(counts.get(by, 0)), str(colour) if colour else SPARE_COLOURS[place % 4])
        for place, (by, label, colour) in enumerate(rows)
    ]


def _marks(chart: Chart, lang: str) -> list[Mark]:
    parts = next(iter(chart.cells.values())).parts
    marks = [Mark("bar", part.label, [part.colour]) for part in parts]
    if _has_spans(chart):
        marks.append(Mark("band", say("figure_key_coders", lang)))
    return marks


def _has_spans(chart: Chart) -> bool:
    return any(cell.span for cell in chart.cells.values())


def _source(table: pd.DataFrame, chart: Chart, lang: str) -> str:
    n_adjudicated = int(table["n_adjudicated"].max()) if "n_adjudicated" in table else 0
    key = "figure_coverage_consensus" if n_adjudicated else "figure_coverage_majority"
    said = [say(key, lang, n=n_adjudicated)]
    if _has_spans(chart):
        said.append(say("figure_coverage_span", lang))
    return " ".join(said)
