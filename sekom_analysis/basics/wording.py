"""What people are told: texts in Swedish and English from the tables of wordings, and problems."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import yaml

from sekom_analysis.basics.errors import SekomError

if TYPE_CHECKING:
    from pandas import DataFrame


Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = ("sv", "en")
_LINE_BREAK = "\r\n?|[\x0b\x85\u2028\u2029]"
_ACTING = "[\x00-\x08\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
_UNSEEN = re.compile(f"{_LINE_BREAK}|{_ACTING}")


@cache
def _table() -> dict[str, dict[str, str]]:
    folder = files("sekom_analysis.basics").joinpath("wordings")
    # The loader in C takes a tenth of the time, where PyYAML was built with it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    table: dict[str, dict[str, str]] = {}
    for file in folder.iterdir():
        table |= yaml.load(file.read_text(encoding="utf-8"), loader)
    return table


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


def say(key: str, /, lang: str = "sv", **values: object) -> str:
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


def quoted(values: Iterable[object], between: str = ", ") -> str:
    """Return values as a message names them, texts in the quotation marks of its language.

    Examples
    --------
    >>> quoted(["tid", "vilja"]), quoted([1, 2])
    ("'tid', 'vilja'", '1, 2')
    >>> quoted(["tid", "vilja"]).in_("sv")
    '”tid”, ”vilja”'
    """
    texts = [Phrase("in_quotes", text=one) if isinstance(one, str) else str(one) for one in values]
    return chain(texts, between)


def chain(parts: Sequence[str], between: str = ", ") -> str:
    """Return texts one after another; as a phrase, where some of them are phrases.

    Examples
    --------
    >>> chain([Phrase("row_here", row=2), "B7"]).in_("sv")
    'rad 2, B7'
    """
    if not any(isinstance(part, Phrase) for part in parts):
        return between.join(parts)
    if len(parts) == 1:
        return parts[0]
    halves = parts[: len(parts) // 2], parts[len(parts) // 2 :]  # not one by one: there may be thousands
    first, second = (chain(half, between) for half in halves)
    return Phrase("two_chained", first=first, between=between, second=second)


def is_known(key: str) -> bool:
    """Whether there is a text of that key."""
    return key in _table()


def texts(prefix: str, lang: str = "sv") -> dict[str, str]:
    """Return all texts whose key begins with `prefix`, by the rest of the key, gaps left unfilled.

    Examples
    --------
    >>> texts("figure_key_", "en")["settled"]
    'settled code'
    """
    language = check_language(lang)
    return {
        key.removeprefix(prefix): text[language] for key, text in _table().items() if key.startswith(prefix)
    }


def visible(text: str) -> str:
    r"""Return a text for screen or paper: what would act there instead of being seen is a sign, or gone.

    A control character, what turns the direction of writing and what is not a character becomes �, a byte
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


# --- numbers as they are written in sentences ---------------------------------------------------------------


def count_notes(n: int, lang: str) -> str:
    """Return a number of notes: "en lapp", "3 lappar".

    Examples
    --------
    >>> count_notes(1, "sv"), count_notes(3, "en")
    ('en lapp', '3 notes')
    """
    few = {0: "count_notes_none", 1: "count_notes_one"}
    return say(few.get(n, "count_notes"), lang, n=number(n, lang, 0))


def in_words(row: Mapping[Any, Any], lang: str) -> str:
    """Return a coefficient's value with its interval, where it has one."""
    value = number(float(row["value"]), lang)
    if math.isnan(row["low"]) or math.isnan(row["high"]):
        return value
    ends = {end: number(float(row[end]), lang) for end in ("low", "high")}
    return f"{value} {say('figure_interval', lang, **ends)}"


def share_in_words(share: float, lang: str) -> str:
    """Return a share in percent, without decimals; a dash where there is none.

    Examples
    --------
    >>> share_in_words(0.934, "sv")
    '93 %'
    """
    return f"{number(100 * share, lang, 0)} %"


def interval_in_percent(low: float, high: float, lang: str) -> str:
    """Return the ends of a share's interval in percent.

    Examples
    --------
    >>> interval_in_percent(0.551, 0.997, "en")
    '55–100'
    """
    return "–".join(number(100 * end, lang, 0) for end in (low, high))


def list_in_words(listed: Sequence[str], lang: str) -> str:
    """Return a list: "k1, k2 och k3".

    Examples
    --------
    >>> list_in_words(["k1", "k2", "k3"], "en"), list_in_words(["k1"], "sv")
    ('k1, k2 and k3', 'k1')
    """
    return f" {say('and', lang)} ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)


def p_in_words(p_value: float, lang: str) -> str:
    """Return a p-value with three decimals, "< 0,001" below that.

    Examples
    --------
    >>> p_in_words(0.012, "sv"), p_in_words(1e-7, "en")
    ('= 0,012', '< 0.001')
    """
    if p_value < 0.001:
        return f"< {number(0.001, lang, 3)}"
    return f"= {number(p_value, lang, 3)}"


# --- words of notes as lemmas: Swedish or English, compounds kept whole, small words left out ---------


_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SHORTEST_PART = 3  # letters of either part of a compound


def lemmas(texts: Sequence[str], lang: str = "sv") -> list[list[str]]:
    """Return the words of each text as lemmas, in their order, small words left out.

    Parameters
    ----------
    texts : N texts
    lang : language of the texts, ``"sv"`` or ``"en"``

    Returns
    -------
    list of N lists. A compound stays one word, with its last part as the lemma says
    (hållbarhetsprinciperna → hållbarhetsprincip). A word that no dictionary has stays as it is,
    without a genitive s if the texts also have it so.

    Examples
    --------
    >>> lemmas(["Kommunernas nyckeltal mäter inte hållbarhetsprinciperna"])
    [['kommun', 'nyckeltal', 'mäta', 'hållbarhetsprincip']]
    """
    check_language(lang)
    found = [[word.lower() for word in _WORD.findall(text)] for text in texts]
    seen = {word for words in found for word in words}
    lemma = {word: _lemma(word, lang) for word in seen}
    names = {
        word: word[:-1] for word in seen if lemma[word] == word and word[:-1] in seen and word[-1] == "s"
    }
    small = _small_words(lang)
    kept = ([names.get(word, lemma[word]) for word in words if word not in small] for words in found)
    return [[word for word in words if word not in small and len(word) > 1] for words in kept]


@lru_cache(maxsize=100_000)
def _lemma(word: str, lang: str) -> str:
    from simplemma import is_known, lemmatize

    if "-" in word:
        head, _, last = word.rpartition("-")
        return f"{head}-{_lemma(last, lang)}"
    if is_known(word, lang) or lang != "sv":
        return lemmatize(word, lang).lower()
    for start in range(_SHORTEST_PART, len(word) - _SHORTEST_PART):  # the longest last part that is a word
        part = word[start:]
        if is_known(part, lang):
            return word[:start] + lemmatize(part, lang).lower()
    return word


@lru_cache(maxsize=4)
def _small_words(lang: str) -> frozenset[str]:
    import yaml

    text = files("sekom_analysis.basics").joinpath("stopwords.yaml").read_text(encoding="utf-8")
    return frozenset(yaml.safe_load(text)[lang].split())


# --- A problem in somebody's file: where it is, what it is, what to do --------------------------------


MOST_OF_A_KIND = 10


class Told(NamedTuple):
    """A problem in the words of one language."""

    file: str
    row: int | None
    what: str
    todo: str


@dataclass(frozen=True)
class Problem:
    """One thing in a file that somebody has to look at; `of` makes it.

    Parameters
    ----------
    file : name of the file
    row : row as a spreadsheet numbers it (the header is row 1); None for the whole file
    what : what is wrong, with the bad value, as a phrase
    todo : what to do about it, as a phrase
    """

    file: str
    row: int | None
    what: Phrase
    todo: Phrase

    @classmethod
    def of(cls, file: str, row: int | None, kind: str, /, **values: object) -> Problem:
        """Return a problem of a kind that the wordings have, so that it can be told in each language.

        Examples
        --------
        >>> Problem.of("plan.csv", 5, "plan_nobody", action="D004").in_("sv").todo
        'skriv vem i kolumnen ”responsible”'
        """
        key = f"problem_{kind}"
        return cls(file, row, Phrase(key, **values), Phrase(f"{key}_todo", **values))

    def in_(self, lang: str) -> Told:
        """Return the problem told in a language, ``"sv"`` or ``"en"``."""
        return Told(self.file, self.row, self.what.in_(lang), self.todo.in_(lang))


class Fault(NamedTuple):
    """One thing wrong inside plain data: the path to it, what it is, what to do."""

    path: tuple[str | int, ...]
    what: Phrase
    todo: Phrase

    @classmethod
    def of(cls, path: tuple[str | int, ...], kind: str, /, **values: object) -> Fault:
        """Return a fault of a kind that the wordings have."""
        return cls(path, Phrase(f"fault_{kind}", **values), Phrase(f"fault_{kind}_todo", **values))


class FaultsError(ValueError):
    """Everything wrong inside one model, for a validator to raise."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.what}; {fault.todo}" for fault in faults))
        self.faults = tuple(faults)


def problems_table(problems: Iterable[Problem], lang: str = "en") -> DataFrame:
    """Problems as a table in a language, one row each: file, row, what, todo.

    Examples
    --------
    >>> problems_table([Problem.of("study.yaml", 3, "yaml_doubled", name="id")])[["row", "todo"]]
       row                 todo
    0    3  keep one of the two
    """
    from pandas import DataFrame

    table = DataFrame([problem.in_(lang) for problem in problems], columns=list(Told._fields))
    return table.astype({"file": "str", "row": "Int64", "what": "str", "todo": "str"})


def rows_in_words(rows: Iterable[int], most: int = 8) -> str:
    """Return numbers of rows, those that follow each other as one span.

    Examples
    --------
    >>> rows_in_words([12, 13, 14, 20]), rows_in_words(range(2, 60, 2))
    ('12–14, 20', '2, 4, 6, 8, 10, 12, 14, 16, …')
    """
    spans: list[list[int]] = []
    for row in sorted(set(rows)):
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    said = [f"{low}" if low == high else f"{low}–{high}" for low, high in spans]
    return ", ".join([*said[:most], *(["…"] if len(said) > most else [])])


def kind_of(problem: Problem) -> str:
    """Return the key that a problem is told by in the wordings."""
    return problem.what.key


def capped(problems: Sequence[Problem]) -> list[Problem]:
    """Return problems without the eleventh of a kind in a file and those after it, which are counted.

    Examples
    --------
    >>> found = [Problem.of("a.csv", row, "notes_empty_text") for row in range(30)]
    >>> [one.what for one in capped(found)][-2:]
    ['the text is empty', 'and 20 more of the same kind (rows 10–29)']
    """
    counts = Counter((problem.file, kind_of(problem)) for problem in problems)
    shown: list[Problem] = []
    met: Counter[tuple[str, str]] = Counter()
    for problem in problems:
        key = problem.file, kind_of(problem)
        met[key] += 1
        if met[key] <= MOST_OF_A_KIND:
            shown.append(problem)
        elif met[key] == counts[key]:
            rows = [one.row for one in problems if one.row is not None and (one.file, kind_of(one)) == key]
            n, left = counts[key] - MOST_OF_A_KIND, rows_in_words(rows[MOST_OF_A_KIND:])
            kind = "more_such_rows" if left else "more_such"
            shown.append(Problem.of(problem.file, None, kind, n=n, **({"rows": left} if left else {})))
    return shown


def command_of(problem: Problem) -> str:
    """Return the command that a problem's way out names; empty if it names none.

    Examples
    --------
    >>> command_of(Problem.of("notes.csv", 2, "notes_empty_text"))
    ''
    """
    command = str(problem.todo.values.get("command", ""))
    return command if command in problem.todo else ""


def problem_lines(problems: Iterable[Problem], lang: str = "en") -> str:
    """Problems as lines of a message, in a language.

    Examples
    --------
    >>> print(problem_lines([Problem.of("study.yaml", 3, "yaml_doubled", name="id")], "sv"))
    - study.yaml, rad 3: ”id” finns två gånger på samma ställe; behåll en av de två.
    """
    told = (problem.in_(lang) for problem in problems)
    return "\n".join(f"- {_place(one, lang)}: {one.what}; {one.todo}." for one in told)


def _place(told: Told, lang: str) -> str:
    return told.file if told.row is None else say("row_in_file", lang, file=told.file, row=told.row)
