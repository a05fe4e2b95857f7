"""What a REFI-QDA project cannot hold of a study."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sekom_analysis.decisions import LEDGERS
from sekom_analysis.exchange.refi.answers import Answer, Sorted
from sekom_analysis.exchange.refi.losses import Loss, real
from sekom_analysis.exchange.refi.plaintext import plain_text
from sekom_analysis.exchange.refi.sources_writing import SHARED
from sekom_analysis.raw import CODED
from sekom_analysis.study import Study

_GONE = "not in the file"
_BESIDE = "in the file as notes beside the text; other programs do not count them"
_LINKED = "in the file as notes linked to the codings; many programs pass them over"
_VARIABLES = (
    "in the file as variables, one for each coder; their times and memos stand in the cases' descriptions"
)
_PLAIN = "plain in the file; as they were in their descriptions"
_LEDGER_WORDS = {"adjudicated": "adjudications", "merges": "merged, split or reworded actions"}


def project_losses(study: Study, answers: Sorted, layout: str) -> list[Loss]:
    """Return what is lost when a study is written as a project, and what only this package finds again."""
    history = study.history()
    standing = sum(map(_count, (answers.codings, answers.scores, answers.asides))) + answers.homeless
    decided = int((history["event"] == "decide").sum())
    certain = sum(bool(answer.certainty) for answer in _all(answers.codings))
    changed = sum(text != plain_text(text) for text in study.notes["text"])
    found = [
        Loss(decided - standing, "answers that were changed or taken back later", _GONE),
        Loss(len(study.skipped()), "questions that a coder skipped", f"{_GONE}; they look unseen there"),
        Loss(answers.homeless, "decisions on notes that the study no longer has", _GONE),
        Loss(standing, "decisions: which version of the codebook and which way (card, page, sheet)", _GONE),
        *_ledgers(study.root),
        Loss(certain, "certainties", _LINKED),
        Loss(_count(answers.scores), "scores", _VARIABLES),
        Loss(_count(answers.asides), "flags, and answers that the codebook no longer has", _BESIDE),
        Loss(changed, "texts with control characters, other line ends or uncomposed letters", _PLAIN),
    ]
    if layout == SHARED:
        who = "in the file; programs that ask only who made the selection, as QualCoder, do not show it"
        found.append(Loss(_count(answers.codings), "decisions: whose they are", who))
    return real(found)


def _ledgers(root: Path) -> Iterable[Loss]:
    for name in LEDGERS:
        path = root / CODED / f"{name}.csv"
        if path.is_file():
            rows = sum(bool(line.strip()) for line in path.read_bytes().split(b"\n")) - 1
            yield Loss(max(rows, 0), _LEDGER_WORDS.get(name, f"rows of {name}.csv"), _GONE)


def _count(answers: dict[str, list[Answer]]) -> int:
    return sum(map(len, answers.values()))


def _all(answers: dict[str, list[Answer]]) -> Iterable[Answer]:
    return (answer for some in answers.values() for answer in some)
