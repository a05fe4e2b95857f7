"""Label Studio and doccano export what three people said; it is taken in, and compared with what they said.

    python benchmarks/others_exports.py LABEL-STUDIO'S-PYTHON DOCCANO'S-PYTHON
    python benchmarks/others_exports.py --make

Each needs an environment of its own; --make makes them, which takes some minutes and two gigabytes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import pandas as pd
import yaml

from sekom_analysis.exchange.registry import Request, import_file
from sekom_analysis.study.raw import open_raw
from sekom_analysis.study.study import Study

HERE = Path(__file__).parent / "exports"
WANTED = {
    "label_studio": ["label-studio==1.23.2"],
    "doccano": ["doccano==1.8.4", "marshmallow<3.20", "numpy<2", "setuptools<81"],
}
# Ids that both programs give too, from 1 on, in another order: only the texts tell notes.
NOTES = [
    {"note_id": "4", "stage": "B", "text": "Ojämn nivå"},
    {"note_id": "3", "stage": "B", "text": 'Viljan finns, säger "alla"'},
    {"note_id": "1", "stage": "D", "text": "Ta fram nyckeltal"},
    {"note_id": "2", "stage": "B", "text": "För lite tid;\nför mycket att göra"},
]
CODEBOOK = {
    "title": "Liten",
    "variables": [
        {
            "id": "valence",
            "kind": "single",
            "stage": "B",
            "label": "Hinder eller möjlighet",
            "codes": [{"id": "hinder", "label": "Hinder"}, {"id": "mojlighet", "label": "Möjlighet"}],
        },
        {
            "id": "themes",
            "kind": "multiple",
            "label": "Teman",
            "codes": [{"id": "tid", "label": "Tid"}, {"id": "vilja", "label": "Vilja"}],
        },
        {"id": "goal", "kind": "scale", "stage": "D", "label": "Mål", "range": [1, 5]},
    ],
}
ANSWERS = [
    {
        "who": "anna",
        "note": "4",
        "said": {"valence": "Hinder", "themes": ["Tid", "Vilja"], "memo": ["hm", "så"]},
    },
    {"who": "anna", "note": "3", "said": {"valence": "Möjlighet"}},
    {"who": "anna", "note": "1", "said": {"goal": 4, "themes": ["Vilja"]}},
    {"who": "bo", "note": "4", "said": {"valence": "Möjlighet", "themes": ["Tid"]}},
    {"who": "bo", "note": "2", "said": {"valence": "Hinder"}},
    {"who": "bo", "note": "1", "said": {"goal": 2}},
    {"who": "cia", "note": "3", "said": {}},
    {"who": "cia", "note": "4", "said": {"themes": ["Vilja"]}, "skipped": True},
]


def python_with(program: str, folder: Path) -> str:
    home = folder / f"{program}-python"
    venv.create(home, with_pip=True)
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *WANTED[program]], check=True)
    return str(python)


def exported(program: str, python: str, folder: Path) -> None:
    for name, data in (("notes", NOTES), ("answers", ANSWERS)):
        (folder / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    files = [folder / "notes.json", folder / "answers.json", folder]
    told = subprocess.run([python, HERE / f"from_{program}.py", *files], capture_output=True, check=False)
    if told.returncode:
        msg = f"{program} did not export:\n{told.stderr.decode('utf-8', 'replace')[-2000:]}"
        raise SystemExit(msg)


def taken(files: list[Path], folder: Path) -> set[tuple[str, ...]]:
    """Take tables in, each by the map that is proposed."""
    study = Study.create(folder / f"study of {files[0].name}", notes=pd.DataFrame(NOTES), codebook=CODEBOOK)
    people = (
        json.loads((folder / "people.json").read_text("utf-8")) if (folder / "people.json").exists() else {}
    )
    for path in files:
        map_ = path.with_suffix(".map.yaml")
        import_file(Request(open_raw(study.root), path), "decisions")
        found = yaml.safe_load(map_.read_text("utf-8"))
        found["coders"] = {told: people.get(told, coder) for told, coder in found["coders"].items()}
        map_.write_text(yaml.safe_dump(found, allow_unicode=True), encoding="utf-8")
        import_file(Request(open_raw(study.root), path, map=map_), "decisions")
        map_.unlink()
    table = Study.open(study.root).decisions()[["note_id", "coder", "variable", "codes"]]
    return set(table.itertuples(index=False, name=None))


def wanted(variables: set[str], skipped: bool) -> set[tuple[str, ...]]:
    """Return what was said; doccano keeps the labels of a text not confirmed, Label Studio none skipped."""
    ids = {"Hinder": "hinder", "Möjlighet": "mojlighet", "Tid": "tid", "Vilja": "vilja"}
    return {
        (one["note"], one["who"], name, "|".join(ids.get(code, str(code)) for code in codes))
        for one in ANSWERS
        for name, value in one["said"].items()
        for codes in [value if isinstance(value, list) else [value]]
        if name in variables and (skipped or not one.get("skipped"))
    }


def compare(what: str, found: set[tuple[str, ...]], said: set[tuple[str, ...]]) -> bool:
    right, wrong = len(found & said), len(found - said)
    print(f"{what:>22}: {right} of {len(said)} decisions right, {wrong} that nobody made")
    return found == said


def main() -> int:
    told = sys.argv[1:]
    if len(told) != len(WANTED) and told != ["--make"]:
        print("Not run: name the Pythons that have Label Studio and doccano, or say --make.")
        return 0
    given = {} if told == ["--make"] else dict(zip(WANTED, told, strict=True))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for program in WANTED:
            exported(program, given.get(program) or python_with(program, folder), folder)
        everything = wanted({"valence", "themes", "goal"}, skipped=False)
        good = [
            compare(f"Label Studio {end}", taken([folder / f"label-studio.{end}"], folder), everything)
            for end in ("csv", "tsv")
        ]
        own = sorted((folder / "doccano").glob("*.csv"))
        good.append(compare("doccano, a file each", taken(own, folder), wanted({"themes"}, skipped=True)))
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
