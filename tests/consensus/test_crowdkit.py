"""With hardly any prior the model is the one of Dawid and Skene that crowd-kit has.

crowd-kit asks for packages by the hundred megabytes that its Dawid–Skene never touches, and for a pandas
of its own choice. So the few it needs stand in a folder of their own, on the path of another process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.agreement.coded import read_ratings
from sekom_analysis.consensus import Prior
from sekom_analysis.consensus.draws import climb, count_votes

WANTED = ["crowd-kit==1.4.2", "nltk", "attrs", "tqdm", "regex", "click", "joblib", "defusedxml"]
STEPS = (1, 8)

# What crowd-kit is asked, in a process of its own: the same number of steps, whatever they gain.
ASKS = """
import json, sys, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from crowdkit.aggregation import DawidSkene
answers = []
for case in json.load(sys.stdin):
    data = pd.DataFrame(case["decisions"], columns=["task", "worker", "label"])
    model = DawidSkene(n_iter=case["steps"], tol=-1e9)
    probability = model.fit_predict_proba(data).sort_index()
    errors = model.errors_.sort_index()
    answers.append({
        "probability": probability[case["codes"]].to_numpy().tolist(),
        "prevalence": model.priors_[case["codes"]].tolist(),
        "errors": {w: errors.loc[w].reindex(case["codes"])[case["codes"]].to_numpy().tolist()
                   for w in case["coders"]},
    })
json.dump(answers, sys.stdout)
"""


@pytest.fixture(scope="session")
def crowdkit(request) -> Path:
    """A folder that has crowd-kit: made on demand in CI, or named by SEKOM_CROWDKIT_PATH."""
    if os.environ.get("SEKOM_CROWDKIT_PATH"):
        return Path(os.environ["SEKOM_CROWDKIT_PATH"])
    if not os.environ.get("CI"):
        pytest.skip("crowd-kit needs a folder of its own: set SEKOM_CROWDKIT_PATH, or run in CI")
    pytest.importorskip("sklearn")
    home = Path(request.config.cache.mkdir("crowdkit")) / f"{sys.version_info.major}.{sys.version_info.minor}"
    if not (home / "crowdkit").is_dir():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", home, *WANTED]
        subprocess.run(command, check=True)
    return home


def tables() -> list[pd.DataFrame]:
    """Ratings with gaps by coders of differing accuracy; every note has a decision, every code a coder."""
    rng = np.random.default_rng(1979)
    made = []
    while len(made) < 6:
        n_notes, n_coders, n_codes = (
            int(rng.integers(20, 100)),
            int(rng.integers(2, 6)),
            int(rng.integers(2, 6)),
        )
        right = rng.integers(0, n_codes, n_notes)
        guess = rng.integers(0, n_codes, (n_coders, n_notes))
        scores = np.where(rng.random(guess.shape) < rng.uniform(0.4, 0.95, (n_coders, 1)), right, guess).T
        names = np.array([f"c{k}" for k in range(n_codes)], dtype=object)[scores]
        names[rng.random(names.shape) < 0.25] = None
        index = [f"n{i:03d}" for i in range(n_notes)]
        table = pd.DataFrame(names, index, [f"k{j}" for j in range(n_coders)]).dropna(how="all")
        # Where a coder never chose a code crowd-kit leaves the whole row out, and the chance with it.
        if table.apply(lambda column, n=n_codes: column.nunique() == n).all():
            made.append(table)
    return made


def test_crowdkit_takes_the_same_steps(crowdkit):
    asked = [(table, steps) for table in tables() for steps in STEPS]
    cases = []
    for table, steps in asked:
        decisions = [[note, coder, code] for (note, coder), code in table.stack().dropna().items()]
        codes = sorted({code for *_, code in decisions})
        cases.append({"decisions": decisions, "steps": steps, "codes": codes, "coders": list(table)})
    ran = subprocess.run(
        [sys.executable, "-c", ASKS],
        input=json.dumps(cases),
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONPATH": str(crowdkit), "PYTHONWARNDEFAULTENCODING": ""},
    )
    assert ran.returncode == 0, ran.stderr
    for (table, steps), theirs in zip(asked, json.loads(ran.stdout), strict=True):
        votes = count_votes([read_ratings(table)])
        # Theirs starts with a step of its own, and ends with new habits for the probabilities it returns.
        fit = climb(votes, Prior(weight=1e-12, prevalence=1e-12), max_iterations=steps, tolerance=-np.inf)
        assert fit.probability[votes.row_of_note] == pytest.approx(np.array(theirs["probability"]), abs=1e-6)
        further = climb(votes, Prior(weight=1e-12, prevalence=1e-12), steps + 1, -np.inf)
        assert further.prevalence == pytest.approx(theirs["prevalence"], abs=1e-6)
        for coder, confusion in zip(table, further.confusion, strict=True):
            # Theirs: chosen × right.
            chosen_of_right = np.array(theirs["errors"][coder])
            np.testing.assert_allclose(confusion.T, chosen_of_right, atol=1e-6)
