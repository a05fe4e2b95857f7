"""The sample study's decisions as ratings, and random tables to try laws on."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

DATA = Path(__file__).parents[2] / "data"


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@pytest.fixture(scope="session")
def sample_notes() -> pd.DataFrame:
    return _read(DATA / "raw" / "notes.csv").set_index("note_id")


@pytest.fixture(scope="session")
def sample_decisions() -> pd.DataFrame:
    logs = sorted((DATA / "coded").glob("*.csv"))
    return pd.concat([_read(path).assign(coder=path.stem) for path in logs], ignore_index=True)


@pytest.fixture(scope="session")
def sample_ratings(sample_decisions):
    def ratings(variable: str) -> pd.DataFrame:
        decided = sample_decisions[sample_decisions.variable == variable]
        table = decided.pivot(index="note_id", columns="coder", values="codes")
        if variable.startswith("criterion"):
            return table.apply(pd.to_numeric).astype("Int64")
        codes = sorted(decided.codes.unique())
        return table.apply(lambda column: pd.Categorical(column, categories=codes))

    return ratings
