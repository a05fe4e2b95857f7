"""What a study says of itself, ``study.yaml``: how notes came about, who coded, what was decided before."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sekom_analysis.study.codebook import Kind, Text, Texts
from sekom_analysis.study.training import TrainingNote

CoderKind = Literal["human", "automatic", "source", "unknown"]
Stance = Literal["coding-reliability", "codebook", "reflexive"]
Quotes = Literal["off", "words", "whole"]
SectionName = Literal[
    "brief", "before", "background", "chapters", "others", "scales", "readings", "priorities", "coverage",
    "plan", "sure", "methods", "conduct", "agreement", "tables", "findings", "settled", "disputed", "advice",
    "scoring", "merges", "sources", "programs", "saturation", "checklists", "steps", "problems", "final",
    "all_notes", "scores", "themes",
]  # fmt: skip
SETTLED = "settled"
LONG = 60  # words; of a longer note only selected words are quoted, where the study does not say otherwise


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Coder(_Frozen):
    """Who a coder is: a person, a program, or the report's own sorting (`source`)."""

    kind: CoderKind = "human"
    name: Text | None = None  # as the coder is addressed
    role: Text | None = None
    training: Text | None = None
    blind_to: Texts = ()
    caution: Text | None = None
    seniority: int | float | Text | None = None  # years or a rank, higher is more senior; or words


class Primary(_Frozen):
    """Which coefficient was to be looked at first, for each kind of variable."""

    nominal: str = "alpha"
    scale: str = "alpha ordinal"
    multiple: str = "alpha masi"

    def measure(self, kind: Kind) -> tuple[str, str]:
        """Return coefficient and level for a kind of variable, such as ``("alpha", "ordinal")``."""
        words = {"single": self.nominal, "scale": self.scale, "multiple": self.multiple}[kind]
        usual = {"single": "nominal", "scale": "ordinal", "multiple": "masi"}[kind]
        name, _, level = words.partition(" ")
        return name, level or usual


class Plan(_Frozen):
    """What was decided before anyone looked at agreement."""

    primary: Primary = Primary()
    floor: Annotated[float, Field(ge=-1, le=1)] | None = None
    n_notes: Annotated[int, Field(ge=1)] | None = None
    below_floor: Text | None = None
    epsilon: Annotated[float, Field(ge=0, lt=1)] | None = (
        None  # how much worse than a person a program may be
    )
    margin: Annotated[float, Field(ge=0, lt=1)] | None = None  # how much α may fall with a program in a seat
    people_chance: Annotated[float, Field(gt=0, le=1)] | str | None = None  # with which people got each note
    prespecified: bool = False


def _texts(value: Any) -> Any:
    return [str(v) for v in value] if isinstance(value, list) else value


def _quotes(value: Any) -> Any:
    """Take the yes and no of older files, and the off that YAML takes for no."""
    return {True: "whole", False: "off"}.get(value, value) if isinstance(value, bool) else value


class About(_Frozen):
    """The whole of ``study.yaml``."""

    id: Annotated[str, Field(min_length=1, coerce_numbers_to_str=True)]
    title: Text
    author: Text | None = None  # who asks the coders, and answers for the study
    organisation: Text | None = None
    seed: int = 0
    purpose: Text | None = None  # what the material is for
    goal: Text | None = None  # the A of ABCD: what notes and actions are measured by
    collected: Text | None = None
    date: Annotated[str, Field(min_length=1, coerce_numbers_to_str=True)] | None = None  # of the material
    texts: dict[str, Text] = {}  # what the author says of a variable, or of "variable.code", in the report
    sections: dict[SectionName, bool] = {}  # parts of the report that are left out
    stance: Stance = "codebook"
    main_sources: Annotated[Texts, BeforeValidator(_texts)] = ()
    context: Annotated[Texts, BeforeValidator(_texts)] = ()  # columns of the notes that coders are shown
    cluster: Annotated[str, Field(min_length=1)] | None = None  # column of what notes were written together
    coders: dict[str, Coder] = {}
    reviewers: dict[str, Coder] = {}  # who judges pairs, merges, adjudicates, and does not code
    plan: Plan = Plan()
    training: tuple[TrainingNote, ...] = ()  # notes to try the codebook on, with what was settled on them
    bar: Annotated[str, Field(min_length=1)] = SETTLED  # whose counts the figures' bars are: or a coder's
    # What the report may quote: nothing, the words that coders selected, or notes. Left out: notes, but of
    # long ones only the words.
    quotes: Annotated[Quotes | None, BeforeValidator(_quotes)] = None
    appendix: Literal["none", "notes"] = "none"  # whether all notes stand at the end of the report
    readable: bool = True

    def quoted(self, text: str) -> Quotes:
        """Return what may be quoted of a note: nothing, the words that coders selected, or the whole."""
        return self.quotes or ("words" if len(text.split()) > LONG else "whole")

    def coder(self, coder: str) -> Coder:
        """Return what is said of a coder or reviewer; one not named is a person, if the file can be read."""
        unnamed = Coder(kind="human" if self.readable else "unknown")
        return self.coders.get(coder) or self.reviewers.get(coder, unnamed)


class MoreCoders(_Frozen):
    """Who coded, as an import brings it in ``coders-*.yaml``: `study.yaml` itself is never changed."""

    coders: dict[str, Coder]
