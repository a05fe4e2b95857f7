"""Run the notebooks and keep the text of the cells that nbval checks; everything else is stripped.

Run it after a notebook was changed, look at what changed in the numbers, and commit both:
``python tests/refresh_notebooks.py [NAME …]``.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from sekom_analysis.study.making import create_sample

FOLDER = Path(__file__).parent.parent / "notebooks"
MARK = "# NBVAL_CHECK_OUTPUT"


def strip(notebook: nbformat.NotebookNode) -> None:
    """Take away all outputs but the texts of marked cells, and the state of widgets."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        if MARK in cell.source:
            printed = "".join(out.text for out in cell.outputs if out.output_type == "stream")
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=printed)]
            cell.execution_count = 1
        else:
            cell.outputs, cell.execution_count = [], None


def refresh(path: Path) -> None:
    """Run one notebook on a scratch copy of the sample study, and write it back stripped."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        create_sample(Path(folder) / "study")
        os.environ["SEKOM_STUDY"] = str(Path(folder) / "study")
        NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    language = notebook.metadata.language_info
    notebook.metadata.language_info = {"name": language["name"]}
    strip(notebook)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    chosen = sys.argv[1:] or sorted(path.name for path in FOLDER.glob("*.ipynb"))
    for name in chosen:
        refresh(FOLDER / name)
