"""How many notes each code got, and how far that depends on who coded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.basics.wording import check_language, say
from sekom_analysis.consensus import SETTLED_BAR
from sekom_analysis.consensus.counts import span_kind
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.bars import DASHES, Cell, Chart, Group, draw_chart
from sekom_analysis.figures.count_texts import (
    counts_source,
    has_spans,
    is_of,
    is_of_several,
    subtitle_of,
)
from sekom_analysis.figures.labels import SPARE_COLOURS
from sekom_analysis.figures.sheets import Mark, Sheet, Width, layout_of

Order = Literal["size", "codebook"]
ORDERS: tuple[Order, ...] = ("size", "codebook")

_COUNT_COLUMNS = ("code", "by", "by_colour", "coder", "is_bar", "count", "n_notes", "n_all")


@st.texts_as_texts
def plot_counts(
    counts: pd.DataFrame,
    *,
    order: Order = "size",
    title: str | None = None,
    subtitle: str | None = None,
    source: str | None = None,
    width_mm: Width = 160,
    ax: Axes | None = None,
    lang: str = "sv",
) -> Axes:
    """Draw how many notes each code got: a bar per code and group, with its number at the row's end.

    Two groups, such as hinder and möjlighet, stand back to back; more have columns of their own. A grey band
    behind a bar is its span, where that has a length; an upright mark is a source's own sorting. Whoever has
    not read all notes has no mark, and the source line says so. Where the counts do not add up to the notes,
    since a note may have several codes or none, the percent of the notes is there too.

    Parameters
    ----------
    counts : table with one row per code, group and coder
        Columns ``code``, ``label_sv``, ``label_en``, ``by``, ``by_label_sv``, ``by_label_en``,
        ``by_colour`` (hex or empty), ``coder``, ``is_bar`` (true for the one whose counts are the bars),
        ``count``, ``n_notes`` (notes this coder has decided on), ``n_all``; as `count_codes` gives it.
        ``is_source``, ``low``, ``high`` and ``interval`` may be there or not, and so may ``n_none`` (notes
        that have no code).
    order : ``"size"`` (the largest total on top) or ``"codebook"`` (as in the table).
    title : what the numbers say; left out, there is none.
    subtitle, source : left out, made of the table; ``""`` for none.
    width_mm : 85 (a column), 160 (a page) or another number of mm; or ``"slide"``, 254 × 142.9 mm.
    ax : Axes, optional
        Where to draw: all of it, texts too, is inside them.
    lang : ``"sv"`` or ``"en"``.

    Returns
    -------
    Axes
        A bar's width is its count (to the left below zero); the vertical axis is in mm from the top. Where
        rows do not fit on a slide or on `ax`, the largest are there and the source line counts the others.

    Raises
    ------
    FigureError
        If columns are missing, a count is doubled, the bars are nobody's or several coders', `order` or
        `width_mm` is another, or not even one row fits on `ax`.

    Examples
    --------
    >>> import pandas as pd
    >>> row = dict(code="resurser", label_sv="Resurser", label_en="Resources", by="", by_label_sv="",
    ...            by_label_en="", by_colour="", n_all=9)
    >>> counts = pd.DataFrame([{**row, "coder": "k1", "is_bar": True, "count": 4, "n_notes": 4},
    ...                        {**row, "coder": "k2", "is_bar": False, "count": 6, "n_notes": 6}])
    >>> ax = plot_counts(counts, width_mm=85, lang="en")
    >>> [text.get_text() for text in ax.texts if text.get_label().startswith(("name", "count"))]
    ['Resources', '4']
    >>> [bar.get_width().item() for bars in ax.containers for bar in bars]
    [4.0]
    """
    check_language(lang)
    if order not in ORDERS:
        msg = f"Codes cannot be ordered by '{order}'. Choose among: {', '.join(ORDERS)}. Nothing was drawn."
        raise FigureError(msg)
    _check(counts, lang)
    with st.style():
        chart = _chart(counts, order, lang)
        if subtitle is None:
            subtitle = subtitle_of(counts, lang, with_percent=chart.with_percent)
        said = counts_source(counts, lang) if source is None else source
        sheet = Sheet(layout_of(width_mm, ax), ax, title or "", subtitle, said)
        sheet.key(_marks(counts, chart, lang))
        draw_chart(sheet, chart, said, lang)
    return sheet.ax


def _check(counts: pd.DataFrame, lang: str) -> None:
    st.check_columns(counts, (*_COUNT_COLUMNS, f"label_{lang}", f"by_label_{lang}"), "counts")
    problems: list[str] = []
    keys = ["code", "by", "coder"]
    doubled = counts.loc[counts.duplicated(keys), keys].drop_duplicates()
    problems += [f"More than one count for code, group and coder {tuple(row)}." for row in doubled.to_numpy()]
    owners = list(counts.loc[counts["is_bar"].astype(bool), "coder"].unique())
    if len(owners) != 1:
        whose = ", ".join(map(str, owners)) or "nobody's"
        problems.append(f"The bars must be the counts of exactly one coder; 'is_bar' makes them {whose}.")
    if problems:
        raise FigureError(" ".join([*problems, "Nothing was drawn."]))


# --- the table as bars, spans and marks ---------------------------------------------------------------


def _chart(counts: pd.DataFrame, order: Order, lang: str) -> Chart:
    bars = counts[counts["is_bar"].astype(bool)]
    groups = _groups(bars, lang)
    names = bars.drop_duplicates("code").set_index("code")[f"label_{lang}"].astype(str)
    is_tick = is_of(counts, "is_source") & ~counts["is_bar"].astype(bool)
    own = counts[is_tick]
    sources = list(dict.fromkeys(own["coder"].astype(str)))
    ticks: dict[tuple[str, str], dict[str, int]] = {}
    for code, by, coder, count in zip(own["code"], own["by"], own["coder"], own["count"], strict=True):
        ticks.setdefault((str(code), str(by)), {})[str(coder)] = int(count)
    cells = {
        (str(row["code"]), str(row["by"])): Cell(
            int(row["count"]), _span(row), ticks.get((str(row["code"]), str(row["by"])), {})
        )
        for row in bars.to_dict("records")
    }
    for code in names.index:  # a table need not have a row for what nobody chose
        for group in groups:
            cells.setdefault((str(code), group.by), Cell(0, None, ticks.get((str(code), group.by), {})))
    labels = {str(code): name or str(code) for code, name in names.items()}
    n_notes, is_plain = int(bars["n_notes"].iloc[0]), len(groups) == 1
    with_percent = is_plain and n_notes > 0 and is_of_several(counts)
    chart = Chart(labels, groups, cells, n_notes, sources, with_percent)
    if order == "size":
        sorted_ = sorted(labels, key=lambda code: -chart.total(code))
        chart = Chart({code: labels[code] for code in sorted_}, groups, cells, n_notes, sources, with_percent)
    return chart


def _span(row: Mapping[object, object]) -> tuple[float, float] | None:
    low, high = (float(row.get(end, float("nan"))) for end in ("low", "high"))  # type: ignore[arg-type]
    return (low, high) if low < high else None


def _groups(bars: pd.DataFrame, lang: str) -> list[Group]:
    first = bars.drop_duplicates("by")
    columns = (first["by"], first[f"by_label_{lang}"], first["by_colour"])
    return [
        Group(str(by), str(label), str(colour) if isinstance(colour, str) and colour else spare(place))
        for place, (by, label, colour) in enumerate(zip(*columns, strict=True))
    ]


def spare(place: int) -> str:
    """Return the colour of a group that the codebook gives none."""
    return SPARE_COLOURS[place % len(SPARE_COLOURS)]


def _marks(counts: pd.DataFrame, chart: Chart, lang: str) -> list[Mark]:
    """Say what the marks are; nothing where there are bars only, which the subtitle tells of."""
    named = len(chart.groups) == 1 and bool(chart.groups[0].label)
    if not (has_spans(counts) or chart.sources or named):
        return []
    owner = str(counts.loc[counts["is_bar"].astype(bool), "coder"].iloc[0])
    said = say("figure_key_settled", lang) if owner == SETTLED_BAR else owner
    if named:
        said = f"{chart.groups[0].label}: {said}"
    marks = [Mark("bar", said, [group.colour for group in chart.groups])]
    if has_spans(counts):
        marks.append(Mark("band", say(f"figure_key_{span_kind(counts)}", lang)))
    for place, one in enumerate(chart.sources):
        marks.append(Mark("tick", one, [st.INK], DASHES[place % len(DASHES)]))
    return marks
