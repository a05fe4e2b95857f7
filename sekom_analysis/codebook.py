"""The codebook: which questions are asked of a note, and which answers there are."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from sekom_analysis.errors import CodebookError

NONE_FITS = "none_fits"
FLAG = "flag"
RESERVED_VARIABLES = (FLAG,)
NONE_FITS_LABEL = {"sv": "Ingen passar", "en": "None fits"}

Kind = Literal["single", "multiple", "scale"]


def _both_languages(value: Any) -> Any:
    """Let a plain text, or a text in one language, stand for both."""
    if isinstance(value, str):
        return {"sv": value, "en": value}
    if isinstance(value, dict) and len(value) == 1 and set(value) <= {"sv", "en"}:
        (text,) = value.values()
        return {"sv": text, "en": text}
    return value


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(_Frozen):
    """One text in Swedish and English."""

    sv: str
    en: str

    def in_(self, lang: str) -> str:
        """Return the text in a language, ``"sv"`` or ``"en"``."""
        return self.en if lang == "en" else self.sv


Text = Annotated[Bilingual, BeforeValidator(_both_languages)]
Id = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$"), Field(coerce_numbers_to_str=True, strict=False)
]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Texts = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


class Code(_Frozen):
    """One possible answer to a variable."""

    id: Id
    label: Text
    definition: Text | None = None
    include: Text | None = None
    exclude: Text | None = None
    example: Text | None = None
    colour: Colour | None = None
    retired: bool = False


class Variable(_Frozen):
    """One question asked of a note.

    ``codes`` holds the variable's own codes, or those of the variable that
    ``codes_from`` names. ``stage`` and ``notes`` narrow the notes that the
    question is asked of; both absent means all notes.
    """

    id: Id
    kind: Kind
    label: Text
    question: Text | None = None
    stage: Texts | None = None
    notes: Texts | None = None
    codes: tuple[Code, ...] = ()
    codes_from: Id | None = None
    range: tuple[int, int] | None = None
    none_fits: bool | None = None
    round: int | None = None

    @model_validator(mode="after")
    def _kind_has_what_it_needs(self) -> Variable:
        faults = list(_kind_faults(self))
        if faults:
            raise ValueError("; ".join(faults))
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
            mode="json", exclude_none=True, include={"id", "kind", "label", "question", "range"}
        )
        seen["none_fits"] = self.allows_none_fits
        seen["codes"] = [
            code.model_dump(mode="json", exclude_none=True, exclude={"colour", "retired"})
            for code in self.codes
            if not code.retired
        ]
        return seen

    def label_of(self, code: str, lang: str = "sv") -> str:
        """Return the label of a code; the code itself if the codebook does not have it."""
        if code == NONE_FITS:
            return NONE_FITS_LABEL["en" if lang == "en" else "sv"]
        return next((c.label.in_(lang) for c in self.codes if c.id == code), code)

    def applies_to(self, note_id: str, stage: str | None) -> bool:
        """Whether the question is asked of this note."""
        return (self.stage is None or stage in self.stage) and (self.notes is None or note_id in self.notes)


def _kind_faults(variable: Variable) -> list[str]:
    """Say what the variable's kind asks for and does not find."""
    faults = []
    doubled = sorted({c.id for c in variable.codes if [d.id for d in variable.codes].count(c.id) > 1})
    if doubled:
        faults.append(f"the codes {', '.join(doubled)} stand more than once; give each code an id of its own")
    if any(code.id == NONE_FITS for code in variable.codes):
        faults.append(f"'{NONE_FITS}' is reserved: use 'none_fits: true' instead of a code of that name")
    if variable.id in RESERVED_VARIABLES:
        faults.append(f"'{variable.id}' is a reserved name; choose another id")
    if variable.kind == "scale":
        if variable.range is None or variable.range[0] >= variable.range[1]:
            faults.append("a scale needs a range from low to high, such as 'range: [1, 5]'")
        if variable.codes or variable.codes_from:
            faults.append("a scale has a range, no codes")
    else:
        if not variable.codes and not variable.codes_from:
            faults.append(f"kind '{variable.kind}' needs codes (or 'codes_from:' another variable)")
        if variable.codes and variable.codes_from:
            faults.append("give either codes or codes_from, not both")
        if variable.range is not None:
            faults.append("only a scale has a range")
    if variable.kind != "single" and variable.none_fits is not None:
        faults.append("none_fits is for kind 'single' only (choosing nothing is an answer of 'multiple')")
    return faults


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
        ids = [variable.id for variable in self.variables]
        faults = [f"the variable '{i}' stands more than once" for i in dict.fromkeys(ids) if ids.count(i) > 1]
        own = {variable.id: variable for variable in self.variables if not variable.codes_from}
        borrowing = [variable for variable in self.variables if variable.codes_from]
        faults += [
            f"'{v.id}' takes its codes from '{v.codes_from}', which has no codes of its own"
            for v in borrowing
            if v.codes_from not in own or not own[v.codes_from].codes
        ]
        if faults:
            raise ValueError("; ".join(faults))
        lent = {v.id: v.model_copy(update={"codes": own[v.codes_from or ""].codes}) for v in borrowing}
        object.__setattr__(self, "variables", tuple(lent.get(v.id, v) for v in self.variables))
        return self

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
        msg = f"The codebook has no variable '{variable}'. Its variables: {', '.join(self.ids)}."
        raise CodebookError(msg)

    def __contains__(self, variable: object) -> bool:
        """Whether there is such a variable."""
        return variable in self.ids or variable == FLAG


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
    none_fits=None,
    round=None,
)


def answer_fault(variable: Variable, codes: str) -> str:
    """Say what is wrong with an answer as it stands in a log; an empty text if nothing is.

    Parameters
    ----------
    variable : Variable
    codes : str
        The answer: a code, several joined by ``|``, a number, or empty (the empty set of a `multiple`).

    Examples
    --------
    >>> book = Codebook.model_validate({"variables": [
    ...     {"id": "goal", "kind": "scale", "label": "Goal", "range": [1, 5]}]})
    >>> answer_fault(book["goal"], "7")
    "variable 'goal' takes a whole number from 1 to 5, not '7'"
    """
    if variable.kind == "scale":
        low, high = variable.range or (1, 5)
        whole = re.fullmatch(r"-?[0-9]{1,9}", codes)
        if not (whole and low <= int(codes) <= high and str(int(codes)) == codes):
            return f"variable '{variable.id}' takes a whole number from {low} to {high}, not '{codes}'"
        return ""
    given = codes.split("|") if codes else []
    if variable.kind == "single" and len(given) != 1:
        return f"variable '{variable.id}' takes exactly one code, not '{codes}'; it has: {_listed(variable)}"
    unknown = [code for code in given if code not in variable.answers]
    if unknown:
        quoted = ", ".join(f"'{code}'" for code in unknown)
        return f"variable '{variable.id}' has no code {quoted}; it has: {_listed(variable)}"
    if len(set(given)) < len(given):
        return f"variable '{variable.id}' has a code twice in '{codes}'; name each code once"
    return ""


def _listed(variable: Variable) -> str:
    return ", ".join(variable.answers)
