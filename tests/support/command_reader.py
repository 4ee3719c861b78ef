"""Command lines, run in this process as often as fuzzing wants.

Each finds the same home: a log of three entries, and nothing else.
"""

import io
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import typer.main

from orderwatch import cli as main
from orderwatch.log import open_store
from tests.support.entries import Scribe
from tests.support.paths import SMALL

"""Two cases: with all 61, a million commands would take days."""
LOG = Path(".local/share/orderwatch/log.sqlite")
"""The default log, from a home."""

_CODES = frozenset({0, 2, 3, 4, 5, 130, 141})
_OUTSIDE = re.compile(rb"(^|[:/=,])/(?!dev/(null|zero|full)$)|\.\.|~|://")
_ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_WORDS = (
    "status countdown show explain log orders remind check init config schema "
    "list add correct retract redact import export verify checkpoint prove "
    "verify-proof keygen validate publish --orders --log --config --version --help "
    "--as-of --known-on --format table plain json csv markdown --party --kind "
    "--due-within --passed --all --timeline --origin --speaker --since --until "
    "--search --history --outcome --year --warn --critical --before --after "
    "--dry-run --list --mail-to --notify --file --output --checkpoint --key --sign "
    "--name --why --yes --attach --about --on --role --source --summary --finding "
    "--scale --extends-to --trigger --ends --private --by --further --archive - "
    "-- 192 rafah rafah/3 1 0 -1 99999999999999999999 2024-06-24 9999-12-31 "
    "0001-01-01 Israel x.db x.jsonl ics atom svg --alarm --base-url 3 doctor"
)
WORDS = tuple(b"\n" + word.encode() for word in _WORDS.split())


def command(scratch: Path, data: bytes) -> str:
    """Run a command line, one argument a line, what follows NUL for its input.

    Gives exit code and standard error.
    """
    line, _, typed = data.partition(b"\0")
    argv = [
        part.decode(errors="surrogateescape")
        for part in line.split(b"\n")
        if not _OUTSIDE.search(part)
    ]
    with _apart(scratch):
        code, out, err = ran(argv, typed)
    allowed = _CODES | {1} if "check" in argv else _CODES
    if code not in allowed:
        raise AssertionError(f"exit code {code}")
    if _ACTS.search((out + err).replace("\r\n", "\n")):
        raise AssertionError("something that acts was printed")
    if code == 0 and "json" in argv and "--format" in argv and out[:1] == "{":
        json.loads(out)
    return f"{code} {err}"


def ran(argv: Sequence[str], typed: bytes = b"") -> tuple[object, str, str]:
    """Run a whole command; give exit code, standard output and standard error."""
    with _built_once(), _streams(typed) as (out, err):
        try:
            main.main(list(argv))
        except SystemExit as end:
            return end.code or 0, _text(out), _text(err)
    raise AssertionError("main did not end with SystemExit")


@contextmanager
def _apart(scratch: Path) -> Iterator[None]:
    """Stand in a home of its own, with nothing of the user's environment."""
    home = _home(scratch)
    before, at = dict(os.environ), Path.cwd()
    os.environ.clear()
    os.environ.update(HOME=str(home), COLUMNS="80", LANG="C.UTF-8", USER="fuzz")
    os.environ["ORDERWATCH_ORDERS"] = str(SMALL)
    os.chdir(home)
    try:
        yield
    finally:
        os.chdir(at)
        os.environ.clear()
        os.environ.update(before)


def _home(scratch: Path) -> Path:
    """Give the home, made anew if a command changed anything in it."""
    home = scratch / "home"
    if _MADE.get(home) != _state(home):
        shutil.rmtree(home, ignore_errors=True)
        (home / LOG).parent.mkdir(parents=True)
        (home / LOG).write_bytes(_log(scratch))
        _MADE[home] = _state(home)
    return home


_MADE: dict[Path, list[tuple[str, int, int]]] = {}


def _state(home: Path) -> list[tuple[str, int, int]]:
    return [
        (name, of.st_mtime_ns, of.st_size)
        for folder, folders, files in os.walk(home)
        for name in (*folders, *files)
        for of in [os.lstat(f"{folder}/{name}")]
    ]


@cache
def _log(scratch: Path) -> bytes:
    path = scratch / "first.sqlite"
    ana = Scribe()
    first, second = (ana.event("Says a thing.", name) for name in ("rafah/3", "192"))
    with open_store(str(path), write=True, must_exist=False) as log:
        for entry in (first, second, ana.correct(first)):
            log.append(entry)
    return path.read_bytes()


_COMMANDS: dict[object, Any] = {}


@contextmanager
def _built_once() -> Iterator[None]:
    """Keep what Typer makes of the declared commands: half the time of most."""
    make = typer.main.get_command

    def made(app: typer.Typer) -> Any:  # noqa: ANN401 - as there
        if id(app) not in _COMMANDS:
            _COMMANDS[id(app)] = make(app)
        return _COMMANDS[id(app)]

    with patch.object(typer.main, "get_command", made):
        yield


@contextmanager
def _streams(typed: bytes) -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(typed), encoding="utf-8")
    try:
        with redirect_stdout(out), redirect_stderr(err):
            yield out, err
    finally:
        sys.stdin = before


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    held = stream.buffer
    return held.getvalue().decode() if isinstance(held, io.BytesIO) else ""
