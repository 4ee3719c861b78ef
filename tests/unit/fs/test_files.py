"""Files that somebody named: read without waiting, without end, or refused in words."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli

from orderwatch import fs
from orderwatch.errors import UsageError
from orderwatch.log.formats.jsonl import LINE_MAX
from orderwatch.register import validate_file
from orderwatch.snapshot import Snapshot
from tests.conftest import Run

HEAD = "schema = 1\nreviewed = 2026-01-01\n"
EVENT = ("--kind", "note", "--on", "2024-06-24", "--speaker", "Desk", "--role", "other")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_is_read_up_to_its_limit(place: Path) -> None:
    (place / "file").write_bytes(b"x" * 100)
    assert fs.read(place / "file", 100) == b"x" * 100
    assert fs.read(place / "file", 50) == b"x" * 51
    assert fs.read(Path(os.devnull), 50) == b""


@pytest.mark.parametrize("name", ["pipe", "/dev/zero", "/dev/tty", "."])
def test_what_is_no_file_is_refused_at_once(place: Path, name: str) -> None:
    os.mkfifo(place / "pipe")
    with pytest.raises(OSError, match=r"device|folder"):
        fs.read(place / name, 100)


@pytest.mark.parametrize("name", ["pipe", "/dev/zero", "."])
@pytest.mark.parametrize(("option", "code"), [("--config", 2), ("--orders", 3), ("--log", 4)])
def test_no_setting_waits_for_a_pipe_or_reads_a_device_to_its_end(
    run: Run, place: Path, option: str, code: int, name: str
) -> None:
    os.mkfifo(place / "pipe")
    found, out, err = run(option, name, "status")
    assert (found, out) == (code, "")
    assert name in err


def test_the_null_device_is_an_empty_configuration(run: Run) -> None:
    assert run("--config", "/dev/null", "config")[0] == 0


def test_templates_are_files(run: Run, place: Path) -> None:
    folder = place / "templates"
    folder.mkdir()
    os.mkfifo(folder / "message.txt")
    (place / "c.toml").write_text('[remind]\ntemplates = "templates"\n')
    code, _, err = run("--config", "c.toml", "remind", "--dry-run")
    assert (code, "is a device or pipe" in err) == (2, True)
    (folder / "message.txt").unlink()
    (folder / "message.txt").write_bytes(b"x" * 1_000_001)
    code, _, err = run("--config", "c.toml", "remind", "--dry-run")
    assert (code, "larger than 1,000,000 bytes" in err) == (2, True)


@pytest.mark.parametrize("option", ["--orders", "--config", "--log"])
def test_an_empty_option_is_refused(run: Run, option: str) -> None:
    code, out, err = run(option, "", "status")
    assert (code, out) == (2, "")
    assert err == (f"orderwatch: {option} is empty\n")


@pytest.mark.parametrize("name", ["ORDERS", "CONFIG", "LOG"])
def test_an_empty_variable_counts_as_none(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    expected = run("config")
    monkeypatch.setenv(f"ORDERWATCH_{name}", "")
    assert run("config") == expected


@pytest.mark.parametrize(
    "argv",
    [
        *([name, ""] for name in ("status", "show", "explain", "countdown", "remind")),
        *(["log", name, ""] for name in ("list", "show", "verify", "import", "prove")),
        ["log", "verify-proof", ""],
        ["log", "verify", "--checkpoint", ""],
        ["log", "add", "--file", ""],
        ["log", "retract", "", "--why", "x"],
        *(["remind", name, ""] for name in ("--mail-to", "--notify")),
        ["remind", "--mail-to", "desk@example.org", "--mail-to", " , "],
        ["register", "validate", ""],
        ["schema", ""],
        ["status", " "],
    ],
    ids=" ".join,
)
def test_an_empty_name_is_refused(run: Run, place: Path, argv: list[str]) -> None:
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert re.search(r"is empty\b|empty service URL|''|' , '", err)
    assert not err.startswith("orderwatch: :")
    assert not list(place.iterdir())


@pytest.mark.parametrize("name", ["~nobody-of-that-name/x", "a\0b"])
@pytest.mark.parametrize(
    ("option", "codes"), [("--config", {2}), ("--orders", {3}), ("--log", {2})]
)
def test_a_path_that_cannot_be_is_refused(
    run: Run, option: str, codes: set[int], name: str
) -> None:
    code, out, err = run(option, name, "status")
    assert (code in codes, out) == (True, "")
    assert err.startswith("orderwatch: ")


def test_a_path_of_the_configuration_that_cannot_be_is_refused(run: Run, place: Path) -> None:
    for key in ("orders", "log"):
        (place / "c.toml").write_text(f'{key} = "~nobody-of-that-name/x"\n')
        code, _, err = run("--config", "c.toml", "status")
        assert (code, key in err) == (2, True)


@pytest.fixture
def closed_home(sealed: Path) -> Iterator[Path]:
    """Be somebody who may not look into the home folder."""
    if os.geteuid() == 0:
        sealed.parent.chmod(0o755)
    sealed.chmod(0o000)
    yield sealed
    sealed.chmod(0o700)


SOMEBODY = """
import getpass, importlib, os, pkgutil, sys
import orderwatch
from orderwatch.cli import main
# Whoever it becomes may not be able to read the program, either.
for found in pkgutil.walk_packages(orderwatch.__path__, "orderwatch."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
from orderwatch.register import load_register, packaged_path
load_register(packaged_path())
if os.geteuid() == 0:
    os.setegid(65534)
    os.seteuid(65534)
main(sys.argv[1:])
"""


@pytest.mark.parametrize(("command", "code"), [("config", 2), ("status", 2), ("check", 3)])
def test_a_home_that_may_not_be_read_is_told_and_not_traced(
    closed_home: Path, command: str, code: int
) -> None:
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", SOMEBODY, command],
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": str(closed_home), "PATH": os.environ["PATH"]},
    )
    assert done.returncode == code, done.stderr
    assert "Permission denied" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("command", "code"), [("config", 0), ("status", 4), ("log list", 4), ("init", 4)]
)
def test_a_log_in_a_home_that_may_not_be_read_is_told_and_not_traced(
    closed_home: Path, command: str, code: int
) -> None:
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", SOMEBODY, "--config", "/dev/null", *command.split()],
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": str(closed_home), "PATH": os.environ["PATH"]},
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert ("ermission" in done.stderr) is (code != 0)


@pytest.mark.parametrize(
    "text",
    [
        "case = [" + "{}," * 800_000 + "]\n",
        "".join(".".join(["a"] * 500) + f"{n} = 1\n" for n in range(3_100)),
        "[[case]]\n" * 800_000,
    ],
    ids=["tables in a line", "parts of keys", "headers"],
)
def test_a_register_of_too_many_values_is_refused_before_it_is_parsed(
    place: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(tomli, "loads", lambda _: pytest.fail("was parsed"))
    path = place / "o.toml"
    path.write_text(HEAD + text)
    (found,) = validate_file(path)
    assert "more than 1,500,000 keys and values, the limit of orderwatch" in str(found)


def test_a_register_of_many_cases_is_read(place: Path) -> None:
    case = (
        "[[case]]\nnumber = {}\nshort = 'A v. B'\ntitle = 'T'\napplicants = ['A']\n"
        "respondents = ['B']\n"
    )
    path = place / "o.toml"
    path.write_text(HEAD + "".join(case.format(n) for n in range(1, 5001)))
    assert validate_file(path) == ()


def test_a_register_of_too_many_problems_is_refused_without_a_list(place: Path) -> None:
    path = place / "o.toml"
    path.write_text(HEAD + "".join(f"k{n}=1\n" for n in range(100_001)))
    (found,) = validate_file(path)
    assert "100,001 problems: not a register" in str(found)


def test_an_endless_line_ends_an_import_and_a_verification(run: Run, place: Path) -> None:
    (place / "long.jsonl").write_bytes(b'{"entry":"' + b"x" * LINE_MAX)
    for verb, where in (("verify", "entry 1"), ("import", "line 1")):
        code, out, err = run("log", verb, "long.jsonl")
        assert (code, out) == (4, "")
        assert f"{where}: the line is longer than" in err
        code, out, err = run("log", verb, "/dev/zero")
        assert (code, out) == (2, "")
        assert "a binary file" in err


def test_an_event_with_a_hundred_thousand_keys_is_refused(run: Run, place: Path) -> None:
    # Counting each key among all of them took minutes.
    keys = [f'"k{n}":0' for n in range(90_000)]
    (place / "e.json").write_text("{" + ",".join([*keys, keys[-1]]) + "}")
    code, _, err = run("log", "add", "--file", "e.json")
    assert (code, "duplicate key k89999" in err) == (2, True)


def main_with_full_output(*argv: str) -> subprocess.CompletedProcess[str]:
    """Run a command whose standard output is a full disk."""
    with Path("/dev/full").open("w") as full:
        return subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-m", "orderwatch", *argv],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )


@pytest.mark.parametrize("style", ["plain", "json"])
def test_an_entry_that_cannot_be_told_of_is_said_to_be_recorded(run: Run, style: str) -> None:
    done = main_with_full_output(
        *("log", "add", "rafah", *EVENT, "--summary", "Seen.", "--format", style)
    )
    assert done.returncode == 5
    last = done.stderr.rstrip().split("\n")[-1]
    assert last == "entry 1 was recorded all the same; do not add it again"
    assert run("log", "show", "1")[0] == 0
    done = main_with_full_output("log", "retract", "1", "--why", "wrong")
    assert done.returncode == 5
    assert "entry 2 was recorded all the same; do not add it again" in done.stderr


def test_an_import_that_cannot_be_told_of_is_said_to_be_done(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("log", "add", "rafah", *EVENT, "--summary", "Seen.")[0] == 0
    assert run("log", "export", "--output", "log.jsonl")[0] == 0
    monkeypatch.setenv("XDG_DATA_HOME", str(place / "other"))
    done = main_with_full_output("log", "import", "log.jsonl")
    assert done.returncode == 5
    assert "the import was done: 1 added, 0 skipped" in done.stderr


def test_a_name_without_a_file_is_a_mistake() -> None:
    from orderwatch.cli.terminal import streams

    with pytest.raises(UsageError, match="the name of the file is empty"):
        streams.read_input("", 10)


def test_thousands_of_wrong_ids_are_refused_after_a_few(run: Run, place: Path) -> None:
    event = {"about": [f"id{n}" for n in range(50_000)]}
    (place / "e.json").write_text(json.dumps(event))
    code, _, err = run("log", "add", "--file", "e.json")
    assert code == 2
    assert err.count('about: No order matches "id') == 20
    assert "about: stopped after 20 invalid ids of 50,000" in err
    assert "about: 50,000 ids; the maximum is 1,000" in err


def test_thousands_of_wrong_arguments_are_refused_after_one(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolved: list[str] = []
    monkeypatch.setattr(Snapshot, "find_named", lambda _, name: resolved.append(name))
    code, out, err = run("status", *(f"id{n}" for n in range(3_000)))
    assert (code, out) == (2, "")
    assert resolved == ["id0"]
    assert len(err) < 200
