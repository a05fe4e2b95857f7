"""Which codes are taken for each other, and how many notes to share, drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.basics.wording import check_language, number, say
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.bars import Cell, Chart, Group, draw_chart
from sekom_analysis.figures.sheets import Sheet, Width, layout_of, line_height, lines_of

# --- which codes are taken for each other -------------------------------------------------------------


LEAST = 2  # notes: what happened once may be a slip


@st.texts_as_texts
def plot_confusions(
    table: pd.DataFrame,
    *,
    labels: Mapping[str, str] | None = None,
    value: Literal["pairs", "notes"] = "pairs",
    least: int = LEAST,
    title: str | None = None,
    subtitle: str | None = None,
    source: str | None = None,
    width_mm: Width = 160,
    ax: Axes | None = None,
    lang: str = "sv",
) -> Axes:
    """Draw which two codes coders chose for one and the same note: a bar for each two, most first.

    Parameters
    ----------
    table : one row per two codes
        Columns ``code_a``, ``code_b`` and ``pairs`` (pairs of coders) or ``notes``. With each two codes
        once, a row reads "A – B"; with both orders, "A → B". Rows of a code with itself are agreement.
    labels : mapping of code to label, optional
    value : ``"pairs"`` or ``"notes"``
        Which numbers the bars show.
    least : int
        On how many notes two codes have to meet for a bar, where the table has ``notes``; those that
        met on fewer are counted in the source line. All of them are drawn where none met so often.
    title : what the numbers say; left out, there is none.
    subtitle, source : left out, made of the table; ``""`` for none.
    width_mm : 85 (a column), 160 (a page) or another number of mm; or ``"slide"``, 254 × 142.9 mm.
    ax : Axes, optional
        Where to draw: all of it, texts too, is inside them.
    lang : ``"sv"`` or ``"en"``.

    Returns
    -------
    Axes
        A bar's width is its number; the vertical axis is in mm from the top. Without any confusion there
        is a sentence instead.

    Raises
    ------
    FigureError
        If columns are missing, the table is empty, two codes have more than one row, or `value` or
        `width_mm` is another.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"code_a": ["kunskap", "kunskap", "resurser"],
    ...                       "code_b": ["kunskap", "resurser", "resurser"], "pairs": [30, 4, 12]})
    >>> ax = plot_confusions(table, labels={"kunskap": "Kunskap", "resurser": "Resurser"})
    >>> [text.get_text() for text in ax.texts if text.get_label().startswith(("name", "count"))]
    ['Kunskap – Resurser', '4']
    """
    check_language(lang)
    if value not in ("pairs", "notes"):
        msg = f"Confusions are counted in 'pairs' or 'notes', not in '{value}'. Nothing was drawn."
        raise FigureError(msg)
    st.check_columns(table, ("code_a", "code_b", value), "confusions")
    _check_pairs(table)
    with st.style():
        apart = table[(table["code_a"] != table["code_b"])]
        met = apart[apart[value] > 0]
        often = met[met["notes"] >= least] if "notes" in table.columns else met
        shown = met if often.empty else often
        if subtitle is None:
            subtitle = say(f"figure_confusion_{value}", lang)
        said = _pairs_source(len(apart), len(met), len(shown), least, lang) if source is None else source
        layout = layout_of(width_mm, ax)
        layout = replace(layout, names=1.3 * layout.names)  # two labels a row
        sheet = Sheet(layout, ax, title or "", subtitle, said)
        if shown.empty:
            size = sheet.layout.label
            lines = lines_of(say("figure_pairs_none", lang), sheet.right - sheet.left, size)
            sheet.lines("none", sheet.left, sheet.y, lines)
            return sheet.finish(sheet.y + len(lines) * line_height(size))
        draw_chart(sheet, _pairs(shown, apart, value, labels or {}), said, lang)
    return sheet.ax


def _check_pairs(table: pd.DataFrame) -> None:
    doubled = table[table.duplicated(["code_a", "code_b"])]
    if not doubled.empty:
        both = ", ".join(f"{row.code_a} and {row.code_b}" for row in doubled.itertuples())
        msg = f"The confusions table has more than one row for {both}. Nothing was drawn."
        raise FigureError(msg)


def _pairs(shown: pd.DataFrame, apart: pd.DataFrame, value: str, labels: Mapping[str, str]) -> Chart:
    """Return a row for each two codes, the most frequent first."""
    ordered = set(zip(apart["code_a"], apart["code_b"], strict=True))
    sign = "→" if any((second, first) in ordered for first, second in ordered) else "–"
    rows = shown.sort_values(value, ascending=False, kind="stable")
    names, cells = {}, {}
    for first, second, count in zip(rows["code_a"], rows["code_b"], rows[value], strict=True):
        key = f"{first}/{second}"
        names[key] = f"{labels.get(first, first)} {sign} {labels.get(second, second)}"
        cells[key, ""] = Cell(int(count), None, {})
    return Chart(names, [Group("", "", st.NEUTRAL)], cells, 0, hidden="figure_pairs_hidden")


def _pairs_source(n_all: int, n_met: int, n_shown: int, least: int, lang: str) -> str:
    """Say how many pairs of codes met on few notes, and how many never did."""
    said = []
    if few := n_met - n_shown:
        said.append(say(f"figure_pairs_few{'_one' if few == 1 else ''}", lang, n=few, least=least))
    if (never := n_all - n_met) and n_met:
        said.append(say(f"figure_pairs_never{'_one' if never == 1 else ''}", lang, n=never))
    return " ".join(said)


# --- how many notes to share: what agreement to expect of each number of notes ------------------------


SAMPLE_COLUMNS = ("n_notes", "value", "low", "high", "enough")
HEIGHT = 62.0  # mm
BAND, SAMPLE_LINE, ENOUGH = "#d5dfe6", "#1f5f8b", "#b5542f"


@st.texts_as_texts
def plot_sample(
    table: pd.DataFrame, *, ax: Axes | None = None, lang: str = "sv", floor: float | None = None
) -> Axes:
    """Draw what agreement to expect of each number of notes, and where it is enough.

    Parameters
    ----------
    table : as `plan_sample` gives it
        Columns ``n_notes``, ``value``, ``low``, ``high`` and ``enough``.
    ax : Axes, optional
        Where to draw; without it a figure 160 mm wide is made.
    lang : ``"sv"`` or ``"en"``.
    floor : float, optional
        The value that the interval is to be above.

    Returns
    -------
    Axes
        The band is where most studies of that size end up, the line their median. The first size that
        is enough has a ring and its number; without one nothing is marked.

    Raises
    ------
    FigureError
        If the table is empty or columns are missing.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"n_notes": [50, 100], "value": [0.8, 0.8], "low": [0.6, 0.66],
    ...                       "high": [0.94, 0.91], "enough": [False, True]})
    >>> [text.get_text() for text in plot_sample(table).texts]
    ['räcker: 100 lappar']
    """
    check_language(lang)
    st.check_columns(table, SAMPLE_COLUMNS, "sample")
    with st.style():
        if ax is None:
            ax = st.panel(HEIGHT, left=16, right=6, top=6, bottom=12)
        places = range(len(table))
        ax.fill_between(places, table["low"], table["high"], color=BAND, linewidth=0)
        ax.plot(places, table["value"], color=SAMPLE_LINE, marker="o", markersize=3)
        if floor is not None:
            ax.axhline(floor, color=st.QUIET, linewidth=0.8, linestyle=(0, (4, 3)))
        rows = enumerate(table.to_dict("records"))
        for place, row in [(place, row) for place, row in rows if row["enough"]][:1]:
            ax.plot([place], [row["value"]], "o", markersize=9, mfc="none", mec=ENOUGH, mew=1.5)
            text = say("figure_enough", lang, n=number(row["n_notes"], lang, 0))
            ax.annotate(
                text, (place, row["high"]), (0, 4), textcoords="offset points", ha="center", color=ENOUGH
            )
        ax.set_xticks(places, [number(size, lang, 0) for size in table["n_notes"]])
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, lang, 1)))
        ax.set_xlim(-0.6, len(table) - 0.4)
        ax.set_ylim(min(0.0, float(table["low"].min())), 1.1)
        ax.set_yticks([tick for tick in ax.get_yticks() if tick <= 1])
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_xlabel(say("figure_sample_axis", lang))
        ax.set_ylabel(say("figure_agreement_axis", lang))
    return ax
