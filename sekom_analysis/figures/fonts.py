"""The figures' font without what no figure needs, so that a PDF embeds it in a third of the time.

matplotlib's DejaVu Sans has 6,000 signs and tables for scripts that a figure here never sets; each PDF reads
them all anew. A copy with the signs of European text is made once, in matplotlib's own cache; a sign that it
lacks still comes from DejaVu Sans.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib import font_manager

from sekom_analysis.files import write_whole

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
