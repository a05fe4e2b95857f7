"""Does the finding survive the coder? Statements about counts, and what each coder's own coding gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.basics.wording import check_language, list_in_words, number, say
from sekom_analysis.consensus import count_codes
from sekom_analysis.study.study import Study

YES, PARTLY, NO, UNKNOWN = "yes", "partly", "no", "unknown"
FINDING_COLUMNS = [
    "kind", "about", "claim", "statement", "coder", "is_bar", "gives", "holds", "n_notes", "n_all",
]  # fmt: skip
# Two counts balance if they differ by at most this share of their sum: 13 and 14 do, 10 and 14 do not.
BALANCE = 0.1
# "The great majority" of a code's notes: no convention fixes it, so it is here to be seen.
GREAT_MAJORITY = 0.75


class Statement(NamedTuple):
    """One claim about counts, such as that a code is the largest.

    Attributes
    ----------
    kind : a name in `KINDS`
    claim : the codes it names: of ``largest``, ``smallest`` and ``most`` those that share the place;
        of ``first`` those in the first places, in any order, of ``order`` in this order;
        of ``balance`` none; of ``leans`` the side (a code of `by`) that outweighs, of ``mostly`` the side
        that has the great majority (`GREAT_MAJORITY` of the code's notes)
    about : of ``balance``, ``leans`` and ``mostly`` the code, of ``most`` the side
    """

    kind: str
    claim: tuple[str, ...] = ()
    about: str = ""


class Answer(NamedTuple):
    """What one coder's counts say on a statement: the codes they give, and the counts that show it."""

    codes: tuple[str, ...]
    counts: tuple[int, ...]


# Of one coder's counts, shape (codes, sides), one column without sides.
Kind = Callable[[pd.DataFrame, Statement, float], Answer]


def _largest(counts: pd.DataFrame, statement: Statement, tolerance: float) -> Answer:
    return _highest(counts.sum(axis=1))


def _smallest(counts: pd.DataFrame, statement: Statement, tolerance: float) -> Answer:
    totals = counts.sum(axis=1)
    return _at(totals, int(totals.min()))


def _most(counts: pd.DataFrame, statement: Statement, tolerance: float) -> Answer:
    return _highest(counts[statement.about])


def _outweighs(counts: pd.DataFrame, statement: Statement, tolerance: float) -> Answer:
    """Return the side that outweighs in a code; no side where they balance."""
    sides = {str(side): int(column[statement.about]) for side, column in counts.items()}
    most = max(sides.values())
    apart = most - min(sides.values()) > tolerance * sum(sides.values())
    heavier = tuple(side for side, n in sides.items() if n == most) if apart else ()
    return Answer(heavier, tuple(sides.values()))


def _first(counts: pd.DataFrame, statement: Statement, tolerance: float) -> Answer:
    """Return the codes in as many first places as the claim names; those that share the last place too."""
    totals = counts.sum(axis=1).sort_values(ascending=False, kind="stable")
    last = totals.iloc[min(len(statement.claim), len(totals)) - 1]
    first = totals[totals >= last]
    return Answer(tuple(map(str, first.index)), tuple(int(n) for n in first))


def _order(counts: pd.DataFrame, statement: Statement, tolerance: float) -> Answer:
    """Return the same, where two that are equal are in the order of the claim."""
    found = _first(counts, statement, tolerance)
    place = {code: statement.claim.index(code) for code in statement.claim}
    pairs = sorted(
        zip(found.codes, found.counts, strict=True),
        key=lambda pair: (-pair[1], place.get(pair[0], len(place))),
    )
    return Answer(tuple(code for code, _ in pairs), tuple(n for _, n in pairs))


def _mostly(counts: pd.DataFrame, statement: Statement, tolerance: float) -> Answer:
    """Return the side that has the great majority of a code's notes, if one has."""
    sides = {str(side): int(column[statement.about]) for side, column in counts.items()}
    enough = GREAT_MAJORITY * sum(sides.values())
    great = tuple(side for side, n in sides.items() if n and n >= enough)
    return Answer(great, tuple(sides.values()))


def _highest(totals: pd.Series[int]) -> Answer:
    """Return the codes with the highest count; none where there is nothing to count."""
    return _at(totals, int(totals.max())) if totals.max() > 0 else Answer((), (0,))


def _at(totals: pd.Series[int], value: int) -> Answer:
    at = [str(code) for code, total in totals.items() if total == value]
    return Answer(tuple(at), (int(value),))


KINDS: dict[str, Kind] = {
    "largest": _largest,
    "smallest": _smallest,
    "first": _first,
    "order": _order,
    "most": _most,
    "balance": _outweighs,
    "leans": _outweighs,
    "mostly": _mostly,
}
OF_CODES = {"largest", "smallest", "first", "order"}  # the others are about one code or side


def findings(
    study: Study,
    variable: str,
    by: str | None = None,
    *,
    statements: Iterable[Statement] | None = None,
    notes: object = None,
    coders: Iterable[str] | None = None,
    bar: str | None = None,
    lang: str = "sv",
    tolerance: float = BALANCE,
) -> pd.DataFrame:
    """Return statements about the counts, and whether each holds in every coder's own coding.

    Parameters
    ----------
    study : Study
    variable, by, notes, coders, bar : as in `count_codes`
    statements : what is claimed; left out, what the bars show: the largest and the smallest code, where
        the two sides of `by` balance, and the code with most of each side
    lang : ``"sv"`` or ``"en"``
    tolerance : two sides balance if they differ by at most this share of their sum

    Returns
    -------
    DataFrame, one row per statement and coder: ``kind``, ``about``, ``claim`` (a tuple of codes),
    ``statement`` (the sentence), ``coder``, ``is_bar``, ``gives`` (what the coder's counts say, with the
    counts), ``holds`` (yes; partly: it shares the place with others, or the order is another; no; unknown:
    the coder decided nothing, or has no note whose sides could balance), ``n_notes`` that the coder
    decided, of ``n_all``. No test is made: it is a comparison of readings, and a coder who read fewer notes
    has smaller counts.

    Raises
    ------
    CodebookError, RatingsError
        As in `count_codes`; or a statement is of an unknown kind, or names a code that is not counted.
    """
    counts = count_codes(study, variable, by, notes, coders, bar)
    return findings_of(counts, statements, lang=lang, tolerance=tolerance)


def findings_of(
    counts: pd.DataFrame,
    statements: Iterable[Statement] | None = None,
    *,
    lang: str = "sv",
    tolerance: float = BALANCE,
) -> pd.DataFrame:
    """Return the same from a table of `count_codes`.

    Raises
    ------
    RatingsError
        If a statement is of an unknown kind, or names a code that is not counted.
    """
    check_language(lang)
    tables = {str(coder): _wide(part) for coder, part in counts.groupby("coder", sort=False)}
    if not tables:
        return pd.DataFrame(columns=FINDING_COLUMNS)
    about = {str(row["coder"]): row for row in counts.drop_duplicates("coder").to_dict("records")}
    bar = next((coder for coder in tables if about[coder]["is_bar"]), next(iter(tables)))
    claims = _claims_of(tables[bar], tolerance) if statements is None else list(statements)
    shown = _labels(counts, lang)
    rows = []
    for statement in claims:
        _check(statement, tables[bar])
        sentence = _sentence(statement, shown, list(tables[bar].columns), lang)
        for coder, table in tables.items():
            read = int(about[coder]["n_notes"])
            answer = KINDS[statement.kind](table, statement, tolerance) if read else Answer((), ())
            # Two sides without a note weigh nothing, and so do not balance.
            is_empty = statement.kind == "balance" and not any(answer.counts)
            holds = _holds(statement, answer) if read and not is_empty else UNKNOWN
            rows.append(
                (
                    statement.kind, statement.about, tuple(statement.claim), sentence, coder, coder == bar,
                    _gives(statement, answer, shown, lang), holds, read, int(about[coder]["n_all"]),
                )
            )  # fmt: skip
    return pd.DataFrame(rows, columns=FINDING_COLUMNS)


def _wide(counts: pd.DataFrame) -> pd.DataFrame:
    """Return one coder's counts as codes × sides, in the codebook's order."""
    wide = counts.pivot(index="code", columns="by", values="count")
    return wide.loc[counts["code"].unique(), counts["by"].unique()]


def _claims_of(bars: pd.DataFrame, tolerance: float) -> Iterator[Statement]:
    """Yield what the bars show."""
    if not bars.to_numpy().sum():
        return
    for kind in ("largest", "smallest"):
        yield _claimed(bars, Statement(kind), tolerance)
    if len(bars.columns) < 2:
        return
    if len(bars.columns) == 2:
        for code, sides in bars.iterrows():
            statement = Statement("balance", about=str(code))
            if sides.sum() and not _outweighs(bars, statement, tolerance).codes:
                yield statement
    for side in bars.columns:
        if bars[side].sum():
            yield _claimed(bars, Statement("most", about=str(side)), tolerance)


def _claimed(bars: pd.DataFrame, statement: Statement, tolerance: float) -> Statement:
    return statement._replace(claim=KINDS[statement.kind](bars, statement, tolerance).codes)


def _check(statement: Statement, bars: pd.DataFrame) -> None:
    if statement.kind not in KINDS:
        msg = f"There is no statement of the kind '{statement.kind}'. The kinds: {', '.join(KINDS)}."
        raise RatingsError(msg)
    codes, sides = {str(code) for code in bars.index}, {str(side) for side in bars.columns}
    of_side = statement.kind == "most"
    lacking = ({statement.about} if statement.kind not in OF_CODES else set()) - (sides if of_side else codes)
    lacking |= set(statement.claim) - (sides if statement.kind in ("leans", "mostly") else codes)
    if lacking:
        msg = (
            f"{', '.join(repr(name) for name in sorted(lacking))} is not counted here ({statement}). "
            f"Codes: {', '.join(sorted(codes))}. Sides: {', '.join(sorted(sides - {''})) or 'none'}."
        )
        raise RatingsError(msg)


def _holds(statement: Statement, answer: Answer) -> str:
    claim, found = set(statement.claim), set(answer.codes)
    if statement.kind == "order" and claim == found:
        clear = len(set(answer.counts)) == len(answer.counts)
        return YES if answer.codes == tuple(statement.claim) and clear else PARTLY
    if claim == found:
        return YES
    return PARTLY if claim & found else NO


def _labels(counts: pd.DataFrame, lang: str) -> dict[str, str]:
    return {
        **dict(zip(counts["by"], counts[f"by_label_{lang}"], strict=True)),
        **dict(zip(counts["code"], counts[f"label_{lang}"], strict=True)),
    }


def _sentence(statement: Statement, shown: dict[str, str], sides: list[str], lang: str) -> str:
    values = {
        "claim": _list(statement.claim, shown, lang),
        "about": shown.get(statement.about, ""),
        "sides": _list([str(side) for side in sides], shown, lang).lower(),
    }
    key = f"finding_{statement.kind}"
    several = len(statement.claim) > 1 and statement.kind in (*OF_CODES, "most")
    return say(f"{key}_several" if several else key, lang, **{k: v.lower() if _low(statement, k) else v
               for k, v in values.items()})  # fmt: skip


def _low(statement: Statement, key: str) -> bool:
    """Whether a label is used inside the sentence as a common noun: a side does, a code is a name."""
    return (statement.kind, key) in {("most", "about"), ("leans", "claim"), ("mostly", "claim")}


def _gives(statement: Statement, answer: Answer, shown: dict[str, str], lang: str) -> str:
    if not answer.counts:
        return "–"
    if statement.kind in ("balance", "leans", "mostly"):
        return "/".join(map(str, answer.counts))
    if statement.kind in ("first", "order"):
        return ", ".join(f"{shown[code]} {n}" for code, n in zip(answer.codes, answer.counts, strict=True))
    return f"{_list(answer.codes, shown, lang) or '–'} ({answer.counts[0]})"


def _list(codes: Iterable[str], shown: dict[str, str], lang: str) -> str:
    return list_in_words([shown[code] for code in codes], lang)


def coder_heading(row: Mapping[Any, Any], name: str, lang: str) -> str:
    """Return how a coder is named over a column: marked where not all notes were read."""
    if row["n_notes"] == row["n_all"]:
        return name
    return f"{name}: {say('report_read_of', lang, n=row['n_notes'], n_all=row['n_all'])}"


# --- what holds whoever coded ------------------------------------------------------------------------


HOLDS, FAILS, IN_PART, DEPENDS = "holds", "does not hold", "in part", "depends"
_VERDICTS = {frozenset({YES}): HOLDS, frozenset({NO}): FAILS, frozenset({PARTLY}): IN_PART}
_SAID = {
    HOLDS: "finding_yes", FAILS: "finding_no", IN_PART: "finding_partly",
    DEPENDS: "verdict_depends", UNKNOWN: "finding_unknown",
}  # fmt: skip


def verdicts(found: pd.DataFrame, lang: str = "sv", *, tolerance: float = BALANCE) -> pd.DataFrame:
    """Set what every coder's coding gives beside each statement, with one verdict over all of them.

    Parameters
    ----------
    found : as `findings` or `findings_of` gives it, in the same language
    lang : ``"sv"`` or ``"en"``
    tolerance : as it was given there; it is told in ``how``

    Returns
    -------
    DataFrame, one row per statement: ``statement``; ``how`` it is computed; a column for each of the M
    coders, with what their counts give and whether the statement holds by it; ``verdict`` (holds; does not
    hold; in part; depends; unknown) and ``verdict_shown``, the same in words. It *depends* on the coder
    where it holds by some and not, or in part, by others. Who decided nothing has no say.

    Examples
    --------
    >>> rows = [("s", "largest", "anna", "a (3)", "yes"), ("s", "largest", "bo", "b (2)", "no")]
    >>> found = pd.DataFrame(rows, columns=["statement", "kind", "coder", "gives", "holds"])
    >>> verdicts(found, "en").loc[0, ["anna", "bo", "verdict_shown"]].tolist()
    ['a (3): holds', 'b (2): does not hold', 'depends on the coder']
    """
    check_language(lang)
    values = {"share": number(100 * tolerance, lang, 0), "great": number(100 * GREAT_MAJORITY, lang, 0)}
    rows: list[dict[str, Any]] = []
    for statement, part in found.groupby("statement", sort=False):
        verdict = _verdict(set(part["holds"]) - {UNKNOWN})
        rows.append(
            {
                "statement": statement,
                "how": say(f"finding_how_{part['kind'].iloc[0]}", lang, **values),
                **{row["coder"]: _cell(row["gives"], row["holds"], lang) for row in part.to_dict("records")},
                "verdict": verdict,
                "verdict_shown": say(_SAID[verdict], lang),
            }
        )
    coders = list(dict.fromkeys(found["coder"]))
    return pd.DataFrame(rows, columns=["statement", "how", *coders, "verdict", "verdict_shown"])


def _verdict(said: set[str]) -> str:
    return _VERDICTS.get(frozenset(said), DEPENDS) if said else UNKNOWN


def _cell(gives: str, holds: str, lang: str) -> str:
    return f"{gives}: {say(f'finding_{holds}', lang)}"
