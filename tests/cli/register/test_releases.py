"""`register status`, `check`, `update` and `rollback`."""

import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from orderwatch.register import packaged_path
from tests.cli.register.conftest import LABEL, Publish
from tests.conftest import Run
from tests.support.channels import COUNT, KEY, POLICY_TEXT, WITNESSES, cosign, releases, write
from tests.support.commands import documented, result
from tests.support.day import TODAY

OUTPUTS = {
    "screen": ("status",),
    "order": ("status", "rafah"),
    "timeline": ("status", "rafah", "--timeline"),
    "countdown": ("countdown",),
    "show": ("show", "rafah"),
    "explain": ("explain", "rafah/3"),
    "deadlines": ("deadlines",),
    "changes": ("changes", "--since", "2026-11-01"),
    "orders": ("orders",),
    "events": ("log", "rafah"),
    "find": ("find", "genocide"),
    "json": ("status", "--json"),
    "csv": ("status", "--format", "csv"),
    "markdown": ("status", "--format", "markdown"),
    "calendar": ("export", "ics"),
    "check": ("check",),
    "doctor": ("doctor",),
    "release status": ("register", "status"),
}


def status(run: Run) -> dict[str, Any]:
    return documented(result(run, "register", "status", "--json"))


def test_an_update_installs_lists_what_changed_and_is_used(
    run: Run, publish: Publish, trusted: Path
) -> None:
    assert status(run)["origin"] == "shipped"
    publish(LABEL)
    out = result(run, "register", "update")
    assert "* obligation 192/2024-05-24/1, label: Measures of 26 January" in out
    assert out.count("label") == 1
    assert "Installed: release 1" in out
    state = status(run)
    assert (state["origin"], state["release"], state["installed"]) == ("installed", 1, [1])
    [path] = trusted.glob("*.toml")
    assert state["paths"] == [str(path)]
    answer = documented(result(run, "status", "rafah/1", "--json"))
    assert answer["register"]["release"] == 1
    assert answer["obligations"][0]["label"] == "Reaffirmed"
    assert "register release: 1" in result(run, "status", "rafah/1")
    assert "Nothing to install." in result(run, "register", "update")


@pytest.mark.usefixtures("trusted")
def test_of_many_differences_the_rest_is_counted(run: Run, publish: Publish) -> None:
    publish(*[('summary = "S', 'summary = "s')] * 45)
    lines = result(run, "register", "update").splitlines()
    assert len([line for line in lines if line.startswith("* ")]) == 40
    [command] = [line for line in lines if line.startswith("and 5 more: ")]
    argv = command.partition("orderwatch ")[2].split()
    assert len(documented(result(run, *argv, "--json"))["differences"]) == 45


def test_a_register_a_year_old_is_current_with_one_command(
    run: Run, publish: Publish, trusted: Path
) -> None:
    """`trusted` is the configuration, once."""
    late = TODAY + timedelta(days=80)
    for days in (20, 40, 60, 80):
        publish(LABEL, reviewed=TODAY + timedelta(days=days))
    code, _, err = run("register", "update", today=late)
    assert (code, err) == (0, "")
    code, out, _ = run("register", "status", "--json", today=late)
    assert json.loads(out)["release"] == 4
    assert len(list(trusted.glob("*.toml"))) == 1


def test_orders_shipped_forces_the_register_of_the_program(run: Run, installed: Path) -> None:
    shipped = documented(result(run, "--orders", "shipped", "status", "rafah/1", "--json"))
    assert shipped["register"]["release"] is None
    assert shipped["obligations"][0]["label"] != "Reaffirmed"
    used = documented(result(run, "status", "rafah/1", "--json"))
    assert used["register"]["release"] == 1
    assert installed.exists()


def test_check_says_whether_there_is_more_and_installs_nothing(
    run: Run, publish: Publish, trusted: Path
) -> None:
    publish(LABEL)
    code, out, err = run("register", "check")
    assert (code, err) == (1, "")
    assert out.startswith("Newer: release 1")
    assert list(trusted.glob("*.toml")) == []
    result(run, "register", "update")
    assert result(run, "register", "check").startswith("Up to date: release 1")


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("command", ["check", "update"])
def test_a_refused_channel_ends_in_3(run: Run, channel: Path, command: str) -> None:
    write(channel, releases())
    code, out, err = run("register", command, today=date(2027, 6, 1))
    assert (code, out) == (3, "")
    assert "freeze: the newest release is 5" in err
    assert "The register in use was not changed." in err


def test_a_policy_in_the_configuration_asks_for_cosignatures(
    run: Run, publish: Publish, trusted: Path, sealed: Path
) -> None:
    folder = publish(LABEL)
    config = sealed / "config" / "orderwatch" / "config.toml"
    config.write_text(f'{config.read_text()}policy = "witnesses"\n')
    code, _, err = run("register", "update")
    assert (code, "witnesses: No such file" in err) == (2, True)
    policy = config.with_name("witnesses")
    policy.write_text("quorum none")
    code, _, err = run("register", "update")
    assert (code, "does not end with a newline" in err) == (2, True)
    policy.write_text(POLICY_TEXT)
    code, _, err = run("register", "update")
    assert (code, "not cosigned by A, B, C" in err) == (3, True)
    assert list(trusted.glob("*.toml")) == []
    cosign(folder, *WITNESSES[:2])
    assert "Installed: release 1" in result(run, "register", "update")


@pytest.mark.usefixtures("trusted")
def test_a_channel_whose_newest_register_is_older_than_the_shipped_one(
    run: Run, channel: Path
) -> None:
    write(channel, releases())
    out = result(run, "register", "update")
    assert out.startswith(f"Nothing to install. The channel has release {COUNT}")
    assert status(run)["origin"] == "shipped"


@pytest.mark.parametrize("command", ["check", "update"])
def test_without_a_key_or_an_address_nothing_is_asked(run: Run, command: str, sealed: Path) -> None:
    code, _, err = run("register", command, "/srv/register")
    assert (code, "no key" in err) == (2, True)
    path = sealed / "config" / "orderwatch" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(f'[releases]\nkey = "{KEY}"\n')
    code, _, err = run("register", command)
    assert (code, "no address" in err) == (2, True)
    code, _, err = run("register", command, "http://localhost/register")
    assert (code, "it takes an https URL" in err) == (2, True)
    code, _, err = run("register", command, "https://localhost:1/register")
    assert (code, "not reached" in err) == (5, True)
    path.write_text('[releases]\nkey = "word"\n')
    code, _, err = run("register", command)
    assert (code, "verifier key" in err) == (2, True)


@pytest.mark.usefixtures("trusted")
def test_a_rolled_back_release_is_not_installed_again_unless_asked_for(
    run: Run, publish: Publish
) -> None:
    publish(LABEL)
    result(run, "register", "update")
    publish(LABEL, ('short = "', 'short = "The '), reviewed=TODAY + timedelta(days=1))
    result(run, "register", "update")
    assert "Release 2 was removed. Release 1 is in use." in result(run, "register", "rollback")
    assert "was rolled back here" in result(run, "register", "update")
    state = status(run)
    assert (state["release"], state["rolled_back"], state["newest_seen"]) == (1, 2, 2)
    code, out, _ = run("register", "check")
    assert (code, out.startswith("Newer, but rolled back: release 2")) == (1, True)
    assert "Installed: release 2" in result(run, "register", "update", "--again")
    assert status(run)["rolled_back"] is None
    publish(reviewed=TODAY + timedelta(days=1))
    result(run, "register", "rollback")
    assert "Installed: release 3" in result(run, "register", "update")


def test_without_an_installed_release_there_is_nothing_to_roll_back(run: Run) -> None:
    code, _, err = run("register", "rollback")
    assert (code, "no release is installed" in err) == (2, True)


@pytest.mark.usefixtures("trusted")
def test_an_update_of_a_home_with_its_own_register_says_that_it_is_not_used(
    run: Run, publish: Publish
) -> None:
    publish(LABEL)
    code, out, err = run("--orders", str(packaged_path()), "register", "update")
    assert (code, "Installed" in out, "Commands use another register" in err) == (0, True, True)


@pytest.mark.parametrize("name", OUTPUTS)
@pytest.mark.parametrize("tty", [False, True])
def test_every_output_says_that_a_changed_release_is_not_used(
    run: Run, installed: Path, name: str, *, tty: bool
) -> None:
    installed.write_bytes(installed.read_bytes() + b"\n")
    _, out, err = run(*OUTPUTS[name], tty=tty)
    words = " ".join(out.replace("\r\n ", "").split()) + err
    assert "Release 1 of the register is not used" in words
    if name != "csv":
        assert "is not used" in " ".join(out.replace("\r\n ", "").split())


def test_pages_and_mails_say_that_a_changed_release_is_not_used(
    run: Run, installed: Path, tmp_path: Path
) -> None:
    installed.unlink()
    run("publish", str(tmp_path / "site"))
    page = " ".join((tmp_path / "site" / "index.html").read_text(encoding="utf-8").split())
    assert "Release 1 of the register is not used" in page


_connections: list[str] | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _connections is not None and event in {"socket.connect", "socket.getaddrinfo"}:
        _connections.append(f"{event} {arguments[-1]}")


@pytest.fixture(scope="session")
def _audited() -> None:
    # Once a process: a hook cannot be removed.
    sys.addaudithook(_hook)


@pytest.fixture
def connections(_audited: None) -> Iterator[list[str]]:
    """List the connections that were tried."""
    global _connections  # noqa: PLW0603 - the hook reads it
    _connections = []
    yield _connections
    _connections = None


SILENT = [
    *OUTPUTS.values(),
    *(("register", *words) for words in (("status",), ("diff", "shipped", "installed"))),
    *(("register", *words) for words in (("validate",), ("rollback",), ("new", "new.toml"))),
    *(("export", name) for name in ("atom", "svg", "json", "csv", "markdown")),
    *(("log", name) for name in ("verify", "export", "checkpoint", "reindex")),
    *(("config",), ("schema", "status"), ("version",), ("remind", "--list"), ("publish", "site")),
    *(("cite", "rafah"), ("countdown", "rafah"), ("help", "status")),
]


@pytest.mark.parametrize("words", SILENT, ids=" ".join)
def test_no_other_command_connects_to_anything(
    run: Run,
    installed: Path,
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    connections: list[str],
) -> None:
    """The address of the channel is one on the web, which only `check` and `update` ask."""
    home = installed.parents[3]
    config = home / "config" / "orderwatch" / "config.toml"
    config.write_text(f'[releases]\nfrom = "https://localhost:1/register"\nkey = "{KEY}"\n')
    monkeypatch.chdir(home)
    code, _, _ = run(*words)
    assert code in {0, 1, 2, 4}
    assert connections == []


@pytest.mark.usefixtures("trusted")
def test_the_hook_sees_a_connection(run: Run, connections: list[str]) -> None:
    assert run("register", "check", "https://localhost:1/register")[0] == 5
    assert connections
