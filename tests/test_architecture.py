"""The house has rooms, and imports point down only: at run time, inside functions, and for types."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

import pytest

PACKAGE = "sekom_analysis"
ROOMS = ["cli", "report", "results", "figures", "coding", "actions", "quality", "consensus"]  # from the roof
ROOMS += ["exchange", "study", "agreement", "formats", "basics"]  # down to the ground
DEPTH = {room: number for number, room in enumerate(ROOMS)}
AT_THE_ROOT = {"__init__", "__main__"}
# Those that ask for a module by its name, by `import_module`.
ASKED_BY_NAME = {"__init__", "coding", "exchange", "exchange.registry", "study.making", "study.study"}
MOST_LINES = 500
ONLY_FIGURES = {"matplotlib", "seaborn"}
# Licences, or an old pandas: tests and notebooks only.
NEVER = {"krippendorff", "pingouin", "qdapy", "irrCAC"}

FOLDER = Path(__file__).parent.parent / PACKAGE


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(FOLDER).with_suffix("").parts).removesuffix(".__init__")


HOUSE = {name_of(path): path.read_text(encoding="utf-8") for path in sorted(FOLDER.rglob("*.py"))}


def room(module: str) -> str:
    return module.split(".")[0]


def type_imports(tree: ast.AST) -> set[int]:
    """The nodes that only a type checker sees."""
    checks = (n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING")
    return {id(inner) for check in checks for statement in check.body for inner in ast.walk(statement)}


def imports(source: str, *, types: bool, house: Mapping[str, str] = HOUSE) -> set[str]:
    """Every module that a file imports anywhere, those of the package by their names inside it."""
    tree = ast.parse(source)
    left_out = set() if types else type_imports(tree)
    found = set()
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module != PACKAGE:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = {name for name in inside if name.removeprefix(f"{PACKAGE}.") in house}
            found |= modules or {node.module or "."}
        elif isinstance(node, ast.ImportFrom):  # of the front door: its rooms, or its version
            found |= {f"{PACKAGE}.{alias.name}" for alias in node.names if alias.name != "__version__"}
    return found


def ours(source: str, *, types: bool, house: Mapping[str, str] = HOUSE) -> set[str]:
    found = imports(source, types=types, house=house)
    return {name.removeprefix(f"{PACKAGE}.") for name in found if name.startswith(f"{PACKAGE}.")}


def upward(module: str, house: Mapping[str, str] = HOUSE) -> set[str]:
    """What a module takes from rooms above its own."""
    found = ours(house[module], types=True, house=house)
    return {name for name in found if DEPTH[room(name)] < DEPTH[room(module)]}


def homeless(house: Mapping[str, str] = HOUSE) -> set[str]:
    """Modules that stand in no room."""
    return {module for module in house if module not in AT_THE_ROOT and room(module) not in ROOMS}


def circles(house: Mapping[str, str] = HOUSE) -> list[set[str]]:
    """Modules that need each other to run."""
    arrows = {module: ours(source, types=False, house=house) - {module} for module, source in house.items()}

    def reached(start: str) -> set[str]:
        found: set[str] = set()
        todo = [start]
        while todo:
            fresh = arrows.get(todo.pop(), set()) - found
            found |= fresh
            todo += fresh
        return found

    reach = {module: reached(module) for module in arrows}
    knots = {frozenset(m for m in reach[module] if module in reach.get(m, ())) for module in arrows}
    return [set(knot) for knot in knots if knot]


INSIDE = [module for module in HOUSE if module not in AT_THE_ROOT]


def test_every_module_stands_in_a_room():
    assert homeless() == set()


@pytest.mark.parametrize("module", INSIDE)
def test_imports_point_down(module):
    assert upward(module) == set(), f"{module} knows rooms above its own"


def test_no_modules_need_each_other():
    assert circles() == []


def test_only_a_few_ask_for_a_module_by_its_name():
    assert {module for module, source in HOUSE.items() if "import_module(" in source} == ASKED_BY_NAME


@pytest.mark.parametrize("module", INSIDE)
def test_a_module_can_be_read_in_one_go(module):
    assert len(HOUSE[module].splitlines()) <= MOST_LINES


@pytest.mark.parametrize("module", [m for m in HOUSE if room(m) in ("agreement", "formats", "basics")])
def test_maths_and_formats_know_no_study(module):
    assert {room(name) for name in ours(HOUSE[module], types=True)} <= {room(module), "formats", "basics"}


@pytest.mark.parametrize("module", HOUSE)
def test_packages_that_a_module_may_not_import(module):
    theirs = {name.split(".")[0] for name in imports(HOUSE[module], types=False)}
    assert theirs & NEVER == set()
    if room(module) != "figures":
        assert theirs & ONLY_FIGURES == set()


@pytest.mark.parametrize("module", HOUSE)
def test_nothing_is_asserted_or_printed(module):
    lines = [
        node.lineno
        for node in ast.walk(ast.parse(HOUSE[module]))
        if isinstance(node, ast.Assert)
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print")
    ]
    assert lines == []


def test_the_search_finds_what_it_is_for():
    code = "if TYPE_CHECKING:\n    import seaborn\n"
    code += "def f():\n    from sekom_analysis.study import log\n    import matplotlib.pyplot as plt\n"
    assert imports(code, types=False) == {f"{PACKAGE}.study.log", "matplotlib.pyplot"}
    assert imports(code, types=True) == {f"{PACKAGE}.study.log", "matplotlib.pyplot", "seaborn"}
    late = f"def f():\n    from {PACKAGE}.study.log import one\n"
    typed = f"if TYPE_CHECKING:\n    from {PACKAGE}.report.page import Page\n"
    house = {"study.log": f"from {PACKAGE}.study.desk import Desk", "study.desk": late, "basics.files": typed}
    house |= {"loose": "", "study.study": "", "report.page": ""}
    assert homeless(house) == {"loose"}
    assert circles(house) == [{"study.log", "study.desk"}]
    assert {module: upward(module, house) for module in ("study.desk", "basics.files")} == {
        "study.desk": set(),
        "basics.files": {"report.page"},
    }
