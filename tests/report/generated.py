"""Studies of every kind made at random, and their counts worked out once more in plain Python."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sekom_analysis.study.study import Study

WORDS = re.findall(
    r"\w+",
    """tid pengar vilja skola energi trafik klimat mat vatten skog bygge plan möte chef elev vård kök väg hus
    natur moln sol regn bank råd stöd kurs nät data film bok samtal fråga svar mål krav form ansvar roll""",
)
GAP = object()  # what nobody has said


@dataclass(frozen=True)
class Made:
    """A study with what each coder said, apart from the files: coder -> variable -> note -> answer."""

    study: Study
    said: dict[str, dict[str, dict[str, object]]]
    sources: list[str]
    verdicts: dict[str, dict[str, object]]

    def own(self, variable: str) -> dict[str, dict[str, object]]:
        """Note -> coder -> answer, of those who used the codebook."""
        found: dict[str, dict[str, object]] = {}
        for coder, answers in self.said.items():
            if coder in self.sources:
                continue
            for note, answer in answers.get(variable, {}).items():
                found.setdefault(note, {})[coder] = answer
        return found

    def settled(self, variable: str) -> dict[str, object]:
        """Note -> what was adjudicated, else what more than half said; nothing where neither is there."""
        kind = self.study.codebook[variable].kind
        found: dict[str, object] = {}
        for note, answers in self.own(variable).items():
            said = list(answers.values())
            if kind == "multiple":
                votes = Counter(code for answer in said for code in answer)
                found[note] = frozenset(code for code, n in votes.items() if 2 * n > len(said))
            else:
                answer, n = Counter(said).most_common(1)[0]
                if 2 * n > len(said):
                    found[note] = answer
        for note, verdict in self.verdicts.get(variable, {}).items():
            found.pop(note, None)
            if verdict is not GAP:
                found[note] = verdict
        return found


def make_study(folder: Path, seed: int) -> Made:
    """Make a study at random: kinds of variables, 1–6 coders, sources, gaps, verdicts, splits, long notes."""
    rng = random.Random(seed)
    n_notes = rng.choice([5, 9, 24, 60])
    has_stages = rng.random() < 0.3
    longest = rng.choice([6, 12, 12, 90])
    notes = pd.DataFrame(
        {
            "note_id": [f"n{place:03d}" for place in range(n_notes)],
            "text": [
                " ".join(rng.choices(WORDS, k=rng.randint(3, longest))).capitalize() for _ in range(n_notes)
            ],
        }
    )
    if has_stages:
        notes["stage"] = [rng.choice("BD") for _ in range(n_notes)]
    if rng.random() < 0.3:
        notes["text_en"] = [text if rng.random() < 0.7 else "" for text in notes["text"]]
    variables = _variables(rng, has_stages)
    study = Study.create(folder, notes=notes, codebook={"variables": variables}, title=f"Studie {seed}")
    coders = [f"kodare{number}" for number in range(1, rng.randint(1, 6) + 1)]
    sources = ["forlagan"] if rng.random() < 0.35 else []
    about = study.root / "data/raw/study.yaml"
    programs = [coder for coder in coders if rng.random() < 0.2]
    kinds = dict.fromkeys(programs, "automatic") | dict.fromkeys(sources, "source")
    if kinds:
        listed = ", ".join(f"{coder}: {{kind: {kind}}}" for coder, kind in kinds.items())
        about.write_text(about.read_text("utf-8") + f"coders: {{{listed}}}\n", "utf-8")
    study = Study.open(study.root)
    said = _answers(rng, study, [*coders, *sources])
    verdicts = _verdicts(rng, study, said)
    return Made(Study.open(study.root), said, sources, verdicts)


def _sentence(rng: random.Random, longest: int) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(3, longest))).capitalize()


def _variables(rng: random.Random, has_stages: bool) -> list[dict[str, object]]:
    kinds = rng.sample(["two", "single", "multiple", "scale", "scale", "single"], k=rng.randint(1, 5))
    low, high = rng.choice([(1, 5), (0, 10), (-3, 3), (1, 2)])
    found: list[dict[str, object]] = []
    for place, kind in enumerate(kinds):
        name = f"fraga_{place}"
        label = {"sv": f"Fråga {place} {rng.choice(WORDS)}", "en": f"Question {place}"}
        one: dict[str, object] = {"id": name, "label": label}
        if kind == "scale":
            one |= {"kind": "scale", "range": [low, high]}
        else:
            n_codes = 2 if kind == "two" else rng.choice([2, 3, 7, 30])
            named = rng.sample(WORDS, n_codes)
            codes = [{"id": f"kod_{place}_{n}", "label": {"sv": word.capitalize(), "en": f"{word} ({n})"}}
                     for n, word in enumerate(named)]  # fmt: skip
            one |= {"kind": "multiple" if kind == "multiple" else "single", "codes": codes}
        if has_stages and rng.random() < 0.5:
            one["stage"] = rng.choice("BD")
        found.append(one)
    return found


def _answers(rng: random.Random, study: Study, coders: list[str]) -> dict[str, dict[str, dict[str, object]]]:
    said: dict[str, dict[str, dict[str, object]]] = {}
    likes = {
        (note, v.id): _one(rng, v, study) for v in study.codebook.variables for note in study.notes.index
    }
    for coder in coders:
        read = rng.choice([1.0, 1.0, 0.9, 0.4])
        own: dict[str, dict[str, object]] = {}
        events = []
        for variable in study.codebook.variables:
            if coder == "forlagan" and rng.random() < 0.4:
                continue
            for note in study.notes_asked(variable):
                if rng.random() > read:
                    continue
                answer = likes[note, variable.id] if rng.random() < 0.7 else _one(rng, variable, study)
                own.setdefault(variable.id, {})[note] = answer
                codes = sorted(answer) if isinstance(answer, frozenset) else answer
                memo = "tänk om" if rng.random() < 0.05 else ""
                events.append({"note_id": note, "variable": variable.id, "codes": codes, "memo": memo})
        if events:
            study.record(coder, events)
            said[coder] = own
    return said


def _one(rng: random.Random, variable: object, study: Study) -> object:
    if variable.kind == "scale":
        return rng.randint(*variable.range)
    codes = [code.id for code in variable.codes]
    if variable.kind == "multiple":
        return frozenset(rng.sample(codes, k=min(len(codes), rng.choice([0, 1, 1, 2, 3]))))
    return rng.choice(codes[: max(2, len(codes) // 2)])


def _verdicts(rng: random.Random, study: Study, said: dict) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    if len(said) < 2 or rng.random() < 0.5:
        return found
    for variable in study.codebook.variables:
        for note in rng.sample(study.notes_asked(variable), k=min(4, len(study.notes_asked(variable)))):
            if rng.random() < 0.2:
                study.adjudicate("domare", note, variable.id, event="open", reason="oklart")
                found.setdefault(variable.id, {})[note] = GAP
                continue
            answer = _one(rng, variable, study)
            codes = sorted(answer) if isinstance(answer, frozenset) else answer
            study.adjudicate("domare", note, variable.id, codes, reason="efter samtal")
            found.setdefault(variable.id, {})[note] = answer
    return found
