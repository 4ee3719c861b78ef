"""What each help says is true: its examples work, and it says what they touch."""

import json
import os
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from shutil import copytree

import pytest
import trustme

from orderwatch.cli.command_docs import COMMAND_DOCS, EXIT_CODES
from orderwatch.cli.lazy_group import COMMANDS, SECTIONS
from orderwatch.errors import OrderwatchError
from orderwatch.log.formats.signed_note import Verifier
from orderwatch.register import court_list, load_register, packaged_path
from orderwatch.witness import Witness, parse_request
from tests.conftest import Run
from tests.support.channels import KEY, SIGNER
from tests.support.commands import HELPS, result
from tests.support.court_pages import OTHERS, Row, page, rows_of, time_limits
from tests.support.day import TODAY
from tests.support.entries import public
from tests.support.folder_state import untouched
from tests.support.https_server import answering, send
from tests.support.log_commands import NOTE, SUBMITTED, adding, done
from tests.support.paths import GOLDEN, SMALL
from tests.support.smtp_servers import office
from tests.support.timestamp_authorities import Authority
from tests.support.timestamp_authorities import make as make_authority
from tests.support.tls import served
from tools.channel import add

WITNESS, TSA = "https://witness.example", "https://freetsa.org"
SIZE = 4
"""Entries of the log of the examples."""
NOW = datetime(2026, 11, 20, tzinfo=UTC)
EXAMPLE = re.compile(r"^    (orderwatch .*)$", re.MULTILINE)


def make(place: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make what the examples name: files, and a log of three entries."""
    monkeypatch.chdir(place)
    with monkeypatch.context() as other:
        other.setenv("ORDERWATCH_LOG", str(place / "partner.log"))
        done(run, "init")
        done(run, *adding(base=NOTE))
        done(run, "log", "export", "--output", "partner.jsonl")
    for day in ("2024-06-01", "2024-06-02", "2024-06-03"):
        done(run, *adding(base=NOTE, on=day))
    done(run, "--log", "office.log", "init")
    Path("office.pub").write_text(done(run, "log", "keygen", "office.key"))
    partner = Verifier(name="example.org/partner", public=bytes.fromhex(public(b"p" * 32)))
    Path("partner.pub").write_text(f"{partner}\n")
    done(run, "log", "recorder", "add", "partner.pub")
    done(run, "log", "export", "--output", "log.jsonl")
    done(run, "log", "backup", "monday.backup")
    Path("partner.checkpoint").write_text(done(run, "log", "checkpoint"))
    Path("entry-3.proof").write_text(done(run, "log", "prove", "3"))
    Path("growth.proof").write_text(done(run, "log", "prove", "--since", "partner.checkpoint"))
    _attest(place, run)
    Path("my-orders.toml").write_bytes(SMALL.read_bytes())
    Path("page.pdf").write_bytes(b"%PDF")
    Path("event.json").write_text(json.dumps({"about": ["rafah/3"], **SUBMITTED}))
    Path("decisions.html").write_text(_court_page(), encoding="utf-8")
    _install_release(run)


def _attest(place: Path, run: Run) -> None:
    """Make this home a witness; have another witness and an authority answer requests."""
    vkey = done(run, "log", "witness", "--request", "-o", "request.txt")
    Path("office.vkey").write_text(vkey)
    assert run("witness", "add", "office.vkey", "--name", "example.org/desk")[0] == 0
    witness = Witness(place / "net")
    public_key = witness.add(Verifier.parse(vkey))
    Path("witnesses.txt").write_text(f"witness net {public_key} {WITNESS}/\nquorum net\n")
    line = witness.sign(Path("request.txt").read_text(), NOW)
    Path("answer.txt").write_text(f"{line}\n")
    authority = make_authority(place / "tsa", "Example")
    Path("freetsa.pem").write_bytes(authority.root.read_bytes())
    done(run, "log", "stamp", "--request", "query.tsq")
    Path("reply.tsr").write_bytes(authority.reply(Path("query.tsq").read_bytes()))


def _post(place: Path, path: str, body: bytes) -> bytes:
    """Answer a request to the witness or the authority."""
    if path == "/tsr":
        return Authority(place / "tsa").reply(body)
    return f"{Witness(place / 'net').sign(body.decode(), NOW)}\n".encode()


def _court_page() -> str:
    """Return the Court's list with an order that the register lacks."""
    new: Row = (
        *(203, date(2026, 11, 20), "ORD", "Request for the indication of provisional measures"),
        "Rights of Passage (Ruritania v. Graustark)",
    )
    rows = rows_of(load_register(packaged_path()).orders)
    return page([*OTHERS, *rows, *time_limits(date(2000, 1, 4), TODAY), new])


def _install_release(run: Run) -> None:
    """Install the first release of a channel that has two."""
    text = packaged_path().read_text(encoding="utf-8")
    text = re.sub(r"(?m)^reviewed = .*$", f"reviewed = {TODAY}", text, count=1)
    configure_releases()
    for name, label in (("old-orders.toml", "Old"), ("new-orders.toml", "New")):
        content = re.sub(r"(?m)^( *label) = .*$", rf'\1 = "{label}"', text, count=1)
        Path(name).write_text(content, encoding="utf-8")
        add(Path("register"), Path(name), date(2027, 2, 21), SIGNER)
        if label == "Old":
            done(run, "register", "update")


def configure_releases() -> None:
    """Configure the channel in the current folder, and its key."""
    path = Path(os.environ["XDG_CONFIG_HOME"], "orderwatch", "config.toml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'[releases]\nfrom = "{Path.cwd() / "register"}"\nkey = "{KEY}"\n')


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep what `make` made: it takes a second, and there are many examples."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def address(kept: Path, authority: trustme.CA) -> Iterator[str]:
    """Serve, in place of the Court and of a publisher of releases, what `make` made."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.command == "GET":
            send(handler, (kept / "place" / handler.path[1:]).read_bytes())
            return
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        proofs = [] if handler.path == "/tsr" else parse_request(body.decode())
        if any(proof.old_size != SIZE for proof in proofs):
            send(handler, f"{SIZE}\n".encode(), status=409)
        else:
            send(handler, _post(kept / "place", handler.path, body))

    authority.cert_pem.write_to_path(str(kept / "authority.pem"))
    with answering(served(authority), answer) as address:
        yield address


@pytest.fixture
def world(  # noqa: PLR0913, PLR0917 - fixtures
    kept: Path,
    address: str,
    tmp_path: Path,
    sealed: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Work where there is what the examples name."""
    if not (kept / "place").exists():
        make(tmp_path, run, monkeypatch)
        copytree(tmp_path, kept / "place")
        copytree(sealed, kept / "home")
    copytree(kept / "place", tmp_path, dirs_exist_ok=True)
    copytree(kept / "home", sealed, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VISUAL", "true")
    configure_releases()
    policy = tmp_path / "witnesses.txt"
    policy.write_text(policy.read_text().replace(WITNESS, address))
    monkeypatch.setenv("SSL_CERT_FILE", str(kept / "authority.pem"))
    monkeypatch.setattr(court_list, "URL", f"{address}/decisions.html")
    return tmp_path


HELP_FILES = sorted((GOLDEN / "cli" / "help").glob("*.txt"))
EXAMPLES = [
    (file.stem, line) for file in HELP_FILES for line in EXAMPLE.findall(file.read_text("utf-8"))
]
"""Of every help: `test_cli.py` holds the files against what is printed."""
PERSON = {
    "orderwatch log add rafah/3": (*SUBMITTED.values(), "y"),
    "orderwatch log add rafah/3 --kind submission --on 2024-06-24": (
        *(text for key, text in SUBMITTED.items() if key not in {"kind", "on"}),
        "y",
    ),
    'orderwatch log redact 3 --why "a witness at risk"': ("y",),
}
"""What a person answers who is asked."""
INPUT = {"orderwatch court check - --draft new-orders.toml": "decisions.html"}
"""The file that is read from standard input, where the example leaves it to a pipe."""
WRITTEN = {
    "orderwatch init --mail-host smtp.example.org --mail-from desk@example.org": (
        "~/config/orderwatch/config.toml"
    ),
    "orderwatch log keygen office.key": "office.key",
    "orderwatch register new new-orders.toml": "new-orders.toml",
    "orderwatch court check - --draft new-orders.toml": "new-orders.toml",
}
"""Files that must not exist before an example, since it writes them."""
CODES = {"check": {1, 2}, "court check": {1}, "register check": {1}}
"""Exit codes of the commands that report a state, where it is not 0."""


@pytest.mark.parametrize("file", HELP_FILES, ids=lambda file: file.stem)
def test_each_command_has_two_or_three_examples(file: Path) -> None:
    assert len(EXAMPLE.findall(file.read_text("utf-8"))) in {2, 3}


def command_of(line: str) -> str:
    """Return the command that an example calls."""
    words = shlex.split(line)[1:]
    names = [" ".join(words[:count]) for count in range(len(words) + 1)]
    return max((name for name in names if name in COMMAND_DOCS), key=len, default="")


def parts(line: str, address: str) -> tuple[list[str], str, str]:
    """Split an example: its arguments, and the files it reads from and writes to."""
    command, _, target = line.partition(" > ")
    command, _, source = command.partition(" < ")
    # It would run until interrupted: `test_processes.py` does that.
    line = command.replace("~", os.environ["HOME"])
    line = line.replace("https://example.org/register", f"{address}/register")
    line = line.replace(WITNESS, address).replace(TSA, address)
    line = line.replace("/media/usb/register", "register")
    argv = [word for word in shlex.split(line)[1:] if word != "--live"]
    return argv, source, target


@pytest.mark.parametrize(
    "line", dict.fromkeys(line for _, line in EXAMPLES if "--mail-to" not in line)
)
def test_every_example_works(run: Run, world: Path, address: str, line: str) -> None:
    argv, source, target = parts(line, address)
    source = INPUT.get(line, source)
    if line in WRITTEN:
        (world / Path(WRITTEN[line]).expanduser()).unlink()
    answers = PERSON.get(line)
    typed = (world / source).read_text("utf-8") if source else ""
    typed += "".join(f"{answer}\n" for answer in answers or ())
    code, out, err = run(*argv, stdin=typed, tty=bool(answers))
    assert code in CODES.get(command_of(line), {0}), err
    # What goes to a file has to be said; a run of `remind` can have nothing to say, and a server
    # without a client has nobody to answer.
    assert out or "--output" in argv or argv == ["remind"] or argv[-1] == "mcp"
    if target:
        assert out.strip()
    if line in WRITTEN:
        assert (world / Path(WRITTEN[line]).expanduser()).is_file()


def test_the_example_that_mails_does_so(run: Run, world: Path, sealed: Path, address: str) -> None:
    (line,) = [line for _, line in EXAMPLES if "--mail-to" in line]
    folder = sealed / "config" / "orderwatch"
    with office() as held:
        (folder / "config.toml").write_text(
            f'[mail]\nhost = "127.0.0.1"\nport = {held.port}\nsecurity = "none"\n'
            'from = "orderwatch@example.org"\n'
        )
        code, _, err = run(*parts(line, address)[0], today=date(2024, 6, 20))
    assert (code, err) == (0, "")
    assert held.recipients() == ["desk@example.org"]
    assert world.is_dir()


def test_there_are_no_answers_for_examples_that_are_gone() -> None:
    assert {*PERSON, *INPUT, *WRITTEN} <= {line for _, line in EXAMPLES}


def test_each_command_says_what_it_reads_and_writes(run: Run) -> None:
    assert {" ".join(words) for words in HELPS if words} == set(COMMAND_DOCS)
    for words, manual in COMMAND_DOCS.items():
        flat = " ".join(result(run, *words.split(), "--help").split())
        assert flat.endswith(" ".join(manual.epilog().split()))


READING = [
    line
    for _, line in EXAMPLES
    if (name := command_of(line)) and COMMAND_DOCS[name].writes == "nothing"
]


@pytest.mark.parametrize("line", READING)
def test_what_is_said_to_write_nothing_writes_nothing(
    run: Run, world: Path, sealed: Path, address: str, line: str
) -> None:
    with untouched(sealed, world):
        run(*parts(line, address)[0])


def test_every_command_stands_in_the_overview_once() -> None:
    assert [name for names in SECTIONS.values() for name in names] == list(COMMANDS)


def test_the_codes_are_those_of_the_errors() -> None:
    for words, manual in COMMAND_DOCS.items():
        if words != "check":
            assert set(manual.codes) <= set(EXIT_CODES)
    known = {error.exit_code for error in OrderwatchError.__subclasses__()}
    assert known == {2, 3, 4, 5} < set(EXIT_CODES)
