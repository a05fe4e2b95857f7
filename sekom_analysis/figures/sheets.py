"""The sheet that a figure is drawn on: title, subtitle, key, rows and source, in mm from its top left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.styling import MM_PER_INCH, POINTS_PER_MM, PrintFigure, text_width

Side = Literal["left", "right", "center"]
Width = float | Literal["slide"]
Dashes = str | tuple[float, tuple[float, ...]]

# --- three widths: a column, a page, a slide ----------------------------------------------------------


LEAST_TYPE = 7.5  # points
NARROWEST, WIDEST = 60.0, 300.0  # mm
SLIDE = "slide"


@dataclass(frozen=True)
class Layout:
    """Sizes of a figure; type in points, all else in mm.

    Attributes
    ----------
    width, height : of the sheet; a height of None grows with what is on it
    margin, top : empty at the sides, and above
    title, subtitle, label, source : sizes of type
    unit : of space
    pitch : from one row to the next; where the height is given, rows fill it, at most this far apart
    names : width of the rows' labels, if they need it
    tick : width of a mark's line in points
    """

    width: float
    height: float | None
    margin: float
    top: float
    title: float
    subtitle: float
    label: float
    source: float
    unit: float
    pitch: float
    names: float
    tick: float
    is_slide: bool = False


COLUMN = Layout(85, None, 0.3, 0.6, 10, 8, 7.5, 7.5, 1, 6.6, 25, 1.3)
PAGE = Layout(160, None, 0.3, 0.6, 13, 9.5, 9, 8, 1.25, 8.2, 48, 1.6)
SCREEN = Layout(254, 142.9, 14, 12, 24, 15, 14, 11, 2, 12, 70, 2.6, is_slide=True)
_BETWEEN = 120.0  # mm; up to here a figure is set as a column is


def layout_of(width_mm: Width, ax: Axes | None = None) -> Layout:
    """Return the sizes for a width, in the size of text that matplotlib is set to, if it is set.

    Parameters
    ----------
    width_mm : 85 (a column), 160 (a page) or any width from 60 to 300; or ``"slide"``
    ax : Axes that are given; their width and height hold then

    Raises
    ------
    FigureError
        If it is no width.
    """
    if ax is not None and width_mm != SLIDE:
        width, height = st.size_mm(ax)
        layout = replace(COLUMN if width < _BETWEEN else PAGE, width=width, height=height)
    elif width_mm == SLIDE:
        layout = SCREEN
    elif isinstance(width_mm, str) or not NARROWEST <= width_mm <= WIDEST:
        wide = repr(width_mm) if isinstance(width_mm, str) else f"{width_mm:g} mm"
        msg = (
            f"A figure cannot be {wide} wide. Give 85 (a column), 160 (a page) or any other number "
            f"of mm from {NARROWEST:.0f} to {WIDEST:.0f}, or 'slide'. Nothing was drawn."
        )
        raise FigureError(msg)
    else:
        layout = replace(COLUMN if width_mm < _BETWEEN else PAGE, width=float(width_mm))
    if not layout.is_slide:
        usual = COLUMN if layout.label == COLUMN.label else PAGE
        layout = replace(layout, names=usual.names * layout.width / usual.width)
    return _in_size(layout, st.size_asked())


def _in_size(layout: Layout, asked: float | None) -> Layout:
    """Return sizes with labels in the size asked for, and all else in proportion."""
    if asked is None:
        return layout
    times = asked / layout.label
    least = min(asked, LEAST_TYPE)
    names = ("title", "subtitle", "label", "source")
    sizes = {name: max(least, getattr(layout, name) * times) for name in names}
    return replace(layout, **sizes, pitch=layout.pitch * max(1.0, times))


# --- texts, broken into lines that keep within a width ------------------------------------------------


SPARE = 0.98  # letters that are set to whole dots make lines up to a fiftieth longer
DASH = "[–—]"  # stays with the word before it
_WORDS = re.compile(rf"[^ \n]+?(?:(?<=\w)[-/](?=\w)|(?= |\n|$))(?: {DASH}(?= ))? *|[^ \n]+ *")


def lines_of(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Break a text between words, after hyphens and slashes, and words that are too long where they must.

    Parameters
    ----------
    text : lines of its own stay lines
    width : in mm
    size : in points

    Returns
    -------
    list of str
        None of them wider than the width.

    Examples
    --------
    >>> lines_of("Kunskap och kompetens", 18, 7.5)
    ['Kunskap och', 'kompetens']
    """

    def fits(line: str) -> bool:
        return text_width(line.rstrip(" "), bold=bold, size=size) <= SPARE * width

    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in _WORDS.findall(paragraph):
            if fits(line + word):
                line += word
                continue
            if line:
                lines.append(line.rstrip(" "))
            line = word
            while not fits(line) and len(line) > 1:
                head = next((n for n in range(len(line) - 2, 1, -1) if fits(line[:n] + "-")), 1)
                lines.append(line[:head] + "-")
                line = line[head:]
        lines.append(line.rstrip(" "))
    return _without_widow(lines, fits(f"{lines[-2].split()[-1]} {lines[-1]}") if _is_widow(lines) else False)


def _is_widow(lines: Sequence[str]) -> bool:
    if len(lines) < 2 or len(lines[-1].split()) > 1 or len(lines[-2].split()) <= 3:
        return False
    return not re.search(f"{DASH}$", lines[-2])


def _without_widow(lines: list[str], fits: bool) -> list[str]:
    """Let a single word at the end have another beside it, if both fit on a line."""
    if not fits:
        return lines
    head, tail = lines[-2].rsplit(" ", 1)
    return [*lines[:-2], head, f"{tail} {lines[-1]}"]


def cut_lines(text: str, width: float, size: float, most: int) -> str:
    """Return a text; what would take more lines than `most` is cut between words.

    Examples
    --------
    >>> cut_lines("en åtgärd med ganska många ord i", 24, 7.5, 1)
    'en åtgärd med…'
    """
    lines = lines_of(text, width, size)
    if len(lines) <= most:
        return text
    last = lines[most - 1].split()
    while len(last) > 1 and text_width(" ".join(last) + "…", size=size) > SPARE * width:
        last.pop()
    return " ".join([*lines[: most - 1], " ".join(last).rstrip(",.;:–- ") + "…"])


def line_height(size: float, leading: float = 1.2) -> float:
    """Return the height in mm of a line of type."""
    return size / POINTS_PER_MM * leading


# --- the sheet ----------------------------------------------------------------------------------------


Kind = Literal["bar", "band", "tick", "text"]
TITLE_LEADING, TEXT_LEADING, LABEL_LEADING = 1.2, 1.3, 1.15
_SWATCH = {"bar": 1.3, "band": 1.3, "tick": 0.5, "text": -0.45}  # widths in sizes of type
BAR, TALL = 0.46, 0.74  # of the pitch: a bar; a band and a tick
_MIDDLE = 0.36  # of the size: from the middle of a line of digits and capitals down to its foot


@dataclass(frozen=True)
class Mark:
    """A mark of the key and what it stands for; a bar may have several colours."""

    kind: Kind
    said: str
    colours: Sequence[str] = ()
    dashes: Dashes = "-"


class Sheet:
    """A figure in mm; on its Axes x is in units of what is counted, and y in mm from the top.

    Parameters
    ----------
    layout : the sizes
    ax : Axes to draw on; without them a figure is made
    title, subtitle, source : texts; an empty one takes no room
    """

    def __init__(self, layout: Layout, ax: Axes | None, title: str, subtitle: str, source: str) -> None:
        self.layout = layout
        self.is_own = ax is None
        self.ax = ax if ax is not None else _new_axes(layout.width)
        self.ax.set_axis_off()
        self.left, self.right = layout.margin, layout.width - layout.margin
        self._mm = Affine2D()  # from mm to the units of the x-axis
        self.y = layout.top
        self._head("title", title, layout.title, TITLE_LEADING, bold=True)
        self._head("subtitle", subtitle, layout.subtitle, TEXT_LEADING)
        self.y += 1.2 * layout.unit if title or subtitle else 0
        self.set_source(source)

    def _head(self, role: str, said: str, size: float, leading: float, *, bold: bool = False) -> None:
        if not said:
            return
        lines = lines_of(said, self.right - self.left, size, bold=bold)
        colour = st.INK if bold else st.QUIET
        self.lines(role, self.left, self.y, lines, size, leading=leading, bold=bold, colour=colour)
        self.y += len(lines) * line_height(size, leading) + 0.6 * self.layout.unit

    def set_source(self, said: str) -> None:
        """Say this at the foot."""
        self._foot = lines_of(said, self.right - self.left, self.layout.source) if said else []

    @property
    def foot_height(self) -> float:
        """What the source takes at the foot, in mm."""
        layout = self.layout
        bottom = 8.0 if layout.is_slide else 0.6
        if not self._foot:
            return bottom
        return len(self._foot) * line_height(layout.source, TEXT_LEADING) + 2.2 * layout.unit + bottom

    @property
    def room(self) -> float | None:
        """Height left for rows in mm; None where the sheet grows."""
        if self.layout.height is None:
            return None
        return self.layout.height - self.foot_height - self.y

    # --- texts and marks; places are in mm

    def text(
        self, role: str, x: float, y: float, said: str, size: float | None = None, *,
        bold: bool = False, colour: str = st.INK, ha: Side = "left", on_paper: bool = False,
    ) -> None:  # fmt: skip
        """Write one line with the middle of its digits and capitals at y; `role` is what it is.

        `on_paper` keeps lines that are under it from showing through.
        """
        paper = {"facecolor": st.PAPER, "edgecolor": "none", "pad": 0.6} if on_paper else None
        size = size if size is not None else self.layout.label
        self.ax.text(
            x, y + _MIDDLE * size / POINTS_PER_MM, said, fontsize=size, weight="bold" if bold else "normal",
            color=colour, ha=ha, va="baseline", zorder=7, label=role, clip_on=False,
            bbox=paper, transform=self._mm + self.ax.transData,
        )  # fmt: skip

    def lines(
        self, role: str, x: float, y: float, lines: Sequence[str], size: float | None = None, *,
        bold: bool = False, colour: str = st.INK, ha: Side = "left", leading: float = LABEL_LEADING,
        is_middle: bool = False, on_paper: bool = False,
    ) -> None:  # fmt: skip
        """Write lines below each other, from y on, or with their middle at y."""
        step = line_height(size if size is not None else self.layout.label, leading)
        first = y - step * (len(lines) - 1) / 2 if is_middle else y + step / 2
        for place, line in enumerate(lines):
            at = first + place * step
            self.text(role, x, at, line, size, bold=bold, colour=colour, ha=ha, on_paper=on_paper)

    def box(self, x: float, y: float, width: float, height: float, colour: str, edge: str = "none") -> None:
        """Fill a box that belongs to no axis, such as a swatch of the key."""
        self.ax.add_patch(
            Rectangle(
                (x, y), width, height, facecolor=colour, edgecolor=edge, linewidth=0.5, clip_on=False,
                transform=self._mm + self.ax.transData, label="_key",
            )
        )  # fmt: skip

    def line(self, x: float, y0: float, y1: float, colour: str, width: float, dashes: Dashes = "-") -> None:
        """Draw an upright line that belongs to no axis."""
        self.ax.plot(
            [x, x], [y0, y1], color=colour, lw=width, ls=dashes, clip_on=False, label="_key",
            solid_capstyle="butt", transform=self._mm + self.ax.transData, scalex=False, scaley=False,
        )  # fmt: skip

    def tick(self, x: float, y: float, height: float, colour: str, label: str, dashes: Dashes = "-") -> None:
        """Draw an upright mark at x in units of what is counted, with a halo so that it reads on bars."""
        for role, ink, more in (("_halo", st.PAPER, 1.4), (label, colour, 0.0)):
            self.ax.plot(
                [x, x], [y - height / 2, y + height / 2], color=ink, lw=self.layout.tick + more, label=role,
                ls="-" if more else dashes, solid_capstyle="butt", zorder=5 if more else 6, clip_on=False,
                scalex=False, scaley=False,
            )  # fmt: skip

    # --- the key: swatch and text, one after another, on as many lines as they need

    def key(self, marks: Sequence[Mark]) -> None:
        """Say what the marks stand for; nothing without marks."""
        layout, size = self.layout, self.layout.label
        em = size / POINTS_PER_MM
        x, y = self.left, self.y + em * 0.65
        for mark in marks:
            swatch = (_SWATCH[mark.kind] if len(mark.colours) < 2 else 0.9 * len(mark.colours)) * em
            indent = swatch + 0.45 * em
            said = lines_of(mark.said, self.right - self.left - indent, size)
            wide = indent + max(text_width(line, size=size) for line in said)
            if x > self.left and x + wide > self.right:
                x, y = self.left, y + 1.5 * em
            self._swatch(mark, x, y, swatch, em)
            for place, line in enumerate(said):
                at = y + place * line_height(size)
                self.text("key", x + indent, at, line, size, colour=st.QUIET)
            y += (len(said) - 1) * line_height(size)
            x += wide + 1.4 * em
        if marks:
            self.y = y + em * 0.65 + 1.6 * layout.unit

    def _swatch(self, mark: Mark, x: float, y: float, width: float, em: float) -> None:
        if mark.kind == "bar":
            each = width / len(mark.colours)
            for place, colour in enumerate(mark.colours):
                self.box(x + place * each, y - 0.36 * em, each, 0.72 * em, colour, edge_of(colour))
        elif mark.kind == "band":
            self.box(x, y - 0.5 * em, width, em, st.BAND, st.AXIS)
        elif mark.kind == "tick":
            self.line(
                x + width / 2, y - 0.5 * em, y + 0.5 * em, mark.colours[0], self.layout.tick, mark.dashes
            )

    # --- the end

    def finish(self, bottom: float, origin: float = 0.0, per_unit: float = 1.0) -> Axes:
        """Write the source, and fit axes and figure to what they hold.

        Parameters
        ----------
        bottom : where the rows end, in mm
        origin : where zero is on the x-axis, in mm
        per_unit : mm for each unit of what is counted
        """
        layout = self.layout
        height = layout.height if layout.height is not None else bottom + self.foot_height
        top = height - self.foot_height + 2.2 * layout.unit
        self.lines("source", self.left, top, self._foot, layout.source, colour=st.QUIET, leading=TEXT_LEADING)
        self._mm.clear().translate(-origin, 0).scale(1 / per_unit, 1)
        self.ax.set(xlim=(-origin / per_unit, (layout.width - origin) / per_unit), ylim=(height, 0))
        if self.is_own:
            cast("Figure", self.ax.figure).set_size_inches(layout.width / MM_PER_INCH, height / MM_PER_INCH)
        return self.ax


def edge_of(colour: str) -> str:
    """Return the edge of a bar: none, or a darker one where the colour hardly stands out from the paper."""
    return "none" if st.contrast(colour, st.PAPER) >= 2 else st.ink_of(colour)


def _new_axes(width: float) -> Axes:
    fig = PrintFigure(figsize=(width / MM_PER_INCH, 1), dpi=st.SCREEN_DPI)
    FigureCanvasAgg(fig)
    return fig.add_axes((0, 0, 1, 1))


# --- rows: a label and the room that it needs ---------------------------------------------------------


WIDER = 1.4  # times what labels usually take, where they would be of more than two lines
TIGHT = 0.3  # sizes of type between the labels of two rows, at least


@dataclass(frozen=True)
class Rows:
    """The labels of rows, with where their middles are, in mm from the first row's top.

    Attributes
    ----------
    labels : lines of each row
    middles, heights : of each row
    pitch : that bars go by
    height : of all rows
    width : of the labels
    size : of their type
    """

    labels: Sequence[Sequence[str]]
    middles: Sequence[float]
    heights: Sequence[float]
    pitch: float
    height: float
    width: float
    size: float


def set_rows(
    layout: Layout, labels: Sequence[str], room: float | None, n_lines: Sequence[int] = ()
) -> Rows | None:
    """Lay rows out below each other, in smaller type where they would not fit; None if they cannot.

    Parameters
    ----------
    layout : the sizes
    labels : of the rows
    room : their height in mm; None where the sheet grows
    n_lines : how many lines each row has room for at least; left out, those of its label
    """
    sizes = [layout.label]
    if room is not None and layout.is_slide:
        sizes += [layout.label * share for share in (0.9, 0.8)]
    least = min(layout.label, LEAST_TYPE)
    n_lines = n_lines or [1] * len(labels)
    found = (_in_rows(layout, labels, room, max(size, least), n_lines) for size in sizes)
    return next((rows for rows in found if rows is not None), None)


def _in_rows(
    layout: Layout, labels: Sequence[str], room: float | None, size: float, n_lines: Sequence[int]
) -> Rows | None:
    wrapped = [lines_of(label, layout.names, size) for label in labels]
    if any(len(lines) > 2 for lines in wrapped):
        wrapped = [lines_of(label, WIDER * layout.names, size) for label in labels]
    step = line_height(size, LABEL_LEADING)
    most = (max(len(lines), n) for lines, n in zip(wrapped, n_lines, strict=True))
    needs = [n * step + TIGHT * size / POINTS_PER_MM for n in most]
    pitch = layout.pitch
    if room is not None:
        if sum(needs) > room:
            return None
        pitch = _filling(needs, room, pitch)
    heights = [max(pitch, need) for need in needs]
    middles = [sum(heights[:place]) + height / 2 for place, height in enumerate(heights)]
    width = max((text_width(line, size=size) for lines in wrapped for line in lines), default=0.0) / SPARE
    return Rows(wrapped, middles, heights, pitch, sum(heights), width, size)


def _filling(needs: Sequence[float], room: float, most: float) -> float:
    """Return the largest pitch with which rows that need at least so much fit into the room."""
    pitches = (most - step * most / 100 for step in range(100))
    return next((pitch for pitch in pitches if sum(max(pitch, need) for need in needs) <= room), min(needs))
