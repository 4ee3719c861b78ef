"""Each promise of docs/security.md points at tests, and they exist."""

import ast
import re
import tomllib
from functools import cache

import pytest

from tests.support.paths import ROOT, TESTS

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROMISES = [
    re.sub(r"\s+", " ", found)
    for found in re.findall(r"^- (.*?)(?=\n- |\n\n|\Z)", PAGE, re.MULTILINE | re.DOTALL)
]
FILE = re.compile(r"[\w/]*test_\w+\.py")


def named(promise: str) -> list[tuple[str, str]]:
    """List the tests of a promise, each with its file: `file`: `test`, `test`; `file`: `test`."""
    file, tests = "", list[tuple[str, str]]()
    for name in re.findall(r"`([^`]+)`", promise):
        if FILE.fullmatch(name):
            file = name
        elif name.startswith("test_"):
            tests.append((file, name))
    return tests


@cache
def functions(file: str) -> set[str]:
    """List the tests of a file."""
    tree = ast.parse((TESTS / file).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise[:40])
def test_every_promise_points_at_tests_that_exist(promise: str) -> None:
    tests = named(promise)
    assert tests
    assert [(file, name) for file, name in tests if name not in functions(file)] == []


def test_every_row_of_the_table_leads_to_promises_and_to_what_does_not_hold() -> None:
    sections = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
    rows = re.findall(r"^\| .* \| .* \| \[\w+\]\(#([\w-]+)\) \|$", PAGE, re.MULTILINE)
    assert rows == [title.lower().replace(" ", "-") for title in sections]
    assert all(text.lstrip().startswith("- ") for text in sections.values())
    assert sum("**Not covered:**" in text for text in sections.values()) >= len(sections) - 2


def test_there_are_promises() -> None:
    assert len(PROMISES) > 30
    assert sum(len(named(promise)) for promise in PROMISES) > 120


def test_what_is_shipped_as_source_holds_it() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "SECURITY.md" in table["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
