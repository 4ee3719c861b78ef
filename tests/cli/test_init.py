"""`init`: what it asks, what it makes, and what it leaves alone."""

import json
import os
import stat
from pathlib import Path

import pytest

from orderwatch.settings import load
from tests.conftest import Run
from tests.support.commands import said
from tests.support.folder_state import untouched
from tests.support.log_commands import NOTE, adding, default_log, done, refused
from tests.support.paths import SMALL
from tests.support.terminals import Terminal
from tests.support.waiting import until

MAIL = ("--mail-host", "smtp.example.org", "--mail-from", "Desk <desk@example.org>")


def config_of(home: Path) -> Path:
    return home / "config" / "orderwatch" / "config.toml"


def made(home: Path) -> set[str]:
    """List the files of a home."""
    return {str(p.relative_to(home)) for p in home.rglob("*") if p.is_file()}


CONFIG, LOG = "config/orderwatch/config.toml", "data/orderwatch/log.sqlite"


# Without questions


def test_without_a_person_only_the_log_is_made(run: Run, sealed: Path) -> None:
    out = done(run, "init")
    assert made(sealed) == {LOG}
    assert out.startswith(f"Created the log {sealed / LOG}: 0 entries, name orderwatch/")


@pytest.mark.parametrize("tty", [False, True])
def test_yes_takes_what_is_usual(
    run: Run, sealed: Path, monkeypatch: pytest.MonkeyPatch, *, tty: bool
) -> None:
    monkeypatch.setenv("USER", "Ana")
    code, out, err = run("init", "--yes", tty=tty)
    assert (code, err) == (0, "")
    assert made(sealed) == {CONFIG, LOG}
    assert f"Created {sealed / CONFIG}.\n" in out
    found = load({}, {})
    assert found.recorder.value == "Ana"
    assert found.recorder.source.startswith("file ")
    assert found.log.source == "default"
    assert found.mail.host is None


def test_options_go_into_the_configuration(run: Run, sealed: Path) -> None:
    name = 'say "it"; \\ \x7f é'
    login = ("--mail-user", "u", "--mail-password-command", "pass show 'a b'")
    to = ("--mail-to", "a@example.org", "--mail-to", "b@example.org")
    done(run, "init", *MAIL, *login, *to, "--recorder", name)
    found = load({}, {})
    assert found.recorder.value == name
    assert (found.mail.host, found.mail.user) == ("smtp.example.org", "u")
    assert found.mail.sender == "Desk <desk@example.org>"
    assert found.mail.password_command == ("pass", "show", "a b")
    assert found.remind.mail_to == ("a@example.org", "b@example.org")
    assert found.mail.security == "starttls"
    assert made(sealed) == {CONFIG, LOG}


def test_a_log_that_was_named_is_made_and_named_in_the_configuration(
    run: Run, sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done(run, "--log", "office.log", "--orders", str(SMALL), "init", "--yes")
    assert made(sealed) == {CONFIG}
    assert load({}, {}).log.value == str(tmp_path / "office.log")
    assert load({}, {}).orders.value == str(SMALL)
    done(run, *adding(base=NOTE))
    assert not default_log(sealed).exists()


def test_a_configuration_that_was_named_is_made_there(
    run: Run, sealed: Path, tmp_path: Path
) -> None:
    path = tmp_path / "new" / "office.toml"
    done(run, "--config", str(path), "init", "--yes")
    assert path.is_file()
    assert made(sealed) == {LOG}
    assert "no such configuration" in refused(run, "--config", f"{path}x", "status")


@pytest.mark.parametrize("umask", [0, 0o77])
def test_what_is_made_is_its_owners_alone(run: Run, sealed: Path, umask: int) -> None:

    before = os.umask(umask)
    try:
        done(run, "init", "--yes")
    finally:
        os.umask(before)
    for path in (config_of(sealed), default_log(sealed)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


# What is there already


def test_nothing_that_is_there_is_overwritten(run: Run, sealed: Path) -> None:
    done(run, "init", "--yes")
    done(run, *adding(base=NOTE))
    with untouched(sealed, times=False):
        out = done(run, "init", "--yes")
        assert "exists already: 1 entry" in out
        assert f"{sealed / CONFIG} exists and was not changed.\n" in out
        assert "orderwatch config set" in refused(run, "init", "--recorder", "Ben")
        code, _, err = run("init", tty=True)
        assert (code, err) == (0, "")


def test_a_configuration_that_comes_up_meanwhile_is_left_alone(tmp_path: Path) -> None:
    from orderwatch.errors import UsageError
    from orderwatch.settings import writer

    path = tmp_path / "config.toml"
    path.write_text("# mine\n")
    with pytest.raises(UsageError, match="orderwatch config set"):
        writer.create(path, "")
    assert [p.read_text() for p in tmp_path.iterdir()] == ["# mine\n"]


@pytest.mark.parametrize(
    "argv",
    [
        ("--mail-security", "ssl"),
        ("--mail-from", "nobody"),
        ("--mail-to", "a@example.org,b@example.org"),
        ("--recorder", "\ud800"),
    ],
    ids=ascii,
)
def test_what_no_configuration_can_have_is_refused(
    run: Run, sealed: Path, argv: tuple[str, ...]
) -> None:
    said = refused(run, "init", *argv)
    assert argv[0] in said or "UTF-8" in said
    assert made(sealed) <= {LOG}
    assert not config_of(sealed).exists()


@pytest.mark.parametrize("url", ["postgresql://u:hunter2@h/db", "mysql://u:hunter2@h/d"])
def test_a_password_stays_out_of_the_configuration(run: Run, sealed: Path, url: str) -> None:
    from orderwatch.settings import writer

    chosen = load({"log": url}, {})
    content = writer.render(writer.merge_settings(chosen, writer.Answers()), "x")
    assert "hunter2" not in content
    _, out, err = run("--log", url, "init", "--yes")
    assert "hunter2" not in out + err
    assert all("hunter2" not in p.read_text("latin-1") for p in sealed.rglob("*.toml"))


# With questions


SHORT = ("Ana", "", "n", "")
MAILING = (
    *("", "", "y", "smtp.example.org", "ssl", "tls", "nobody", "desk@example.org"),
    *("desk", "pass show mail", "", "a@example.org, b@example.org", "y"),
)


def test_a_person_is_asked(run: Run, sealed: Path) -> None:
    code, out, err = run("init", tty=True, stdin=said(*SHORT))
    assert code == 0, err
    assert made(sealed) == {CONFIG, LOG}
    assert out.endswith("Next: `orderwatch status`, `orderwatch doctor`.\n")
    assert load({}, {}).recorder.value == "Ana"
    assert load({}, {}).log.source == "default"
    assert '\nrecorder = "Ana"\n' in err


def test_a_person_sets_up_mail(run: Run) -> None:
    code, _, err = run("init", tty=True, stdin=said(*MAILING))
    assert code == 0, err
    found = load({}, {})
    assert (found.mail.host, found.mail.security) == ("smtp.example.org", "tls")
    assert (found.mail.user, found.mail.sender) == ("desk", "desk@example.org")
    assert found.mail.password_command == ("pass", "show", "mail")
    assert found.remind.mail_to == ("a@example.org", "b@example.org")
    assert "choose one of starttls, tls, none, not 'ssl'" in err
    assert "nobody is not a mail address" in err
    assert "at least one address is needed" in err


def test_a_log_elsewhere_is_made_there(run: Run, sealed: Path, tmp_path: Path) -> None:
    place = tmp_path / "office.log"
    code, _, err = run("init", tty=True, stdin=said("Ana", str(place), "n", "y"))
    assert code == 0, err
    assert place.is_file()
    assert load({}, {}).log.value == str(place)
    assert made(sealed) == {CONFIG}


@pytest.mark.parametrize("answers", [SHORT[:n] for n in range(4)] + [(*SHORT[:3], "no")])
def test_whoever_stops_has_nothing_written(
    run: Run, sealed: Path, answers: tuple[str, ...]
) -> None:
    with untouched(sealed):
        code, out, _ = run("init", tty=True, stdin=said(*answers))
    assert (code, out) == (130, "")


def test_ctrl_c_leaves_nothing_written(sealed: Path) -> None:
    screen = Terminal("init")
    screen.until(b"Your name")
    screen.press(b"Ana\n")
    screen.until(b"Path or URL of the log")
    # A key that is pressed before it waits for one would be lost.
    until(screen.waits_for_a_key)
    screen.press(b"\x03")
    assert screen.ended() == 130
    assert screen.shown.endswith(b"\norderwatch: interrupted\r\n")
    assert list(sealed.iterdir()) == []


def test_the_settings_of_a_new_configuration_are_shown(run: Run) -> None:
    done(run, "init", *MAIL)
    found = json.loads(done(run, "config", "--format", "json"))["settings"]
    assert found["mail.host"]["value"] == "smtp.example.org"
