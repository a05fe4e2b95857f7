"""The house has floors, and imports point down only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = "sekom_analysis"
FLOORS = [
    "errors files problems wording words yamlfile codebook notes decisions answers about logline selection "
    "coding.worklist",  # pure, like the card's order that it gives
    "log ledgers raw coderlog definitions adjudications merges pairs joining desk checks adjudicating "
    "coderlogs coding.secret collect collecting imports additions newstudy study exchange",
    "agreement consensus quality actions keywords results progress",
    "coding figures report opening",
    "cli __main__",
]
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names.split()}
ONLY_FIGURES = {"matplotlib", "seaborn"}
NEVER = {
    "krippendorff",
    "pingouin",
    "qdapy",
    "irrCAC",
}  # licences, or an old pandas: tests and notebooks only

FOLDER = Path(__file__).parent.parent / PACKAGE
MODULES = {
    ".".join(path.relative_to(FOLDER).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(FOLDER.rglob("*.py"))
}
HOUSE = [name for name in MODULES if name != "__init__"]  # the front door names things of every floor


class _OnlyWhatRuns(ast.NodeTransformer):
    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        return node.orelse if ast.unparse(node.test) == "TYPE_CHECKING" else self.generic_visit(node)


def imports(tree: ast.AST) -> set[str]:
    """Every module that a file imports anywhere when it runs, those of the package by their full names."""
    tree = _OnlyWhatRuns().visit(tree)
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = {name for name in inside if name.removeprefix(f"{PACKAGE}.") in MODULES}
            found |= modules or {node.module or "."}
    return found


def floor(module: str) -> int | None:
    """The floor of the nearest name in the table."""
    parts = module.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((FLOOR[name] for name in names if name in FLOOR), None)


def tree_of(module: str) -> ast.AST:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", HOUSE)
def test_imports_point_down(module):
    assert floor(module) is not None, f"give {module} a floor in the table"
    ours = {n.removeprefix(f"{PACKAGE}.") for n in imports(tree_of(module)) if n.startswith(f"{PACKAGE}.")}
    above = {name: floor(name) for name in ours if (floor(name) or 0) > (floor(module) or 0)}
    assert above == {}, f"{module} is on floor {floor(module)}"


@pytest.mark.parametrize("module", [name for name in HOUSE if name.startswith("agreement")])
def test_the_maths_knows_no_files(module):
    ours = {n.removeprefix(f"{PACKAGE}.") for n in imports(tree_of(module)) if n.startswith(f"{PACKAGE}.")}
    assert {name for name in ours if floor(name) == 1} == set()


@pytest.mark.parametrize("module", MODULES)
def test_packages_that_a_module_may_not_import(module):
    theirs = {name.split(".")[0] for name in imports(tree_of(module))}
    assert theirs & NEVER == set()
    if not module.startswith("figures"):
        assert theirs & ONLY_FIGURES == set()


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_asserted_or_printed(module):
    lines = [
        node.lineno
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Assert)
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print")
    ]
    assert lines == []


def test_the_search_finds_what_it_is_for():
    code = "if TYPE_CHECKING:\n    import seaborn\n"
    code += "def f():\n    from sekom_analysis import study\n    import matplotlib.pyplot as plt\n"
    assert imports(ast.parse(code)) == {f"{PACKAGE}.study", "matplotlib.pyplot"}
    assert (floor("exchange.sheets.layout"), floor("coding.worklist"), floor("coding.card")) == (1, 0, 3)
    assert floor("nowhere") is None
