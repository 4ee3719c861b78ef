"""Where the program ends: paths, permissions, secrets, processes, and what it runs."""

import ast
import json
import os
import pickle
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

import orderwatch
from orderwatch.log import importer
from orderwatch.log.formats import jsonl
from orderwatch.reminders import smtp
from tests.conftest import Run
from tests.support.entries import Scribe
from tests.support.log_commands import NOTE, adding

SOURCES = sorted(Path(orderwatch.__file__).parent.rglob("*.py"))
SECRET = "hunter2-never-shown"  # noqa: S105 - to be looked for


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(tree: ast.AST) -> set[str]:
    """List what a module imports and calls by name."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module).split(".")[0])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(f"{node.func.id}()")
        elif isinstance(node, ast.keyword):
            found.add(f"{node.arg}=")
        elif isinstance(node, ast.Attribute):
            found.add(f".{node.attr}")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_nothing_is_unpickled_evaluated_or_given_to_a_shell(path: Path) -> None:
    found = names(ast.parse(path.read_text()))
    risky = {"pickle", "marshal", "shelve", "yaml", "eval()", "exec()", "compile()"}
    if path.name == "dossier.py" and path.parent.name == "orderwatch":
        # It writes an archive, and reads none.
        assert not found & {".extract", ".extractall", ".namelist", ".infolist", ".testzip"}
        found.discard("zipfile")
    assert found.isdisjoint(
        {*risky, "shell=", ".system", ".popen", "xml", "lxml", "tarfile", "zipfile"}
    )


def test_only_these_reach_the_network_or_start_programs() -> None:
    reach = {"socket", "smtplib", "ssl", "urllib3", "http", "requests", "apprise"}
    found = {
        path.relative_to(Path(orderwatch.__file__).parent).as_posix()
        for path in SOURCES
        if names(ast.parse(path.read_text())) & {*reach, "psycopg", "subprocess"}
    }
    postgres = {f"log/postgres/{name}.py" for name in ("__init__", "connection", "verify")}
    programs = {*("cli/terminal/pager.py", "doctor/delivery.py", "settings/__init__.py")}
    programs.add("cli/commands/config/edit.py")
    assert found <= {
        *("https.py", "reminders/channels.py", "reminders/smtp.py"),
        *(*programs, *postgres),
        "log_url.py",  # has libpq parse an address, and connects to nothing
    }


def test_no_other_process_takes_part() -> None:
    found = set().union(*(names(ast.parse(path.read_text())) for path in SOURCES))
    assert found.isdisjoint({"multiprocessing", "ProcessPoolExecutor"})


class Trap:
    """What runs a command as soon as it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self._marker = marker

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        """Make a folder when it is read."""
        return os.mkdir, (str(self._marker),)


def test_a_line_that_is_a_pickle_is_only_bytes(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "LINES_PER_PAGE", 1)
    trap = pickle.dumps(Trap(place / "made"))
    assert b"\n" not in trap
    ana = Scribe()
    sound = [ana.event(), ana.event()]
    lines = [jsonl.encode_line(one.raw, one.salt, one.payload) for one in sound]
    (place / "bad.jsonl").write_bytes(b"".join([*lines, trap, b"\n"]))
    code, _, err = run("log", "import", "bad.jsonl")
    assert (code, "line 3" in err) == (4, True)
    assert run("log", "verify", "bad.jsonl")[0] == 4
    assert not (place / "made").exists()
    pickle.loads(trap)  # noqa: S301 - to see that it would have
    assert (place / "made").exists()


def test_every_exception_to_a_security_rule_has_its_reason() -> None:
    for path in SOURCES:
        for line in path.read_text().split("\n"):
            if found := re.search(r"# noqa: ([A-Z0-9, ]*)(.*)", line):
                codes, reason = found.groups()
                assert not re.search(r"\bS\d", codes) or reason.startswith("- "), line


def test_a_password_command_is_run_without_a_shell(place: Path) -> None:
    marker = place / "made"
    program = place / "say"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    program.chmod(0o700)
    for hostile in (f"; touch {marker}", f"$(touch {marker})", f"`touch {marker}`"):
        assert smtp.read_password([str(program), hostile]) == hostile
        smtp.read_password(f"{program} {hostile}")
    assert not marker.exists()


@pytest.mark.filterwarnings("ignore:'imghdr'")  # of apprise
def test_a_password_is_on_no_command_line_and_in_no_output(
    run: Run, place: Path, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERWATCH_MAIL_PASSWORD", SECRET)
    monkeypatch.setattr("orderwatch.log.postgres.connection.PATIENCE", 0.3)
    (place / "c.toml").write_text(
        '[mail]\nhost = "127.0.0.1"\nport = 1\nfrom = "o@example.org"\nuser = "u"\n'
        f'[remind]\nnotify = ["json://u:{SECRET}@127.0.0.1:1/{SECRET}"]\n'
    )
    for argv in (
        ["config"],
        ["config", "--format", "json"],
        ["remind", "--mail-to", "d@example.org"],
        ["remind"],
        ["remind", "--dry-run"],
        ["remind", "--list"],
        ["--log", f"postgresql://u:{SECRET}@127.0.0.1:1/db", "status"],
        ["--log", f"mysql://u:{SECRET}@h/db", "status"],
        ["remind", "--notify", f"nosuch://{SECRET}"],
    ):
        _, out, err = run("--config", "c.toml", *argv)
        assert SECRET not in out + err
    kept = [path.read_bytes() for path in sealed.rglob("*") if path.is_file()]
    assert kept
    assert not any(SECRET.encode() in data for data in kept)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o600])
@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ('[remind]\nnotify = ["json://token@localhost"]\n', True),
        ('[mail]\npassword_command = ["echo", "x"]\n', False),
        ('recorder = "Ana"\n', False),
    ],
)
def test_a_configuration_with_secrets_that_others_can_read_is_named(
    run: Run,
    place: Path,
    mode: int,
    text: str,
    secrets: bool,  # noqa: FBT001 - a case of the test
) -> None:
    (place / "c.toml").write_text(text)
    (place / "c.toml").chmod(mode)
    code, _, err = run("--config", "c.toml", "config")
    assert code == 0
    assert ("chmod 600" in err) is (secrets and mode != 0o600)


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_what_is_made_is_the_users_alone(run: Run, sealed: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        assert run(*adding("rafah", base=NOTE))[0] == 0
    finally:
        os.umask(before)
    log = sealed / "data" / "orderwatch" / "log.sqlite"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700


def test_an_export_never_takes_the_place_of_a_device(run: Run, place: Path) -> None:
    run(*adding("rafah", base=NOTE))
    null = Path(os.devnull)
    before = null.stat()
    assert run("log", "export", "--output", os.devnull)[0] == 0
    assert os.path.samestat(before, null.stat())
    code, _, err = run("log", "export", "--output", "/dev/full")
    assert (code, "No space left" in err) == (2, True)
    pipe = place / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert run("log", "export", "--output", str(pipe))[0] == 0
        assert os.read(reader, 10) == b'{"entry":{'
        assert stat.S_ISFIFO(pipe.stat().st_mode)
    finally:
        os.close(reader)


def test_an_export_does_not_follow_a_link_to_write(run: Run, place: Path) -> None:
    run(*adding("rafah", base=NOTE))
    (place / "precious").write_text("keep me")
    (place / "out.jsonl").symlink_to("precious")
    assert run("log", "export", "--output", "out.jsonl")[0] == 0
    assert (place / "precious").read_text() == "keep me"
    assert not (place / "out.jsonl").is_symlink()


@pytest.mark.parametrize("attack", ["{{ ''.__class__.__mro__ }}", "{{ items.append(1) }}"])
def test_a_template_reaches_nothing_but_what_it_is_given(
    run: Run, place: Path, attack: str
) -> None:
    (place / "t").mkdir()
    (place / "t" / "message.txt").write_text(attack)
    (place / "c.toml").write_text('[remind]\ntemplates = "t"\n')
    code, out, err = run("--config", "c.toml", "remind")
    assert (code, out) == (2, "")
    assert "unsafe" in err or "not safely callable" in err


def test_a_template_cannot_count_for_ever(run: Run, place: Path) -> None:
    (place / "t").mkdir()
    text = "{% for i in range(100000000) %}x{% endfor %}"
    (place / "t" / "message.txt").write_text(text)
    (place / "c.toml").write_text('[remind]\ntemplates = "t"\n')
    code, _, err = run("--config", "c.toml", "remind")
    assert (code, "Range too big" in err) == (2, True)


def test_an_import_of_a_hundred_thousand_bad_lines_is_refused_briefly(
    run: Run, place: Path
) -> None:
    (place / "bad.jsonl").write_bytes(b'{"entry":' + b"[" * 500 + b"\n" + b"{}\n" * 100_000)
    code, out, err = run("log", "import", "bad.jsonl")
    assert (code, out) == (4, "")
    assert "line 1" in err


def test_a_search_for_bytes_that_are_no_text_is_refused(run: Run) -> None:
    run(*adding("rafah", base=NOTE))
    listed = ("log", "--origin", "log", "--format", "csv", "--search")
    assert len(run(*listed, "Registry")[1].splitlines()) == 2
    code, out, err = run(*listed, "Registry nowhere\udc97")
    assert (code, out) == (2, "")
    assert "--search" in err


def test_an_attachment_behind_a_link_is_refused(run: Run, place: Path) -> None:
    (place / "secret").write_text("not mine")
    (place / "report.pdf").symlink_to("secret")
    for name in ("report.pdf", "..", "/dev/zero", "/proc/self/mem/x"):
        code, _, err = run(*adding("rafah", base=NOTE), "--attach", name)
        assert (code, name in err) == (2, True)
    assert json.loads(run("log", "--origin", "log", "--format", "json")[1])["events"] == []
