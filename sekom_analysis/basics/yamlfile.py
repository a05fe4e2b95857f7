"""YAML texts into checked models; every problem with the row where it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from sekom_analysis.basics.files import patiently
from sekom_analysis.basics.wording import Phrase, Problem, is_known

Model = TypeVar("Model", bound=BaseModel)


MOST_BYTES = 2_000_000
MOST_DEEP = 50
MOST_PARTS = 100_000
MOST_DIGITS = 100
MOST_PROBLEMS = 100
LONGEST_GIVEN = 200


class LimitError(yaml.YAMLError):
    """A YAML text that would take more than it is worth: which limit, and the row where it is passed."""

    def __init__(self, kind: str, most: int, row: int | None) -> None:
        super().__init__(f"{kind}: {most}")
        self.kind, self.most, self.row = kind, most, row


class _PlainLoader(yaml.SafeLoader):
    """Takes as a number, a truth value or nothing only what everybody would, and no more than the limits.

    YAML 1.1 reads ``No`` as false, ``010`` as 8, ``12:30`` as 750 and
    ``2016-04-12`` as a date; in a codebook all of them are texts. An alias and
    a merge count as often as they are written out: a few lines can stand for billions.
    """

    def __init__(self, text: str) -> None:
        _check_limit("size", max(len(text), len(text[:MOST_BYTES].encode("utf-8", "replace"))), MOST_BYTES)
        super().__init__(text)
        self._depth, self._parts = 0, 0
        self._sizes: dict[int, int] = {}  # a node -> how many parts it has, with its aliases written out

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose a node and all in it, counting what it comes to."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        row, before = event.start_mark.line + 1, self._parts
        is_alias = isinstance(event, yaml.AliasEvent)
        self._depth += 1
        _check_limit("depth", self._depth, MOST_DEEP, row)
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        # An alias inside what it names does not count again: that data holds itself.
        self._parts += self._sizes.get(id(node), 1) if is_alias else 1
        _check_limit("parts", self._parts, MOST_PARTS, row)
        if not is_alias:
            self._sizes[id(node)] = self._parts - before
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Construct what a node says; a number as long as a page, or a tag that does not fit, is not data."""
        if isinstance(node, yaml.ScalarNode) and not node.tag.endswith((":str", ":binary")):
            _check_limit("digits", len(node.value), MOST_DIGITS, node.start_mark.line + 1)
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError, TypeError, ArithmeticError) as error:
            said = Phrase("problem_not_yaml_tag", tag=node.tag)
            raise yaml.constructor.ConstructorError(None, None, said, node.start_mark) from error


def _check_limit(kind: str, count: int, most: int, row: int | None = None) -> None:
    if count > most:
        raise LimitError(kind, most, row)


_PlainLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+", "-+0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
):
    _PlainLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first)
    )


def load_yaml(text: str) -> Any:
    """Return a YAML text as plain data.

    Examples
    --------
    >>> load_yaml("{label: No, range: [1, 5], id: 010}")
    {'label': 'No', 'range': [1, 5], 'id': '010'}
    """
    return yaml.load(text, Loader=_PlainLoader)


def read_yaml_text(path: Path) -> str:
    """Return the text of a YAML file, or as much of it as shows that it is too large.

    Raises
    ------
    OSError, UnicodeDecodeError
        If it cannot be read, or is not UTF-8.
    """
    with patiently(lambda: path.open("rb")) as file:
        data = file.read(MOST_BYTES + 8)
    is_cut = len(data) == MOST_BYTES + 8  # perhaps within a sign; what is cut is refused by its size
    return data.decode("utf-8-sig", "replace" if is_cut else "strict")


def dump_yaml(data: Any) -> str:
    r"""Return plain data as YAML that reads back as it is, letters unescaped where that is safe.

    Examples
    --------
    >>> dump_yaml({"label": "Nivå", "range": [1, 5]})
    'label: Nivå\nrange:\n- 1\n- 5\n'
    """
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)
    if load_yaml(text) != data:  # rare line breaks, such as U+2028, come back as others
        text = yaml.safe_dump(data, allow_unicode=False, sort_keys=False, width=100)
    return text


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
        node = yaml.compose(text, Loader=_PlainLoader)
        data = load_yaml(text)
    except LimitError as error:
        return None, [Problem.of(file, error.row, f"yaml_{error.kind}", most=error.most)]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return None, [_not_yaml(error, text, file)]
    if node is None:
        return None, [Problem.of(file, None, "yaml_empty")]
    problems = [Problem.of(file, row, "yaml_doubled", name=key) for key, row in _doubled_keys(node, set())]
    return _validated(data, node, model, file, problems)


def check_data(
    data: Any, model: type[Model], file: str, row_of: Callable[[tuple[int | str, ...]], int]
) -> tuple[Model | None, list[Problem]]:
    """Read plain data as a model, as `parse_yaml` does; `row_of` gives the row of each path in it."""
    return _validated(data, _node(data, (), row_of), model, file, [])


def _node(
    data: Any, path: tuple[int | str, ...], row_of: Callable[[tuple[int | str, ...]], int]
) -> yaml.Node:
    mark = yaml.Mark("", 0, row_of(path) - 1, 0, None, 0)
    if isinstance(data, dict):
        pairs = [
            (_node(key, path, row_of), _node(value, (*path, key), row_of)) for key, value in data.items()
        ]
        return yaml.MappingNode("", pairs, mark, mark)
    if isinstance(data, list):
        return yaml.SequenceNode(
            "", [_node(part, (*path, at), row_of) for at, part in enumerate(data)], mark, mark
        )
    return yaml.ScalarNode("", str(data), mark, mark)


def _validated(
    data: Any, node: yaml.Node, model: type[Model], file: str, problems: list[Problem]
) -> tuple[Model | None, list[Problem]]:
    try:
        result = model.model_validate(data)
    except ValidationError as error:
        faults = (p for fault in error.errors() if not _is_echo(fault) for p in _problems(fault, node, file))
        found = list(islice(faults, MOST_PROBLEMS + 1))
        # A model looks for doubled ids only where all else is right.
        return None, _listable(problems + found + [p for p in _doubled_ids(node, file) if p not in found])
    return (None if problems else result), _listable(problems)


def _listable(problems: list[Problem]) -> list[Problem]:
    """Return the first of very many problems, and that there are more."""
    if len(problems) <= MOST_PROBLEMS:
        return problems
    return [*problems[:MOST_PROBLEMS], Problem.of(problems[0].file, None, "yaml_more")]


def _is_echo(error: Any) -> bool:
    """Whether pydantic calls a list empty only because each of its entries is wrong."""
    return error["type"] == "too_short" and bool(error.get("input"))


def _doubled_ids(node: yaml.Node, file: str) -> Iterator[Problem]:
    """Find variables, and codes of one variable, that have the same id."""
    variables = _child(node, "variables")
    yield from _doubled_in(node, ("variables",), "variable", file)
    for place in range(len(variables.value) if isinstance(variables, yaml.SequenceNode) else 0):
        yield from _doubled_in(node, ("variables", place, "codes"), "code", file)


def _doubled_in(node: yaml.Node, path: tuple[int | str, ...], noun: str, file: str) -> Iterator[Problem]:
    entries: yaml.Node | None = node
    for step in path:
        entries = _child(entries, step)
    seen = set()
    for place in range(len(entries.value) if isinstance(entries, yaml.SequenceNode) else 0):
        named = _id_of(_child(entries, place))
        if named and named in seen:
            row, where = _place(node, (*path, place))
            yield Problem.of(file, row, f"yaml_{noun}", place=where, named=named)
        seen.add(named)


def _not_yaml(error: Exception, text: str, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    row = mark.line + 1 if mark is not None else None
    reason = getattr(error, "problem", None) or str(error)
    if isinstance(error, yaml.reader.ReaderError):
        row = text.count("\n", 0, error.position) + 1
        reason = Phrase("problem_not_yaml_sign", sign=f"U+{int(error.character):04X}")
    return Problem.of(file, row, "not_yaml", reason=reason)


def _doubled_keys(node: yaml.Node, visited: set[int]) -> Iterator[tuple[str, int]]:
    """Find keys that occur twice in one mapping; YAML would silently keep the last."""
    if id(node) in visited:  # an alias, perhaps of what it is in
        return
    visited.add(id(node))
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.value, key.start_mark.line + 1
            seen.add(key.value)
            yield from _doubled_keys(value, visited)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _doubled_keys(value, visited)


def _problems(error: Any, node: yaml.Node, file: str) -> Iterator[Problem]:
    """Turn one of pydantic's errors into problems in plain words."""
    context = error.get("ctx") or {}
    faults = getattr(context.get("error"), "faults", None)
    if faults is None:
        yield _problem(error, context, node, file)
        return
    for fault in faults:
        row, place = _place(node, (*error["loc"], *fault.path))
        yield Problem.of(file, row, "yaml_fault", place=place, fault=fault.what, todo=fault.todo)


def _problem(error: Any, context: dict[str, Any], node: yaml.Node, file: str) -> Problem:
    row, place = _place(node, error["loc"])
    given = error.get("input")
    values: dict[str, object] = {"place": place, "given": _shortened(repr(given))}
    match error["type"]:
        case "missing":
            return Problem.of(file, row, "yaml_missing", **values)
        case "extra_forbidden":
            return Problem.of(file, row, "yaml_unknown", **values)
        case "string_pattern_mismatch" if context.get("pattern", "").startswith("^[a-z0-9_]"):
            return Problem.of(file, row, "yaml_id", **values)
        case "literal_error":
            allowed = _listed(context["expected"])
            return Problem.of(file, row, "yaml_one_of", **values, allowed=allowed)
    reason = _said_of_input(error, context)
    if isinstance(given, str | int | float | bool):
        reason = Phrase("problem_yaml_given", reason=reason, given=_shortened(repr(given)))
    found = Problem.of(file, row, "yaml_misfit", place=place, reason=reason)
    return replace(found, todo=Phrase("problem_todo_quotes")) if isinstance(given, bool) else found


def _said_of_input(error: Any, context: dict[str, Any]) -> str:
    """Return what pydantic says; as a phrase where our tables have it, else in its own English."""
    key = f"input_{error['type']}"
    return Phrase(key, **context) if is_known(key) else str(error["msg"])


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_GIVEN else f"{text[: LONGEST_GIVEN - 1]}…"


def _listed(expected: str) -> str:
    """Return pydantic's list of what is allowed there; its last word before the end is English."""
    head, joint, last = expected.rpartition(" or ")
    return Phrase("problem_yaml_or", head=head, last=last) if joint else expected


def _place(node: yaml.Node, path: tuple[int | str, ...]) -> tuple[int, str]:
    """Follow a path down the YAML tree: the row where it ends, and the path in words."""
    words: list[str] = []
    row = node.start_mark.line + 1
    here: yaml.Node | None = node
    for step in path:
        here = _child(here, step)
        if isinstance(step, int):
            name = _id_of(here)
            words[-1:] = [f"{words[-1] if words else 'entry'} {name or step + 1}"]
        else:
            words.append(str(step))
        row = row if here is None else here.start_mark.line + 1
    return row, " → ".join(words) or Phrase("problem_yaml_whole")


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
