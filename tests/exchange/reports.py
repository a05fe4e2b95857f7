"""A report in the layout of the real one, in our own words, as text, Markdown and Word."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

NOTES = pd.DataFrame(
    {"note_id": ["B001", "D007"], "stage": ["B", "D"], "text": ["Ojämn nivå", "Ta fram mall"]}
)
CODEBOOK = {
    "variables": [
        {
            "id": "valence",
            "kind": "single",
            "stage": "B",
            "none_fits": False,
            "label": "Hinder eller möjlighet",
            "codes": [{"id": "hinder", "label": "Hinder"}, {"id": "mojlighet", "label": "Möjligheter"}],
        },
        {
            "id": "category",
            "kind": "single",
            "stage": "B",
            "label": "Kategori",
            "codes": [
                {"id": "kunskap", "label": "Kunskap"},
                {"id": "tid", "label": "Tid och pengar"},
                {"id": "roll", "label": "Föreningens roll"},
            ],
        },
        {
            "id": "kind",
            "kind": "single",
            "stage": "D",
            "label": "Sorts åtgärd",
            "codes": [{"id": "exempel", "label": "Goda exempel"}, {"id": "mall", "label": "Mallar"}],
        },
    ]
}

# kind, text: "page" ends a page, with what stands at its foot.
REPORT = [
    ("front", "Slutrapport"),
    ("front", "Innehåll"),
    ("front", "BILAGA 1 4"),
    ("front", "BILAGA 2 5"),
    ("front", "Här står vad dagen gav. Tack till alla som kom."),
    ("page", "160901"),
    ("part", "BILAGA 1"),
    ("front", "Förslag från dagen, i ingen särskild ordning."),
    ("category", "Goda exempel"),
    ("sub", "Besök"),
    ("note", "Åk till en granne och se hur de gör"),
    ("note", "Låt nya medlemmar följa med en dag, helst två, så att"),
    ("page", "4"),
    ("rest", "de hinner fråga"),
    ("category", "Mallar"),
    ("sub", "Planering"),
    ("note", "Årsplan som går att fylla i"),
    ("part", "BILAGA 2"),
    ("valence", "HINDER"),
    ("category", "Kunskap"),
    ("sub", "Orden"),
    ("note", "Få vet vad orden betyder"),
    ("page", "Sida 5 av 6"),
    ("note", "Ingen frågar"),
    ("category", "Föreningens roll"),
    ("sub", "Synlighet"),
    ("note", "Vi syns sällan, och när vi gör det handlar det om"),
    ("page", "2016-09-01"),
    ("rest", "pengar"),
    ("valence", "MÖJLIGHETER"),
    ("category", "Kunskap"),
    ("sub", "Orden"),
    ("note", "2020 är det femte året med kurser"),
    ("category", "Tid och pengar"),
    ("category", "Föreningen's roll"),
    ("sub", "Synlighet"),
    ("note", "Alla känner ordföranden"),
]
ONE_SPELLING = [(kind, text.replace("Föreningen's", "Föreningens")) for kind, text in REPORT]

# text, stage, subcategory, decisions
EXPECTED = [
    ("Åk till en granne och se hur de gör", "D", "Besök", {"kind": "exempel"}),
    (
        "Låt nya medlemmar följa med en dag, helst två, så att de hinner fråga",
        "D",
        "Besök",
        {"kind": "exempel"},
    ),
    ("Årsplan som går att fylla i", "D", "Planering", {"kind": "mall"}),
    ("Få vet vad orden betyder", "B", "Orden", {"valence": "hinder", "category": "kunskap"}),
    ("Ingen frågar", "B", "Orden", {"valence": "hinder", "category": "kunskap"}),
    (
        "Vi syns sällan, och när vi gör det handlar det om pengar",
        "B",
        "Synlighet",
        {"valence": "hinder", "category": "roll"},
    ),
    (
        "2020 är det femte året med kurser",
        "B",
        "Orden",
        {"valence": "mojlighet", "category": "kunskap"},
    ),
    ("Alla känner ordföranden", "B", "Synlighet", {"valence": "mojlighet", "category": "roll"}),
]

HEADINGS = """
source: dagen-2016
coder: rapporten
parts:
  - from: BILAGA 1
    to: BILAGA 2
    stage: D
    levels:
      - variable: kind
        headings: {Goda exempel: exempel, Mallar: mall}
      - column: subcategory
        headings: [Besök, Planering]
  - from: BILAGA 2
    stage: B
    levels:
      - variable: valence
        headings: {HINDER: hinder, MÖJLIGHETER: mojlighet}
      - variable: category
        headings: {Kunskap: kunskap, Tid och pengar: tid, Föreningens roll: roll, "Föreningen's roll": roll}
      - column: subcategory
        headings: [Orden, Synlighet]
"""


def as_text(report=REPORT) -> str:
    """Only the first of the subcategories is marked, as in the real one."""
    lines = []
    for kind, text in report:
        if kind == "page":
            lines += ["", text, "\f"]
        elif kind == "sub" and text in ("Besök", "Orden"):
            lines.append(f"<i>{text}</i>")
        else:
            lines.append(text)
    return "\n".join(lines) + "\n"


MARKDOWN = {"part": "# {}", "valence": "## {}", "category": "### {}", "sub": "#### {}", "note": "- {}"}


def as_markdown(report=REPORT) -> str:
    lines = []
    for kind, text in report:
        if kind == "page":
            lines += ["", text, "", "---", ""]
        else:
            lines.append(MARKDOWN.get(kind, "{}").format(text))
    return "\n".join(lines) + "\n"


STYLES = {"part": "Heading 1", "valence": "Heading 2", "category": "Heading 3", "sub": "Heading 4"}


def as_word(report=REPORT) -> bytes:
    """Written by another program than the one that is tested."""
    from docx import Document

    document = Document()
    for kind, text in report:
        if kind == "page":
            document.add_paragraph(text)
            document.add_page_break()
        else:
            document.add_paragraph(text, style=STYLES.get(kind))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def write(folder: Path, ending: str, report=REPORT) -> Path:
    path = folder / f"Slutrapport 2016{ending}"
    made = {".txt": as_text, ".md": as_markdown, ".docx": as_word}[ending](report)
    path.write_bytes(made if isinstance(made, bytes) else made.encode("utf-8"))
    return path
