"""`log stamp`: time stamps of an authority, and what they prove."""

import re
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import trustme

from tests.conftest import Run
from tests.support.dossiers import unpack, verify
from tests.support.https_server import answering, send
from tests.support.log_commands import add, done, printed, refused
from tests.support.tampering import tampering
from tests.support.timestamp_authorities import Authority, make
from tests.support.tls import served

pytestmark = pytest.mark.usefixtures("owned")


@pytest.fixture
def three(run: Run) -> Run:
    """Log three events."""
    for day in ("25", "26", "27"):
        add(run, on=f"2024-06-{day}")
    return run


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make(tmp_path_factory.mktemp("tsa") / "a", "Authority A")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make(tmp_path_factory.mktemp("tsa") / "b", "Authority B")


def stamped(run: Run, tmp_path: Path, tsa: Authority, *argv: str) -> str:
    """Carry a request to an authority by hand, and its response back."""
    query, response = tmp_path / "query.tsq", tmp_path / "response.tsr"
    assert "send it to a time-stamp authority" in done(run, "log", "stamp", "--request", str(query))
    response.write_bytes(tsa.reply(query.read_bytes()))
    return done(run, "log", "stamp", "--token", str(response), *argv)


def test_a_stamp_says_before_when_the_log_existed_and_according_to_whom(
    three: Run, tmp_path: Path, tsa: Authority
) -> None:
    root = ("--tsa-root", str(tsa.root))
    err = refused(three, "log", "verify", *root, code=4)
    assert "no checkpoint of the log is stamped" in err
    before = datetime.fromtimestamp(int(time.time()), UTC)
    out = stamped(three, tmp_path, tsa)
    assert out.endswith("verify it with --tsa-root\n")
    out = stamped(three, tmp_path, tsa, *root)
    assert "3 entries existed before 20" in out
    assert out.endswith(" according to CN=Authority A\n")
    add(three)
    out = done(three, "log", "verify", *root)
    assert out.count("\nStamped: 3 entries existed before 20") == 2
    stamps = printed(three, "log", "verify", *root)["stamps"]
    assert [item["entries"] for item in stamps] == [3, 3]
    assert stamps[0]["authority"] == "CN=Authority A"
    # The accuracy of this authority is a second.
    found = datetime.fromisoformat(stamps[0]["before"])
    assert timedelta() < found - before < timedelta(minutes=5)


def test_a_stamp_of_another_authority_does_not_pass(
    three: Run, tmp_path: Path, tsa: Authority, other: Authority
) -> None:
    stamped(three, tmp_path, other)
    err = refused(three, "log", "verify", "--tsa-root", str(tsa.root), code=4)
    assert "the time stamp on the first 3 entries is not valid" in err
    query, response = tmp_path / "query.tsq", tmp_path / "response.tsr"
    done(three, "log", "stamp", "--request", str(query))
    response.write_bytes(other.reply(query.read_bytes()))
    argv = ("log", "stamp", "--token", str(response), "--tsa-root", str(tsa.root))
    assert "is not valid" in refused(three, *argv, code=4)
    stamped(three, tmp_path, tsa)
    out = done(three, "log", "verify", "--tsa-root", str(tsa.root))
    assert "1 time stamp by another authority was not verified" in out
    both = ("--tsa-root", str(tsa.root), "--tsa-root", str(other.root))
    assert "not verified" not in done(three, "log", "verify", *both)


def test_a_stamp_of_another_log_or_of_anything_is_not_stored(
    three: Run, tmp_path: Path, tsa: Authority
) -> None:
    query, response = tmp_path / "query.tsq", tmp_path / "response.tsr"
    done(three, "log", "stamp", "--request", str(query))
    data = query.read_bytes()
    place = data.index(b"\x04\x20") + 5
    response.write_bytes(tsa.reply(data[:place] + b"\0" + data[place + 1 :]))
    err = refused(three, "log", "stamp", "--token", str(response), code=4)
    assert "on none of the last 3 states" in err
    response.write_bytes(b"no response")
    err = refused(three, "log", "stamp", "--token", str(response), code=4)
    assert "not a response of a time-stamp authority" in err
    for argv in ((), ("--request", str(query), "--token", "x")):
        refused(three, "log", "stamp", *argv)
    refused(three, "log", "stamp", "--token", str(response), "--tsa-root", str(response))
    assert printed(three, "log", "verify")["stamps"] == []


def test_stamps_are_in_a_backup(three: Run, tmp_path: Path, tsa: Authority) -> None:
    stamped(three, tmp_path, tsa)
    backup, restored = tmp_path / "backup", ("--log", str(tmp_path / "restored.log"))
    done(three, "log", "backup", str(backup))
    done(three, *restored, "log", "restore", str(backup))
    assert "Stamped: 3 entries" in done(
        three, *restored, "log", "verify", "--tsa-root", str(tsa.root)
    )


@pytest.mark.file
def test_a_stored_stamp_that_was_changed_is_refused(
    run: Run, tmp_path: Path, tsa: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "office.log"
    monkeypatch.setenv("ORDERWATCH_LOG", str(log))
    done(run, "init")
    add(run)
    stamped(run, tmp_path, tsa)
    stamped(run, tmp_path, tsa)
    root = ("--tsa-root", str(tsa.root))
    assert done(run, "log", "verify", *root).count("Stamped: ") == 2
    tampering(log, "UPDATE attestation SET value = CAST(value || x'00' AS BLOB) WHERE rowid = 1")
    err = refused(run, "log", "verify", *root, code=4)
    assert "the time stamp on the first 1 entries was changed" in err


@pytest.fixture
def serve(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Callable[[bytes], bytes]], str]]:
    """Serve a time-stamp authority."""
    certificate = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(certificate))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with ExitStack() as stack:

        def start(reply: Callable[[bytes], bytes]) -> str:
            def answer(handler: BaseHTTPRequestHandler) -> None:
                assert handler.headers["Content-Type"] == "application/timestamp-query"
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                data = reply(body)
                status = 200 if data else 400
                kind = "application/timestamp-reply"
                send(handler, data, status=status, CONTENT_TYPE=kind)

            return stack.enter_context(answering(served(authority), answer)) + "/tsr"

        yield start


def test_an_authority_is_asked_over_https(
    three: Run, tsa: Authority, serve: Callable[[Callable[[bytes], bytes]], str]
) -> None:
    root = ("--tsa-root", str(tsa.root))
    out = done(three, "log", "stamp", "--tsa", serve(tsa.reply), *root)
    assert "3 entries existed before" in out
    first: list[bytes] = []

    def replay(query: bytes) -> bytes:
        first.append(query)
        return tsa.reply(first[0])

    address = serve(replay)
    done(three, "log", "stamp", "--tsa", address)
    err = refused(three, "log", "stamp", "--tsa", address, code=4)
    assert "answers another request" in err
    err = refused(three, "log", "stamp", "--tsa", serve(lambda _query: b""), code=4)
    assert "the authority refused the request (400)" in err
    err = refused(three, "log", "stamp", "--tsa", "https://localhost:1/tsr", code=5)
    assert "not reached" in err


def test_a_dossier_has_the_stamps_on_its_checkpoint(
    three: Run, tmp_path: Path, tsa: Authority
) -> None:
    stamped(three, tmp_path, tsa)
    add(three)
    done(three, "dossier", "--entry", "2", "-o", str(tmp_path / "claim.zip"))
    place = unpack(tmp_path / "claim.zip", tmp_path / "unpacked")
    code, out = verify(place, bare=True)
    assert (code, "NOT CHECKED: stamp '1.tsr'" in out) == (0, True)
    text = (place / "VERIFY.txt").read_text("utf-8")
    commands = re.findall(r"^   ((?:head|openssl) .*)$", text, re.MULTILINE)
    script = " && ".join(commands).replace("root.pem", str(tsa.root))
    result = subprocess.run(  # noqa: S602 - our own instructions
        script, shell=True, cwd=place, capture_output=True, text=True, check=False
    )
    assert (result.returncode, "Verification: OK" in result.stdout) == (0, True), result.stderr
    done(three, "dossier", "--entry", "4", "-o", str(tmp_path / "later.zip"))
    with zipfile.ZipFile(tmp_path / "later.zip") as archive:
        assert not [name for name in archive.namelist() if "stamps" in name]
