"""Each command that only shows something opens the log once, and changes nothing."""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest

from tests.conftest import TODAY, Run

ENTRY = (
    *("log", "add", "rafah/3", "--kind", "note", "--on", "2024-06-24", "--speaker"),
    *("Desk", "--role", "media", "--summary", "Asked"),
)
READING = """\
status
status rafah
status rafah --timeline
status --all --format csv
status --known-on 2026-01-01
countdown
show rafah
show 192/2024-05-24/3
explain rafah
explain rafah/3@2024-06-24
check
check rafah
orders
export ics
export atom
export svg rafah
export json
export markdown
log
log rafah --history
log --search asked
log show 1
log export
log checkpoint
log prove 1
log keygen KEY
publish DIR
doctor
remind --dry-run
remind rafah --dry-run
remind --list
remind rafah --list
""".splitlines()
"""`log verify` is not here: SQLite checks its file over a connection of its own."""
OPENING_NONE = ["config", "schema status", "--version", "status --help"]

_opened: list[str] | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    # The hashes of a folder are in a temporary database, and the published database is made in one.
    if _opened is None or event != "sqlite3.connect":
        return
    path = str(arguments[0])
    if path and not path.startswith(f"{gettempdir()}/orderwatch-"):
        _opened.append(path)


@pytest.fixture(scope="session")
def _audited() -> None:
    # Once a process: a hook cannot be removed, and two count each opening twice.
    sys.addaudithook(_hook)


@pytest.fixture
def opened(
    _audited: None,
    store: str,
    monkeypatch: pytest.MonkeyPatch,
    run: Run,
    tmp_path: Path,
) -> Iterator[list[str]]:
    """List what was opened since the log got its entry."""
    global _opened  # noqa: PLW0603 - the hook reads it
    monkeypatch.chdir(tmp_path)
    assert run(*ENTRY)[0] == 0
    found = list[str]()
    if store == "postgres":
        from orderwatch.log.postgres import connection

        init = connection.Connection.__init__

        def counted(self: connection.Connection, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - as there
            found.append(str(arguments[0]))
            init(self, *arguments, **options)

        monkeypatch.setattr(connection.Connection, "__init__", counted)
    else:
        _opened = found
    yield found
    _opened = None


@pytest.mark.parametrize("line", READING)
def test_the_log_is_opened_once(run: Run, opened: list[str], line: str) -> None:
    code, _, err = run(*line.split(), today=TODAY)
    assert code in {0, 1, 2}, err
    assert "orderwatch:" not in err
    assert len(opened) == 1, opened


@pytest.mark.parametrize("line", OPENING_NONE)
def test_the_log_is_not_opened(run: Run, opened: list[str], line: str) -> None:
    assert run(*line.split())[0] == 0
    assert opened == []
