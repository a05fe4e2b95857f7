"""Made-up studies and files for the exchange with other programs."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from sekom_analysis.study.study import Study

SCHEMAS = Path(__file__).parents[4] / "shared" / "refi"
CODEBOOK_SPACE = "urn:QDA-XML:codebook:1.0"
PROJECT_SPACE = "urn:QDA-XML:project:1.0"


NOTES = pd.DataFrame(
    {
        "note_id": ["n1", "n2", "n3", "007"],
        "stage": ["B", "B", "D", "B"],
        "text": ["Ojämn nivå", "Viljan finns", "Ta fram nyckeltal", "För lite tid"],
    }
)
CODEBOOK = {
    "variables": [
        {"id": "valence", "kind": "single", "stage": "B", "label": "Hinder eller möjlighet",
         "codes": [{"id": "hinder", "label": "Hinder"}, {"id": "mojlighet", "label": "Möjlighet"}]},
        {"id": "themes", "kind": "multiple", "label": "Teman",
         "codes": [{"id": "tid", "label": "Tid"}, {"id": "vilja", "label": "Vilja"}]},
        {"id": "goal", "kind": "scale", "stage": ["D"], "label": "Mål", "range": [1, 5]},
    ]
}  # fmt: skip


@pytest.fixture
def study(tmp_path) -> Study:
    """Four notes, a variable of each kind, no decisions."""
    return Study.create(tmp_path / "small", notes=NOTES, codebook=CODEBOOK, title="Liten studie")


@pytest.fixture(scope="session")
def valid():
    """What the schema finds wrong with a file; nothing where the schemas do not lie beside the checkout."""
    if not SCHEMAS.is_dir():
        return lambda path: []
    etree = pytest.importorskip("lxml.etree")
    schemas = {
        ".qdc": etree.XMLSchema(file=str(SCHEMAS / "Codebook.xsd")),
        ".qdpx": etree.XMLSchema(file=str(SCHEMAS / "Project.xsd")),
    }

    def faults(path: Path) -> list[str]:
        is_project = path.suffix == ".qdpx"
        data = zipfile.ZipFile(path).read("project.qde") if is_project else path.read_bytes()
        schema = schemas[path.suffix]
        schema.validate(etree.fromstring(data))
        return [str(error) for error in schema.error_log]

    return faults


@pytest.fixture(scope="session")
def schemas_are_here():
    """Skip where a test says nothing without the schemas."""
    if not SCHEMAS.is_dir():
        pytest.skip("the schemas of REFI-QDA are not here")


def qdc(path: Path, codes: str, *, space: str = CODEBOOK_SPACE, after: str = "") -> Path:
    """Write a codebook as another program might."""
    path.write_text(
        f'<?xml version="1.0" encoding="utf-8"?><CodeBook xmlns="{space}" origin="Other 1.0">'
        f"<Codes>{codes}</Codes>{after}</CodeBook>",
        encoding="utf-8",
    )
    return path


def code(number: int, name: str, inside: str = "", codable: str = "true", more: str = "") -> str:
    """One `Code` element."""
    return f'<Code guid="{guid(number)}" name="{name}" isCodable="{codable}" {more}>{inside}</Code>'


def guid(number: int) -> str:
    return f"00000000-0000-0000-0000-{number:012d}"


def qdpx(
    path: Path,
    inside: str,
    texts: dict[str, bytes] | None = None,
    *,
    name: str = "project.qde",
    folder: str = "sources",
    space: str = PROJECT_SPACE,
) -> Path:
    """Write a project as another program might."""
    document = f'<Project xmlns="{space}" name="Other">{inside}</Project>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, document.encode("utf-8"))
        for file, data in (texts or {}).items():
            archive.writestr(f"{folder}/{file}", data)
    return path


def project(selections: str, *, users: str = "", notes: str = "", more: str = "", text: str = "") -> str:
    """The inside of a project with two codes and one text, in the order of the schema."""
    users = users or f'<User guid="{guid(91)}" name="Anna Åberg"/><User guid="{guid(92)}" name="Bo"/>'
    content = f"<PlainTextContent>{text}</PlainTextContent>" if text else ""
    path = "" if text else 'plainTextPath="internal://A.txt"'
    return (
        f"<Users>{users}</Users><CodeBook><Codes>{code(1, 'Tid')}{code(2, 'Pengar')}</Codes></CodeBook>"
        f'<Sources><TextSource guid="{guid(50)}" name="Intervju 1" {path}>{content}{selections}</TextSource>'
        f"{more}</Sources>{notes}"
    )


def selection(start: int, end: int, codings: str, number: int = 60, more: str = "") -> str:
    return (
        f'<PlainTextSelection guid="{guid(number)}" startPosition="{start}" endPosition="{end}" {more}>'
        f"{codings}</PlainTextSelection>"
    )


def coding(to: int, user: int | None = 91, inside: str = "", when: str = "2019-03-18T12:00:00Z") -> str:
    by = f'creatingUser="{guid(user)}"' if user else ""
    return (
        f'<Coding guid="{guid(70)}" {by} creationDateTime="{when}"><CodeRef targetGUID="{guid(to)}"/>'
        f"{inside}</Coding>"
    )
