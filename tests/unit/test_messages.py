"""Messages are literal, so that gettext finds them, and formatted after translation."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT

SOURCES = sorted((ROOT / "src").glob("**/*.py"))
LITERALS = {"_": 1, "mark": 1, "ngettext": 2, "pgettext": 2}
"""Functions of `translation`, and how many of their arguments are messages."""


def calls(path: Path) -> Iterator[ast.Call]:
    """Yield the calls of the functions of `translation` in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) in LITERALS:
            yield node


def is_message(function: str, node: ast.expr) -> bool:
    """Return whether an argument is a literal; `_` also takes the name of a marked one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return True
    named = ast.Name | ast.Attribute | ast.Subscript
    return function == "_" and isinstance(node, named)


def bad_calls(path: Path) -> list[str]:
    """List the calls with a message that gettext cannot find."""
    return [
        f"{path.name}:{call.lineno}"
        for call in calls(path)
        if isinstance(call.func, ast.Name)
        and not all(
            is_message(call.func.id, argument) for argument in call.args[: LITERALS[call.func.id]]
        )
    ]


def test_messages_are_literal() -> None:
    assert sum(len(list(calls(path))) for path in SOURCES) > 500
    assert [place for path in SOURCES for place in bad_calls(path)] == []


@pytest.mark.parametrize(
    "line",
    ['_(f"{n} days")', '_("a" + b)', 'ngettext(one, "{n} days", n)', 'mark(f"{n}")', "_(f())"],
)
def test_a_message_that_is_put_together_is_found(tmp_path: Path, line: str) -> None:
    path = tmp_path / "module.py"
    path.write_text(line, encoding="utf-8")
    assert bad_calls(path) == ["module.py:1"]


def test_no_message_has_a_placeholder_without_a_name() -> None:
    nameless = [
        f"{path.name}:{call.lineno}"
        for path in SOURCES
        for call in calls(path)
        for argument in call.args
        if isinstance(argument, ast.Constant) and "{}" in str(argument.value)
    ]
    assert nameless == []
