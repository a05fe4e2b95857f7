"""What stands whoever coded: statements about counts beside what each coder's coding gives, and a verdict."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sekom_analysis.quality.claims import BALANCE, GREAT_MAJORITY, NO, PARTLY, UNKNOWN, YES
from sekom_analysis.wording import check_language, number, say

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
    DataFrame, one row a statement: ``statement``; ``how`` it is computed; a column for each of the M
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
