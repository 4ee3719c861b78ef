"""The reference is made from the program, and has everything once."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from orderwatch.cli.terminal.formats import Format
from orderwatch.errors import OrderwatchError
from orderwatch.site import Document
from tests.conftest import Run
from tests.support.paths import ROOT
from tools import reference

FOLDER = ROOT / "docs" / "reference"
SCHEMAS = ROOT / "src" / "orderwatch" / "schemas"
ENTRY = re.compile(r"^  (\S+)(?:  |$)")
OPTION = re.compile(r"^  (?:-\w, )?(--[\w-]+)")


def page(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """Cut what stands below a heading of the second level."""
    found = re.findall(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert len(found) == 1, f"{title} has {len(found)} sections"
    return str(found[0])


def helps(run: Run, *words: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Ask the program itself for each help."""
    code, out, _ = run(*words, "--help")
    assert code == 0
    yield words, out
    if " COMMAND " in out.splitlines()[0]:
        groups = re.split(r"^(\S.*):$", out, flags=re.MULTILINE)
        for title, rows in zip(groups[1::2], groups[2::2], strict=True):
            if title in {"Options", "Arguments"}:
                continue
            for row in rows.strip("\n").partition("\n\n")[0].splitlines():
                if found := ENTRY.match(row):
                    yield from helps(run, *words, found[1])


def test_no_page_is_stale() -> None:
    assert reference.stale() == []


def test_a_stale_page_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "reference"
    shutil.copytree(FOLDER, copy)
    monkeypatch.setattr(reference, "FOLDER", copy)
    path = copy / "exit-codes.md"
    path.write_text(path.read_text(encoding="utf-8") + "more\n", encoding="utf-8")
    (copy / "commands.md").unlink()
    (copy / "older.md").touch()
    assert reference.stale() == ["commands.md", "exit-codes.md", "older.md"]


def test_every_command_and_every_option_is_there_once(run: Run) -> None:
    text, found = page("commands.md"), 0
    for words, out in helps(run):
        told = section(text, " ".join(words) or "orderwatch")
        for option in filter(None, map(OPTION.match, out.splitlines())):
            times = re.findall(rf"^- `(?:-\w, )?{option[1]}(?![\w-])", told, re.MULTILINE)
            assert len(times) == 1, (words, option[1])
            found += 1
    assert found > 100
    assert len(re.findall("^## ", text, re.MULTILINE)) == len(list(helps(run)))


def test_every_answer_and_every_key_of_a_register_is_there() -> None:
    text = page("json.md")
    for path in SCHEMAS.glob("*.json"):
        told = section(text, path.stem) + section(text, "Answers about a day")
        for name in json.loads(path.read_text(encoding="utf-8"))["properties"]:
            assert f"- `{name}`: " in told, (path.stem, name)


def test_every_exit_code_is_there_once() -> None:
    text = page("exit-codes.md")
    codes = [int(x) for x in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)]
    known = {error.exit_code for error in OrderwatchError.__subclasses__()}
    assert sorted(codes) == sorted({0, 1, 130, 141, *known})


def test_every_format_is_there_once() -> None:
    text = page("files.md")
    lists = re.findall(r"^\| `(\w+)` \|", section(text, "Formats of a list"), re.MULTILINE)
    assert sorted(lists) == sorted(Format)
    told = section(text, "Documents")
    rows = re.findall(r"^\| (`.*`) \|", told, re.MULTILINE)
    documents = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(documents) == sorted(Document)


def test_every_variable_that_is_read_is_there() -> None:
    text = section(page("settings.md"), "Environment")
    # The scripts of shells set what completion reads, and platformdirs reads its folders.
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "src" / "orderwatch").glob("**/*.py")
        if path.name != "completion.py" and path.parts[-2:] != ("cli", "__init__.py")
    )
    read = set(re.findall(r"environ(?:ment)?(?:\.get\(|\[)\"([A-Z_]+)\"", source))
    assert {"NO_COLOR", "TERM"} <= read
    assert {name for name in read - {"USER"} if not re.search(rf"\b{name}\b", text)} == set()
