"""One table in four engines: the same patterns, whatever holds it."""

from __future__ import annotations

import os
import shutil
import sys

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.agreement import agreement, count_patterns
from sekom_analysis.basics.errors import RatingsError


def _long(n_notes=400, n_coders=5, n_codes=6) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    truth = rng.integers(0, n_codes, n_notes)
    chosen = np.where(
        rng.random((n_coders, n_notes)) < 0.7, truth, rng.integers(0, n_codes, (n_coders, n_notes))
    )
    table = pd.DataFrame(
        {
            "note_id": np.tile([f"n{i}" for i in range(n_notes)], n_coders),
            "coder": np.repeat([f"k{j}" for j in range(n_coders)], n_notes),
            "codes": [f"code_{k}" for k in chosen.ravel()],
        }
    )
    return table[rng.random(len(table)) < 0.85].reset_index(drop=True)


@pytest.fixture(scope="session")
def spark():
    if shutil.which("java") is None:
        if os.environ.get("CI"):
            pytest.fail("Spark needs Java, and CI has none")
        pytest.skip("Spark needs Java, and there is none here")
    sql = pytest.importorskip("pyspark.sql")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    session = (
        sql.SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def _polars(table, request):
    return pytest.importorskip("polars").DataFrame(table.to_dict("list"))


def _polars_lazy(table, request):
    return _polars(table, request).lazy()


def _polars_categorical(table, request):
    polars = pytest.importorskip("polars")
    return _polars(table, request).with_columns(polars.col("codes").cast(polars.Categorical))


def _arrow(table, request):
    return pytest.importorskip("pyarrow").table(table.to_dict("list"))


def _duckdb(table, request):
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    request.addfinalizer(connection.close)
    connection.execute("create table decisions (note_id text, coder text, codes text)")
    connection.executemany("insert into decisions values (?, ?, ?)", table.astype(object).values.tolist())
    return connection.table("decisions")


def _spark(table, request):
    path = request.getfixturevalue("tmp_path") / "decisions.csv"
    table.to_csv(path, index=False)
    return request.getfixturevalue("spark").read.csv(str(path), header=True)


ENGINES = [
    pytest.param(lambda table, request: table, id="pandas"),
    pytest.param(
        lambda table, request: table.astype({"codes": "category", "coder": "category"}), id="categories"
    ),
    pytest.param(_polars, id="polars"),
    pytest.param(_polars_lazy, id="polars-lazy"),
    pytest.param(_polars_categorical, id="polars-categories"),
    pytest.param(_arrow, id="arrow"),
    pytest.param(_duckdb, id="duckdb"),
    pytest.param(_spark, id="spark"),
]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_the_same_agreement(engine, request):
    long = _long()
    wide = long.pivot(index="note_id", columns="coder", values="codes")
    names = ["percent", "alpha", "fleiss", "ac1", "brennan_prediger"]
    patterns = count_patterns(engine(long, request))
    ours = agreement(patterns, coefficients=names, n_resamples=200)
    expected = agreement(wide, coefficients=names, n_resamples=200)
    pd.testing.assert_frame_equal(ours, expected, rtol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_refuses_doubled_rows_and_names_them(engine, request):
    long = _long(60)
    doubled = pd.concat([long, long.iloc[[7]].assign(codes="code_0")], ignore_index=True)
    note, coder = long.note_id[7], long.coder[7]
    with pytest.raises(RatingsError, match=f"note '{note}', coder '{coder}': 2 rows"):
        count_patterns(engine(doubled, request))


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_takes_a_missing_code_for_unseen(engine, request):
    long = _long(60)
    long["codes"] = long["codes"].astype(object)
    long.loc[::5, "codes"] = None
    seen = long[long.codes.notna()]
    patterns = count_patterns(engine(long, request))
    assert int(patterns.coders_per_note @ patterns.multiplicity) == len(seen)


@pytest.mark.parametrize("engine", ENGINES[-2:])
def test_many_codes_take_several_keys(engine, request):
    long = _long(200, 9, 40)
    wide = long.pivot(index="note_id", columns="coder", values="codes")
    ours = agreement(count_patterns(engine(long, request)), n_resamples=0)
    pd.testing.assert_frame_equal(ours, agreement(wide, n_resamples=0), rtol=1e-12)


def test_a_file_is_counted_where_it_lies(tmp_path, request):
    duckdb = pytest.importorskip("duckdb")
    long = _long()
    path = tmp_path / "decisions.csv"
    long.to_csv(path, index=False)
    connection = duckdb.connect()
    request.addfinalizer(connection.close)
    patterns = count_patterns(connection.read_csv(str(path)))
    assert patterns.n_notes == long.note_id.nunique()
