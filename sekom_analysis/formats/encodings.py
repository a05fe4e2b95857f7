"""Which letters the bytes of a text stand for: told by the letters' neighbours where no mark tells it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sekom_analysis.basics.wording import quoted

# --- how well letters fit together --------------------------------------------------------------------


CANDIDATES = ("cp1252", "mac_roman", "cp850", "cp1250")  # the likelier first: it wins where all fit alike
_ALPHABETS = {  # letters beyond a–z of a language, and what one of them is worth among Swedish users
    "åäö": 1.2,
    "åäöé": 1.15,
    "æøåé": 1.0,
    "äöüß": 1.0,
    "éèêàçùâîôûëïœ": 0.7,
    "áéíóúñü": 0.7,
    "ąćęłńóśźż": 0.8,
    "áčďéěíňóřšťúůýž": 0.8,
    "áéíóöőúüű": 0.8,
}
_KNOWN = frozenset("".join(_ALPHABETS))
_QUOTES = "“”‘’«»‚„"
_SIGNS = frozenset(_QUOTES + "–—…•€§°½´·©®\xa0¿¡")
_WORDS_ALONE = frozenset("åöàéáóú")  # such as å and ö, which are rivers and islands
_SAMPLE_LINES, _SAMPLE_BYTES = 2_000, 400_000
_NEAR = 0.8  # a second reading that fits this well beside the best leaves it in doubt
_HIGH = re.compile(r"(?s)(.?)([^\x00-\x7f])(?=(.?))")
_LINE = re.compile(rb"[^\n\r]+")
_LONGEST_WORD = 40
_WORD = re.compile(r"[^\W\d_]+")


class Reading(NamedTuple):
    """A text as it was read.

    Parameters
    ----------
    text : the text
    encoding : how its letters were stored
    rivals : other encodings in which it would read almost as well, and otherwise
    is_guessed : whether no mark and no rule told the encoding
    is_doubled : whether its letters had been encoded twice
    garbled : how many places look encoded twice, though most do not; they stay as they are
    """

    text: str
    encoding: str
    rivals: tuple[str, ...] = ()
    is_guessed: bool = False
    is_doubled: bool = False
    garbled: int = 0


def recognised(data: bytes) -> Reading:
    """Return the text that bytes in an unknown encoding most likely hold.

    UTF-8 and UTF-16 (with mark) are known for certain. Any other text is read in each encoding that
    Swedish files come in, and the one whose letters fit their neighbours and one alphabet wins.

    Parameters
    ----------
    data : the file

    Raises
    ------
    UnicodeDecodeError
        If a mark promises an encoding that the rest is not in.

    Examples
    --------
    >>> recognised("På mötet".encode("mac_roman"))[:3], recognised("På mötet".encode("cp850"))[:3]
    (('På mötet', 'mac_roman', ()), ('På mötet', 'cp850', ()))
    >>> recognised("På mötet".encode("utf-8").decode("cp1252").encode("utf-8")).text
    'På mötet'
    """
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return _without_second(data.decode(encoding), encoding)
    try:
        return _without_second(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        if re.search(rb"\xc3[\x80-\xbf]", data) and not _mostly_high(data, error):
            raise
    return _by_neighbours(data)


def _mostly_high(data: bytes, error: UnicodeDecodeError) -> bool:
    """Whether what looks like UTF-8 in a text is the exception there: Ã is a letter elsewhere too."""
    pairs = len(re.findall(rb"\xc3[\x80-\xbf]", data))
    return 2 * pairs < len(re.findall(rb"[\x80-\xff]", data)) - 2 * pairs


def _by_neighbours(data: bytes) -> Reading:
    high = (line for line in _LINE.finditer(data) if not line[0].isascii())
    found = zip(high, range(_SAMPLE_LINES), strict=False)
    lines = b"\n".join(line[0] for line, _ in found)[:_SAMPLE_BYTES]
    fits = {}
    for encoding in CANDIDATES:
        sample = lines.decode(encoding, "replace")
        fits[encoding] = (fit(sample), sample)
    best = max(CANDIDATES, key=lambda encoding: fits[encoding][0])
    value, sample = fits[best]
    rivals = {
        fits[other][1]: other  # the first of those that read alike
        for other in reversed(CANDIDATES)
        if fits[other][1] != sample and (fits[other][0] >= _NEAR * value or _only_quotes(fits[other][1]))
    }
    if value <= 0:  # nothing fits: Windows, as ever, where it can be
        return Reading(data.decode("cp1252"), "cp1252", is_guessed=True)
    return Reading(data.decode(best), best, tuple(rivals.values()), is_guessed=True)


def _only_quotes(text: str) -> bool:
    """Whether all beyond ASCII is signs between words, as many before as after: in cp850 ”hej” is öhejö."""
    marks = [_Mark(*found.groups()) for found in _HIGH.finditer(text)]
    before = sum(mark.right.isalnum() and not mark.left.isalnum() for mark in marks)
    after = sum(mark.left.isalnum() and not mark.right.isalnum() for mark in marks)
    return before == after and all(not mark.is_letter and mark.fit > 0 for mark in marks)


def fit(text: str) -> float:
    """Return how well the letters of a text beyond a–z fit their neighbours and one alphabet.

    Examples
    --------
    >>> fit("möten på") > 0 > fit("mšten pŒ")
    True
    """
    marks = [_Mark(*found.groups()) for found in _HIGH.finditer(text)]
    signs = sum(mark.fit for mark in marks if not mark.is_letter)
    letters = [mark for mark in marks if mark.is_letter]
    return signs + max(
        sum(mark.fit + mark.worth(alphabet, value) for mark in letters)
        for alphabet, value in _ALPHABETS.items()
    )


class _Mark:
    """A character beyond ASCII between its neighbours."""

    def __init__(self, left: str, sign: str, right: str | None) -> None:
        self.left, self.sign, self.right = left, sign, right or ""
        self.is_letter = sign.isalpha() and sign not in "ªº"
        self.fit = self._case() if self.is_letter else self._edge()

    def worth(self, alphabet: str, value: float) -> float:
        """Return what a letter says for a language."""
        small = self.sign.lower()
        if small in alphabet:
            begins = not self.left.isalpha()
            return 0.2 if small == "é" and begins else value
        return 0.0 if small in _KNOWN else -1.0

    def _case(self) -> float:
        """Return what speaks against a capital inside a word, or a small letter among capitals."""
        if self.sign.isupper() and (self.left.islower() or (self.left.isupper() and self.right.islower())):
            return -2.0
        if self.sign.islower() and self.left.isupper() and self.right.isupper():
            return -2.0
        is_alone = not (self.left.isalpha() or self.right.isalpha())
        return -1.0 if is_alone and self.sign.lower() not in _WORDS_ALONE else 0.0

    def _edge(self) -> float:
        """Return what a sign is worth: quotes and dashes come between words."""
        if self.sign not in _SIGNS:
            return -2.0
        inside = self.left.isalpha() and self.right.isalpha()
        return (0.8 if self.sign in "’\xa0" else -2.0) if inside else 0.8


# --- letters that were encoded twice ------------------------------------------------------------------


_RUN = re.compile(r"[^\x00-\x7f]+")
_MOST_RUNS = 20_000
_TWICE = 0.8  # share of the places that must read so


def _without_second(text: str, encoding: str) -> Reading:
    """Return a text in UTF-8 without a second encoding around it, where most of it has one."""
    runs = [found[0] for found, _ in zip(_RUN.finditer(text), range(_MOST_RUNS), strict=False)]
    if not runs:
        return Reading(text, encoding)
    most, back = max(((_count(runs, way), way) for way in _ways()), key=lambda pair: pair[0])
    if not most:
        return Reading(text, encoding)
    if most < _TWICE * len(runs):
        return Reading(text, encoding, garbled=most)
    single = _RUN.sub(lambda found: back(found[0]) or found[0], text)
    return Reading(single, encoding, is_guessed=True, is_doubled=True)


def _count(runs: list[str], back: Callable[[str], str]) -> int:
    return sum(1 for run in runs if back(run))


def _ways() -> Iterator[Callable[[str], str]]:
    for encoding in CANDIDATES[:3]:
        yield lambda run, encoding=encoding: _once(run, encoding)  # type: ignore[misc]


def _once(run: str, encoding: str) -> str:
    """Return what was meant by characters that are UTF-8 read as something else; empty if they are not."""
    try:
        data = b"".join(_byte(sign, encoding) for sign in run)
        return data.decode("utf-8")
    except UnicodeError:
        return ""


def _byte(sign: str, encoding: str) -> bytes:
    # What Windows gives no letter to is read as the control character of the same number.
    return bytes([ord(sign)]) if 0x80 <= ord(sign) < 0xA0 else sign.encode(encoding)


# --- what a person sees of it -------------------------------------------------------------------------


def known_encoding(name: str) -> str:
    """Return Python's name of an encoding, such as ``mac-roman``; empty if there is none for texts.

    Examples
    --------
    >>> known_encoding("CP850"), known_encoding("klingon")
    ('cp850', '')
    """
    plain = {"mac": "mac_roman", "macroman": "mac_roman", "dos": "cp850", "windows": "cp1252"}
    try:
        found = codecs.lookup(plain.get(name.strip().casefold(), name.strip()))
    except (LookupError, ValueError):
        return ""
    is_text = getattr(found, "_is_text_encoding", True)
    return found.name.replace("-", "_") if is_text else ""


def words_of(text: str, most: int = 3) -> list[str]:
    """Return the first words with letters beyond a–z, each once, to see whether they are read rightly.

    Examples
    --------
    >>> words_of("På mötet saknades mål på bordet")
    ['På', 'mötet', 'mål']
    """
    words: dict[str, None] = {}
    for found in _WORD.finditer(text[:_SAMPLE_BYTES]):
        if found[0].isascii():
            continue
        words.setdefault(found[0])
        if len(words) == most:
            break
    return list(words)


def in_quotes(text: str) -> str:
    """Return those words to be shown."""
    return quoted(word[:_LONGEST_WORD] for word in words_of(text)) or "–"
