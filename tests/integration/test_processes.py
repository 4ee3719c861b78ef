"""What only a process of its own can show: pipes, imports, streams, terminals."""

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from orderwatch import __version__
from tests.support.paths import ROOT
from tests.support.terminals import Terminal, orderwatch
from tests.support.waiting import PATIENCE

LATE = {
    *("apprise", "cryptography", "icalendar", "jinja2", "psycopg"),
    *("pydantic", "rich", "smtplib", "sqlite3"),
}
"""What only some commands need, and takes long to import."""
ESCAPE = "\x1b"
ACCENT = "150/2013-11-22"
"""An order about caños, whose letters ASCII has not."""


# Pipes


@pytest.mark.parametrize(
    ("argv", "read"),
    [
        # More than a pipe holds: the reader goes away in the middle.
        (("status", "--all", "--format", "json"), 1),
        (("log", "--format", "csv"), 0),
        (("status",), 0),
        (("--help",), 0),
        (("log", "--help"), 0),
        (("--version",), 0),
        (("schema", "status"), 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_is_no_error_of_ours(
    argv: tuple[str, ...], read: int, unbuffered: str
) -> None:
    reader, writer = os.pipe()
    if not read:
        os.close(reader)
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "orderwatch", *argv],
        # Most containers set it, and then a write can take a part and say nothing.
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        stdin=subprocess.DEVNULL,
        stdout=writer,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(writer)
        if read:
            assert os.read(reader, read)
            os.close(reader)
        assert process.stderr is not None
        said = process.stderr.read()
    assert (process.returncode, said) == (141, b"")


FULL, CLOSED = ">/dev/full", ">&-"


UNWRITTEN = {
    "status rafah": 5,
    "status --all --format json": 5,
    "log rafah": 5,
    "status --help": 5,
    "--version": 5,
    "check rafah --as-of 2024-06-20": 3,
    "check nowhere": 3,
    "nonsense": 2,
}


@pytest.mark.parametrize("out", [FULL, CLOSED])
@pytest.mark.parametrize(
    ("line", "error", "unbuffered"),
    [
        *((line, "", "") for line in UNWRITTEN),
        ("--help", "", "1"),
        ("status rafah", "2>/dev/full", "1"),
        ("status --help", "2>&-", ""),
        ("check nowhere", "2>&-", "1"),
    ],
)
def test_output_that_cannot_be_written_is_told_where_that_can_be(
    line: str, out: str, error: str, unbuffered: str
) -> None:
    code = UNWRITTEN.get(line, 5)
    # In its own shell, since Python would not start a program with a closed output.
    command = f'exec "{sys.executable}" -m orderwatch {line} {out} {error}'
    done = subprocess.run(  # noqa: S602 - our own program
        command,
        shell=True,
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stdout) == (code, b"")
    if error:
        assert done.stderr == b""
    elif code != 2:
        why = b"No space left on device" if out == FULL else b"it is closed"
        assert b"standard output cannot be written: " + why in done.stderr
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("out", [FULL, CLOSED])
def test_a_reminder_that_could_not_be_printed_is_printed_by_the_next_run(
    out: str,
) -> None:
    remind = f'"{sys.executable}" -m orderwatch remind rafah --as-of 2024-06-20'
    done = subprocess.run(  # noqa: S602 - our own program
        f"{remind} {out} 2>/dev/null; echo $?; {remind} 2>&- <&-; {remind}; echo $?",
        shell=True,
        capture_output=True,
        check=True,
        timeout=PATIENCE,
    )
    lines = done.stdout.decode().splitlines()
    assert (lines[0], lines[-1]) == ("5", "0")
    assert "is due on 24 June 2024, in 4 days" in lines[1]
    assert len([line for line in lines if line.startswith("Due in 4 days")]) == 1


def test_nobody_reads_the_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "orderwatch", "zzzzzz"],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=writer,
    )
    os.close(writer)
    assert done.returncode == 141


# Imports


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    "argv",
    [("status",), ("status", "rafah"), ("--help",), ("--version",)],
    ids=" ".join,
)
def test_start_up_imports_nothing_of_the_late_list(argv: tuple[str, ...]) -> None:
    done = orderwatch(*argv, PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0
    lines = done.stderr.decode().splitlines()
    found = {line.rpartition("|")[2].strip() for line in lines}
    assert "orderwatch.cli" in found
    assert not found & LATE


# Streams


def test_python_finds_the_program_under_its_own_name() -> None:
    done = orderwatch("--version")
    assert (done.stdout.decode(), done.stderr) == (f"orderwatch {__version__}\n", b"")
    assert b"Usage: orderwatch " in orderwatch("--help").stdout


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
    ],
    ids=str,
)
def test_a_poor_locale_hides_no_letter(environment: dict[str, str]) -> None:
    done = orderwatch("explain", ACCENT, "--format", "json", **environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "new caños" in json.loads(done.stdout)["obligations"][1]["summary"]
    wrong = orderwatch("show", "zzzzño-\N{GRINNING FACE}", **environment)
    assert wrong.returncode == 2
    assert b"No order matches" in wrong.stderr


def test_ascii_stays_ascii() -> None:
    done = orderwatch("explain", ACCENT, PYTHONIOENCODING="ascii")
    assert b"ca\\u00f1os" in done.stdout
    assert done.stdout.isascii()


def test_a_pipe_has_full_width_and_no_colour() -> None:
    for argv in (("status", "rafah"), ("orders",)):
        done = orderwatch(*argv, COLUMNS="60")
        assert ESCAPE not in done.stdout.decode()
        assert max(map(len, done.stdout.decode().splitlines())) > 100


def test_a_table_in_a_pipe_is_as_wide_as_it_was_told() -> None:
    done = orderwatch("status", "rafah", "--format", "table", COLUMNS="60")
    text = done.stdout.decode()
    assert ESCAPE not in text
    assert max(map(len, text.splitlines())) <= 60


def test_colour_can_be_forced_and_forbidden() -> None:
    argv = ("status", "rafah", "--format", "table")
    dull = orderwatch(*argv).stdout.decode()
    bright = orderwatch(*argv, FORCE_COLOR="1").stdout.decode()
    assert ESCAPE not in dull
    bare = re.sub(r"\x1b\[[0-9;]*m", "", bright)
    assert bare.split() == dull.split()
    assert bright != dull
    both = orderwatch(*argv, FORCE_COLOR="1", NO_COLOR="1")
    assert both.stdout.decode() == dull
    assert ESCAPE not in orderwatch("status", "rafah", FORCE_COLOR="1").stdout.decode()


# Terminals


def test_ctrl_c_ends_the_live_countdown_and_puts_the_old_screen_back() -> None:
    screen = Terminal("countdown", "--live")
    screen.until(b"q: quit")
    screen.press(b"\x03")
    assert screen.ended() == 130
    assert b"\x1b[?1049h" in screen.shown
    after = screen.shown.rpartition(b"\x1b[?1049l")[2]
    assert after == b""


@pytest.mark.parametrize(
    ("environment", "styled", "linked"),
    [
        ({}, True, True),
        ({"NO_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, False),
    ],
    ids=str,
)
def test_a_terminal_gets_what_it_can_show(
    environment: dict[str, str], *, styled: bool, linked: bool
) -> None:
    screen = Terminal("status", "rafah", "--as-of", "2024-06-20", **environment)
    assert screen.ended() == 0
    styles = re.findall(rb"\x1b\[[0-9;]*m", screen.shown)
    assert bool(styles) is styled
    assert (b"\x1b]8;" in screen.shown) is linked
    bare = re.sub(rb"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", b"", screen.shown)
    assert b"in 4 days" in bare
    assert b"our summary, not the Court's words" in bare
    assert max(len(line) for line in bare.decode().splitlines()) <= 80


def test_a_dumb_terminal_has_no_second_screen() -> None:
    screen = Terminal("countdown", "--live", TERM="dumb")
    assert screen.ended() == 2
    assert b"--live needs a terminal" in screen.shown


def test_a_home_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    home = str(tmp_path / "nowhere")
    folders = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_DATA_HOME"), home)
    done = orderwatch("status", "rafah", HOME=home, **folders)
    assert (done.returncode, done.stderr) == (0, b"")
    assert not list(tmp_path.iterdir())


# Version


def test_the_version_is_one_and_in_the_form_of_pep_440() -> None:
    # The regular expression of the specification, without what is only tolerated.
    form = r"(\d+!)?\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?"
    assert re.fullmatch(form, __version__)
    assert version("orderwatch") == __version__
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert table["project"]["dynamic"] == ["version"]
    assert table["tool"]["hatch"]["version"] == {"path": "src/orderwatch/__init__.py"}
    found = [
        path
        for path in (ROOT / "src").rglob("*.py")
        if f'"{__version__}"' in path.read_text("utf-8")
    ]
    assert found == [ROOT / "src" / "orderwatch" / "__init__.py"]


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1:replace"},
        {"PYTHONIOENCODING": "utf-16"},
        {"PYTHONIOENCODING": "cp1252"},
    ],
    ids=str,
)
@pytest.mark.parametrize("form", ["csv", "markdown", "json"])
def test_what_programs_read_is_utf8_in_every_locale(form: str, environment: dict[str, str]) -> None:
    plain = orderwatch("show", ACCENT, "--format", form)
    assert "new caños" in plain.stdout.decode()
    assert orderwatch("show", ACCENT, "--format", form, **environment).stdout == plain.stdout


def test_a_checkpoint_and_a_proof_are_utf8_in_every_locale(tmp_path: Path) -> None:
    log = ("--log", str(tmp_path / "büro.sqlite"))
    assert orderwatch(*log, "init", "--yes").returncode == 0
    note = ("--kind", "note", "--on", "2026-11-20", "--role", "ngo", "--summary", "s")
    assert orderwatch(*log, "log", "add", "rafah/3", *note, "--speaker", "Büro").returncode == 0
    for command in (("checkpoint",), ("prove", "1")):
        plain = orderwatch(*log, "log", *command)
        poor = orderwatch(*log, "log", *command, PYTHONIOENCODING="utf-16")
        assert plain.stdout == poor.stdout
        assert plain.stdout.decode()


@pytest.mark.parametrize(
    "command",
    [
        ("status", "rafah"),
        ("orders",),
        ("log", "list", "rafah"),
        ("explain", "rafah/3"),
        ("export", "csv", "rafah"),
    ],
    ids=" ".join,
)
def test_excel_reads_the_encoding_from_a_byte_order_mark(command: tuple[str, ...]) -> None:
    csv = () if "export" in command else ("--format", "csv")
    plain, marked = orderwatch(*command, *csv).stdout, orderwatch(*command, "--excel").stdout
    assert marked == b"\xef\xbb\xbf" + plain
    wrong = ("export", "json") if "export" in command else (*command, "--format", "json")
    assert orderwatch(*wrong, "--excel").returncode == 2
