"""Every definition that was ever coded with: ``data/coded/codebooks/<version>.yaml``, one a variable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from sekom_analysis.codebook import FLAG, FLAG_VARIABLE, Variable
from sekom_analysis.errors import NotSavedError
from sekom_analysis.files import original_name, write_whole
from sekom_analysis.problems import Problem
from sekom_analysis.raw import CODED
from sekom_analysis.yamlfile import dump_yaml, load_yaml, read_yaml_text

FOLDER = "codebooks"


class Definitions:
    """The kept definitions beside one folder of logs; a file read once is not read again.

    Parameters
    ----------
    folder : ``data/coded``, or wherever copied logs and their ``codebooks`` lie
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER
        self._known: dict[str, Variable] = {FLAG_VARIABLE.version: FLAG_VARIABLE}
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
    return Variable.model_validate(data)


def keep(root: Path, variables: Iterable[Variable]) -> None:
    """Keep variables as they are seen now, unless they are kept already.

    Raises
    ------
    NotSavedError
        If the disk does not take them.
    """
    for variable in variables:
        path = root / CODED / FOLDER / f"{variable.version}.yaml"
        seen = read_definition(path)
        if seen is not None and seen.version == variable.version:
            continue
        try:  # the name is a hash of the content: what holds anything else is damaged, and mended here
            write_whole(path, _yaml(variable))
        except OSError as error:
            msg = f"{path.name}: cannot be written ({error.strerror or error}). Nothing was saved."
            raise NotSavedError(msg) from error


def _yaml(variable: Variable) -> bytes:
    kept = variable.model_dump(mode="json", exclude_none=True, exclude={"codes_from"})
    return dump_yaml(kept).encode("utf-8")
