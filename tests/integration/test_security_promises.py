"""Each promise of SECURITY.md points at tests, and they exist."""

import ast
import re
import tomllib
from functools import cache

import pytest

from tests.support.paths import ROOT, TESTS

ROWS = [
    line.split(" | ")
    for line in (ROOT / "SECURITY.md")
    .read_text()
    .partition("## What holds")[2]
    .partition("## What does not hold")[0]
    .split("\n")
    if line.startswith("| ") and not line.startswith("| promise")
]
NAMED = re.compile(r"`([\w/]*test_\w+\.py)::(test_\w+)`")


@cache
def functions(file: str) -> set[str]:
    """List the tests of a file."""
    tree = ast.parse((TESTS / file).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][2:40])
def test_every_promise_points_at_tests_that_exist(row: list[str]) -> None:
    _, shown = row
    found = NAMED.findall(shown)
    assert found
    assert shown.count("`") == 2 * len(found)
    for file, name in found:
        assert name in functions(file), f"{file}::{name}"


def test_there_are_promises() -> None:
    assert len(ROWS) > 20


def test_what_is_shipped_as_source_holds_it() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "SECURITY.md" in table["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
