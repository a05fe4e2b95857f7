"""A text as REFI-QDA wants it: UTF-8, composed letters, line feeds, no control characters."""

from __future__ import annotations

import re
import unicodedata

from sekom_analysis.exchange.refi.labelled import xml_text

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")


def plain_text(text: str) -> str:
    r"""Return a text as every program reads it; its positions are counted in this one.

    Examples
    --------
    >>> plain_text("Ojämn\r\nniva\u030a\x07")
    'Ojämn\nnivå'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", xml_text(_CONTROLS.sub("", lines)))
