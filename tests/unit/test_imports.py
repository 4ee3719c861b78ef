"""What the commands that run most often import."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from orderwatch.register import compile_file, packaged_path

COUNT = """
import os, sys
from pathlib import Path
from orderwatch.cli import main
if "FORM" in os.environ:
    from orderwatch import register
    register.packaged_path = lambda: Path(os.environ["FORM"])
try:
    main(sys.argv[1:])
except SystemExit:
    pass
files = [Path(str(m.__file__)) for n, m in sys.modules.items() if "orderwatch" in n]
code = [file for file in files if len(file.read_text().splitlines()) > 1]
print(len(code), *sorted(sys.modules), file=sys.stderr)
"""
"""Run a command and print the modules of the package, less the empty `__init__`."""


@pytest.mark.parametrize(
    ("line", "limit"),
    [("status rafah", 35), ("--version", 9)],
)
def test_a_command_imports_few_modules(line: str, limit: int) -> None:
    count, names = _imports(line)
    assert count <= limit, names
    for heavy in ("orderwatch.log.sqlite", "orderwatch.evidence", "orderwatch.word_search"):
        assert heavy not in names


@pytest.mark.parametrize("line", ["status rafah", "--help"])
def test_english_imports_no_catalogue(line: str) -> None:
    translators = {"gettext", "orderwatch.cli.help_language", "babel"}
    _count, names = _imports(line)
    assert translators & {*names} <= {"gettext"}  # Typer has it
    _count, names = _imports(line, {"ORDERWATCH_LANG": "fr"})
    assert "orderwatch.cli.help_language" in names


@pytest.mark.parametrize("line", ["status --format json", "check --warn 10 --critical 0"])
def test_an_installed_register_is_read_without_pydantic(line: str, tmp_path: Path) -> None:
    path = tmp_path / "orders.toml"
    path.write_bytes(packaged_path().read_bytes())
    path.with_suffix(".compiled").write_bytes(compile_file(path))
    _count, names = _imports(line, {"FORM": str(path)})
    assert "orderwatch.register.build" in names
    heavy = {"pydantic", "pydantic_core", "tomli", "orderwatch.register.schema", "rich", "sqlite3"}
    assert sorted(heavy & {*names}) == []


def _imports(line: str, variables: Mapping[str, str] | None = None) -> tuple[int, list[str]]:
    """Run a command; return how many modules of the package it imports, and all modules."""
    done = subprocess.run(  # noqa: S603 - the code above
        [sys.executable, "-c", COUNT, *line.split()],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **(variables or {})},
    )
    assert done.stdout
    count, *names = done.stderr.split()
    return int(count), names
