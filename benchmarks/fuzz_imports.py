"""Damage files in every way and take them in: each ends in success or in an error that says what to do.

    python benchmarks/fuzz_imports.py [NUMBER OF FILES A FORMAT, 2000] [FORMAT …]

Seconds are those of the processor, so that a busy machine counts for nothing.

A format is one line in FORMATS: its ending, and a function that gives the bytes of a good file.
None may end in another exception, take more than five seconds, or leave a file outside the study.
"""

from __future__ import annotations

import importlib.util
import io
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pandas as pd

from sekom_analysis.basics.errors import SekomError
from sekom_analysis.exchange.registry import Order, Request, chosen_importer, export_file, import_file
from sekom_analysis.exchange.studybook_writing import pages_that_come_back, workbook_bytes
from sekom_analysis.formats.tables import write_table
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.study.raw import open_raw
from sekom_analysis.study.study import Study

ROOT = Path(__file__).parent.parent
SLOWEST = 5.0
EVIL = f"evil-{os.getpid()}.txt"
PROPOSALS = (
    ".headings.yaml",
    ".lines.csv",
    ".map.yaml",
)  # written beside the file, for a person to go through


def _reports() -> ModuleType:
    """Load the report that the tests are written with."""
    where = ROOT / "tests" / "exchange" / "reports.py"
    spec = importlib.util.spec_from_file_location("reports", where)
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    return module


REPORTS = _reports()


def _refi(ending: str, layout: str = "per-coder") -> bytes:
    """Return a coded study, or its codebook, as REFI-QDA."""
    with tempfile.TemporaryDirectory() as folder:
        study = _coded(Path(folder) / "study")
        path = Path(folder) / f"study{ending}"
        export_file(Order(study, path, layout if ending == ".qdpx" else None))
        return path.read_bytes()


def _coded(folder: Path) -> Study:
    """Make a study that two have coded."""
    texts = ["Ojämn\r\nnivå", "Viljan finns 😀", "Mallar", "Exempel"]
    notes = pd.DataFrame({"note_id": ["L1", "L2", "L3", "L4"], "stage": list("BBDD"), "text": texts})
    study = Study.create(folder, notes=notes, codebook=REPORTS.CODEBOOK)
    for coder in ("anna", "bo"):
        for note in study.notes.index:
            for variable in study.desk(coder).variables_of(note):
                study.decide(coder, note, variable.id, variable.answers[0], certainty=2, memo="därför")
            study.decide(coder, note, "flag", ["two_ideas"])
    return study


def _workbook() -> bytes:
    """Return a coded study as a workbook: the sheets that come back."""
    with tempfile.TemporaryDirectory() as folder:
        study = _coded(Path(folder) / "study")
        return workbook_bytes(pages_that_come_back(study, "sv"), "study.xlsx", "Studien", "sv")


def _decisions(ending: str) -> bytes:
    """Return a table with a column for each of two coders."""
    codes = Codebook.model_validate(REPORTS.CODEBOOK)["category"].code_ids
    rows = [(note, code, code) for note, code in zip(REPORTS.NOTES["note_id"], codes, strict=False)]
    table = pd.DataFrame(rows, columns=["note_id", "Anna", "Bo"])
    with tempfile.TemporaryDirectory() as folder:
        return write_table(table, Path(folder) / f"table{ending}").read_bytes()


KINDS = {"decisions": "decisions", "table": "decisions"}  # what the name's ending does not tell
MAP = """note: note_id
answers:
  Anna: {variable: category, coder: anna}
  Bo: {variable: category, coder: bo}
codes:
  category: {CODES}
"""


FORMATS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "txt": (".txt", lambda: REPORTS.as_text().encode("utf-8")),
    "md": (".md", lambda: REPORTS.as_markdown().encode("utf-8")),
    "docx": (".docx", lambda: REPORTS.as_word(REPORTS.ONE_SPELLING)),
    "qdpx": (".qdpx", lambda: _refi(".qdpx")),
    "shared": (".qdpx", lambda: _refi(".qdpx", "shared")),
    "qdc": (".qdc", lambda: _refi(".qdc")),
    "study": (".xlsx", _workbook),
    "decisions": (".xlsx", lambda: _decisions(".xlsx")),
    "table": (".csv", lambda: _decisions(".csv")),
}


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Return a damaged copy; inside an archive as often as from outside."""
    ways = [_flipped, _cut, _repeated, _spliced]
    if data.startswith(b"PK\x03\x04") and rng.random() < 0.6:
        return _inside(data, rng, ways)
    return rng.choice(ways)(data, rng)


def _flipped(data: bytes, rng: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20)) if made else 0):
        made[rng.randrange(len(made))] = rng.choice((0, 10, 34, 38, 47, 60, 62, 127, 255, rng.randrange(256)))
    return bytes(made)


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _repeated(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data) + 1)
    piece = data[start : start + rng.randrange(1, 200)]
    return data[:start] + piece * rng.choice((2, 10, 500)) + data[start:]


def _spliced(data: bytes, rng: random.Random) -> bytes:
    odd = (
        b"\0",
        b"\xff\xfe",
        b"]]>",
        b"<!DOCTYPE a [<!ENTITY x 'y'>]>",
        b"&x;",
        b"\x0c",
        "\u2028".encode(),
        b"..",
    )
    place = rng.randrange(len(data) + 1)
    return data[:place] + rng.choice(odd) + data[place:]


def _inside(data: bytes, rng: random.Random, ways: list[Callable[[bytes, random.Random], bytes]]) -> bytes:
    """Damage one entry of an archive: what it holds, what it is called, or whether it is there."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    place = rng.randrange(len(entries))
    name, content = entries[place]
    match rng.choice(("content", "content", "content", "name", "gone", "twice", "swapped")):
        case "content":
            entries[place] = (name, rng.choice(ways)(content, rng))
        case "name":
            evil = (
                f"../{EVIL}",
                f"{tempfile.gettempdir()}/{EVIL}",
                f"C:\\{EVIL}",
                name.upper(),
                name + " ",
                "a/" * 300 + "b",
            )
            entries[place] = (rng.choice(evil), content)
        case "gone":
            del entries[place]
        case "twice":
            entries.append(entries[place])
        case "swapped":
            other = rng.randrange(len(entries))
            entries[place], entries[other] = (name, entries[other][1]), (entries[other][0], content)
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # of two entries of one name
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


class _TooSlowError(BaseException):
    """It took longer than five seconds; not to be caught with a reader's other troubles."""


def _too_slow(*_: object) -> None:
    raise _TooSlowError


class Ends(Counter[str]):
    """How many files ended in which way, which was the first of each, and how long the slowest took."""

    def __init__(self) -> None:
        super().__init__()
        self.first: dict[str, int] = {}
        self.slowest = 0.0

    def tell(self, end: str, number: int) -> None:
        """Count a file's end."""
        self[end] += 1
        self.first.setdefault(end, number)


def fuzz(name: str, count: int, folder: Path, seed: int = 1, *, look: bool = True) -> Ends:
    """Take in damaged files of one format; returns how they ended, and what must not be.

    With `look`, the study is opened after each, and may have no problems; without, four of five files
    are only read, and not taken in.

    Keys: ``taken``, ``proposed``, ``refused``; what must not be: ``crash: …``, ``slow``, ``stray: …``.
    """
    ending, make = FORMATS[name]
    good = make()
    template = folder / "template"
    if not template.exists():
        Study.create(template, notes=REPORTS.NOTES, codebook=REPORTS.CODEBOOK)
        (folder / "headings.yaml").write_text(REPORTS.HEADINGS, encoding="utf-8")
        codes = Codebook.model_validate(REPORTS.CODEBOOK)["category"].code_ids
        known = ", ".join(f"{code}: {code}" for code in codes)
        (folder / "map.yaml").write_text(MAP.replace("CODES", known), encoding="utf-8")
    root, inbox = folder / "study", folder / "in"
    shutil.copytree(template / "data", root / "data", dirs_exist_ok=True)
    raw = open_raw(root)
    ends = Ends()
    for number in range(count):
        rng = random.Random(f"{name} {seed} {number}")
        for place in (root, inbox):
            shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(template / "data", root / "data")
        inbox.mkdir()
        path = inbox / f"report{ending}"
        path.write_bytes(mutated(good, rng))
        request = Request(raw, path)
        if rng.random() < 0.5:
            request = Request(raw, path, folder / "headings.yaml", folder / "map.yaml")
        is_taken, kind = look or number % 5 == 0, KINDS.get(name)
        start = time.process_time()
        ends.tell(_end(request, look, kind) if is_taken else _end_of_reading(request, kind), number)
        ends.slowest = max(ends.slowest, time.process_time() - start)
        for stray in _strays(folder, path):
            ends.tell(f"stray: {stray}", number)
    return ends


def _end(request: Request, look: bool, kind: str | None) -> str:
    start = time.process_time()
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, _too_slow)
        signal.setitimer(signal.ITIMER_PROF, SLOWEST)
    try:
        outcome = import_file(request, kind)
        end = "taken" if outcome.record else "proposed"
        problems = Study.open(request.raw.root).problems if look and outcome.record else None
        if problems is not None and len(problems):
            end = f"crash: the study has problems since: {problems.to_dict('records')}"
    except SekomError:
        end = "refused"
    except _TooSlowError:
        end = "slow"
    except Exception as error:
        end = f"crash: {type(error).__name__}: {str(error)[:100]}"
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, 0)
    return "slow" if time.process_time() - start > SLOWEST else end


def _end_of_reading(request: Request, kind: str | None) -> str:
    try:
        found = chosen_importer(request.path, kind).find(request)
    except SekomError:
        return "refused"
    except Exception as error:
        return f"crash: {type(error).__name__}: {str(error)[:100]}"
    return "proposed" if found.proposals else "taken"


def _strays(folder: Path, path: Path) -> list[str]:
    """Return what was written outside the study, but for proposals beside the file."""
    kept = {"template", "study", "in", "headings.yaml", "map.yaml"}
    strays = [one.name for one in folder.iterdir() if one.name not in kept]
    allowed = {path.name, *(path.with_suffix(ending).name for ending in PROPOSALS)}
    strays += [one.name for one in path.parent.iterdir() if one.name not in allowed]
    lured = [place / EVIL for place in (Path.cwd(), Path.cwd().parent, Path(tempfile.gettempdir()))]
    strays += [str(one) for one in lured if one.exists()]
    data = {"raw", "coded", "imports.csv"}
    return strays + [one.name for one in (folder / "study" / "data").iterdir() if one.name not in data]


def bad(ends: Counter[str]) -> dict[str, int]:
    """Return what must not be."""
    return {end: number for end, number in ends.items() if end.startswith(("crash", "slow", "stray"))}


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    names = sys.argv[2:] or list(FORMATS)
    memory = Path("/dev/shm")
    failed = False
    heads = f"{'taken':>8}{'proposed':>10}{'refused':>9}{'bad':>6}{'ms a file':>11}{'slowest, s':>12}"
    print(f"{'format':10}{heads}")
    for name in names:
        with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
            start = time.perf_counter()
            ends = fuzz(name, count, Path(folder))
            each = 1000 * (time.perf_counter() - start) / count
        wrong = bad(ends)
        failed = failed or bool(wrong)
        numbers = (
            f"{ends['taken']:8}{ends['proposed']:10}{ends['refused']:9}{sum(wrong.values()):6}{each:11.1f}"
            f"{ends.slowest:12.2f}"
        )
        print(f"{name:10}{numbers}", flush=True)
        for end, number in wrong.items():
            print(f"    {number} × {end} (first: file {ends.first[end]})")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
