"""The codebook: which questions are asked of a note, which answers there are, and what they once were."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from sekom_analysis.basics.errors import CodebookError, NotSavedError
from sekom_analysis.basics.files import original_name, reason_of, write_whole
from sekom_analysis.basics.wording import Fault, FaultsError, Phrase, Problem
from sekom_analysis.basics.yamlfile import dump_yaml, load_yaml, read_yaml_text
from sekom_analysis.study.codebook_words import as_range, kind_of_variable, points_at_end
from sekom_analysis.study.points import as_labels, point_faults

NONE_FITS = "none_fits"
FLAG = "flag"
PROPOSAL = "proposal"
RESERVED_VARIABLES = (FLAG, PROPOSAL)
NONE_FITS_LABEL = {"sv": "Ingen passar", "en": "None fits"}

MOST_STEPS = 1000

KindName = Literal["single", "multiple", "scale"]


def _both_languages(value: Any) -> Any:
    """Let a plain text, or a text in one language, stand for both."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return {"sv": str(value), "en": str(value)}
    if isinstance(value, dict) and len(value) == 1 and set(value) <= {"sv", "en"}:
        (text,) = value.values()
        return {"sv": text, "en": text}
    return value


def _as_tuple(value: Any) -> Any:
    """Let one text stand for a list of one, and a number for its digits."""
    values = value if isinstance(value, list | tuple) else [value]
    plain = [str(v) if isinstance(v, int | float) and not isinstance(v, bool) else v for v in values]
    return value if value is None else tuple(plain)


def _kind(value: Any) -> Any:
    """Let a kind be written as people write it, such as flera koder."""
    is_in_words = isinstance(value, str) and value not in get_args(KindName)
    return (kind_of_variable(value) or value) if is_in_words else value


def _range(value: Any) -> Any:
    """Let a range be written as people write it, such as 1–5 or -3..3."""
    read = as_range(value) if isinstance(value, str) else value
    if isinstance(read, str):
        raise FaultsError([Fault.of((), "book_range_text", given=read)])
    return read


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(_Frozen):
    """One text in Swedish and English."""

    sv: str
    en: str

    def in_(self, lang: str) -> str:
        """Return the text in a language, ``"sv"`` or ``"en"``."""
        return self.en if lang == "en" else self.sv


Kind = Annotated[KindName, BeforeValidator(_kind)]
Text = Annotated[Bilingual, BeforeValidator(_both_languages)]
Id = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$"), Field(coerce_numbers_to_str=True, strict=False)
]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Texts = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(_as_tuple)]
_UNSEEN = ("colour", "retired", "was", "from_", "split_into")  # parts of a code that no coder sees


class Code(BaseModel):
    """One possible answer to a variable, and where it comes from.

    ``was`` holds the ids that count as this code now: what it was called, and what was merged into it;
    ``from`` the pile or the proposal that it was made of; ``split_into`` what took a retired code's place.
    No coder sees any of the three, and they are no part of a variable's version.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    id: Id
    label: Text
    definition: Text | None = None
    include: Text | None = None
    exclude: Text | None = None
    example: Text | None = None
    colour: Colour | None = None
    retired: bool = False
    was: Ids = ()
    from_: Annotated[Texts, Field(alias="from")] = ()
    split_into: Ids = ()


class Variable(_Frozen):
    """One question asked of a note.

    ``codes`` holds the variable's own codes, or those of the variable that
    ``codes_from`` names. ``stage`` and ``notes`` narrow the notes that the
    question is asked of; both absent means all notes. ``labels`` names points
    of a scale.
    """

    id: Id
    kind: Kind
    label: Text
    question: Text | None = None
    stage: Texts | None = None
    notes: Texts | None = None
    codes: tuple[Code, ...] = ()
    codes_from: Id | None = None
    range: Annotated[tuple[int, int] | None, BeforeValidator(_range)] = None
    labels: Annotated[dict[int, Text] | None, BeforeValidator(as_labels)] = None
    none_fits: bool | None = None
    round: int | None = None

    @model_validator(mode="after")
    def _kind_has_what_it_needs(self) -> Variable:
        faults = list(_kind_faults(self))
        if faults:
            raise FaultsError(faults)
        return self

    @property
    def code_ids(self) -> tuple[str, ...]:
        """Ids of the codes a coder can choose now, in the codebook's order."""
        return tuple(code.id for code in self.codes if not code.retired)

    @property
    def allows_none_fits(self) -> bool:
        """Whether a coder may answer that no code fits."""
        return self.kind == "single" and self.none_fits is not False

    @property
    def answers(self) -> tuple[str, ...]:
        """Every single answer there is: codes, `none_fits`, or the numbers of the scale."""
        if self.range is not None:
            return tuple(str(number) for number in range(self.range[0], self.range[1] + 1))
        return (*self.code_ids, *([NONE_FITS] if self.allows_none_fits else []))

    @property
    def version(self) -> str:
        """Hash of what a coder sees of the variable; a colour or another variable changes nothing."""
        seen = json.dumps(self.as_seen(), ensure_ascii=False, sort_keys=True)
        return "c" + hashlib.sha256(seen.encode("utf-8")).hexdigest()[:11]

    def as_seen(self) -> dict[str, Any]:
        """Return what a coder sees of the variable, as plain data."""
        seen = self.model_dump(
            mode="json", exclude_none=True, include={"id", "kind", "label", "question", "range", "labels"}
        )
        seen["none_fits"] = self.allows_none_fits
        seen["codes"] = [
            code.model_dump(mode="json", exclude_none=True, exclude=set(_UNSEEN))
            for code in self.codes
            if not code.retired
        ]
        return seen

    def label_of(self, code: str, lang: str = "sv") -> str:
        """Return the label of a code; the code itself if the codebook does not have it."""
        if code == NONE_FITS:
            return NONE_FITS_LABEL["en" if lang == "en" else "sv"]
        return next((c.label.in_(lang) for c in self.codes if c.id == code), code)

    def points(self, lang: str = "sv") -> dict[int, str]:
        """Return what the points of a scale are called, by its labels or at the end of its question.

        Examples
        --------
        >>> goal = Variable(id="goal", kind="scale", label="Mål", range=(1, 5),
        ...                 question="Hur nära? (1 = Långt ifrån, 5 = Framme)")
        >>> goal.points()
        {1: 'Långt ifrån', 5: 'Framme'}
        """
        if self.range is None:
            return {}
        low, high = self.range
        asked = points_at_end(self.question.in_(lang)) if self.question else {}
        named = asked | {point: label.in_(lang) for point, label in (self.labels or {}).items()}
        return {point: label for point, label in sorted(named.items()) if label and low <= point <= high}

    def applies_to(self, note_id: str, stage: str | None) -> bool:
        """Whether the question is asked of this note."""
        return (self.stage is None or stage in self.stage) and (self.notes is None or note_id in self.notes)


def _kind_faults(variable: Variable) -> Iterator[Fault]:
    """Say what the variable's kind asks for and does not find."""
    yield from _code_faults(variable)
    if variable.kind == "scale":
        yield from _scale_faults(variable)
    else:
        if not variable.codes and not variable.codes_from:
            yield Fault.of((), "book_no_codes", kind=variable.kind)
        if variable.codes and variable.codes_from:
            yield Fault.of(("codes_from",), "book_both")
        if variable.range is not None:
            yield Fault.of(("range",), "book_range", kind=variable.kind)
    yield from point_faults(variable)
    if variable.kind != "single" and variable.none_fits is not None:
        yield Fault.of(("none_fits",), "book_none_fits")


def _code_faults(variable: Variable) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, code in enumerate(variable.codes):
        if code.id in seen:
            yield Fault.of(("codes", place), "book_same_code", code=code.id)
        if code.id == NONE_FITS:
            yield Fault.of(("codes", place), "book_reserved_code", code=NONE_FITS)
        seen.add(code.id)
    yield from _lineage_faults(variable, seen)


def _lineage_faults(variable: Variable, ids: set[str]) -> Iterator[Fault]:
    """Say where it is not clear what became of a code: one id has one fate."""
    became: dict[str, str] = {}
    for place, code in enumerate(variable.codes):
        here = ("codes", place)
        for old in code.was:
            if old in ids or old == NONE_FITS:
                yield Fault.of((*here, "was"), "book_was_here", code=old)
            elif old in became:
                yield Fault.of((*here, "was"), "book_was_twice", code=old, other=became[old])
            became.setdefault(old, code.id)
        if code.split_into and not code.retired:
            yield Fault.of((*here, "split_into"), "book_split_active", code=code.id)
        for part in code.split_into:
            if part not in ids or part == code.id:
                yield Fault.of((*here, "split_into"), "book_split_unknown", code=part)


def _scale_faults(variable: Variable) -> Iterator[Fault]:
    low, high = variable.range or (0, 0)
    if not 0 < high - low <= MOST_STEPS:
        given = Phrase("none") if variable.range is None else str(list(variable.range))
        yield Fault.of(("range",), "book_scale", given=given, most=MOST_STEPS)
    if variable.codes or variable.codes_from:
        yield Fault.of(("codes" if variable.codes else "codes_from",), "book_scale_codes")


class Codebook(_Frozen):
    """All variables of a study.

    Examples
    --------
    >>> book = Codebook.model_validate({"variables": [
    ...     {"id": "valence", "kind": "single", "label": "Hinder?", "codes": [
    ...         {"id": "hinder", "label": "Hinder"}, {"id": "mojlighet", "label": "Möjlighet"}]}]})
    >>> book["valence"].answers
    ('hinder', 'mojlighet', 'none_fits')
    """

    title: Text | None = None
    goal: Text | None = None
    variables: Annotated[tuple[Variable, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _variables_fit_together(self) -> Codebook:
        own = {variable.id: variable for variable in self.variables if not variable.codes_from}
        faults = list(self._faults(own))
        if faults:
            raise FaultsError(faults)
        whole = tuple(
            variable.model_copy(update={"codes": own[variable.codes_from].codes})
            if variable.codes_from
            else variable
            for variable in self.variables
        )
        object.__setattr__(self, "variables", whole)
        return self

    def _faults(self, own: dict[str, Variable]) -> Iterator[Fault]:
        seen: set[str] = set()
        for place, variable in enumerate(self.variables):
            here = ("variables", place)
            if variable.id in seen:
                yield Fault.of(here, "book_same_variable", variable=variable.id)
            if variable.id in RESERVED_VARIABLES:
                yield Fault.of((*here, "id"), "book_reserved_variable", variable=variable.id)
            if variable.codes_from and not (variable.codes_from in own and own[variable.codes_from].codes):
                lenders = ", ".join(i for i, lender in own.items() if lender.codes) or Phrase("none")
                named = {"variable": variable.codes_from, "lenders": lenders}
                yield Fault.of((*here, "codes_from"), "book_lender", **named)
            seen.add(variable.id)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the variables, in the codebook's order."""
        return tuple(variable.id for variable in self.variables)

    def __getitem__(self, variable: str) -> Variable:
        """Return one variable.

        Raises
        ------
        CodebookError
            If the codebook has no such variable.
        """
        for candidate in self.variables:
            if candidate.id == variable:
                return candidate
        if variable == FLAG:
            return FLAG_VARIABLE
        if variable == PROPOSAL:
            return self._proposal
        msg = f"The codebook has no variable '{variable}'. Its variables: {', '.join(self.ids)}."
        raise CodebookError(msg)

    def __contains__(self, variable: object) -> bool:
        """Whether there is such a variable."""
        return variable in self.ids or variable in RESERVED_VARIABLES

    @property
    def _proposal(self) -> Variable:
        """What a proposal is for: one of the variables that have codes."""
        coded = (variable for variable in self.variables if variable.kind != "scale")
        codes = tuple(Code.model_construct(id=one.id, label=one.label) for one in coded)
        return PROPOSAL_VARIABLE.model_copy(update={"codes": codes})


# A note may hold two ideas at once; any coder can say so, whatever the codebook asks.
FLAG_VARIABLE = Variable.model_construct(
    id=FLAG,
    kind="multiple",
    label=Bilingual(sv="Märkning", en="Flag"),
    question=None,
    stage=None,
    notes=None,
    codes=(Code(id="two_ideas", label=Bilingual(sv="Två tankar i en lapp", en="Two ideas in one note")),),
    codes_from=None,
    range=None,
    labels=None,
    none_fits=None,
    round=None,
)


class _Proposals(Variable):
    """The variable of proposals; its version does not hang on what a codebook asks."""

    def as_seen(self) -> dict[str, Any]:
        """Return what a coder sees of it, without the variables that a proposal can be for."""
        return {**super().as_seen(), "codes": []}


# A coder may miss a code: what is chosen is the variable that lacks it, and the name is in the memo.
PROPOSAL_VARIABLE = _Proposals.model_construct(
    **dict(FLAG_VARIABLE)
    | {
        "id": PROPOSAL,
        "kind": "single",
        "label": Bilingual(sv="Kod som saknas", en="Missing code"),
        "codes": (),
        "none_fits": False,
    }
)


def asked_by(variable: str, codes: str) -> str:
    """Return which question of a note an event is about: its variable; of a proposal, also what it is for.

    Examples
    --------
    >>> asked_by("valence", "hinder"), asked_by("proposal", "valence")
    ('valence', 'proposal:valence')
    """
    return f"{PROPOSAL}:{codes}" if variable == PROPOSAL else variable


def as_in_log(question: str, codes: Iterable[str]) -> tuple[str, list[str]]:
    """Return variable and codes of an event that names its question as `asked_by` does.

    Examples
    --------
    >>> as_in_log("proposal:valence", []), as_in_log("valence", ["hinder"])
    (('proposal', ['valence']), ('valence', ['hinder']))
    """
    variable, _, wanted = question.partition(":")
    return (PROPOSAL, [wanted]) if variable == PROPOSAL and wanted else (question, list(codes))


# --- every definition that was ever coded with: ``data/coded/codebooks/<version>.yaml``, one a variable ---


FOLDER = "codebooks"


class Definitions:
    """The kept definitions beside one folder of logs; a file read once is not read again.

    Parameters
    ----------
    folder : ``data/coded``, or wherever copied logs and their ``codebooks`` lie
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER
        self._known: dict[str, Variable] = {one.version: one for one in (FLAG_VARIABLE, PROPOSAL_VARIABLE)}
        self._broken: dict[str, Problem] = {}

    def read(self) -> Mapping[str, Variable]:
        """Return the variables as they were seen, by version."""
        for path in sorted(self.folder.glob("*.yaml")):
            if path.stem not in self._known:
                self._read(path)
        return self._known

    def problems(self) -> list[Problem]:
        """List the files that are not what their name says."""
        self.read()
        return list(self._broken.values())

    def _read(self, path: Path) -> None:
        variable = read_definition(path)
        if variable is not None and variable.version == path.stem:
            self._known[path.stem] = variable
            self._broken.pop(path.stem, None)
            return
        if variable is not None and original_name(path.name, {variable.version}) == variable.version:
            self._known.setdefault(variable.version, variable)  # a second copy says the same as the first
            return
        file = f"{FOLDER}/{path.name}"
        if variable is None:
            self._broken[path.stem] = Problem.of(file, None, "definition_unreadable")
            return
        held = {"version": variable.version, "variable": variable.id}
        self._broken[path.stem] = Problem.of(file, None, "definition_other", **held)


def read_definition(path: Path) -> Variable | None:
    """Return the variable that a file holds; None if it holds none."""
    try:
        return _variable(load_yaml(read_yaml_text(path)))
    except (yaml.YAMLError, ValueError, OSError, RecursionError):
        return None


def _variable(data: object) -> Variable:
    if isinstance(data, dict) and data.get("id") == FLAG:
        return FLAG_VARIABLE.model_copy(update={"codes": Variable.model_validate(data).codes})
    if isinstance(data, dict) and data.get("id") == PROPOSAL:
        return PROPOSAL_VARIABLE
    return Variable.model_validate(data)


def keep(folder: Path, variables: Iterable[Variable]) -> None:
    """Keep variables as they are seen now, unless they are kept already.

    Parameters
    ----------
    folder : ``data/coded`` of the study
    variables : what coders see

    Raises
    ------
    NotSavedError
        If the disk does not take them.
    """
    for variable in variables:
        path = folder / FOLDER / f"{variable.version}.yaml"
        seen = read_definition(path)
        if seen is not None and seen.version == variable.version:
            continue
        try:  # the name is a hash of the content: what holds anything else is damaged, and mended here
            write_whole(path, _yaml(variable))
        except OSError as error:
            msg = f"{path.name}: cannot be written ({reason_of(error)}). Nothing was saved."
            raise NotSavedError(msg) from error


def _yaml(variable: Variable) -> bytes:
    kept = variable.model_dump(mode="json", exclude_none=True, exclude={"codes_from"})
    for code in kept["codes"]:  # what became of it is said by the codebook as it is now
        for name in ("was", "from", "split_into"):
            code.pop(name, None)
    if variable.id == PROPOSAL:
        kept["codes"] = []  # what could be proposed for is said by the codebook
    return dump_yaml(kept).encode("utf-8")
