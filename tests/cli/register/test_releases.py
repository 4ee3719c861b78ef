"""`register status`, `check`, `update` and `rollback`."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import tomli

from orderwatch.model import Register
from orderwatch.register import compiled, packaged_path
from tests.cli.register.conftest import LABEL, Publish
from tests.conftest import Run
from tests.support.channels import COUNT, KEY, POLICY_TEXT, WITNESSES, cosign, releases, write
from tests.support.commands import documented, result
from tests.support.day import TODAY
from tests.support.every_command import Round
from tests.support.log_commands import NOTE, options

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
    "feed": ("export", "atom", "rafah"),
    "picture": ("export", "svg", "rafah"),
    "table": ("export", "csv"),
    "citation": ("cite", "rafah"),
    "address": ("open", "rafah"),
    "log add": ("log", "add", "rafah", *options(NOTE)),
    "court": ("court", "check", os.devnull),
    "check": ("check",),
    "doctor": ("doctor",),
    "release status": ("register", "status"),
}
IN_ERR = {"csv", "table", "citation", "address", "log add", "court"}
"""Outputs that have no place for it but standard error."""
SITE_TEXTS = {".html", ".ics", ".atom", ".svg"}


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
    assert (code, "witnesses" in err) == (2, True), err
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
    if name not in IN_ERR:
        assert "is not used" in " ".join(out.replace("\r\n ", "").split())


def test_a_dossier_says_that_a_changed_release_is_not_used(
    run: Run, installed: Path, tmp_path: Path
) -> None:
    installed.unlink()
    run("log", "add", "rafah/3", *options(NOTE))
    code, _, err = run("dossier", "rafah/3", "-o", str(tmp_path / "rafah.zip"))
    assert (code, "Release 1 of the register is not used" in err) == (0, True), err
    with zipfile.ZipFile(tmp_path / "rafah.zip") as archive:
        pages = [archive.read(name).decode() for name in archive.namelist() if "html" in name]
    assert pages
    for page in pages:
        assert "Release 1 of the register is not used" in " ".join(page.split())


def test_all_files_of_a_site_say_that_a_changed_release_is_not_used(
    run: Run, installed: Path, tmp_path: Path
) -> None:
    installed.unlink()
    _, _, err = run("publish", str(tmp_path / "site"))
    assert "Release 1 of the register is not used" in err
    files = [path for path in (tmp_path / "site").rglob("*") if path.suffix in SITE_TEXTS]
    assert len(files) > 200
    for path in files:
        text = " ".join(path.read_text(encoding="utf-8").replace("\n ", "").split())
        assert "Release 1 of the register is not used" in text or path.name == "icon.svg", path


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


def test_no_other_command_connects_to_anything(  # noqa: PLR0913, PLR0917 - what they need
    run: Run,
    publish: Publish,
    register: Register,
    trusted: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    connections: list[str],
) -> None:
    """The address of the channel is one on the web, which only `check` and `update` ask."""
    configure_site(trusted)
    monkeypatch.setenv("EDITOR", "true")
    Round(run, tmp_path, publish(LABEL), register)()
    assert connections == []


@pytest.mark.slow
def test_no_other_command_opens_an_internet_socket(
    publish: Publish,
    register: Register,
    trusted: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As the kernel sees it, whatever library asks."""
    configure_site(trusted)
    monkeypatch.setenv("EDITOR", "true")
    trace = tmp_path / "trace"

    def run(*argv: str) -> tuple[int, str, str]:
        strace = ["strace", "-f", "-qq", "-e", "trace=network", "-o", str(trace)]
        done = subprocess.run(  # noqa: S603 - ourselves
            [*strace, sys.executable, "-m", "orderwatch", *argv],
            capture_output=True,
            text=True,
            check=False,
        )
        sockets = [line for line in trace.read_text().splitlines() if "AF_INET" in line]
        assert bool(sockets) is ("https://localhost:1/register" in argv), (argv, sockets[:3])
        return done.returncode, done.stdout, done.stderr

    assert run("register", "check", "https://localhost:1/register")[0] == 5
    Round(run, tmp_path, publish(LABEL), register)()


def configure_site(installed: Path) -> None:
    path = installed.parents[2] / "config" / "orderwatch" / "config.toml"
    path.write_text(f'[releases]\nfrom = "https://localhost:1/register"\nkey = "{KEY}"\n')


@pytest.mark.usefixtures("trusted")
def test_the_hook_sees_a_connection(run: Run, connections: list[str]) -> None:
    assert run("register", "check", "https://localhost:1/register")[0] == 5
    assert connections


def test_an_installed_release_is_read_from_its_compiled_form(
    run: Run, installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads, texts = tomli.loads, list[str]()

    def counted(text: str) -> dict[str, Any]:
        texts.append(text)
        return loads(text)

    monkeypatch.setattr(tomli, "loads", counted)

    def is_parsed() -> bool:
        texts.clear()
        assert "Reaffirmed" in result(run, "status", "rafah/1")
        return any("[[case]]" in text for text in texts)

    assert not is_parsed()
    # A form that somebody else made of other tables, with a head that fits.
    form = compiled.path_of(installed)
    tables = loads(installed.read_text(encoding="utf-8").replace("Reaffirmed", "Forged"))
    form.write_bytes(compiled.encode(tables, sha256(installed.read_bytes()).hexdigest()))
    assert is_parsed()
    form.unlink()
    assert is_parsed()
