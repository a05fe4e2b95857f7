"""What is wrong, or worth knowing, about a study's files and decisions, and how far each coder is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sekom_analysis.basics.errors import StanceError
from sekom_analysis.basics.wording import Phrase, Problem, chain, problem_lines, quoted
from sekom_analysis.study.about import SETTLED
from sekom_analysis.study.codebook import Codebook, Variable
from sekom_analysis.study.decisions import AFTER_TALK, INDEPENDENT, coder_fault, latest
from sekom_analysis.study.lineage import Holding
from sekom_analysis.study.proposals import proposed_names
from sekom_analysis.study.raw import (
    CODEBOOK_FILE,
    CODED,
    STUDY_FILE,
    NotesSeen,
    Raw,
    codebook_file,
    study_option,
)
from sekom_analysis.study.rows import WHOLE_NUMBER, answer_fault, local_minute

if TYPE_CHECKING:
    from sekom_analysis.study.study import Study


AS_MANY = 3  # how many notes a summary names

_TO_CONFIRM = ("meaning", "neighbour", "added", "question")  # of answers; others are told as what they are


def study_problems(raw: Raw) -> list[Problem]:
    """List coders whose ids are not possible, bars that are nobody's, and questions asked of no note."""
    return [*_strange_coders(raw), *_unknown_bar(raw), *_asked_of_nothing(raw)]


def _strange_coders(raw: Raw) -> Iterator[Problem]:
    for coder in raw.about.coders:
        if fault := coder_fault(coder):
            yield Problem.of(STUDY_FILE.name, None, "strange_coder", fault=fault)


def _unknown_bar(raw: Raw) -> Iterator[Problem]:
    bar = raw.about.bar
    is_known = bar == SETTLED or bar in raw.about.coders
    if not is_known and not (raw.root / CODED / f"{bar}.csv").is_file():
        yield Problem.of(STUDY_FILE.name, None, "unknown_bar", bar=bar)


def _asked_of_nothing(raw: Raw) -> Iterator[Problem]:
    stages, file = _stages(raw.notes), codebook_file(raw.root).name
    for variable in raw.codebook.variables:
        missing = [note for note in variable.notes or () if note not in raw.notes.index]
        if missing:
            yield Problem.of(file, None, "notes_not_there", variable=variable.id, notes=named_first(missing))
        if not any(variable.applies_to(str(note), stages.get(note)) for note in raw.notes.index):
            there = ", ".join(dict.fromkeys(map(repr, stages.values()))) or Phrase("problem_no_stages")
            yield Problem.of(file, None, "asked_of_nothing", variable=variable.id, there=there)


def decision_problems(
    decisions: pd.DataFrame,
    seen: NotesSeen,
    codebook: Codebook,
    kept: Mapping[str, Variable],
    holding: Holding,
) -> list[Problem]:
    """List unknown notes, variables and codes, changed texts, retired codes and older definitions.

    Parameters
    ----------
    decisions : the standing decisions, as `fold` gives them: what was decided again is mended
    seen : the study's notes, as coders see them
    codebook : the codebook as it is now
    kept : version -> the variable as it was seen then
    holding : tells which answers hold under the codebook as it is now
    """
    return [
        *unknown_notes(decisions, seen.notes),
        *_unknown_answers(decisions, codebook, kept),
        *_not_asked(decisions, seen.notes, codebook),
        *_changed_texts(decisions, seen.hashes),
        *_older_definitions(decisions, codebook, holding),
        *_lost_definitions(decisions, codebook, kept),
    ]


def _file(coder: object) -> str:
    return f"{coder}.csv"


def named_first(values: Iterable[object]) -> str:
    """Name the first few of a list: ``B001, B002, B003 and 4 more``."""
    distinct = list(dict.fromkeys(one if isinstance(one, str) else str(one) for one in values))
    rest, names = len(distinct) - AS_MANY, chain(distinct[:AS_MANY])
    return Phrase("problem_and_more", names=names, n=rest) if rest > 0 else names


def _stages(notes: pd.DataFrame) -> dict[object, str]:
    return {note: str(stage) for note, stage in notes["stage"].items()} if "stage" in notes.columns else {}


def unknown_notes(decisions: pd.DataFrame, notes: pd.DataFrame) -> Iterator[Problem]:
    """List decisions on notes that the study does not have."""
    for event in decisions[~decisions["note_id"].isin(notes.index)].itertuples():
        yield Problem.of(_file(event.coder), int(str(event.row)), "unknown_note", note=event.note_id)


def moved_passes(decisions: pd.DataFrame, passes: Mapping[str, str]) -> Iterator[Problem]:
    """List answers that count in another pass than the one written in the log; see `passes_of`.

    Parameters
    ----------
    decisions : one coder's standing decisions
    passes : event_id -> the pass that an event counts in, where that is another than the one written
    """
    for number, kind in ((AFTER_TALK, "late"), (INDEPENDENT, "not_late")):
        ids = {event_id for event_id, pass_ in passes.items() if pass_ == str(number)}
        found = decisions[decisions["event_id"].isin(ids)]
        for (coder, variable), group in found.groupby(["coder", "variable"]):
            notes = {"n": group["note_id"].nunique(), "notes": named_first(group["note_id"])}
            yield Problem.of(_file(coder), None, kind, coder=coder, variable=variable, **notes)


def _unknown_answers(
    decisions: pd.DataFrame, codebook: Codebook, kept: Mapping[str, Variable]
) -> Iterator[Problem]:
    """Answers that the codebook does not have: retired, new in another copy of the study, or unknown."""
    grouped: dict[tuple[str, str, str, str], list[str]] = {}
    first_used = decisions.groupby("codebook")["decided_at"].min().to_dict()
    newest: dict[tuple[str, str], str] = {}
    answers = decisions[["coder", "variable", "codes", "codebook", "row", "note_id"]]
    for coder, variable, codes, version, row, note_id in answers.itertuples(index=False):
        if variable not in codebook:
            yield Problem.of(_file(coder), int(row), "unknown_variable", variable=variable)
        elif fault := answer_fault(codebook[variable], codes):
            if was_possible(codebook[variable], kept.get(version), codes):
                kind = (
                    "new_there"
                    if _is_new_there(codebook[variable], version, codes, first_used)
                    else "retired"
                )
                grouped.setdefault((kind, coder, variable, codes), []).append(note_id)
                newest[variable, codes] = version
            else:
                yield Problem.of(_file(coder), int(row), _until(codebook[variable], codes), fault=fault)
    for (kind, coder, variable, codes), note_ids in grouped.items():
        said = {"n": len(note_ids), "notes": named_first(note_ids), "version": newest[variable, codes]}
        yield Problem.of(_file(coder), None, kind, codes=codes, variable=variable, **said)


def _is_new_there(now: Variable, version: str, codes: str, first_used: Mapping[object, str]) -> bool:
    """Whether an answer is under a definition that came after the one of here: it was never taken out here.

    What decides is which was used first; a code that the codebook keeps as retired was here.
    """
    is_kept = not set(codes.split("|")).isdisjoint(code.id for code in now.codes if code.retired)
    return not is_kept and first_used.get(now.version, "~") < first_used.get(version, "")


def was_possible(now: Variable, then: Variable | None, codes: str) -> bool:
    """Whether an answer could be given once: under the definition seen then, or with codes since retired."""
    if then is not None and then.id == now.id and not answer_fault(then, codes):
        return True
    revived = tuple(code.model_copy(update={"retired": False}) for code in now.codes)
    return not answer_fault(now.model_copy(update={"codes": revived}), codes)


def _until(variable: Variable, codes: str) -> str:
    """Return the kind of problem that an answer is, by whether it counts until it is given again."""
    if variable.kind == "scale" and not WHOLE_NUMBER.fullmatch(codes):
        return "answer_no_number"
    return "answer_as_it_is"


def _not_asked(decisions: pd.DataFrame, notes: pd.DataFrame, codebook: Codebook) -> Iterator[Problem]:
    """Decisions on notes of which the variable is not asked (another stage)."""
    stages = _stages(notes)
    known = decisions[decisions["note_id"].isin(notes.index) & decisions["variable"].isin(codebook.ids)]
    outside = pd.Series(
        [
            not codebook[variable].applies_to(note_id, stages.get(note_id))
            for variable, note_id in zip(known["variable"], known["note_id"], strict=True)
        ],
        index=known.index,
        dtype=bool,
    )
    for (coder, variable), group in known[outside].groupby(["coder", "variable"]):
        row, named = int(group["row"].iloc[0]), named_first(group["note_id"])
        yield Problem.of(_file(coder), row, "not_asked", variable=variable, notes=named)


def _changed_texts(decisions: pd.DataFrame, now: Mapping[str, str]) -> Iterator[Problem]:
    """Notes whose text, or what is shown beside it, is no longer what the coder read."""
    known = decisions[decisions["note_id"].isin(now.keys())]
    changed = known[known["note_hash"] != known["note_id"].map(now)]
    for coder, group in changed.groupby("coder"):
        yield Problem.of(_file(coder), None, "changed_text", notes=named_first(group["note_id"]))


def _older_definitions(decisions: pd.DataFrame, codebook: Codebook, holding: Holding) -> Iterator[Problem]:
    """Answers to be looked at again since the codebook changed, and changes of which nobody said how."""
    names = proposed_names(decisions)
    for variable in (one for one in codebook.variables if (decisions["variable"] == one.id).any()):
        own = decisions[decisions["variable"] == variable.id]
        unreviewed = holding.unreviewed(variable.id, own["codebook"].unique())
        if unreviewed:
            said = {
                "variable": variable.id,
                "codes": quoted(filter(None, unreviewed)) or Phrase("the_question"),
            }
            yield Problem.of(CODEBOOK_FILE.name, None, "unreviewed", **said)
        given = (own[name].tolist() for name in ("coder", "note_id", "codes", "codebook"))
        found = [
            holding.again(variable.id, codes, version, names.get((coder, note, variable.id), ""))
            for coder, note, codes, version in zip(*given, strict=True)
        ]
        whys = pd.Series([again.why if again else "" for again in found], index=own.index, dtype="str")
        for coder, group in own[whys.isin(_TO_CONFIRM)].groupby("coder"):
            n = group["note_id"].nunique()
            yield Problem.of(_file(coder), None, "older_definition", variable=variable.id, n=n)


def _lost_definitions(
    decisions: pd.DataFrame, codebook: Codebook, kept: Mapping[str, Variable]
) -> Iterator[Problem]:
    there = {*kept, *(variable.version for variable in codebook.variables)}
    lost = decisions[~decisions["codebook"].isin(there)]
    for (variable, version), group in lost.groupby(["variable", "codebook"]):
        file, n = f"codebooks/{version}.yaml", group["note_id"].nunique()
        yield Problem.of(file, None, "lost_definition", variable=variable, n=n)


# --- why there are no numbers where a log cannot be read ----------------------------------------------


def lost_coders_fault(lost: Sequence[str], problems: Iterable[Problem], root: Path) -> str:
    """Say that a log is damaged or incomplete, so that the numbers would be others without it."""
    typed = f"sekom check {study_option(root)}".strip()
    files = {f"{coder}.csv" for coder in lost} | {CODED.as_posix()}
    said = problem_lines([problem for problem in problems if problem.file in files][:10])
    return (
        f"A log is damaged or incomplete: nothing of {', '.join(lost)} takes part, and without that "
        f"the numbers would be others. Nothing was changed. All of it: {typed}\n{said}"
    )


def held_logs_fault(held: Sequence[Problem], n_coders: int) -> str:
    """Say that logs cannot be read just now."""
    return (
        f"The logs of {len(held)} of {n_coders} coders cannot be read, and without them the "
        f"numbers would be others. Nothing was changed.\n{problem_lines(held)}"
    )


# --- where the door is: a reflexive study is not measured ---------------------------------------------


REFLEXIVE = "reflexive"


def is_reflexive(study: Study) -> bool:
    """Whether the study's file says that it works reflexively."""
    return study.about.stance == REFLEXIVE


def check_stance(study: Study) -> Study:
    """Return a study whose coders may be measured against each other.

    A reflexive study takes a reading for somebody's own: two that differ are not an error, and there is no
    one code to settle on (Braun & Clarke 2021, *Qualitative Research in Psychology* 18, 328–352). What
    asks a study for a coefficient or a consensus comes through here. `agreement` of a table of ratings
    knows no study, and computes what it is asked.

    Raises
    ------
    StanceError
        If the study's stance is reflexive.
    """
    if is_reflexive(study):
        msg = (
            "This study works reflexively (study.yaml says 'stance: reflexive'), so no agreement and no "
            "consensus is shown: readings that differ are not errors. See them side by side with "
            "sekom report, or readings(study) in Python. To measure agreement, change the stance to "
            "coding-reliability or codebook. Nothing was worked out."
        )
        raise StanceError(msg)
    return study


# --- who has coded how much of what -------------------------------------------------------------------


def progress_table(study: Study) -> pd.DataFrame:
    """Return one row per coder and variable: notes decided, skipped and unseen, when last, by which way.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame of ``coder``, ``variable``, ``decided``, ``skipped``, ``unseen``, ``of`` (notes asked,
    but for those to train on),
    ``last`` (local time) and ``via``. A coder named in the study who has not begun has every note unseen; one
    whose log is gone or cannot be read is left out, since nobody knows.
    """
    decisions, open_ = latest(study.history()), study.skipped()
    open_ = open_[open_["pass"].isin(["1", "3"])].drop_duplicates(["note_id", "coder", "variable"])
    known, lost = study.coders, study.lost_coders
    coders = [c for c in (*known, *(c for c in study.about.coders if c not in known)) if c not in lost]
    rows = []
    for coder in coders:
        kind = study.about.coder(coder).kind
        for variable in study.codebook.variables:
            asked = [note for note in study.notes_asked(variable) if note not in study.training]
            own = decisions[(decisions["coder"] == coder) & (decisions["variable"] == variable.id)]
            own = own[own["note_id"].isin(asked)]
            if own.empty and kind != "human":
                continue  # a program or an own sorting is not asked to go on
            left = open_[(open_["coder"] == coder) & (open_["variable"] == variable.id)]
            left = left[~left["note_id"].isin(own["note_id"])]
            rows.append(
                {
                    "coder": coder,
                    "variable": variable.id,
                    "decided": len(own),
                    "skipped": len(left),
                    "unseen": len(asked) - len(own) - len(left),
                    "of": len(asked),
                    "last": local_minute(own["decided_at"].max()) if len(own) else "",
                    "via": ", ".join(sorted(set(own["via"]))),
                }
            )
    columns = ["coder", "variable", "decided", "skipped", "unseen", "of", "last", "via"]
    return pd.DataFrame(rows, columns=columns)
