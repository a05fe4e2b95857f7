"""What people write in tables of answers: codes, scores and gaps in cells, names of columns and files."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

GAPS = frozenset(("", "na", "n/a", "#n/a", "nan", "null", "-", "–", "—", "."))
_STRONG = re.compile(r"\s*[;|¦\n]\s*")
_WEAK = (",", "/", "+", "&", "#")
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")
_KNOWN = 0.6  # the share of parts that are codes elsewhere too, for a comma to separate codes
_MOST_SCORE, _LEAST_SCORES = 10, 3


def plain(text: str) -> str:
    """Return a text without what does not tell two apart: capitals, spaces, composed letters.

    Examples
    --------
    >>> plain("  Ont  om TID ")
    'ont om tid'
    """
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def is_gap(cell: str) -> bool:
    """Whether a cell says that there is no answer, as programs and people write it.

    Examples
    --------
    >>> is_gap(" "), is_gap("NA"), is_gap("–"), is_gap("ingen passar")
    (True, True, True, False)
    """
    return plain(cell) in GAPS


# --- several codes in one cell ------------------------------------------------------------------------


def separators(cells: Iterable[str]) -> str:
    r"""Return the signs that separate codes in these cells; a comma only where its parts are codes elsewhere.

    Examples
    --------
    >>> separators(["Tid; Pengar", "Tid | Stöd"]), separators(["Tid, Pengar", "Tid", "Pengar"])
    (';|\n', ',')
    >>> separators(["Plan, mål", "Tid"]), separators(["3,5", "2,5", "4"])
    ('', '')
    """
    found = [cell for cell in dict.fromkeys(cells) if not is_gap(cell)]
    strong = any(_STRONG.search(cell.strip()) for cell in found)
    pieces = [part for cell in found for part in _STRONG.split(cell) if part.strip()]
    weak = next((sign for sign in _WEAK if _separates(sign, pieces)), "")
    return (";|\n" if strong else "") + weak


def _separates(sign: str, cells: Sequence[str]) -> bool:
    with_it = {plain(cell) for cell in cells if sign in cell}
    if not with_it:
        return False
    if sign == "," and all(re.fullmatch(r"\d+,\d+", cell) for cell in with_it):
        return False
    times = Counter(part for cell in with_it for part in {one.strip() for one in cell.split(sign)} if part)
    whole = {plain(cell) for cell in cells} - with_it
    known = [part in whole or n > 1 for part, n in times.items()]
    return sum(known) >= _KNOWN * len(known) and len(times) > 1


def split(cell: str, signs: str) -> list[str]:
    """Return the codes of a cell, each once, in the order in which they come.

    Examples
    --------
    >>> split("Tid; Pengar |Tid", ";|"), split(" ", ";")
    (['Tid', 'Pengar'], [])
    """
    parts = re.split(f"[{re.escape(signs)}]", cell) if signs else [cell]
    codes: dict[str, str] = {}
    for part in parts:
        if not is_gap(part):
            codes.setdefault(plain(part), " ".join(part.split()))
    return list(codes.values())


def spellings(codes: Iterable[str]) -> tuple[dict[str, str], list[list[str]]]:
    """Return what each code is called, as most write it, and those that were written in several ways.

    Examples
    --------
    >>> spellings(["Tid", "tid", "Tid", "Stöd"])
    ({'tid': 'Tid', 'stöd': 'Stöd'}, [['Tid', 'tid']])
    """
    times: dict[str, Counter[str]] = {}
    for code in codes:
        times.setdefault(plain(code), Counter())[code] += 1
    labels = {key: max(found, key=lambda one: found[one]) for key, found in times.items()}
    return labels, [list(found) for found in times.values() if len(found) > 1]


# --- marks of a column per code -----------------------------------------------------------------------


_YES = frozenset(("1", "1.0", "x", "ja", "yes", "true", "sant", "✓", "✔", "j", "y"))
_NO = frozenset(("0", "0.0", "nej", "no", "false", "falskt", "n"))


def is_marks(cells: Iterable[str]) -> bool:
    """Whether the cells of a column only mark something, or do not.

    Examples
    --------
    >>> is_marks(["1", "0", ""]), is_marks(["x", ""]), is_marks(["1", "2"]), is_marks(["0", "0"])
    (True, True, False, True)
    """
    found = {plain(cell) for cell in cells} - GAPS
    return bool(found) and found <= _YES | _NO


def marked(cell: str) -> bool | None:
    """Whether a cell marks something; None where it is empty."""
    return None if is_gap(cell) else plain(cell) in _YES


# --- scores, and words in an order --------------------------------------------------------------------


def number_in(text: str) -> float | None:
    """Return a number as Swedish and English write it; None where there is none.

    Examples
    --------
    >>> number_in("3,5"), number_in("4.0"), number_in("4 av 5")
    (3.5, 4.0, None)
    """
    return float(text.strip().replace(",", ".")) if _NUMBER.fullmatch(text.strip()) else None


def are_scores(values: Iterable[str]) -> bool:
    """Whether values are scores: at least three whole numbers from 0 to 10, or numbers with decimals.

    Examples
    --------
    >>> are_scores(["1", "2", "5"]), are_scores(["1", "2"]), are_scores(["11", "12", "23"])
    (True, False, False)
    """
    numbers = {number_in(value) for value in values}
    known = [one for one in numbers if one is not None]
    if None in numbers or len(known) < _LEAST_SCORES:
        return False
    whole = all(one.is_integer() for one in known)
    return not whole or (min(known) >= 0 and max(known) <= _MOST_SCORE)


_LADDERS = (
    "mycket låg|mycket liten|mycket lite|mycket dålig|mycket svag|very low|very small|very poor",
    "låg|låga|lågt|liten|litet|lite|dålig|dåligt|svag|svagt|low|small|poor|weak|little",
    "ganska låg|ganska liten|rather low|fairly low",
    "medel|medelhög|mellan|måttlig|måttligt|mellanstor|medium|moderate|middle|average|fair",
    "ganska hög|ganska stor|rather high|fairly high",
    "hög|höga|högt|stor|stort|mycket|bra|stark|starkt|high|large|big|good|strong|much",
    "mycket hög|mycket stor|mycket bra|mycket stark|very high|very large|very good|excellent|utmärkt",
)
_OFTEN = (
    "aldrig|never",
    "sällan|rarely|seldom",
    "ibland|sometimes",
    "ofta|often",
    "mycket ofta|very often",
    "alltid|always",
)
_AGREE = (
    "tar helt avstånd|stämmer inte alls|instämmer inte alls|inte alls|strongly disagree|not at all",
    "tar delvis avstånd|stämmer dåligt|instämmer inte|stämmer inte|nej|disagree|no",
    "stämmer delvis|varken eller|varken/eller|neutral|kanske|delvis|neither|maybe|partly",
    "instämmer delvis|instämmer|stämmer bra|stämmer|ja|agree|yes",
    "instämmer helt|stämmer helt|helt|strongly agree|fully",
)


class Order(NamedTuple):
    """An order of words, and whether the words themselves give it."""

    words: list[str]
    known: bool


def guessed_order(words: Sequence[str]) -> Order:
    """Return the order that words seem to have; the one they come in where they do not say.

    Examples
    --------
    >>> guessed_order(["hög", "låg", "medel"])
    Order(words=['låg', 'medel', 'hög'], known=True)
    >>> guessed_order(["b", "a"])
    Order(words=['b', 'a'], known=False)
    """
    for ladder in (_LADDERS, _OFTEN, _AGREE):
        ranks = {word: rank for rank, step in enumerate(ladder) for word in step.split("|")}
        placed = [ranks.get(plain(word)) for word in words]
        if None not in placed and len(set(placed)) == len(words):
            return Order(sorted(words, key=lambda word: ranks[plain(word)]), True)
    return Order(list(words), False)


def order_of(told: str) -> list[str]:
    """Return the words of an order as a person writes it, lowest first.

    Examples
    --------
    >>> order_of("låg < medel < hög"), order_of("låg, medel, hög")
    (['låg', 'medel', 'hög'], ['låg', 'medel', 'hög'])
    """
    sign = "<" if "<" in told else ","
    return [" ".join(word.split()) for word in told.split(sign) if word.strip()]


# --- how columns, sheets and files are called, and what their names have in common --------------------


def _words(text: str, *more: str) -> frozenset[str]:
    return frozenset((*text.split(), *more))


IDS = _words(
    "id note_id noteid note lapp lappnr lapp-id lappid nr nr. no no. nummer number # löpnummer löpnr rad row "
    "respondent respondent-id respondent_id respondentid svars-id svarsid item unit enhet index"
)
TEXTS = _words(
    "text texter lapptext lapp notering svar fritext kommentar citat segment yttrande note answer response "
    "comment statement quote quotation content innehåll uttalande utsaga post-it"
)
CODERS = _words(
    "coder kodare annotator annotator_id rater bedömare person vem who user username användare kodad_av "
    "coded_by codedby bedömd_av granskare reviewer",
    *("kodad av", "coded by", "bedömd av", "kodat av"),
)
VARIABLES = _words("variable variabel fråga question kodfråga")
CODES = _words(
    "kod koder code codes tema teman theme themes tag tags tagg taggar kategori kategorier category "
    "categories etikett label labels ämne ämnen topic topics kodning coding svar answer värde value betyg "
    "poäng score bedömning rating"
)
NOT_ANSWERS = _words(
    "memo kommentar kommentarer comment comments anteckning anteckningar motivering datum date tid time "
    "timestamp tidpunkt säkerhet certainty confidence pass omgång decided_at created_at updated_at coded_at "
    "källa source stage steg grupp group roll kön ålder"
)
NOT_SHEETS = _words(
    "kodbok codebook koder codes info information readme instruktion instruktioner instructions listor lists "
    "läsmig sammanfattning summary resultat results",
    *("läs först", "read first", "läs mig"),
)
NOBODY = _words(
    "text texts note notes lapp lappar data kodning kodningar coding codings kod koder codes tabell table "
    "blad ark sheet fil file svar answers ratings bedömningar slutlig final klar kopia copy av by"
)
_PIECES = re.compile(r"[\s_\-.:,()\[\]/|–]+")
_VERSION = re.compile(r"(v|ver|version)?\d+")
_NUMBERED = re.compile(r"(.*?)[\s._\-(#:]*(\d{1,2})\)?")


def pieces(name: str) -> list[str]:
    """Return the words of a name.

    Examples
    --------
    >>> pieces("kodning_anna-v2"), pieces("Resurser (Anna)")
    (['kodning', 'anna', 'v2'], ['Resurser', 'Anna'])
    """
    return [one for one in _PIECES.split(name) if one]


def numbered(name: str) -> tuple[str, int]:
    """Return a name without its number, and the number; 1 where there is none.

    Examples
    --------
    >>> numbered("Kod 2"), numbered("Kod.1"), numbered("Tema"), numbered("Anna kod (3)")
    (('Kod', 2), ('Kod', 1), ('Tema', 1), ('Anna kod', 3))
    """
    found = _NUMBERED.fullmatch(name.strip())
    return (found[1].strip(), int(found[2])) if found and found[1] else (name.strip(), 1)


def is_called(name: str, words: frozenset[str]) -> bool:
    """Whether a column's name, without its capitals, spaces and number, is one of these words."""
    return plain(name) in words or plain(numbered(name)[0]) in words


def without_words(name: str, words: frozenset[str]) -> str:
    """Return a name without some words; empty if nothing is left.

    Examples
    --------
    >>> without_words("Anna kod", CODES), without_words("Tema", CODES)
    ('Anna', '')
    >>> without_words("note_id kod", CODES)
    'note_id'
    """
    rest = name
    for one in pieces(name):
        if plain(one) in words and (at := rest.find(one)) >= 0:
            before, after = rest[:at], rest[at + len(one) :]
            rest = before if not after.strip() else after if not before.strip() else rest
    return rest.strip(" _-.:,()[]/|–") if rest != name or plain(name) not in words else ""


def own_parts(names: Sequence[str]) -> tuple[list[str], str]:
    """Return what tells names apart, and the words that all of them begin or end with.

    Examples
    --------
    >>> own_parts(["siblings-anna", "siblings-bo"]), own_parts(["Anna kategori", "Bo kategori"])
    ((['anna', 'bo'], 'siblings'), (['Anna', 'Bo'], 'kategori'))
    >>> own_parts(["Anna", "Bo"])
    (['Anna', 'Bo'], '')
    """
    words = [pieces(name) for name in names]
    if len(names) < 2 or not all(words):
        return list(names), ""
    front = _alike(words)
    back = _alike([list(reversed(one)) for one in words])
    while front + back >= min(map(len, words)) and (front or back):
        front, back = (front - 1, back) if front >= back else (front, back - 1)
    if not front and not back:
        return list(names), ""
    shared = [*words[0][:front], *words[0][len(words[0]) - back :]]
    own = [" ".join(one[front : len(one) - back]) for one in words]
    return (list(names), "") if all(one.isdigit() for one in own) else (own, " ".join(shared))


def _alike(names: Sequence[Sequence[str]]) -> int:
    count = 0
    for words in zip(*names, strict=False):
        if len(set(map(plain, words))) > 1:
            break
        count += 1
    return count


def coder_names(labels: Sequence[str]) -> list[str]:
    """Return whom files or sheets are named after; 'coder 1' where the name is only that of a file.

    Examples
    --------
    >>> coder_names(["kodning_anna_v2", "kodning_bo"]), coder_names(["Anna", "text"])
    (['anna', 'bo'], ['Anna', 'coder 2'])
    """
    told = []
    for place, label in enumerate(own_parts(labels)[0] if len(labels) > 1 else labels, start=1):
        words = [w for w in pieces(label) if plain(w) not in NOBODY]
        named = [w for w in words if not _VERSION.fullmatch(plain(w))] or words
        told.append(" ".join(named) if named and not all(w.isdigit() for w in named) else f"coder {place}")
    return told if len({plain(one) for one in told}) == len(told) else list(labels)


def _cuts(names: Sequence[str]) -> Iterator[dict[str, tuple[str, str]]]:
    """Yield ways to take every name apart in two: at a sign that all of them have, or at a word."""
    for sign in (":", " – ", " - ", "(", "|", "/", "_"):
        if all(sign in name for name in names):
            cut = {name: name.split(sign, 1) for name in names}
            yield {name: (a.strip(), b.strip(" )")) for name, (a, b) in cut.items()}
    words = {name: pieces(name) for name in names}
    if all(len(one) > 1 for one in words.values()):
        for at in (1, -1):
            yield {name: (" ".join(one[:at]), " ".join(one[at:])) for name, one in words.items()}


def grid(names: Sequence[str]) -> dict[str, tuple[str, str]] | None:
    """Return names as two parts each, if they are every pair of two lists; None if they are not.

    Examples
    --------
    >>> found = grid(["Anna Tid", "Anna Stöd", "Bo Tid", "Bo Stöd"])
    >>> found["Bo Tid"]
    ('Bo', 'Tid')
    >>> grid(["Anna", "Bo", "Carl", "Dag"])
    """
    if len(names) < 4 or len(set(names)) < len(names):
        return None
    for parts in _cuts(names):
        first, second = ({plain(pair[k]) for pair in parts.values()} for k in (0, 1))
        cells = {(plain(a), plain(b)) for a, b in parts.values()}
        if min(len(first), len(second)) > 1 and len(cells) == len(first) * len(second) == len(names):
            return parts
    return None
