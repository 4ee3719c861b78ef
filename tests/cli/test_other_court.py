"""A register of another court goes through every command, and names that court."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest

from orderwatch import clock
from orderwatch.cli.command_docs import COMMAND_DOCS
from orderwatch.model import CitationStyle
from orderwatch.register import load_register, packaged_path
from orderwatch.site import Document
from tests.conftest import Run
from tests.support.channels import KEY, SIGNER
from tests.support.log_commands import ASSESSED, NOTE, SUBMITTED, adding
from tests.support.mail_settings import configure
from tests.support.paths import CASES
from tests.support.smtp_servers import office
from tools.channel import add

HAMBURG = CASES / "hamburg.toml"
TODAY = date(2026, 11, 15)
ICJ = re.compile(
    r"\bICJ\b|International Court|The Hague|Amsterdam|icj-cij|Peace Palace|need not be public"
)
READING = [
    *(("status", *more) for more in ((), ("--all",), ("crew",), ("--timeline",))),
    ("countdown",),
    *(("show", name) for name in ("albatross", "release", "crew/1", "12-26", "13")),
    *(("explain", name) for name in ("release", "crew/1@2026-12-15", "13")),
    ("orders",),
    ("log",),
    ("check",),
    ("remind", "--dry-run", "--before", "30"),
    ("remind", "--list"),
]


FORMATS = ("table", "plain", "json", "csv", "markdown")
FORMATTED = [
    *("status", "status --all", "status crew", "countdown", "show albatross", "show release"),
    *("show crew/1", "show 13", "explain crew", "explain release/2@2026-10-15", "orders"),
    *("orders list --party Atlantis", "log", "log list albatross", "log show 1", "log show 3"),
    *("find albatross", "find vessel", "deadlines", "changes --since 2026-10-01"),
]
UNFORMATTED = [
    *("status --timeline", "check", "check release", "remind --dry-run --before 30"),
    *("remind --before 30", "log verify", "log checkpoint", "log export", "register validate"),
    *("open release", "open crew/1 --source 1", "version", "help status", "config edit"),
    *(f"cite release/2 --style {style}" for style in CitationStyle),
    *(
        f"{words} --format {name}"
        for words in ("config", "doctor", "remind --list")
        for name in ("table", "plain", "json")
    ),
]


class Session:
    """Run commands of one home, and record what they print.

    Only `--help` and `help` of all commands are not run: there the program describes
    itself, with the register that ships. `schema`, too, documents the program, and names
    no court.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self.texts: dict[str, str] = {}
        """What each call printed, on both streams."""

    def __call__(
        self, *words: str, stdin: str = "", codes: tuple[int, ...] = (0,), today: date = TODAY
    ) -> str:
        """Run a command; return its standard output."""
        code, out, err = self._run(*words, stdin=stdin, today=today)
        assert code in codes, f"{words}: {code}: {err}"
        self.texts[" ".join(words)] = f"{out}\n{err}"
        return out

    def add_file(self, path: Path) -> None:
        """Record a file that a command wrote."""
        self.texts[str(path)] = path.read_bytes().decode("utf-8", errors="replace")


@pytest.fixture
def hamburg(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the register of the tribunal in Hamburg."""
    monkeypatch.setenv("ORDERWATCH_ORDERS", str(HAMBURG))


@pytest.mark.usefixtures("hamburg")
def test_no_command_names_the_icj(
    run: Run, sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "true")
    session = Session(run)
    session("init", "--yes", "--recorder", "Desk")
    session("init", "--sql", "--log", "postgresql://localhost/orders")
    _write_log(session, tmp_path)
    for words in FORMATTED:
        for name in FORMATS:
            session(*words.split(), "--format", name)
    for words in UNFORMATTED:
        session(*words.split(), codes=(0, 1, 2) if words.startswith("check") else (0,))
    session("log", "backup", str(tmp_path / "hamburg.backup"))
    restored = ("--log", str(tmp_path / "restored.log"))
    session(*restored, "log", "restore", str(tmp_path / "hamburg.backup"))
    _publish(session, tmp_path)
    _write_to_others(session, sealed, tmp_path)
    session("register", "new", str(tmp_path / "new.toml"))
    session("register", "validate", str(tmp_path / "new.toml"))
    session.add_file(tmp_path / "new.toml")
    for name in session("schema").split():
        session("schema", name)
    _update_register(session, run, tmp_path)
    # It compares with the list of the ICJ, and says so before it sends a request.
    out = session("court", "check", codes=(2,))
    assert "Harbour Tribunal: name one of the International Court of Justice" in out
    assert {name for name in COMMAND_DOCS if not _is_run(session, name)} == set()
    named = {name for name, text in session.texts.items() if ICJ.search(text)}
    assert named == {"court check"}
    assert "Harbour Tribunal" in session.texts["status --format plain"]


def _is_run(session: Session, name: str) -> bool:
    return any(f" {name} " in f" {words} " for words in session.texts)


def _write_log(session: Session, folder: Path) -> None:
    """Call each command of the log that writes, or that proves what was written."""
    key, proof, checkpoint = (folder / name for name in ("key", "proof", "checkpoint"))
    session(*adding("crew/1", base=NOTE, attach=str(HAMBURG)))
    session(*adding("release/2", base=ASSESSED, on="2026-10-20"))
    session(*adding("release/2", base=SUBMITTED, on="2026-10-20", by="Ruritania", access="public"))
    session(*adding("13", base=NOTE, private=True))
    session("log", "add", "--file", "-", stdin=json.dumps({**NOTE, "about": ["12-26"]}))
    session("log", "correct", "1", "--summary", "Rang the Registry of the Tribunal.")
    session("log", "retract", "4", "--why", "Another case.")
    session("log", "redact", "5", "--why", "A name.", "--yes")
    vkey = session("log", "keygen", str(key)).strip()
    checkpoint.write_text(session("log", "checkpoint", "--sign", str(key)), encoding="utf-8")
    proof.write_text(session("log", "prove", "3", "--sign", str(key)), encoding="utf-8")
    session("log", "verify-proof", str(proof), "--key", vkey)
    session("log", "verify", "--checkpoint", str(checkpoint), "--key", vkey)
    session("log", "reindex")
    session("log", "recorder", "add", "6" * 64, "--name", "Desk")
    session("log", "recorder", "list")
    session("log", "recorder", "revoke", "6" * 64)
    session("log", "recorder", "--help")
    lines = session("log", "export")
    session("log", "import", "-", stdin=lines)
    _attest(session, folder)


def _attest(session: Session, folder: Path) -> None:
    """Hand an entry over, have the log cosigned, ask for a stamp, and write a dossier."""
    request, answer, key = (folder / name for name in ("request", "answer", "log.vkey"))
    hand = ("--from", "Ana", "--to", "Ben", "--on", "2026-11-10", "--what", "a letter")
    session("log", "handover", "3", *hand)
    key.write_text(session("log", "witness", "--request", "-o", str(request)), encoding="utf-8")
    witness = session("witness", "add", str(key)).strip()
    session("witness", "--help")
    answer.write_text(session("witness", "sign", str(request)), encoding="utf-8")
    session("log", "witness", "--merge", str(answer), "--key", witness)
    session("log", "stamp", "--request", str(folder / "query"))
    session("mcp")
    session("dossier", "release/2", "-o", str(folder / "dossier.zip"))
    with ZipFile(folder / "dossier.zip") as pages:
        for name in pages.namelist():
            session.texts[f"dossier {name}"] = pages.read(name).decode(errors="replace")


def _update_register(session: Session, run: Run, folder: Path) -> None:
    """Update the register from a channel of the tribunal, and go back."""
    channel, old, new = (folder / name for name in ("channel", "old.toml", "next.toml"))
    session("config", "set", "releases.from", str(channel))
    session("config", "set", "releases.key", KEY)
    session("config", "get", "releases.from")
    today = load_register(packaged_path()).reviewed + timedelta(days=1)
    text = re.sub(r"(?m)^reviewed = .*$", f"reviewed = {today}", HAMBURG.read_text("utf-8"))
    for path, label in ((old, "Release the vessel"), (new, "Release the ship")):
        path.write_text(text.replace('"Release the vessel"', f'"{label}"'), encoding="utf-8")
        add(channel, path, today + timedelta(days=90), SIGNER)
        if path == old:
            # Not recorded: it lists what differs from the register that ships.
            assert run("register", "update", today=today)[0] == 0
    session("register", "check", codes=(1,), today=today)
    assert "Release the ship" in session("register", "update", today=today)
    session("register", "diff", str(old), "installed", today=today)
    for name in ("table", "plain", "json"):
        session("register", "status", "--format", name, today=today)
    session("register", "rollback", today=today)


def _publish(session: Session, folder: Path) -> None:
    """Export each document, and publish the folder with all its files."""
    for document in Document:
        session("export", document.value, "--output", str(folder / document.value))
    site = folder / "site"
    url = ("--base-url", "https://harbour.example/")
    session("publish", str(site), *url, "--evidence", "--sign", str(folder / "key"))
    paths = [path for path in site.rglob("*") if path.is_file()]
    assert {path.suffix for path in paths} >= {".html", ".ics", ".atom", ".csv", ".json", ".xml"}
    exported = [path for form in Document for path in (folder / form.value).rglob("*")]
    exported += [folder / form.value for form in Document if form is not Document.DATAPACKAGE]
    for path in (*paths, *exported):
        session.add_file(path)


def _write_to_others(session: Session, home: Path, folder: Path) -> None:
    """Send a reminder by mail; record its text, its page and its calendar."""
    with office() as server:
        configure(home, server.port)
        session("remind", "--before", "30", "--mail-to", "desk@example.org")
        session("remind", "--test", "desk@example.org")
    assert len(server.arrived) == 2
    for number, (_, message) in enumerate(server.arrived):
        parts = [part for part in message.walk() if not part.is_multipart()]
        assert len(parts) >= 3
        for index, part in enumerate(parts):
            path = folder / f"mail-{number}-{index}"
            path.write_text(f"{message['subject']}\n{part.get_content()}", encoding="utf-8")
            session.add_file(path)


@pytest.mark.usefixtures("hamburg")
@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_no_answer_names_the_icj(run: Run, words: tuple[str, ...]) -> None:
    run(*adding("crew/1", base=NOTE), today=TODAY)
    code, out, err = run(*words, today=TODAY)
    assert code == 0 or words[0] == "check", err
    assert out or words[0] == "remind"
    assert ICJ.findall(out + err) == []


@pytest.mark.usefixtures("hamburg")
@pytest.mark.parametrize("style", ["table", "plain", "json", "csv", "markdown"])
@pytest.mark.parametrize(
    "words", [("status",), ("show", "release"), ("explain", "crew"), ("orders",)]
)
def test_no_format_names_the_icj(run: Run, words: tuple[str, ...], style: str) -> None:
    code, out, err = run(*words, "--format", style, today=TODAY)
    assert (code, err) == (0, "")
    assert ICJ.findall(out) == []


@pytest.mark.usefixtures("hamburg")
@pytest.mark.parametrize("document", list(Document))
def test_no_document_names_the_icj(run: Run, document: Document, tmp_path: Path) -> None:
    path = tmp_path / "document"
    code, out, err = run("export", document.value, "--output", str(path), today=TODAY)
    assert (code, err) == (0, "")
    files = list(path.iterdir()) if path.is_dir() else [path]
    text = "".join(file.read_bytes().decode("utf-8", errors="replace") for file in files)
    assert text
    assert ICJ.findall(out + text) == []


@pytest.mark.usefixtures("hamburg")
def test_a_published_folder_names_its_court(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    code, _, err = run("publish", str(folder), today=TODAY)
    assert code == 0, err
    texts = {
        path.relative_to(folder): path.read_text(encoding="utf-8", errors="replace")
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert [path for path, text in texts.items() if ICJ.search(text)] == []
    assert "Harbour Tribunal" in texts[Path("index.html")]
    assert Path("cases/12-26/index.html") in texts
    assert Path("orders/12-26-2026-09-01-2/index.html") in texts


@pytest.mark.usefixtures("hamburg")
def test_the_head_names_the_court_of_the_register(run: Run) -> None:
    out = run("status", "--format", "plain", today=TODAY)[1]
    assert out.startswith("about: Harbour Tribunal, provisional measures")
    assert "Europe/Berlin" in out


def test_a_register_without_a_court_names_none_and_counts_in_utc(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = HAMBURG.read_text(encoding="utf-8")
    start, end = text.index("[court]"), text.index("[state.Ruritania]")
    path = tmp_path / "bare.toml"
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    # In Hamburg it is the 16th.
    night = datetime(2026, 11, 15, 23, 30, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: night)
    out = run("--orders", str(path), "status", "--format", "plain", today=None)[1]
    assert "as of: 2026-11-15 (Sunday 15 November 2026, UTC)" in out
    assert "Tribunal, provisional" not in out
    assert ICJ.findall(out) == []
    monkeypatch.setenv("ORDERWATCH_ORDERS", str(HAMBURG))
    assert "as of: 2026-11-16" in run("status", "--format", "plain", today=None)[1]
