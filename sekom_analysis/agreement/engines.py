"""Patterns of a long table in any engine: pandas, Polars, DuckDB, Spark.

Each code adds a power of two to its note's key, each coder another. Two
group-bys then turn any number of decisions into patterns; they run where the
table lives, and only the patterns come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
import numpy.typing as npt

from sekom_analysis.agreement.clusters import ALONE
from sekom_analysis.agreement.coded import Code, InOrder, check_one_kind
from sekom_analysis.agreement.patterns import KEY_BITS, Patterns, clustered, code_keys, distinct_rows, unpack
from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.basics.wording import quoted

SHOWN = 10
_NONE = np.zeros(0, np.int64)


def count_patterns(
    table: Any,
    note: str = "note_id",
    coder: str = "coder",
    code: str = "codes",
    codes: Sequence[Code] | None = None,
    cluster: str | None = None,
) -> Patterns:
    """Return the patterns of a long table of decisions on one variable.

    Parameters
    ----------
    table : any table that narwhals reads, lazy ones included
        One row per decision: pandas, Polars, DuckDB relation, Spark DataFrame, …
        A missing code counts as unseen; an empty text is an answer.
    note, coder, code : str
        Names of the columns.
    codes : sequence, optional
        All V codes on offer, in order. Left out: the categories of an ordered column (pandas, Polars' and
        DuckDB's Enum), or else the codes seen, sorted, which is an order for numbers only.
    cluster : str, optional
        Name of a column with the cluster of each row's note; missing: a cluster of its own.

    Raises
    ------
    RatingsError
        If a column is missing, a code is not among `codes`, a number comes as text too, or one coder
        decided twice on the same note (each such pair is named, up to ten).

    Examples
    --------
    >>> import pandas as pd
    >>> long = pd.DataFrame(
    ...     {"note_id": ["B1", "B1", "B2", "B2"], "coder": ["k1", "k2", "k1", "k2"], "codes": list("abaa")}
    ... )
    >>> patterns = count_patterns(long)
    >>> patterns.codes, patterns.counts.tolist(), patterns.multiplicity.tolist()
    (('a', 'b'), [[2, 0], [1, 1]], [1, 1])
    """
    frame = _columns(table, {"note": note, "coder": coder, "code": code, "cluster": cluster})
    codes = _in_order_of(table, code) if codes is None else codes
    # A group-by: engines number rows for a `unique`, which takes ten times as long.
    chosen = _brought_here(frame.group_by("coder", "code").agg(nw.len().alias("rows")))
    coders, seen = _distinct(chosen["coder"]), _distinct(chosen["code"])
    offered = _check_codes(seen, codes)
    if not seen:
        return Patterns(np.zeros((0, len(offered)), np.uint8), np.zeros(0, np.int64), offered, len(coders))
    bits = max(1, len(coders).bit_length())
    keys = _words("code", offered, bits) + _words("coder", coders, 1)
    tallied, clusters = _tally_frame(frame.filter(~nw.col("code").is_null()), keys)
    _refuse_doubled(tallied, keys, frame)
    return _unpacked(tallied, clusters, keys, Patterns(_NONE, _NONE, offered, len(coders)), bits)


class _Word(NamedTuple):
    """A column of keys: which values it speaks of, and what each adds."""

    name: str
    source: str
    values: list[Code]
    bits: int


def _words(source: str, values: Sequence[Code], bits: int) -> list[_Word]:
    room = KEY_BITS // bits
    parts = [list(values[start : start + room]) for start in range(0, len(values), room)]
    return [_Word(f"{source}_{i}", source, part, bits) for i, part in enumerate(parts)]


def _columns(table: Any, asked: dict[str, str | None]) -> Any:
    frame = nw.from_native(table)
    schema = frame.collect_schema()
    wanted = {short: name for short, name in asked.items() if name is not None}
    missing = [name for name in wanted.values() if name not in schema]
    if missing:
        msg = f"The table has no column {quoted(missing)}; its columns: {', '.join(schema)}."
        raise RatingsError(msg)
    return frame.select(_as_text(name, schema[name]).alias(short) for short, name in wanted.items())


def _in_order_of(table: Any, code: str) -> Sequence[Code] | None:
    """Return the order that a column has of its own; None where it has none."""
    dtype = nw.from_native(table).collect_schema()[code]
    return list(dtype.categories) if isinstance(dtype, nw.Enum) else None


def _as_text(name: str, dtype: Any) -> nw.Expr:
    # Engines do not look up text among categories of their own.
    column = nw.col(name)
    return column.cast(nw.String) if isinstance(dtype, (nw.Categorical, nw.Enum)) else column


def _brought_here(frame: Any) -> dict[str, list[Any]]:
    if frame.implementation.is_spark_like():
        # Rows as Python objects: no need for Arrow or for a pandas that Spark knows.
        rows = frame.to_native().collect()
        return {name: [row[name] for row in rows] for name in frame.columns}
    if isinstance(frame, nw.LazyFrame):
        polars = frame.implementation.is_polars()
        frame = frame.collect() if polars else frame.collect(backend="pandas")
    return {name: frame[name].to_list() for name in frame.columns}


def _distinct(values: list[Any]) -> list[Code]:
    known = {value for value in values if value is not None and value == value}
    try:
        return sorted(known)
    except TypeError:
        return sorted(known, key=str)


def _check_codes(seen: list[Code], codes: Sequence[Code] | None) -> tuple[Code, ...]:
    check_one_kind((value, "the column of codes") for value in seen)
    if codes is None:
        return tuple(seen)
    unknown = [value for value in seen if value not in set(codes)]
    if unknown:
        msg = (
            f"The table holds codes that are not among those on offer: {quoted(unknown)}. "
            f"On offer: {quoted(codes)}. Nothing was computed."
        )
        raise RatingsError(msg)
    return InOrder(codes)


def _tally_frame(frame: Any, keys: list[_Word]) -> tuple[dict[str, npt.NDArray[np.int64]], list[Any] | None]:
    """Return keys, notes and most rows of each kind of note, and, where it was asked for, its cluster."""
    names = [word.name for word in keys]
    clusters = [name for name in frame.columns if name == "cluster"]
    keyed = frame.with_columns(_key(word).alias(word.name) for word in keys)
    notes = keyed.group_by("note").agg(
        *(nw.col(name).sum().alias(name) for name in names),
        nw.len().alias("rows"),
        *(nw.col(name).min().alias(name) for name in clusters),
        *(nw.col(name).max().alias("last") for name in clusters),
    )
    if clusters:
        _refuse_two_clusters(notes)
    notes = notes.with_columns(nw.col(name).cast(nw.Int64) for name in [*names, "rows"])
    grouped = notes.group_by(*names, *clusters)
    tallied = _brought_here(grouped.agg(nw.len().alias("notes"), nw.col("rows").max().alias("rows")))
    # A count of codes and coders is needed in NumPy only: at most a few thousand rows by now.
    found = tallied.pop("cluster", None)
    return {name: np.asarray(values, np.int64) for name, values in tallied.items()}, found


def _refuse_two_clusters(notes: Any) -> None:
    differ = ~nw.col("cluster").is_null() & (nw.col("cluster") != nw.col("last"))
    torn = _brought_here(notes.filter(differ).select("note", "cluster", "last"))
    if torn["note"]:
        named = sorted(zip(map(str, torn["note"]), torn["cluster"], torn["last"], strict=True))
        shown = "; ".join(f"note '{note}': '{a}' and '{b}'" for note, a, b in named[:SHOWN])
        msg = f"A note belongs to one cluster, and here some are in two: {shown}. Nothing was computed."
        raise RatingsError(msg)


def _key(word: _Word) -> nw.Expr:
    adds = code_keys(len(word.values), word.bits)
    return nw.col(word.source).replace_strict(word.values, adds, default=0, return_dtype=nw.Int64)


def _refuse_doubled(tallied: dict[str, npt.NDArray[np.int64]], keys: list[_Word], frame: Any) -> None:
    # n powers of two sum to a number with n binary ones only if all differ.
    ones = sum(np.bitwise_count(tallied[word.name]) for word in keys if word.source == "coder")
    if (tallied["rows"] == ones).all():
        return
    doubled = frame.group_by("note", "coder").agg(nw.len().alias("rows"))
    doubled = doubled.filter(nw.col("rows") > 1)
    rows = _brought_here(doubled)
    named = sorted(zip(map(str, rows["note"]), map(str, rows["coder"]), rows["rows"], strict=True))
    shown = "; ".join(f"note '{n}', coder '{c}': {count} rows" for n, c, count in named[:SHOWN])
    more = f"; and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    msg = (
        f"A coder decides once on a note, and here some did so more than once: {shown}{more}. "
        "Keep one row each (the latest, or one pass). Nothing was computed."
    )
    raise RatingsError(msg)


def _unpacked(
    tallied: dict[str, npt.NDArray[np.int64]],
    clusters: list[Any] | None,
    keys: list[_Word],
    empty: Patterns,
    bits: int,
) -> Patterns:
    code_words = [word for word in keys if word.source == "code"]
    counts = np.hstack([unpack(tallied[word.name], len(word.values), bits) for word in code_words])
    if clusters is None:
        distinct, multiplicity = distinct_rows(counts, tallied["notes"])
        return replace(empty, counts=distinct, multiplicity=multiplicity)
    places = {name: at for at, name in enumerate(_distinct(clusters))}
    numbers = np.array([places.get(name, ALONE) for name in clusters], np.int64)
    return clustered(empty, counts, None, numbers, tallied["notes"])
