"""The architecture page names files and functions that exist, and leaves none out."""

import ast
import re

import pytest

from tests.support.docs_pages import FENCED
from tests.support.paths import ROOT

PACKAGE = ROOT / "src" / "orderwatch"
TEXT = FENCED.sub("", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
PATHS = sorted(set(re.findall(r"`((?:[\w.]+/)+(?:\w+\.\w+)?|\w+\.py)`", TEXT)))
FUNCTIONS = sorted(
    {
        (path, name)
        for path, names in re.findall(r"`([\w/]+\.py)`((?:,? `\w+`)+)", TEXT)
        for name in re.findall(r"`(\w+)`", names)
    }
)


@pytest.mark.parametrize("path", PATHS)
def test_a_path_exists(path: str) -> None:
    assert (PACKAGE / path).exists() or (ROOT / path).exists()


@pytest.mark.parametrize(("path", "name"), FUNCTIONS)
def test_a_function_is_defined_where_the_page_says(path: str, name: str) -> None:
    tree = ast.parse((PACKAGE / path).read_text(encoding="utf-8"))
    defined = {x.name for x in ast.walk(tree) if isinstance(x, ast.FunctionDef)}
    assert name in defined


def test_the_page_names_every_folder_and_every_module_of_the_package() -> None:
    folders = {
        f"{path.parent.relative_to(PACKAGE)}/"
        for path in PACKAGE.glob("**/__init__.py")
        if path.parent != PACKAGE
    }
    modules = {path.stem for path in PACKAGE.glob("[!_]*.py")}
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert sorted(x for x in folders if f"`{x}`" not in page) == []
    assert sorted(x for x in modules if not re.search(rf"\b{x}\b", page)) == []


def test_there_are_paths_and_functions() -> None:
    assert len(PATHS) > 40
    assert len(FUNCTIONS) > 10
