"""`doctor`: each thing that can be wrong, what it says of it, and its exit code."""

import json
import os
import shutil
import sqlite3
import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import trustme

from orderwatch.doctor import delivery
from orderwatch.doctor import environment as machine
from orderwatch.doctor.delivery import find_jobs
from orderwatch.log.postgres import connection
from tests.conftest import Run
from tests.support.commands import documented
from tests.support.folder_state import untouched
from tests.support.log_commands import NOTE, add, adding, default_log, done
from tests.support.smtp_servers import HANG_UP, PASSWORD, USER, free_port, office, rogue
from tests.support.terminals import Terminal, orderwatch
from tests.support.tls import served


@pytest.fixture(autouse=True)
def crontab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program in the place of cron's, that prints a file; there is none yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "crontab"
    program.write_text(f'#!/bin/sh\n[ "$*" = -l ] && cat "{tmp_path}/crontab"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return tmp_path / "crontab"


def configure(home: Path, text: str, mode: int = 0o600) -> Path:
    path = home / "config" / "orderwatch" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def looked(run: Run, *argv: str, code: int = 0, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - options of `run`
    """Run `doctor`; give what it found by name."""
    found, out, err = run(*argv, "doctor", "--format", "json", **more)
    assert (found, err) == (code, "")
    document = documented(out)
    assert document["exit_code"] == code
    return {one["check"]: one for one in document["findings"]}


def states(found: dict[str, Any], state: str) -> set[str]:
    return {name for name, one in found.items() if one["state"] == state}


# A machine on which all is well


def test_on_an_empty_home_there_is_no_problem(run: Run, sealed: Path) -> None:
    with untouched(sealed):
        found = looked(run)
    assert states(found, "problem") == set()
    assert found["register"]["says"].endswith("78 orders, reviewed on 2026-11-23")
    assert "none yet" in found["log"]["says"]
    assert "2026-11-23 there" in found["time zone"]["says"]
    assert found["mail"]["says"].startswith("not set up")
    assert {"orderwatch", "python", "clock", "encoding", "cron"} <= set(found)


def test_entries_that_count_for_nothing_are_noted(run: Run) -> None:
    done(run, *adding(by="Israel"))
    assert "effects" not in looked(run)
    done(run, *adding(by="South Africa"))
    done(run, *adding("192", ends=True))
    found = looked(run)["effects"]
    assert found["state"] == "note"
    assert found["says"].startswith("2 entries have no effect: entry 2 counts for no")
    assert "`orderwatch log correct 2`" in found["advice"]
    done(run, "log", "correct", "2", "--by", "Israel")
    assert looked(run)["effects"]["says"].startswith("1 entry has no effect: entry 3 ")


def test_a_log_with_entries_and_files_is_well(run: Run, sealed: Path, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF")
    done(run, *adding(attach=str(paper)))
    with untouched(sealed):
        found = looked(run)
    assert states(found, "problem") == set()
    assert ": 1 entry, root " in found["log"]["says"]
    assert found["evidence"]["says"].startswith("1 in ")


def test_a_log_is_looked_at_whatever_keeps_it(run: Run, store: str, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF")
    done(run, *adding(attach=str(paper)))
    add(run, base=NOTE)
    found = looked(run)
    assert ": 2 entries, root " in found["log"]["says"]
    assert found["evidence"]["says"].startswith("1 in ")
    assert ("log folder" in found) is (store == "sqlite")


@pytest.mark.parametrize("width", ["60", "100", "200"])
def test_people_get_a_table_with_the_sum_at_its_end(
    run: Run, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    monkeypatch.setenv("NO_COLOR", "1")
    code, out, err = run("--log", "none.db", "doctor", tty=True)
    assert (code, err) == (4, "")
    assert out.endswith("1 problem (log), 1 note (cron).\n")
    assert "there is no log at none.db" in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= int(width)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("log", "ok", "", None)], "All is well."),
        (
            [("log", "ok", "", None), ("cron", "note", "", None)],
            "No problem, 1 note (cron).",
        ),
        (
            [("log", "problem", "", None), ("mail", "problem", "", None)],
            "2 problems (log, mail).",
        ),
    ],
)
def test_the_sum_names_what_is_not_well(rows: list[tuple[str, str, str, None]], words: str) -> None:
    from orderwatch.render.plain import doctor

    assert doctor(rows).endswith(f"\nresult: {words}\n")


def test_pipes_get_a_block_for_each_thing(run: Run) -> None:
    code, out, err = run("--log", "none.db", "doctor")
    assert (code, err) == (4, "")
    assert "check: log\nstate: problem\nsays: there is no log at none.db" in out
    assert out.endswith("\nresult: 1 problem (log), 1 note (cron).\n")


@pytest.mark.parametrize("style", ["csv", "markdown"])
def test_other_formats_are_refused(run: Run, style: str) -> None:
    code, out, err = run("doctor", "--format", style)
    assert (code, out) == (2, "")
    assert f"doctor has no {style} output" in err


# Configuration and folders


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("log = 3\n", "log: should be text"),
        ("[mail\n", "is not valid TOML"),
        ('ordres = "x"\n', "did you mean orders?"),
    ],
)
def test_a_broken_configuration_is_told_and_the_rest_looked_at(
    run: Run, sealed: Path, text: str, words: str
) -> None:
    configure(sealed, text)
    found = looked(run, code=2)
    assert words in found["configuration"]["says"]
    assert states(found, "problem") == {"configuration"}
    assert run("status")[0] == 2


@pytest.mark.parametrize(
    ("mode", "secret", "words"),
    [
        (0o622, "", "other users can change it"),
        (0o644, '[remind]\nnotify = ["json://localhost"]\n', "other users can read it"),
        (0o644, "", None),
        (0o600, '[remind]\nnotify = ["json://localhost"]\n', None),
    ],
)
def test_who_can_read_or_change_a_configuration(
    run: Run, sealed: Path, mode: int, secret: str, words: str | None
) -> None:
    configure(sealed, secret, mode)
    found = looked(run, code=2 if words else 0)["configuration"]
    assert found["state"] == ("problem" if words else "ok")
    assert (words or "is in use") in found["says"]
    assert bool(words) == str(found["advice"]).startswith("chmod ")


def test_a_folder_that_everybody_can_write_is_named(run: Run, sealed: Path) -> None:
    done(run, *adding(base=NOTE))
    default_log(sealed).parent.chmod(0o777)
    found = looked(run)["log folder"]
    assert (found["state"], found["advice"][:10]) == ("note", "chmod o-w ")


@pytest.mark.parametrize(
    ("missing", "state", "words"),
    [
        (os.R_OK, "problem", "no access to"),
        (os.W_OK, "note", "nothing can be written there"),
    ],
)
def test_a_folder_that_is_closed_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, missing: int, state: str, words: str
) -> None:
    # As root, nothing is closed.
    monkeypatch.setattr(os, "access", lambda _path, mode: not mode & missing)
    found = looked(run, code=4 if state == "problem" else 0)
    for name in ("log folder", "configuration folder"):
        assert found[name]["state"] == state
        assert words in found[name]["says"]


# Register and clock


def test_a_broken_register_is_a_problem(run: Run, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("schema = 1\nreviewed = 2026-11-23\nx = 1\n")
    found = looked(run, "--orders", str(own), code=3)["register"]
    assert "x: unknown key" in found["says"]
    assert "register validate" in found["advice"]


def test_a_clock_from_before_the_review_is_a_problem(run: Run) -> None:
    found = looked(run, today=date(2026, 11, 20), code=2)["clock"]
    assert "the register was reviewed on 2026-11-23" in found["says"]
    # Where the register was reviewed it can have been tomorrow.
    assert looked(run, today=date(2026, 11, 22))["clock"]["state"] == "ok"


def test_an_entry_from_the_future_is_noted(run: Run) -> None:
    add(run, base=NOTE)
    found = looked(run, today=date(2026, 11, 22))
    assert found["clock and log"]["state"] == "note"
    assert "one of them is wrong" in found["clock and log"]["says"]


def test_a_register_that_grew_old_is_noted(run: Run) -> None:
    assert looked(run, today=date(2027, 11, 24))["register"]["state"] == "ok"
    found = looked(run, today=date(2027, 11, 25))["register"]
    assert (found["state"], "more than a year ago" in found["says"]) == ("note", True)


# Log


def test_a_log_that_was_named_and_is_not_there_is_a_problem(run: Run) -> None:
    found = looked(run, "--log", "none.db", code=4)
    assert "there is no log at none.db" in found["log"]["says"]


def test_a_last_entry_that_was_changed_is_a_problem(run: Run, sealed: Path) -> None:
    for _ in range(2):
        add(run, base=NOTE)
    with sqlite3.connect(default_log(sealed)) as con:
        (text,) = con.execute("SELECT sql FROM sqlite_master WHERE name = 'entry_no_update'")
        con.execute("DROP TRIGGER entry_no_update")
        con.execute("UPDATE entry SET header = replace(header, 'Z\"', 'Z\" ') WHERE seq = 2")
        con.execute(text[0])
    con.close()
    assert looked(run, code=4)["log"]["state"] == "problem"


@pytest.mark.parametrize("harm", ["gone", "longer"])
def test_a_kept_file_that_is_not_there_is_a_problem(
    run: Run, sealed: Path, tmp_path: Path, harm: str
) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF")
    done(run, *adding(attach=str(paper)))
    folder = default_log(sealed).with_name("log.sqlite.evidence")
    (kept,) = (path for path in folder.rglob("*") if path.is_file())
    if harm == "gone":
        kept.unlink()
    else:
        kept.chmod(0o600)
        kept.write_bytes(b"%PDF and more")
    found = looked(run, code=4)
    assert states(found, "problem") == {"evidence"}
    assert found["evidence"]["says"].startswith("entry 1: ")


def test_what_a_crash_left_behind_is_noted(run: Run, sealed: Path) -> None:
    add(run, base=NOTE)
    default_log(sealed).with_name("log.sqlite-journal").write_bytes(b"")
    found = looked(run)["journal"]
    assert "no recorded entry is lost" in found["says"]


def test_a_log_that_others_can_read_is_noted(run: Run, sealed: Path) -> None:
    add(run, base=NOTE)
    default_log(sealed).chmod(0o644)
    found = looked(run)["log permissions"]
    assert found["advice"].startswith("chmod 600 ")


# Extras


def test_an_extra_is_a_problem_only_if_it_is_needed(
    run: Run, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "find_spec", lambda _: None)
    found = looked(run)["extra notify"]
    assert (found["state"], "apprise" in found["says"]) == ("ok", True)
    configure(sealed, '[remind]\nnotify = ["json://localhost"]\n')
    found = looked(run, code=5)["extra notify"]
    assert found["advice"].endswith("-m pip install 'apprise>=1.9'")


# Mail


def mailing(home: Path, port: int, *more: str) -> None:
    head = ['[mail]\nhost = "127.0.0.1"', f"port = {port}", 'from = "d@example.org"']
    configure(home, "\n".join([*head, *more]))


def test_a_mail_server_is_greeted_and_nothing_is_sent(run: Run, sealed: Path) -> None:
    with office() as post:
        mailing(sealed, post.port, 'security = "none"')
        found = looked(run)["mail"]
    assert f"port {post.port}: the server answers, with no encryption" in found["says"]
    assert post.arrived == []


@pytest.mark.parametrize(("password", "code"), [(PASSWORD, 0), ("wrong", 5)])
def test_the_password_is_tried(
    run: Run, sealed: Path, monkeypatch: pytest.MonkeyPatch, password: str, code: int
) -> None:
    authority = trustme.CA()
    roots = sealed / "roots.pem"
    authority.cert_pem.write_to_path(str(roots))
    monkeypatch.setenv("SSL_CERT_FILE", str(roots))
    monkeypatch.setenv("ORDERWATCH_MAIL_PASSWORD", password)
    with office(starttls=served(authority, "127.0.0.1"), auth=True) as post:
        mailing(sealed, post.port, f'user = "{USER}"')
        found = looked(run, code=code)["mail"]
    words = "refuses the user or the password" if code else f"with STARTTLS, as {USER}"
    assert words in found["says"]
    assert password not in json.dumps(found)


def test_a_server_that_is_down_is_a_problem(run: Run, sealed: Path) -> None:
    mailing(sealed, free_port(), 'security = "none"')
    assert "Connection refused" in looked(run, code=5)["mail"]["says"]


@pytest.mark.parametrize(
    "row",
    [
        ("connect", "421 come back", "does not accept connections"),
        ("connect", "", "no answer in time"),
        ("noop", "500 what", "answers: 500 what"),
        ("noop", HANG_UP, "closed the connection"),
    ],
)
def test_a_server_that_misbehaves_is_a_problem(
    run: Run,
    sealed: Path,
    monkeypatch: pytest.MonkeyPatch,
    row: tuple[str, str, str],
) -> None:
    step, answer, words = row
    monkeypatch.setattr(delivery, "_PATIENCE", 0.3)
    with rogue(lambda at: answer if at == step else None) as held:
        mailing(sealed, held.port, 'security = "none"')
        assert words in looked(run, code=5)["mail"]["says"]


def test_half_a_configuration_of_mail_is_a_problem(run: Run, sealed: Path) -> None:
    configure(sealed, '[mail]\nhost = "127.0.0.1"\n')
    assert "mail.from is not set" in looked(run, code=2)["mail"]["says"]


# Cron


def test_the_line_that_is_missing_reminds_of_what_was_looked_at(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "a b.toml"
    config.write_text('[mail]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\n')
    advice = looked(run, "--config", str(config), code=2)["cron"]["advice"]
    assert f"--config '{config}' remind --mail-to you@example.org" in advice


def test_the_line_that_is_missing_names_no_file_that_was_not_asked_for(
    run: Run, sealed: Path
) -> None:
    configure(sealed, "recrder = 1\n")
    assert "orderwatch remind" in looked(run, code=2)["cron"]["advice"]


def test_the_line_that_is_missing_holds_no_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 0.5)
    log = "postgresql://anna:secret@127.0.0.1:1/orders?connect_timeout=1"
    advice = looked(run, "--log", log, code=4)["cron"]["advice"]
    assert "--log 'postgresql://anna@127.0.0.1:1/orders" in advice
    assert "secret" not in advice


@pytest.mark.parametrize(
    "row",
    [
        ("# 0 7 * * * /bin/orderwatch remind\n", "note", "no job found"),
        ("0 7 * * * /bin/orderwatch status\n", "note", "no job found"),
        ("0 7 * * * orderwatch remind\n", "problem", "which cron does not find"),
        ("PATH={bin}\n0 7 * * * orderwatch remind\n", "note", "declares it as ASCII"),
        ("0 7 * * * {bin}/orderwatch remind --mail-to a@b\n", "ok", "your crontab"),
        ("LANG=C.UTF-8\n0 7 * * * {bin}/orderwatch remind\n", "ok", "your crontab"),
        ("0 7 * * * {bin}/gone/orderwatch remind\n", "problem", "does not find"),
        (
            "CONTENT_TYPE=text/plain; charset=UTF-8\n"  # noqa: ISC004 - two lines
            "@daily {bin}/orderwatch --config /etc/o.toml remind 178\n",
            "ok",
            "remind 178",
        ),
    ],
)
def test_the_line_of_cron(
    run: Run, crontab: Path, tmp_path: Path, row: tuple[str, str, str]
) -> None:
    text, state, words = row
    program = tmp_path / "bin" / "orderwatch"
    program.touch(mode=0o755)
    crontab.write_text(text.format(bin=tmp_path / "bin"))
    found = looked(run, code=2 if state == "problem" else 0)["cron"]
    assert found["state"] == state
    assert words in found["says"]


def test_jobs_of_the_machine_and_timers_are_found(tmp_path: Path) -> None:
    home, root = tmp_path / "home", tmp_path / "root"
    places = {
        root / "etc/crontab": "0 7 * * * root /opt/orderwatch remind\n",
        root / "etc/cron.d/one": "PATH=/opt\n0 7 * * * desk orderwatch remind\n",
        root / "etc/cron.daily/two": "#!/bin/sh\nexec /opt/orderwatch remind\n",
        root / "etc/systemd/system/a.service": "ExecStart=/opt/orderwatch remind\n",
        root / "etc/systemd/system/a.timer": "ExecStart=/opt/orderwatch remind\n",
        home / ".config/systemd/user/b.service": "ExecStart=/opt/orderwatch remind 1\n",
    }
    for path, text in places.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    os.mkfifo(root / "etc/cron.d/pipe")
    found = {job.source: job for job in find_jobs(home, root)}
    assert set(found) == {
        *(
            str(path)
            for path in places
            if path.suffix != ".timer" and path.parts[-2:] != ("etc", "crontab")
        ),
        "/etc/crontab",
    }
    assert found[str(root / "etc/cron.d/one")].variables == {"PATH": "/opt"}
    assert not found[str(home / ".config/systemd/user/b.service")].is_cron


def test_without_cron_there_is_nothing_to_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert list(find_jobs(tmp_path, tmp_path)) == []


# Several


def test_of_several_problems_the_worst_counts(run: Run, sealed: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("x = 1\n")
    mailing(sealed, free_port(), 'security = "none"')
    assert states(looked(run, code=5), "problem") == {"mail"}
    config = sealed / "config" / "orderwatch" / "config.toml"
    config.chmod(0o622)
    assert states(looked(run, code=2), "problem") == {"mail", "configuration"}
    worse = looked(run, "--orders", str(own), code=3)
    assert states(worse, "problem") == {"mail", "configuration", "register"}
    worst = looked(run, "--orders", str(own), "--log", "none.db", code=4)
    assert states(worst, "problem") == {"mail", "configuration", "register", "log"}


# Terminals


def test_a_poor_locale_is_noted() -> None:
    done = orderwatch("doctor", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"check: encoding\nstate: note\nsays: the encoding ascii lacks" in done.stdout


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, b"links can be clicked"),
        ({"NO_COLOR": "1"}, b"off, because of NO_COLOR"),
        ({"TERM": "dumb"}, b"a terminal without colours"),
        ({"COLUMNS": "50"}, b"tables are stacked"),
    ],
    ids=str,
)
def test_a_terminal_is_told_what_it_can_show(environment: dict[str, str], words: bytes) -> None:
    screen = Terminal("doctor", **({"COLUMNS": "200"} | environment))
    assert screen.ended() == 0
    assert words in screen.shown.replace(b"\r\n", b"\n")


def test_the_programs_that_tests_put_in_the_place_of_crons_are_used() -> None:
    found = shutil.which("crontab")
    assert found
    assert stat.S_IMODE(Path(found).stat().st_mode) == 0o755
    assert "/etc" not in found
