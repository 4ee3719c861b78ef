"""A shared log across a network: who answers, who asks, and what passes on the way."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
import trustme

from orderwatch.errors import LogError
from orderwatch.log import open_store
from orderwatch.log.postgres import connection
from tests.conftest import Run
from tests.support.entries import Scribe
from tests.support.log_commands import REPORT, SUBMITTED, adding, done, printed, refused
from tests.support.servers import ASKED, PASSWORD, WRITER, Server
from tests.support.tls import Tunnel, served, tunnel

COMMANDS = (("status",), ("log", "verify"), tuple(adding()))
SECRET = f"{ASKED}:{quote(PASSWORD)}"
"""Who writes, as an address has it, with the password."""


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nobody: whoever looks again has connected once more by then."""
    monkeypatch.setattr(connection, "PATIENCE", 1.0)
    monkeypatch.setattr(connection, "FAILOVER", 1.0)


@pytest.fixture
def name(postgres: Server) -> Iterator[str]:
    """Make a database with an empty log of its own."""
    name = postgres.fresh()
    yield name
    postgres.drop(name)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def roots(authority: trustme.CA, tmp_path: Path) -> str:
    """Write what a partner was given: the certificate of the authority."""
    path = tmp_path / "roots.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def way(postgres: Server, authority: trustme.CA) -> Iterator[Tunnel]:
    """Lead to the server by TLS, with a certificate that is right."""
    with tunnel(postgres, served(authority)) as found:
        yield found


def size(server: Server, name: str) -> int:
    """Count the entries of a log, by another way."""
    [[found]] = server.execute("SELECT count(*) FROM orderwatch.entry", name)
    assert isinstance(found, int)
    return found


def turned_away(run: Run, url: str, *reasons: str) -> None:
    """Fail unless each command says why it ends with 4, and keeps the secret."""
    for argv in COMMANDS:
        err = refused(run, "--log", url, *argv, code=4)
        assert "cannot be reached" in err
        for reason in reasons:
            assert reason in err, err
        assert "Traceback" not in err
        assert PASSWORD not in err
        assert quote(PASSWORD) not in err
        assert "disable" not in err


def told_nothing(way: Tunnel, name: str) -> None:
    """Fail unless each command asked once, and said nothing to who answered."""
    assert way.guests == len(COMMANDS)
    assert way.said == b""
    for text in (ASKED, PASSWORD, WRITER, SUBMITTED["summary"]):
        assert text.encode() not in way.wire
    assert size(way.server, name) == 0


# Who answers


def test_nothing_passes_in_the_clear(run: Run, way: Tunnel, name: str, roots: str) -> None:
    """The server asks for the password itself, as it is."""
    with way.server.guarding("password"):
        url = way.url(name, SECRET, sslmode="verify-full", sslrootcert=roots)
        assert printed(run, "--log", url, *adding())["seq"] == 1
        assert SUBMITTED["summary"] in done(run, "--log", url, "log", "show", "1")
        assert "Reuters" in done(run, "--log", url, "status", REPORT)
        assert "Everything matches: 1 " in done(run, "--log", url, "log", "verify")
    assert len(way.wire) > len(way.said)
    for text in (ASKED, PASSWORD, name, "SELECT orderwatch.append(", SUBMITTED["summary"]):
        assert text.encode() in way.said
        assert text.encode() not in way.wire
    assert size(way.server, name) == 1


def test_the_authorities_of_the_machine_can_be_trusted(
    run: Run, way: Tunnel, name: str, roots: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", roots)
    url = way.url(name, SECRET, sslrootcert="system")
    with way.server.guarding():
        assert printed(run, "--log", url, *adding())["seq"] == 1
        way.context = served(trustme.CA())
        turned_away(run, url, "certificate verify failed")
    assert size(way.server, name) == 1


@pytest.mark.parametrize("user", [WRITER, SECRET])
def test_a_certificate_of_another_authority_is_told_nothing(
    run: Run, way: Tunnel, name: str, roots: str, user: str
) -> None:
    way.context = served(trustme.CA())
    url = way.url(name, user, sslmode="verify-full", sslrootcert=roots)
    why = "certificate verify failed"
    turned_away(run, url, why, "sslrootcert=FILE", "a third party may be answering")
    told_nothing(way, name)


def test_a_certificate_for_another_server_is_told_nothing(
    run: Run, way: Tunnel, name: str, authority: trustme.CA, roots: str
) -> None:
    way.context = served(authority, "elsewhere.example")
    url = way.url(name, SECRET, sslmode="verify-full", sslrootcert=roots)
    why = '"elsewhere.example" does not match host name "localhost"'
    turned_away(run, url, why, "the name in the certificate", "third party")
    told_nothing(way, name)


def test_a_certificate_that_has_run_out_is_told_nothing(
    run: Run, way: Tunnel, name: str, authority: trustme.CA, roots: str
) -> None:
    way.context = served(authority, not_after=datetime(2024, 6, 20, tzinfo=UTC))
    url = way.url(name, SECRET, sslmode="verify-full", sslrootcert=roots)
    turned_away(run, url, "certificate verify failed", "ask the administrator of the server")
    told_nothing(way, name)


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_without_a_certificate_to_trust_nothing_is_told(
    run: Run, way: Tunnel, name: str, tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "none.pem"
    if text:
        path.write_text(text)
    url = way.url(name, SECRET, sslmode="verify-full", sslrootcert=str(path))
    turned_away(run, url, f'root certificate file "{path}"', "sslrootcert=FILE")
    told_nothing(way, name)


@pytest.mark.parametrize("mode", ["require", "verify-full"])
def test_a_server_without_tls_is_not_used_when_tls_is_asked_for(
    run: Run, postgres: Server, name: str, mode: str
) -> None:
    with postgres.guarding("trust"):
        url = postgres.tcp(name, SECRET)
        done(run, "--log", url, "status")
        why = "server does not support SSL"
        turned_away(run, f"{url}?sslmode={mode}", why, "ask the administrator of the server to")
    assert size(postgres, name) == 0


def test_a_server_that_is_found_again_has_to_show_who_it_is(
    way: Tunnel, name: str, roots: str
) -> None:
    """Whoever takes its place while it is away is told nothing either."""
    entry = Scribe("Ana").event("What nobody else should hear.")
    url = way.url(name, sslmode="verify-full", sslrootcert=roots)
    with open_store(url, write=True) as log:
        log.append(Scribe("Ben").event())
        way.context = served(trustme.CA())
        way.hang_up()
        with pytest.raises(LogError, match=r"verify failed.*not known whether"):
            log.append(entry)
    assert way.guests == 2
    assert b"nobody else" not in way.said
    assert size(way.server, name) == 1


# Who asks

Place = Callable[[Path, pytest.MonkeyPatch], tuple[Path, str]]
"""Says where a file with a password is, and with which words the address names it."""


def at_home(home: Path, _patch: pytest.MonkeyPatch) -> tuple[Path, str]:
    return home / ".pgpass", ""


def in_the_environment(home: Path, patch: pytest.MonkeyPatch) -> tuple[Path, str]:
    path = home / "a word & more"
    patch.setenv("PGPASSFILE", str(path))
    return path, ""


def in_the_address(home: Path, _patch: pytest.MonkeyPatch) -> tuple[Path, str]:
    path = home / "words"
    return path, f"?passfile={path}"


def in_a_service(home: Path, patch: pytest.MonkeyPatch) -> tuple[Path, str]:
    path, services = home / "words", home / "services"
    services.write_text(f"[office]\npassfile={path}\n")
    patch.setenv("PGSERVICEFILE", str(services))
    return path, "?service=office"


PLACES = (at_home, in_the_environment, in_the_address, in_a_service)


@pytest.fixture(params=PLACES)
def place(
    request: pytest.FixtureRequest, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, str]:
    """Give a file for passwords, and what has to be added to an address."""
    found: Place = request.param
    return found(sealed, monkeypatch)


def test_a_password_comes_from_a_file_that_is_for_its_owner(
    run: Run, postgres: Server, name: str, place: tuple[Path, str]
) -> None:
    path, more = place
    with postgres.guarding():
        url = f"{postgres.tcp(name, ASKED)}{more}"
        turned_away(run, url, "no password supplied", f"to {path}, ", "docs/shared-log")
        path.write_text(f"db.example.org:5432:*:{ASKED}:{PASSWORD}\n")
        path.chmod(0o600)
        turned_away(run, url, "no password supplied", f"to {path}, ", "docs/shared-log")
        path.write_text(f"127.0.0.1:{postgres.port}:{name}:{ASKED}:{PASSWORD}\n")
        for mode in (0o640, 0o602):
            path.chmod(mode)
            turned_away(run, url, "no password supplied", f": chmod 600 {path}")
        assert size(postgres, name) == 0
        path.chmod(0o600)
        assert printed(run, "--log", url, *adding())["seq"] == 1
        assert "Everything matches" in done(run, "--log", url, "log", "verify")


def test_a_file_with_a_wrong_password_is_named(
    run: Run, postgres: Server, name: str, sealed: Path
) -> None:
    path = sealed / ".pgpass"
    path.write_text("*:*:*:*:0pen s3same\n")
    path.chmod(0o600)
    with postgres.guarding():
        url = postgres.tcp(name, ASKED)
        turned_away(run, url, "password authentication failed", f'file "{path}"')
        assert "0pen" not in refused(run, "--log", url, "status", code=4)
        # A command that prints it counts more, and so does an address.
        file = sealed / "config.toml"
        file.write_text(f'[postgres]\npassword_command = ["echo", "{PASSWORD}"]\n')
        argv = ("--config", str(file), "--log", url)
        assert printed(run, *argv, *adding())["seq"] == 1
        url = postgres.tcp(name, SECRET)
        assert printed(run, "--log", url, *adding())["seq"] == 2


def test_a_password_comes_from_a_service_file(
    run: Run, postgres: Server, name: str, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = sealed / "services"
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    with postgres.guarding():
        for word, code in (("wrong", 4), (PASSWORD, 0)):
            services.write_text(
                f"[office]\nhost=127.0.0.1\nport={postgres.port}\ndbname={name}\n"
                f"user={ASKED}\npassword={word}\n"
            )
            found, out, err = run("--log", "postgresql://?service=office", *adding())
            assert found == code
            assert word not in out + err
    assert size(postgres, name) == 1


def test_a_password_that_nobody_gave_is_told_at_once(run: Run, way: Tunnel, name: str) -> None:
    """Looking again would not help, and locks people out where attempts are counted."""
    with way.server.guarding():
        url = way.url(name, ASKED)
        turned_away(run, url, "no password supplied", "/.pgpass, a file that only you can read")
    assert way.guests == len(COMMANDS)
