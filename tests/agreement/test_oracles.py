"""Random tables with gaps: other programs, where they are right, say the same.

`krippendorff` is the oracle for alpha, statsmodels for Fleiss' κ (complete
tables only: it takes a gap for a category), scikit-learn for Cohen's κ, pingouin for ICC, and
irrCAC, in an environment of its own since it needs an old pandas, for the rest.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import warnings
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sekom_analysis.agreement import agreement, alpha

TABLES = settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LEVELS = ["nominal", "ordinal", "interval", "ratio"]


def random_scores(seed, n_notes, n_coders, n_codes, gaps) -> pd.DataFrame:
    """Scores 1…V with gaps, coders who agree now and then."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(1, n_codes + 1, n_notes)
    guess = rng.integers(1, n_codes + 1, (n_coders, n_notes))
    scores = np.where(rng.random((n_coders, n_notes)) < rng.random(), truth, guess).astype(float)
    scores[rng.random(scores.shape) < gaps] = np.nan
    return pd.DataFrame(scores.T, columns=[f"k{j}" for j in range(n_coders)])


def tables(coders=(2, 6), gaps=(0.0, 0.5)):
    return st.builds(
        random_scores,
        st.integers(0, 2**32 - 1),
        st.integers(2, 40),
        st.integers(*coders),
        st.integers(2, 7),
        st.floats(*gaps),
    )


def values(table, names, **options) -> list[float]:
    return agreement(table, coefficients=names, n_resamples=0, **options).value.tolist()


def n_pairable_codes(table) -> int:
    """How many codes occur on notes that two or more decided on."""
    paired = table[table.notna().sum(axis=1) >= 2]
    return len(set(paired.to_numpy().ravel()[~np.isnan(paired.to_numpy().ravel())]))


@given(tables(), st.sampled_from(LEVELS))
@TABLES
def test_alpha_is_krippendorffs(table, level):
    if n_pairable_codes(table) < 2:
        assert np.isnan(alpha(table, level))
        return
    theirs = krippendorff.alpha(table.to_numpy().T, level_of_measurement=level)
    assert alpha(table, level) == pytest.approx(theirs, abs=1e-9)


@given(tables(gaps=(0.0, 0.0)))
@TABLES
def test_fleiss_is_that_of_statsmodels(table):
    inter_rater = pytest.importorskip("statsmodels.stats.inter_rater")
    assume(n_pairable_codes(table) >= 2)
    counts, _ = inter_rater.aggregate_raters(table.to_numpy().astype(int))
    assert values(table, "fleiss")[0] == pytest.approx(inter_rater.fleiss_kappa(counts), abs=1e-9)


@given(tables(coders=(2, 2)), st.sampled_from([None, "linear", "quadratic"]))
@TABLES
def test_cohen_is_that_of_scikit_learn(table, weights):
    metrics = pytest.importorskip("sklearn.metrics")
    both = table.dropna().astype(int)
    assume(n_pairable_codes(table) >= 2)
    codes = sorted(range(1, 8))
    theirs = metrics.cohen_kappa_score(both.k0, both.k1, labels=codes, weights=weights)
    ours = values(table, "cohen", weights=weights, codes=[float(code) for code in codes])[0]
    assert ours == pytest.approx(theirs, abs=1e-9)


@given(tables(coders=(2, 5), gaps=(0.0, 0.0)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_icc_is_that_of_pingouin(table):
    pingouin = pytest.importorskip("pingouin")
    spread = table.to_numpy().var(axis=0)
    # Without a spread of notes, of coders or of what is left, theirs divides by zero.
    assume(len(table) >= 5 and (spread > 0).all() and n_pairable_codes(table) >= 3)
    assume(
        table.sub(table.mean(axis=1), axis=0)
        .sub(table.mean() - table.to_numpy().mean())
        .abs()
        .to_numpy()
        .max()
        > 0.1
    )
    long = table.reset_index().melt("index", var_name="coder", value_name="score")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own use of pandas
        theirs = pingouin.intraclass_corr(long, targets="index", raters="coder", ratings="score")["ICC"]
    names = ["icc_1_1", "icc_a_1", "icc_c_1", "icc_1_k", "icc_a_k", "icc_c_k"]
    assert values(table, names) == pytest.approx(theirs.tolist(), abs=1e-9)


# What irrCAC is asked, in a process of its own.
ASKS = """
import json, sys, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from irrCAC.raw import CAC
answers = []
for case in json.load(sys.stdin):
    table = pd.DataFrame(case["rows"], columns=case["columns"], dtype=float)
    cac = CAC(table, weights=case["weights"], categories=case["codes"], digits=12)
    answer = {}
    for name in ("fleiss", "gwet", "conger", "bp", "krippendorff"):
        found = getattr(cac, name)()["est"]
        answer[name] = [found["coefficient_value"], found["pa"], found["pe"]]
    answers.append(answer)
json.dump(answers, sys.stdout)
"""


@pytest.fixture(scope="session")
def irrcac(tmp_path_factory) -> Path:
    """A Python that has irrCAC: made on demand in CI, or named by SEKOM_IRRCAC_PYTHON."""
    if os.environ.get("SEKOM_IRRCAC_PYTHON"):
        return Path(os.environ["SEKOM_IRRCAC_PYTHON"])
    if not os.environ.get("CI"):
        pytest.skip("irrCAC needs an environment of its own: set SEKOM_IRRCAC_PYTHON, or run in CI")
    home = tmp_path_factory.mktemp("irrcac")
    venv.create(home, with_pip=True)
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    wanted = ["irrCAC==0.4.4", "pandas<3", "setuptools<81"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-compile", *wanted], check=True)
    return python


def cases_for_irrcac() -> list[dict]:
    """500 tables in which every coder decided something and two codes or more were used."""
    rng = np.random.default_rng(2008)
    cases: list[dict] = []
    while len(cases) < 500:
        n_codes = int(rng.integers(2, 7))
        table = random_scores(
            int(rng.integers(2**32)),
            int(rng.integers(6, 30)),
            int(rng.integers(2, 6)),
            n_codes,
            rng.random() / 3,
        )
        if table.notna().any().all() and n_pairable_codes(table) >= 2:
            rows = table.astype(object).where(table.notna(), None).to_numpy().tolist()
            weights = str(rng.choice(["identity", "linear", "quadratic", "ordinal"]))
            codes = [float(code) for code in range(1, n_codes + 1)]
            cases.append({"rows": rows, "columns": list(table), "weights": weights, "codes": codes})
    return cases


OURS = {"fleiss": "fleiss", "gwet": "ac1", "conger": "conger", "bp": "brennan_prediger"}


def test_irrcac_agrees(irrcac):
    cases = cases_for_irrcac()
    ran = subprocess.run(
        [irrcac, "-c", ASKS],
        input=json.dumps(cases),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    for case, theirs in zip(cases, json.loads(ran.stdout), strict=True):
        table = pd.DataFrame(case["rows"], columns=case["columns"], dtype=float)
        weights = None if case["weights"] == "identity" else case["weights"]
        found = agreement(
            table, coefficients=list(OURS.values()), weights=weights, n_resamples=0, codes=case["codes"]
        )
        for name, row in zip(OURS, found.itertuples(), strict=True):
            assert [row.value, row.observed, row.expected] == pytest.approx(theirs[name], abs=1e-9), (
                name,
                case,
            )
