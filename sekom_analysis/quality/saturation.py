"""How many of the codes in use had appeared after n notes or sources, and how many new ones each run gave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sekom_analysis.basics.errors import CodebookError, NotesError, SekomError
from sekom_analysis.basics.wording import check_language, say
from sekom_analysis.quality.coders import own_order
from sekom_analysis.study.codebook import NONE_FITS
from sekom_analysis.study.decisions import INDEPENDENT, counting_rows
from sekom_analysis.study.raw import chosen_coders
from sekom_analysis.study.study import Study

SATURATION_COLUMNS = ["n", "as_coded", "mean", "low", "high", "note"]
RUN_COLUMNS = ["first", "last", "new", "base", "share", "reached", "point", "note"]
NOTE, SOURCE = UNITS = ("note", "source")
TAILS = (0.025, 0.975)
# Guest, Namey & Chen (2020).
BASE_SIZE, RUN_LENGTH, THRESHOLD = 4, 2, 0.05


def saturation(
    study: Study,
    variable: str,
    by: str = NOTE,
    coder: str | None = None,
    rng: int | np.random.Generator = 0,
    n_orders: int = 1_000,
    *,
    notes: object = None,
    lang: str = "en",
) -> pd.DataFrame:
    """Return how many of the codes in use had appeared after n notes or sources.

    Parameters
    ----------
    study : Study
    variable : a `single` or `multiple` variable
    by : ``"note"`` or ``"source"``
    coder : whose codes; left out, those that anybody with the codebook chose on their own
    rng : seed or Generator of the random orders
    n_orders : how many
    notes : as in `Study.ratings`
    lang : language of the column ``note``

    Returns
    -------
    DataFrame
        One row for each n from 1: ``as_coded``, codes that had appeared in the order in which notes were
        first coded, missing where times do not tell it, which ``note`` says; ``mean`` over all orders;
        ``low`` and ``high``, between which 95 % of the random orders are. Codes count as they do now. "None
        fits" is not a code, but a note of it counts.

    Raises
    ------
    CodebookError
        If there is no such variable, or it has no codes.
    NotesError, StudyError
        If notes have no sources, or there is no such coder.

    Notes
    -----
    The mean is exact: with code c in N_c of N units, Σ_c 1 − C(N − N_c, n) / C(N, n) codes are expected after
    n of them (Hurlbert 1971, *Ecology* 52, 577–586). A curve that is flat at its end says that these notes
    give no more codes of this codebook, not that other notes or another codebook would not.
    """
    check_language(lang)
    units = _units(study, variable, by, coder, notes)
    has = _incidence([one.codes for one in units.coded])
    n = np.arange(1, len(has) + 1)
    low, high = _spread(has, np.random.default_rng(rng), n_orders)
    table = pd.DataFrame({"n": n, "mean": _expected(has), "low": low, "high": high})
    seen = [len(frozenset().union(*(u.codes for u in units.coded[:k]))) for k in n]
    known = units.is_ordered
    table["as_coded"] = pd.array(seen if known else [pd.NA] * len(n), dtype="Int64")
    table["note"] = "" if known else say("saturation_no_order", lang)
    return table[SATURATION_COLUMNS]


def new_codes(
    study: Study,
    variable: str,
    by: str = SOURCE,
    coder: str | None = None,
    *,
    base: int = BASE_SIZE,
    run: int = RUN_LENGTH,
    threshold: float = THRESHOLD,
    notes: object = None,
    lang: str = "en",
) -> pd.DataFrame:
    """Return how many new codes each run of notes or sources gave, after Guest, Namey and Chen (2020).

    Parameters
    ----------
    study, variable, by, coder, notes, lang : as in `saturation`
    base : how many units the first codes are counted in
    run : how many units in a row are looked at for new ones
    threshold : the largest share of new codes, of those in the base, at which saturation is said

    Returns
    -------
    DataFrame
        One row for each run, which begins one unit after the last: ``first`` and ``last`` unit, ``new``
        codes in it, codes in the ``base``, their ``share``, whether it is at most the threshold
        (``reached``), and the ``point`` as the method writes it: ``6+2`` is six units, and two more that
        showed it. The first row that is reached is the answer. Without an order all but the units is missing,
        and ``note`` says so. Empty with fewer units than base and run.

    Raises
    ------
    SekomError
        If a size is below 1 or the threshold is not a share; else as in `saturation`.

    Notes
    -----
    Guest, Namey & Chen (2020), "A simple method to assess and report thematic saturation in qualitative
    research", *PLoS ONE* 15(5), e0232076: the denominator stays that of the base. It was made for
    interviews, each with many themes; a base of four notes with one code each has four codes at most, so
    that 5 % of them is none. For `single` variables sources are the better unit.
    """
    check_language(lang)
    if base < 1 or run < 1 or not 0 <= threshold <= 1:
        msg = f"Base {base}, run {run} and threshold {threshold} do not fit: 1 or more twice, and 0 to 1."
        raise SekomError(msg)
    units = _units(study, variable, by, coder, notes)
    table = runs([one.codes for one in units.coded], base, run, threshold)
    if not units.is_ordered:
        table = table.astype({"reached": "boolean"})
        table[["new", "base", "share", "reached"]] = pd.NA
    table["note"] = "" if units.is_ordered else say("saturation_no_order", lang)
    return table[RUN_COLUMNS]


def runs(
    coded: Sequence[frozenset[str]],
    base: int = BASE_SIZE,
    run: int = RUN_LENGTH,
    threshold: float = THRESHOLD,
) -> pd.DataFrame:
    """Return the runs of units in an order, as `new_codes` does, without the column ``note``.

    Parameters
    ----------
    coded : the codes of each unit

    Examples
    --------
    >>> coded = [frozenset(codes) for codes in ("abc", "ad", "be", "f", "ag", "b", "a", "c")]
    >>> runs(coded)[["point", "new", "base", "reached"]].values.tolist()
    [['4+2', 1, 6, False], ['5+2', 0, 6, True], ['6+2', 0, 6, True]]
    """
    known = [frozenset[str]().union(*coded[:k]) for k in range(len(coded) + 1)]
    n_base = len(known[base]) if len(coded) >= base else 0
    rows = []
    for start in range(base, len(coded) - run + 1):
        new = len(known[start + run]) - len(known[start])
        share = new / n_base if n_base else float("nan")
        rows.append((start + 1, start + run, new, n_base, share, share <= threshold, f"{start}+{run}"))
    return pd.DataFrame(rows, columns=RUN_COLUMNS[:-1])


class _Unit(NamedTuple):
    name: str
    codes: frozenset[str]


class _Units(NamedTuple):
    """Notes or sources in the order in which they were first coded, and whether that order is known."""

    coded: list[_Unit]
    is_ordered: bool


def _units(study: Study, variable: str, by: str, coder: str | None, notes: object) -> _Units:
    asked = study.codebook[variable]
    if asked.kind == "scale":
        msg = f"'{variable}' is a scale; it has numbers, and no codes that could appear."
        raise CodebookError(msg)
    if by not in UNITS:
        msg = f"Codes appear by '{NOTE}' or by '{SOURCE}', not by '{by}'."
        raise CodebookError(msg)
    if by == SOURCE and "source" not in study.notes.columns:
        msg = "The notes have no column 'source'; ask by note."
        raise NotesError(msg)
    everybody = study.with_codebook
    whose = everybody if coder is None else chosen_coders([coder], study.coders, study.about.coders)
    said = study.decisions(variable, whose)
    said = said[(said["pass"] == str(INDEPENDENT)) & said["note_id"].isin(study.notes_asked(asked, notes))]
    codes: dict[str, set[str]] = {}
    for note_id, given in zip(said["note_id"], said["codes"], strict=True):
        codes.setdefault(note_id, set()).update(set(given.split("|")) - {"", NONE_FITS})
    ordered, is_known = _in_order(study, variable, list(dict.fromkeys(said["coder"])))
    units: dict[str, set[str]] = {}
    for note_id in (one for one in ordered if one in codes):
        unit = note_id if by == NOTE else str(study.notes.at[note_id, "source"])
        units.setdefault(unit, set()).update(codes[note_id])
    return _Units([_Unit(name, frozenset(own)) for name, own in units.items()], is_known)


def _in_order(study: Study, variable: str, coders: Sequence[str]) -> tuple[list[str], bool]:
    """Return notes in the order in which somebody first decided on them, and whether times tell it."""
    history = counting_rows(study.history())
    own = history[
        (history["event"] == "decide")
        & (history["pass"] == str(INDEPENDENT))
        & (history["variable"] == variable)
        & history["coder"].isin(coders)
    ]
    own = own.drop_duplicates("note_id")  # the history is in the order of its times
    known = all(own_order(study, coder, variable)[1] for coder in coders)
    return [str(note) for note in own["note_id"]], known


def _incidence(coded: Sequence[frozenset[str]]) -> npt.NDArray[np.bool_]:
    """Return which unit has which code, shape (units, V)."""
    used = sorted(frozenset[str]().union(*coded))
    table = [[code in codes for code in used] for codes in coded]
    return np.array(table, dtype=bool).reshape(len(coded), len(used))


def _expected(has: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Return how many codes are expected after 1, 2, … units in any order, shape (units,)."""
    n_units = len(has)
    drawn = np.arange(n_units)[:, None]
    without = np.maximum(n_units - has.sum(axis=0) - drawn, 0) / (n_units - drawn)
    found: npt.NDArray[np.float64] = (1 - np.cumprod(without, axis=0)).sum(axis=1)
    return found


def _spread(has: npt.NDArray[np.bool_], rng: np.random.Generator, n_orders: int) -> tuple[Any, Any]:
    """Return between which whole numbers 95 % of random orders are after 1, 2, … units."""
    n_units = len(has)
    if not n_units or n_orders < 1:
        return np.full(n_units, np.nan), np.full(n_units, np.nan)
    seen = np.zeros((n_orders, n_units))
    for order in range(n_orders):
        place = rng.permutation(n_units)[:, None]
        first = np.where(has, place, n_units).min(axis=0)
        seen[order] = np.bincount(first, minlength=n_units)[:n_units].cumsum()
    return (np.quantile(seen, TAILS[0], axis=0, method="lower"),
            np.quantile(seen, TAILS[1], axis=0, method="higher"))  # fmt: skip
