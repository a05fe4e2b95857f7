"""The one look of all figures: sizes in millimetres, colours, fonts, and files whose bytes repeat."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib
import matplotlib.style
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

from sekom_analysis.basics.errors import FigureError, NotSavedError
from sekom_analysis.basics.files import check_outside, reason_of, write_whole
from sekom_analysis.basics.wording import quoted, visible

# --- colours that hold in grey print, and ink that reads on them --------------------------------------


Colour = tuple[float, float, float]


def mix(colour: str | Colour, share: float, other: str | Colour = "white") -> Colour:
    """Return a colour with a share (0–1) of another mixed in."""
    first, second = to_rgb(colour), to_rgb(other)
    red, green, blue = ((1 - share) * a + share * b for a, b in zip(first, second, strict=True))
    return red, green, blue


def luminance(colour: str | Colour) -> float:
    """Relative luminance, 0 (black) to 1 (white); source: WCAG 2.2.

    Examples
    --------
    >>> luminance("white"), luminance("black")
    (1.0, 0.0)
    """
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return round(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2], 12)


def contrast(one: str | Colour, other: str | Colour) -> float:
    """Contrast ratio of two colours, 1 to 21; source: WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable_on(background: str | Colour) -> str:
    """Return black or white, whichever stands out more; the ratio is at least 4.5 on any colour."""
    return max(("black", "white"), key=lambda ink: contrast(ink, background))


READABLE = 5.5
"""Contrast of coloured text with the paper; 4.5 is the least that WCAG 2.2 asks for."""


def ink_of(colour: str | Colour) -> str:
    """Return a colour as it is for text on white: itself, or as much darker as reading takes.

    Examples
    --------
    >>> ink_of("#27465f"), contrast(ink_of("#ffd500"), "white") >= 4.5
    ('#27465f', True)
    """
    shares = (step / 20 for step in range(21))
    return next(to_hex(mix(colour, share, INK)) for share in shares if _reads(mix(colour, share, INK)))


def _reads(colour: Colour) -> bool:
    return contrast(to_hex(colour), PAPER) >= READABLE


# --- the figures' font without what no figure needs, so that a PDF embeds it in a third of the time ---


WHOLE = "DejaVu Sans"
LEAN = "Sekom Sans"  # a changed font must not go by the name of its original
_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
_SIGNS = [
    *range(0x20, 0x250),  # Latin
    *range(0x300, 0x400),  # combining marks, Greek
    *range(0x2000, 0x2070),  # punctuation
    *range(0x20A0, 0x20C0),  # currencies
    *range(0x2190, 0x2300),  # arrows, mathematics
]


@cache
def families() -> list[str]:
    """Return the names of the fonts to set figures in, the lean one first where it could be made."""
    try:
        for name in _FILES:
            font_manager.fontManager.addfont(str(_lean(name)))
    except (ImportError, OSError, KeyError, ValueError):
        return [WHOLE]
    return [LEAN, WHOLE]


def _lean(name: str) -> Path:
    """Return the path of the lean copy of a font; it is made the first time."""
    path = Path(matplotlib.get_cachedir()) / f"sekom-{matplotlib.__version__}-{name}"
    if not path.is_file():
        whole = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name
        write_whole(path, _trimmed(whole))
    return path


def _trimmed(path: Path) -> bytes:
    from fontTools import subset

    options = subset.Options(drop_tables=["GSUB", "GPOS", "GDEF", "FFTM"], glyph_names=True, name_IDs=["*"])
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=_SIGNS)
    written = io.BytesIO()
    with subset.load_font(str(path), options) as font:
        chosen.subset(font)
        for entry in font["name"].names:
            entry.string = str(entry).replace("DejaVu", "Sekom")
        font.save(written)
    return written.getvalue()


# --- the one look of all figures: sizes in millimetres, colours, fonts, and files whose bytes repeat ---


P = ParamSpec("P")
TEXT = 8.5
"""Size of all text, in points."""
PAGE_WIDTH = 160.0
PAGE_HEIGHT = 235.0
"""Room on an A4 page between its margins, in mm."""
MM_PER_INCH = 25.4
SCREEN_DPI = 144
POINTS_PER_MM = 72 / MM_PER_INCH
INK = "#1b2226"
FAINT = "#d9dfdd"
QUIET = "#566067"
AXIS = "#8a9499"
BAND = "#d9dfdd"
NEUTRAL = "#456079"
PAPER = "#ffffff"

_RC: dict[str, Any] = {
    "font.size": TEXT,
    "axes.titlesize": TEXT,
    "axes.labelsize": TEXT,
    "xtick.labelsize": TEXT,
    "ytick.labelsize": TEXT,
    "legend.fontsize": TEXT,
    "legend.title_fontsize": TEXT,
    "text.color": INK,
    "text.parse_math": False,  # a text is a text: "US$ and A$" is not a formula
    "text.hinting": "none",  # letters stand where print has them, and not on whole dots
    "axes.labelcolor": INK,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.6,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "hatch.linewidth": 0.7,
    "svg.hashsalt": "sekom_analysis",
    "svg.fonttype": "none",  # live text: found, read aloud, and edited in a drawing program
    "pdf.fonttype": 42,
    "savefig.dpi": 300,
}
_NO_DATE: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}


class PrintFigure(Figure):
    """A figure that no window manager knows of, and that a notebook still shows."""

    def _repr_png_(self) -> bytes:
        return _render(self, "png", dpi=SCREEN_DPI)


_GENERIC = ("font.serif", "font.sans-serif", "font.monospace", "font.cursive", "font.fantasy")
_asked: ContextVar[dict[str, Any] | None] = ContextVar("asked", default=None)
"""The fonts and the size of text that are set outside the style; None outside it."""


@contextmanager
def style(font: str | None = None, size: float | None = None) -> Iterator[None]:
    """Draw and save in the look of the report, in the font and size of text that matplotlib is set to.

    Of all that can be set in ``matplotlib.rcParams``, ``font.family`` and ``font.size`` hold in figures too,
    if they differ from matplotlib's own. Nothing is changed globally: the settings are put back on leaving.

    Parameters
    ----------
    font : name of a font on this computer, such as ``"Arial"``, instead of the one that is set.
    size : of labels in points, instead of the one that is set; all other type goes along.

    Raises
    ------
    FigureError
        If there is no such font.

    Examples
    --------
    >>> import matplotlib
    >>> with style("DejaVu Serif"):
    ...     matplotlib.rcParams["svg.fonttype"], matplotlib.rcParams["font.family"]
    ('none', ['DejaVu Serif', 'DejaVu Sans'])
    """
    before = _asked.get()
    own: dict[str, Any] = {"font.family": [checked_font(font)]} if font is not None else {}
    own |= {"font.size": float(size)} if size is not None else {}
    if before is not None and not own:
        yield
        return
    told = _asked.set({**(_set_outside() if before is None else before), **own})
    try:
        with matplotlib.style.context(["default", {**_RC, **_fonts()}]):
            yield
    finally:
        _asked.reset(told)


def checked_font(name: str) -> str:
    """Return the name of a font as this computer spells it; otherwise say which are like it.

    Raises
    ------
    FigureError
        Naming fonts that there are.
    """
    there = {found.lower(): found for found in font_manager.get_font_names()}
    if name.lower() in there:
        return there[name.lower()]
    close = get_close_matches(name.lower(), there, n=5, cutoff=0.5) or [WHOLE.lower()]
    like = ", ".join(there[one] for one in close)
    msg = f"There is no font '{name}' on this computer. There is, among others: {like}. Nothing was drawn."
    raise FigureError(msg)


def _set_outside() -> dict[str, Any]:
    """Return what is set of fonts and size, where it is not as matplotlib comes."""
    now, usual = dict(matplotlib.rcParams.items()), dict(matplotlib.rcParamsDefault.items())
    set_ = {key: now[key] for key in ("font.family", *_GENERIC) if now[key] != usual[key]}
    if now["font.size"] != usual["font.size"]:
        set_["font.size"] = float(now["font.size"])
    return set_


def _fonts() -> dict[str, Any]:
    """Return the setting for fonts: the user's own, with ours for signs that theirs lack, or ours."""
    asked = {key: value for key, value in (_asked.get() or {}).items() if key != "font.size"}
    if not asked:
        return {"font.family": families()}
    usual = dict(matplotlib.rcParamsDefault.items())
    asked_for: Any = asked.get("font.family", usual["font.family"])
    named = [asked_for] if isinstance(asked_for, str) else list(asked_for)
    # "serif" is said by name: a figure that is saved later is in the font that it was measured in.
    there = set(font_manager.get_font_names())
    kinds = {key.removeprefix("font."): key for key in _GENERIC}
    fonts: list[str] = []
    for name in named:
        key = kinds.get(name)
        listed: Any = [] if key is None else asked.get(key, usual[key])
        fonts += [name] if key is None else [one for one in listed if one in there]
    return {"font.family": list(dict.fromkeys([*fonts, WHOLE]))}


def size_asked() -> float | None:
    """Return the size of text in points that ``font.size`` is set to; None where it is as it comes."""
    return (_asked.get() or {}).get("font.size")


def texts_as_texts(draw: Callable[P, Axes]) -> Callable[P, Axes]:
    """Let a function that draws set every text of its arguments as it is, whatever signs are in it.

    The one door for the texts of all figures: no formula is read out of dollar signs, and what would
    act instead of being seen is made visible.
    """

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Axes:
        shown = {name: _visible(value) for name, value in kwargs.items()}
        ax = draw(*map(_visible, args), **shown)
        for text in ax.findobj(Text):
            text.set_parse_math(False)
        return ax

    return drawn


def _visible(value: Any) -> Any:
    """Return an argument with all its texts made visible; one that holds nothing to change, as it is."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, pd.DataFrame):
        return _visible_table(value)
    if isinstance(value, Mapping):
        return {_visible(key): _visible(one) for key, one in value.items()}
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return type(value)(map(visible, value))
    return value


def _visible_table(table: pd.DataFrame) -> pd.DataFrame:
    shown = table.copy(deep=False)
    for place, dtype in enumerate(table.dtypes):
        column = table.iloc[:, place]
        if not pd.api.types.is_numeric_dtype(dtype) and not all(map(_is_visible, column)):
            shown.isetitem(place, column.astype(object).map(_visible).array)
    return shown.rename(index=_visible, columns=_visible)


def _is_visible(value: object) -> bool:
    return not isinstance(value, str) or visible(value) == value


def save_figure(
    fig: Figure, folder: str | Path, stem: str, formats: Sequence[str] = ("png", "svg", "pdf")
) -> list[Path]:
    """Write a figure in several formats; the same figure always gives the same bytes.

    A file is complete or not there: each is written beside its place and then moved into it.

    Parameters
    ----------
    fig : the figure, e.g. ``ax.figure``.
    folder : where to; it is made if it does not exist.
    stem : file name without ending.
    formats : any of ``"png"`` (300 dots per inch), ``"svg"``, ``"pdf"``.

    Returns
    -------
    list of Path
        The files, in the order of `formats`.

    Raises
    ------
    FigureError
        If a format is none of the three; nothing is written then.
    NotSavedError
        If the folder or a file cannot be written.
    """
    unknown = [name for name in formats if name not in _NO_DATE]
    if unknown:
        msg = (
            f"A figure cannot be saved as {quoted(unknown)}. "
            f"Choose among: {', '.join(_NO_DATE)}. Nothing was saved."
        )
        raise FigureError(msg)
    folder = check_outside(Path(folder))
    rendered = render_figure(fig, formats)
    for name, content in rendered.items():
        _save(folder / f"{stem}.{name}", content)
    return [folder / f"{stem}.{name}" for name in rendered]


def render_figure(fig: Figure, formats: Sequence[str] = ("png", "svg", "pdf")) -> dict[str, bytes]:
    """Return what files of some formats hold of a figure: the same figure, the same bytes."""
    return {name: _render(fig, name) for name in formats}


def _render(fig: Figure, form: str, dpi: float | None = None) -> bytes:
    buffer = io.BytesIO()
    # Level 6 takes half as long again for files a tenth smaller.
    quicker: dict[str, Any] = {"pil_kwargs": {"compress_level": 3}} if form == "png" else {}
    with style():
        fig.savefig(buffer, format=form, metadata=_NO_DATE[form], dpi=dpi, **quicker)
    return _with_stack(buffer.getvalue()) if form == "svg" else buffer.getvalue()


# Where an SVG is shown the lean font is not; all of these are narrower than it, so that no text runs over.
STACK = ("Source Sans 3", "Source Sans Pro", "Segoe UI", "Helvetica Neue", "Arial", WHOLE)
_OURS = re.compile(rf"(<t(?:ext|span) [^<>]*?font-family: )'{LEAN}', '{WHOLE}'".encode())


def _with_stack(drawing: bytes) -> bytes:
    """Name fonts that a reader's computer has, and at the end whichever sans serif it takes."""
    names = ", ".join([*(f"'{name}'" for name in STACK), "sans-serif"])
    return _OURS.sub(rb"\1" + names.encode(), drawing)


def _save(path: Path, content: bytes) -> None:
    try:
        write_whole(path, content)
    except OSError as error:
        msg = (
            f"The figure {path} could not be written ({reason_of(error)}). "
            "Close it in other programs and check that there is room; what was there before is unchanged."
        )
        raise NotSavedError(msg) from error


def panel(
    inner_height: float, *, left: float, right: float, top: float, bottom: float, width: float = PAGE_WIDTH
) -> Axes:
    """Return Axes on a new figure with these margins (all in mm)."""
    height = top + inner_height + bottom
    fig = PrintFigure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH), dpi=100)
    FigureCanvasAgg(fig)
    return fig.add_axes(
        (left / width, bottom / height, (width - left - right) / width, inner_height / height)
    )


def grow_top(ax: Axes, needed: float) -> None:
    """Make room (mm) above the drawing area of a figure that `panel` made; leave other figures alone."""
    fig = ax.figure
    if not isinstance(fig, PrintFigure):
        return
    place, (width, height) = ax.get_position(), fig.get_size_inches()
    higher = height + needed / MM_PER_INCH
    fig.set_size_inches(width, higher)
    ax.set_position((place.x0, place.y0 * height / higher, place.width, place.height * height / higher))


def grow_bottom(ax: Axes, needed: float) -> None:
    """Make room (mm) below what a figure that `panel` made holds; leave other figures alone."""
    fig = ax.figure
    if isinstance(fig, PrintFigure):
        grow_top(ax, needed)
        place, height = ax.get_position(), fig.get_size_inches()[1] * MM_PER_INCH
        ax.set_position((place.x0, place.y0 + needed / height, place.width, place.height))


def size_mm(ax: Axes) -> tuple[float, float]:
    """Width and height of the drawing area in mm."""
    box = ax.get_window_extent()
    per_dot = MM_PER_INCH / ax.figure.dpi
    return box.width * per_dot, box.height * per_dot


def room_right(ax: Axes) -> float:
    """Width in mm from the left of the drawing area to where something else may begin."""
    width = size_mm(ax)[0]
    if not isinstance(ax.figure, PrintFigure):
        return width
    place = ax.get_position()
    return float(width / place.width * (1 - place.x0)) - 2


def text_width(text: str, *, bold: bool = False, size: float = TEXT) -> float:
    """Width in mm of the longest line of a text as the figures set it."""
    fonts = families() if _asked.get() is None else matplotlib.rcParams["font.family"]
    return _width(text, bold, size, tuple(fonts))


@lru_cache(maxsize=8192)  # setting a text takes milliseconds, and wrapping asks for each beginning again
def _width(text: str, bold: bool, size: float, fonts: tuple[str, ...]) -> float:
    font = FontProperties(family=list(fonts), weight="bold" if bold else "normal", size=size)
    lines = [line for line in text.splitlines() if line]
    widths = (text_to_path.get_text_width_height_descent(line, font, ismath=False)[0] for line in lines)
    return max(widths, default=0.0) / POINTS_PER_MM


def wrap(text: str, width: float) -> str:
    """Break a text between words so that its lines keep within `width` mm where the words allow."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def check_columns(table: pd.DataFrame, needed: Iterable[str], what: str) -> None:
    """Refuse a table that is empty or lacks columns, and say which.

    Raises
    ------
    FigureError
        Naming the missing columns and those that the table has.
    """
    missing = [name for name in needed if name not in table.columns]
    if missing:
        msg = (
            f"The {what} table lacks the columns {', '.join(missing)}. "
            f"It has: {', '.join(map(str, table.columns))}. Nothing was drawn."
        )
        raise FigureError(msg)
    if table.empty:
        msg = f"The {what} table has no rows. Nothing was drawn."
        raise FigureError(msg)
