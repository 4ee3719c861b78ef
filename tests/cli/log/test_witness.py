"""`log witness` and `witness`: three homes without a network, and a witness by HTTPS."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import trustme

from orderwatch.errors import LogError
from orderwatch.log.formats.signed_note import Verifier
from orderwatch.witness import Witness, parse_request
from tests.conftest import Run
from tests.support.dossiers import unpack, verify
from tests.support.https_server import answering, send
from tests.support.log_commands import add, adding, done, printed, refused
from tests.support.tampering import tampering
from tests.support.tls import served

pytestmark = pytest.mark.usefixtures("owned")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def three(run: Run) -> Run:
    """Log three events."""
    for day in ("25", "26", "27"):
        add(run, on=f"2024-06-{day}")
    return run


@pytest.fixture
def at(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run a command in the home of a partner; return its output."""

    def command(home: str, *argv: str, code: int = 0) -> str:
        with monkeypatch.context() as other:
            other.setenv("XDG_DATA_HOME", str(tmp_path / home))
            other.delenv("ORDERWATCH_LOG", raising=False)
            found, out, err = run(*argv)
        assert found == code, err
        return err if code else out

    return command


def ask(run: Run, path: Path, *argv: str) -> str:
    """Write a request; return the public key of the log."""
    key = done(run, "log", "witness", "--request", "-o", str(path), *argv).strip()
    code, out, err = run("log", "witness", "--request", *argv)
    assert (code, out, key in err) == (0, path.read_text("utf-8"), True)
    return key


def test_three_homes_without_a_network_are_a_quorum_of_two(
    three: Run, at: Callable[..., str], tmp_path: Path
) -> None:
    request, policy = tmp_path / "request.txt", tmp_path / "policy.txt"
    log = ask(three, request)
    keys = [at(name, "witness", "add", log).strip() for name in ("ana", "ben", "cem")]
    lines = [f"witness W{n} {key}" for n, key in enumerate(keys)]
    text = "\n".join([f"log {log}", *lines, "group all-of-them 2 W0 W1 W2", "quorum all-of-them"])
    policy.write_text(f"{text}\n", "utf-8")
    check = ("log", "verify", "--policy", str(policy))
    assert "no checkpoint of the log is cosigned" in refused(three, *check, code=4)
    answers = []
    for name in ("ana", "ben"):
        answer = tmp_path / f"{name}.txt"
        answer.write_text(at(name, "witness", "sign", str(request)), "utf-8")
        answers.append(str(answer))
    merge = ("log", "witness", "--merge")
    assert "is unknown: name its public key" in refused(three, *merge, answers[0], code=4)
    out = done(three, *merge, answers[0], "--key", keys[0])
    assert "cosigned the first 3 entries at 2026-11-23" in out
    err = refused(three, *check, code=4)
    assert "its quorum is 'all-of-them'" in err
    done(three, *merge, answers[1], "--policy", str(policy))
    assert "Cosigned: 3 entries, by W0 at " in done(three, *check)
    found = printed(three, *check)["cosigned"]
    assert (found["entries"], [item["name"] for item in found["witnesses"]]) == (3, ["W0", "W1"])
    add(three)
    # The last state is not cosigned; the one before is, and the log continues it.
    assert "Cosigned: 3 entries" in done(three, *check)
    proof = tmp_path / "proof"
    proof.write_text(done(three, "log", "prove", "2", "--cosigned"), "utf-8")
    out = done(three, "log", "verify-proof", str(proof), "--policy", str(policy))
    assert "cosigned: by W1 at 2026-11-23T" in out
    path = tmp_path / "claim.zip"
    done(three, "dossier", "--entry", "2", "-o", str(path))
    place = unpack(path, tmp_path / "unpacked")
    code, out = verify(place)
    assert (code, out.count("NOT CHECKED")) == (0, 2), out
    named = str(place / "proofs" / "2.tlog-proof")
    assert "cosigned: by " in done(three, "log", "verify-proof", named, "--policy", str(policy))
    changed = proof.read_text("utf-8")[:-5] + "AAA=\n"
    proof.write_text(changed, "utf-8")
    refused(three, "log", "verify-proof", str(proof), "--policy", str(policy), code=4)
    # A partner who missed a request signs from where it stopped.
    log = ask(three, request)
    for name in ("ana", "ben", "cem"):
        line = at(name, "witness", "sign", str(request)).strip()
        done(three, *merge, line, "--policy", str(policy))
    assert "Cosigned: 4 entries, by W0 at " in done(three, *check)


def test_a_log_that_was_cut_gets_no_cosignature(
    three: Run, at: Callable[..., str], tmp_path: Path
) -> None:
    request, early = tmp_path / "request.txt", tmp_path / "early.txt"
    at("ana", "witness", "add", ask(three, early))
    add(three)
    ask(three, request)
    at("ana", "witness", "sign", str(request))
    err = at("ana", "witness", "sign", str(early), code=4)
    assert "cosigned 4 entries of the log, and the request has 3" in err
    err = at("ana", "witness", "sign", str(request), code=4)
    assert "--request --old 4" in err
    ask(three, request, "--old", "4")
    at("ana", "witness", "sign", str(request))
    code, _, err = three("log", "witness", "--request", "--old", "9")
    assert (code, "the log has 4: it was cut" in err) == (4, True)


def test_a_cosignature_of_another_log_is_not_merged(
    three: Run, at: Callable[..., str], tmp_path: Path
) -> None:
    request = tmp_path / "request.txt"
    key = at("ana", "witness", "add", ask(three, request)).strip()
    line = at("ana", "witness", "sign", str(request)).strip()
    merge = ("log", "witness", "--merge")
    changed = line[:-9] + ("A" if line[-9] != "A" else "B") + line[-8:]
    for text in (changed, f"{changed}\n{line}"):
        assert "on none of the last 3" in refused(three, *merge, text, "--key", key, code=4)
    assert "not a signature line" in refused(three, *merge, "\N{EM DASH} x", code=4)
    assert printed(three, "log", "verify")["cosigned"] is None
    for argv in ((), ("--request", "--merge", line), ("--to", "https://x.example/")):
        refused(three, "log", "witness", *argv)


def test_what_was_attested_is_in_a_backup(
    three: Run, at: Callable[..., str], tmp_path: Path
) -> None:
    request, policy = tmp_path / "request.txt", tmp_path / "policy.txt"
    key = at("ana", "witness", "add", ask(three, request)).strip()
    policy.write_text(f"witness ana {key}\nquorum ana\n", "utf-8")
    line = at("ana", "witness", "sign", str(request)).strip()
    done(three, "log", "witness", "--merge", line, "--key", key)
    backup = tmp_path / "backup"
    done(three, "log", "backup", str(backup))
    restored = ("--log", str(tmp_path / "restored.log"))
    done(three, *restored, "log", "restore", str(backup))
    assert "Cosigned: 3 entries, by ana at " in done(
        three, *restored, "log", "verify", "--policy", str(policy)
    )


@pytest.mark.file
def test_a_log_that_was_rewritten_does_not_fit_its_cosignatures(
    run: Run, at: Callable[..., str], tmp_path: Path
) -> None:
    log = ("--log", str(tmp_path / "office.log"))
    done(run, *log, "init")
    done(run, *log, *adding())
    request = tmp_path / "request.txt"
    vkey = done(run, *log, "log", "witness", "--request", "-o", str(request)).strip()
    key = at("ana", "witness", "add", vkey).strip()
    line = at("ana", "witness", "sign", str(request)).strip()
    done(run, *log, "log", "witness", "--merge", line, "--key", key)
    tampering(tmp_path / "office.log", "UPDATE attestation SET root = zeroblob(32)")
    err = refused(run, *log, "log", "verify", code=4)
    assert "the first 1 entries do not match a checkpoint" in err


@pytest.fixture
def serve(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Witness], str]]:
    """Serve a witness by the protocol of the public network."""
    certificate = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(certificate))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with ExitStack() as stack:

        def start(witness: Witness) -> str:
            def answer(handler: BaseHTTPRequestHandler) -> None:
                body = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
                assert (handler.command, handler.path) == ("POST", "/w/add-checkpoint")
                [proof] = parse_request(body)
                sizes = {log.origin: log.size for log in witness.logs()}
                origin = proof.checkpoint.origin
                if origin not in sizes:
                    send(handler, b"unknown log\n", status=404)
                elif proof.old_size != sizes[origin]:
                    body = f"{sizes[origin]}\n"
                    kind = "text/x.tlog.size"
                    send(handler, body.encode(), status=409, CONTENT_TYPE=kind)
                else:
                    try:
                        line = witness.sign(proof.to_text(), NOW)
                    except LogError as error:
                        send(handler, str(error).encode(), status=422)
                    else:
                        send(handler, f"{line}\n".encode(), CONTENT_TYPE="text/plain")

            return stack.enter_context(answering(served(authority), answer)) + "/w"

        yield start


def test_a_witness_of_the_network_cosigns_once_a_day(
    three: Run, serve: Callable[[Witness], str], tmp_path: Path
) -> None:
    witness = Witness(tmp_path / "witness")
    other = Verifier.parse(ask(three, tmp_path / "request.txt"))
    url = serve(witness)
    vkey = str(witness.add(Verifier(name="example.org/other", public=other.public)))
    send_it = ("log", "witness", "--to", url, "--key", vkey)
    assert "refused the checkpoint (404): unknown log" in refused(three, *send_it, code=4)
    witness.add(other)
    assert "cosigned the first 3 entries" in done(three, *send_it)
    assert "Nothing was sent: the witness cosigned at 2026-11-23" in done(three, *send_it)
    add(three)
    policy = tmp_path / "policy"
    policy.write_text(f"witness net {vkey} {url}/\nquorum net\n", "utf-8")
    by_policy = ("log", "witness", "--to", url, "--policy", str(policy), "--again")
    assert "cosigned the first 4 entries" in done(three, *by_policy)
    assert "Cosigned: 4 entries" in done(three, "log", "verify", "--policy", str(policy))
    wrong = str(Verifier(name="w", public=other.public, type=b"\4"))
    add(three)
    err = refused(three, "log", "witness", "--to", url, "--key", wrong, code=4)
    # It has no size of this witness, so it sent the proof from 0 and then from 4.
    assert "signed with another key, of 'orderwatch/witness/" in err


def test_a_witness_that_is_not_there_is_asked_again_later(three: Run, tmp_path: Path) -> None:
    key = str(Witness(tmp_path / "w").add(Verifier.parse(ask(three, tmp_path / "request"))))
    err = refused(three, "log", "witness", "--to", "https://localhost:1/", "--key", key, code=5)
    assert "not reached" in err
    err = refused(three, "log", "witness", "--to", "http://localhost/", "--key", key, code=4)
    assert "not an https URL" in err
