"""Texts on screen and on paper, in Swedish and English, from one table."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from sekom_analysis.errors import SekomError

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = ("sv", "en")
_LINE_BREAK = "\r\n?|[\x0b\x85\u2028\u2029]"
_ACTING = "[\x00-\x08\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
_UNSEEN = re.compile(f"{_LINE_BREAK}|{_ACTING}")


@cache
def _table() -> dict[str, dict[str, str]]:
    text = files("sekom_analysis").joinpath("wording.yaml").read_text(encoding="utf-8")
    # The loader in C takes a tenth of the time, where PyYAML was built with it.
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}


def check_language(lang: str) -> Language:
    """Return the language if texts exist in it; otherwise say which do.

    Raises
    ------
    SekomError
        If `lang` is neither ``"sv"`` nor ``"en"``.
    """
    for language in LANGUAGES:
        if lang == language:
            return language
    msg = f"There are no texts in the language '{lang}'. Choose one of: {', '.join(LANGUAGES)}."
    raise SekomError(msg)


def say(key: str, lang: str = "sv", **values: object) -> str:
    """Return the text `key` in a language, with `values` filled in.

    Examples
    --------
    >>> say("notes", "en")
    'notes'
    """
    return _table()[key][check_language(lang)].format(**values)


class Phrase(str):
    """A text in English, which also says itself in the other languages.

    What is told by the command line and by reports alike is made once, where
    it is found out, as a text that remembers its key and values. A value that
    is a phrase too is said in the same language.

    Examples
    --------
    >>> fault = Phrase("problem_plan_nobody", action="D004")
    >>> fault, fault.in_("sv")
    ("nobody is responsible for 'D004'", 'ingen ansvarar för ”D004”')
    """

    __slots__ = ("key", "values")
    key: str
    values: dict[str, object]

    def __new__(cls, key: str, /, **values: object) -> Phrase:
        """Make the phrase `key` with `values` filled in."""
        phrase = super().__new__(cls, say(key, "en", **values))
        phrase.key, phrase.values = key, values
        return phrase

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """Let copies and pickles remember key and values."""
        return (self.key,), self.values

    def in_(self, lang: str) -> str:
        """Return the text in a language, ``"sv"`` or ``"en"``."""
        return say(self.key, lang, **{name: in_language(value, lang) for name, value in self.values.items()})


def in_language(text: object, lang: str) -> object:
    """Return a phrase in a language; anything else as it is."""
    return text.in_(lang) if isinstance(text, Phrase) else text


def is_known(key: str) -> bool:
    """Whether there is a text of that key."""
    return key in _table()


def texts(prefix: str, lang: str = "sv") -> dict[str, str]:
    """Return all texts whose key begins with `prefix`, by the rest of the key, gaps left unfilled.

    Examples
    --------
    >>> texts("figure_", "en")["dots"]
    "Dots: each coder's own count"
    """
    language = check_language(lang)
    return {
        key.removeprefix(prefix): text[language] for key, text in _table().items() if key.startswith(prefix)
    }


def visible(text: str) -> str:
    r"""Return a text for screen or paper: what would act there instead of being seen is a sign, or gone.

    A control character, what turns the direction of writing and what is no character becomes �, a byte
    order mark goes, and every kind of line break is ``\n``. All else stays.

    Examples
    --------
    >>> visible("\ufeff\x1b[2Jnivå\r\n\u202ekunskap")
    '�[2Jnivå\n�kunskap'
    """
    return _UNSEEN.sub(_seen, text)


def _seen(match: re.Match[str]) -> str:
    sign = match[0]
    if sign == "\ufeff":
        return ""
    if re.fullmatch(_LINE_BREAK, sign):
        return "\n"
    return "\ufffd"


def column_beside(name: str, ours: Collection[str], kind: str = "coder") -> str:
    """Return the column for a coder, or a stage, in a table that has columns of ours too: never one of those.

    Examples
    --------
    >>> column_beside("anna", ["text"]), column_beside("text", ["text"])
    ('anna', 'coder text')
    """
    return f"{kind} {name}" if name in ours else name


def number(value: float, lang: str = "sv", decimals: int = 2) -> str:
    """Return a number as it is written in a language; a dash where there is none.

    Examples
    --------
    >>> number(0.8129, "sv"), number(-0.5, "en", 1), number(float("nan"), "sv")
    ('0,81', '−0.5', '–')
    """
    check_language(lang)
    if math.isnan(value):
        return "–"
    text = f"{value:,.{decimals}f}".replace("-", "−")
    if lang == "sv":
        text = text.replace(",", "\u00a0").replace(".", ",")
    return text
