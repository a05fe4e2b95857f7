"""YAML texts into checked models; every problem with the row where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from sekom_analysis.problems import Problem

Model = TypeVar("Model", bound=BaseModel)


def parse_yaml(text: str, model: type[Model], file: str) -> tuple[Model | None, list[Problem]]:
    """Read a YAML text as a model, or list everything that is wrong with it.

    Parameters
    ----------
    text : str
    model : a pydantic model
    file : str
        The name that problems give as their place.

    Returns
    -------
    tuple of the model (None if it cannot be used) and the problems
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark is not None else None
        reason = getattr(error, "problem", None) or str(error)
        what = f"this is not YAML: {reason}"
        todo = "check indentation and quotes at this row; texts that hold a colon need quotes"
        return None, [Problem(file=file, row=row, what=what, todo=todo)]
    if node is None:
        return None, [Problem(file=file, row=None, what="the file is empty", todo="fill it in")]
    problems = [
        Problem(file=file, row=row, what=f"'{key}' stands twice in one place", todo="keep one of the two")
        for key, row in _doubled_keys(node)
    ]
    try:
        result = model.model_validate(data)
    except ValidationError as error:
        return None, problems + [_problem(fault, node, file) for fault in error.errors()]
    return (None if problems else result), problems


def _doubled_keys(node: yaml.Node) -> Iterator[tuple[str, int]]:
    """Find keys that stand twice in one mapping; YAML would silently keep the last."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.value, key.start_mark.line + 1
            seen.add(key.value)
            yield from _doubled_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _doubled_keys(value)


def _problem(fault: Any, node: yaml.Node, file: str) -> Problem:
    """Turn one of pydantic's faults into a problem in plain words."""
    row, place = _place(node, fault["loc"])
    given = fault.get("input")
    shown = f", not {given!r}" if isinstance(given, str | int | float | bool) else ""
    context = fault.get("ctx") or {}
    match fault["type"]:
        case "missing":
            what, todo = f"{place} is missing", "add it"
        case "extra_forbidden":
            what, todo = f"{place} is not known here", "check the spelling, or take it out"
        case "value_error":
            what, todo = f"{place}: {context.get('error', fault['msg'])}", "mend it"
        case "string_pattern_mismatch" if context.get("pattern", "").startswith("^[a-z0-9_]"):
            what, todo = f"{place} is {given!r}", "an id has 1 to 40 of the characters a–z, 0–9 and _"
        case _:
            what, todo = f"{place}: {fault['msg']}{shown}", "mend it"
    return Problem(file=file, row=row, what=what, todo=todo)


def _place(node: yaml.Node, loc: tuple[int | str, ...]) -> tuple[int, str]:
    """Follow a path down the YAML tree: the row where it ends, and the path in words."""
    words: list[str] = []
    row = node.start_mark.line + 1
    for step in loc:
        child = _child(node, step)
        if isinstance(step, int):
            name = _id_of(child)
            words[-1:] = [f"{words[-1] if words else 'entry'} {name or step + 1}"]
        else:
            words.append(str(step))
        if child is not None:
            node = child
            row = node.start_mark.line + 1
    return row, " → ".join(words) or "the file"


def _child(node: yaml.Node | None, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child: yaml.Node = node.value[step]
        return child
    return None


def _id_of(node: yaml.Node | None) -> str:
    named = _child(node, "id")
    return f"'{named.value}'" if isinstance(named, yaml.ScalarNode) else ""
