"""Codes that coders miss: what was proposed, alike proposals together, and how to accept them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from sekom_analysis.actions.duplicates import likeness, of_words
from sekom_analysis.basics.errors import MissingPackageError, needing
from sekom_analysis.basics.files import in_a_command
from sekom_analysis.exchange.refi.words import id_of
from sekom_analysis.study.codebook import NONE_FITS, PROPOSAL
from sekom_analysis.study.decisions import latest
from sekom_analysis.study.proposals import Proposal, plain_name
from sekom_analysis.study.raw import study_option

if TYPE_CHECKING:
    from sekom_analysis.study.study import Study

COLUMNS = ["variable", "name", "note_id", "coder", "words", "answer", "decided_at", "group"]
ALIKE = 0.5  # of names, by their words; half of that comes from whole words, half from pieces of them


def proposals(study: Study, variable: str | None = None) -> pd.DataFrame:
    """Return the codes that coders propose, in all passes: alike ones have one group.

    Names are alike that are the same but for spaces and capitals, or whose words are: the evidence by which
    duplicates are found (`similar_pairs`), if what that needs is installed. One that a code of the variable
    was made of is not there any more.

    Parameters
    ----------
    study : an opened study
    variable : only what this one lacks; left out, every one

    Returns
    -------
    DataFrame of ``variable``, ``name``, ``note_id``, ``coder``, ``words`` of the note, ``answer`` (what the
    coder answered for now; empty if nothing), ``decided_at`` (UTC) and ``group``: a number, the groups with
    most proposals first.

    Raises
    ------
    CodebookError
        If there is no such variable.
    """
    wanted = study.codebook.ids if variable is None else (study.codebook[variable].id,)
    now = latest(study.history(), passes=(0, 1, 2, 3))
    own = now[(now["variable"] == PROPOSAL) & now["codes"].isin(wanted)].sort_values(
        "decided_at", kind="stable"
    )
    answers = now.set_index(["coder", "note_id", "variable"])["codes"].to_dict()
    rows = []
    for coder, note, asked, memo, at in own[["coder", "note_id", "codes", "memo", "decided_at"]].itertuples(
        index=False, name=None
    ):
        said = Proposal.read(memo)
        if said.name and plain_name(said.name) not in _accepted(study, asked):
            answer = answers.get((coder, note, asked), "")
            rows.append((asked, said.name, note, coder, said.words, answer, at))
    table = pd.DataFrame(rows, columns=COLUMNS[:-1], dtype="str")
    for name, part in table.groupby("variable"):  # what others answered for now is there to be seen
        study.tell_shown(list(dict.fromkeys(part["note_id"])), [str(name)], "proposals")
    return _grouped(table, wanted)


def _accepted(study: Study, variable: str) -> set[str]:
    """Return the names that codes of a variable were made of."""
    return {plain_name(name) for code in study.codebook[variable].codes for name in code.from_}


def _grouped(table: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    """Number the groups of alike names: by variable, those with most proposals first."""
    found: list[tuple[int, int, list[int]]] = []
    for place, variable in enumerate(order):
        own = table.index[table["variable"] == variable].tolist()
        for part in _alike([str(table.at[row, "name"]) for row in own]):
            found.append((place, -len(part), [own[number] for number in part]))
    found.sort()
    group = {row: number for number, (*_, rows) in enumerate(found, start=1) for row in rows}
    made = table.loc[list(group)].assign(group=list(group.values()))
    return made.astype({"group": "int64"}).reset_index(drop=True)[COLUMNS]


def _alike(names: Sequence[str]) -> list[list[int]]:
    """Return the places of alike names together, in order."""
    plain = [plain_name(name) for name in names]
    different = list(dict.fromkeys(plain))
    head = list(range(len(different)))  # of each different name, the first one that it is alike
    for one, other in sorted(_alike_words(different)):
        old, new = head[other], head[one]
        head = [new if place == old else place for place in head]
    groups: dict[int, list[int]] = {}
    for number, name in enumerate(plain):
        groups.setdefault(head[different.index(name)], []).append(number)
    return list(groups.values())


def _alike_words(names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of names whose words are alike; none where what tells them is not installed."""
    import numpy as np

    try:
        with needing("duplicates"):
            import sklearn  # noqa: F401
    except MissingPackageError:
        return
    pairs = np.array(list(combinations(range(len(names)), 2)), dtype=np.int64).reshape(-1, 2)
    if not len(pairs):
        return
    alike = likeness(of_words(names).rows, pairs) >= ALIKE
    yield from ((int(one), int(other)) for one, other in pairs[alike])


def accepting(study: Study, variable: str, names: Sequence[str]) -> str:
    """Return the command that makes a code of proposals with some names, the first of them its label."""
    asked = study.codebook[variable]
    owner = study.codebook[asked.codes_from] if asked.codes_from else asked
    taken = {old for code in owner.codes for old in (code.id, *code.was)} | {NONE_FITS}
    different = {plain_name(name): name for name in reversed(names)}
    origin = [f"--from {in_a_command(name)}" for name in reversed(different.values())]
    label = f"--label {in_a_command(names[0])}"
    parts = ["sekom codebook add", owner.id, id_of(names[0], taken, "code"), label]
    return " ".join(filter(None, [*parts, *origin, study_option(study.root)]))
