"""Ratings as people keep them in files: the right coders, notes, kind and alpha, whatever the shape."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import sekom_analysis as sa
from sekom_analysis.exchange.ratings import read_ratings
from tests.exchange.keepings import SHAPES, Made, made, person, reference

GENERATED = [(shape, kind, seed) for kind, shapes in SHAPES.items() for shape in shapes for seed in range(4)]


def names(columns: pd.Index) -> set[str]:
    return {str(name).casefold() for name in columns}


@pytest.mark.parametrize(
    ("shape", "kind", "seed"), GENERATED, ids=[f"{s.__name__}-{k}-{n}" for s, k, n in GENERATED]
)
def test_any_shape_gives_the_same_ratings(
    shape: Callable[[Made, Path], list[Path]], kind: str, seed: int, tmp_path: Path
) -> None:
    one = made(kind, seed)
    ratings = read_ratings(shape(one, tmp_path))
    assert ratings.attrs["kind"] == kind
    coders = one.answers.columns
    if shape.__name__.startswith(("files", "sheets")):
        coders = coders.map(person)
    if shape.__name__ == "wide_numbers":
        coders = pd.Index([f"Kodare {k}" for k in range(1, len(coders) + 1)])
    assert names(ratings.columns) == names(coders)
    asked = one.answers if "long" not in shape.__name__ else one.answers.dropna(how="all")
    assert len(ratings) == len(asked)
    assert sa.alpha(ratings, ratings.attrs["level"]) == pytest.approx(reference(one), abs=1e-9)
