"""How columns, sheets and files are called, and what their names have in common."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sekom_analysis.exchange.ratings.cells import plain


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
    split = [pieces(name) for name in names]
    if len(names) < 2 or not all(split):
        return list(names), ""
    front = _alike(split)
    back = _alike([list(reversed(one)) for one in split])
    while front + back >= min(map(len, split)) and (front or back):
        front, back = (front - 1, back) if front >= back else (front, back - 1)
    if not front and not back:
        return list(names), ""
    shared = [*split[0][:front], *split[0][len(split[0]) - back :]]
    own = [" ".join(one[front : len(one) - back]) for one in split]
    return (list(names), "") if all(one.isdigit() for one in own) else (own, " ".join(shared))


def _alike(split: Sequence[Sequence[str]]) -> int:
    count = 0
    for words in zip(*split, strict=False):
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
