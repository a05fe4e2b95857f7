"""How long the report of a large study takes, and how much memory: 5,000 notes, five coders.

Run it by ``python benchmarks/report_size.py [NOTES]``.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

from sekom_analysis.report import write_report
from sekom_analysis.results import work_out
from sekom_analysis.study.study import Study

CODERS = [f"kodare-{place}" for place in range(1, 6)]
CODES = ["kunskap", "nyckeltal", "resurser", "samordning", "samverkan", "sekoms_roll", "systemsyn"]
BOOK = {
    "variables": [
        {
            "id": "valence", "kind": "single", "label": "Hinder eller möjlighet", "none_fits": False,
            "codes": [{"id": "hinder", "label": "Hinder"}, {"id": "mojlighet", "label": "Möjlighet"}],
        },
        {
            "id": "category", "kind": "single", "label": "Kategori",
            "codes": [{"id": code, "label": code.capitalize()} for code in CODES],
        },
    ]
}  # fmt: skip


def make_study(folder: Path, n_notes: int) -> Study:
    """Return a study whose coders agree on some four notes in five."""
    rng = np.random.default_rng(0)
    ids = [f"n{place:06d}" for place in range(n_notes)]
    texts = [f"Lapp {place}: vi behöver mer tid och bättre samordning" for place in range(n_notes)]
    study = Study.create(folder, notes=pd.DataFrame({"note_id": ids, "text": texts}), codebook=BOOK)
    for variable, codes in (("valence", ["hinder", "mojlighet"]), ("category", CODES)):
        true = rng.integers(len(codes), size=n_notes)
        for coder in CODERS:
            given = np.where(rng.random(n_notes) < 0.8, true, rng.integers(len(codes), size=n_notes))
            events = [
                {
                    "note_id": note,
                    "variable": variable,
                    "codes": codes[code],
                    "memo": "oklart" if code else "",
                }
                for note, code in zip(ids, given, strict=True)
            ]
            study.record(coder, events)
    return study


def main() -> None:
    """Print seconds and the peak of memory."""
    n_notes = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory() as folder:
        study = make_study(Path(folder) / "study", n_notes)
        began = time.perf_counter()
        results = work_out(study, "sv")
        worked_out = time.perf_counter()
        written = write_report(results, Path(folder) / "figures", ("html", "docx", "pdf"))
        ended = time.perf_counter()
        info = psutil.Process().memory_info()
        peak = getattr(info, "peak_wset", None) or _peak()
        print(f"{n_notes} notes, {len(CODERS)} coders: {ended - began:.1f} s in all,")
        print(f"  {worked_out - began:.1f} s to work out, {ended - worked_out:.1f} s to write the files;")
        print(f"  most memory {peak / 2**20:.0f} MB; the page {written[0].stat().st_size / 2**20:.1f} MB")


def _peak() -> int:
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    main()
