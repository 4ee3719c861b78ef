"""Every text file that a command reads, as Windows, mail and editors leave it.

Each kind was reported by users of other programs: a mark of Notepad, UTF-16 of PowerShell's
`>`, line ends of git and of mail, a last line feed that an editor removes, a file that was
compressed, and a web page that was saved in place of the file.
"""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support.log_commands import NOTE, add, done, refused
from tests.support.paths import SMALL

Change = Callable[[bytes], bytes]

ACCEPTED: dict[str, Change] = {
    "bom": lambda data: b"\xef\xbb\xbf" + data,
    "crlf": lambda data: data.replace(b"\n", b"\r\n"),
    "crcrlf": lambda data: data.replace(b"\n", b"\r\r\n"),
    "utf16": lambda data: data.decode().encode("utf-16"),
    "utf16be": lambda data: b"\xfe\xff" + data.decode().encode("utf-16-be"),
    "empty lines": lambda data: b"\n" + data + b"\n\n",
    "no last line feed": lambda data: data.rstrip(b"\n"),
    "two boms": lambda data: b"\xef\xbb\xbf\xef\xbb\xbf" + data,
    "bom, crlf and an empty line": lambda data: (
        b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n") + b"\r\n"
    ),
}
REFUSED: dict[str, tuple[Change, str]] = {
    "utf16 without a mark": (lambda data: data.decode().encode("utf-16-le"), "UTF-16 without"),
    "gzip": (gzip.compress, "compressed by gzip"),
    "web page": (lambda _: b"<!DOCTYPE html>\n<title>Sign in</title>\n", "is a web page or XML"),
    "csv": (lambda _: b"id,on,kind\n1,2026-01-01,note\n", "is a table (CSV)"),
    "binary": (lambda _: bytes(100), "a binary file"),
}


@pytest.fixture
def files(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write one file of each kind; the log has one entry."""
    monkeypatch.chdir(tmp_path)
    add(run, base=NOTE, speaker="Büro")
    done(run, "log", "keygen", "key")
    for name, command in {
        "export": ("log", "export"),
        "checkpoint": ("log", "checkpoint", "--sign", "key"),
        "proof": ("log", "prove", "1"),
    }.items():
        Path(name).write_bytes(done(run, *command).encode())
    Path("config").write_text('recorder = "Büro"\n', "utf-8")
    Path("event").write_text(
        '{"about":["rafah/3"],"kind":"note","on":"2024-06-01",\n'
        '"speaker":"Büro","role":"ngo","summary":"s"}\n',
        "utf-8",
    )
    Path("register").write_bytes(SMALL.read_bytes())
    Path("templates").mkdir()
    Path("templates/message.txt").write_text("Büro: {{ stop }}\n", "utf-8")
    Path("remind.toml").write_text('[remind]\ntemplates = "templates"\n')


COMMANDS = {
    "config": ("--config", "config", "config"),
    "register": ("register", "validate", "register"),
    "export": ("log", "verify", "export"),
    "event": ("log", "add", "--file", "event"),
    "checkpoint": ("log", "verify", "--checkpoint", "checkpoint"),
    "proof": ("log", "verify-proof", "proof"),
    "key": ("log", "checkpoint", "--sign", "key"),
    "templates/message.txt": (
        *("--config", "remind.toml", "remind", "--dry-run", "--before", "3000"),
        *("--as-of", "2026-11-20"),
    ),
}


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("how", ACCEPTED)
@pytest.mark.parametrize("file", COMMANDS)
def test_a_file_is_accepted(run: Run, file: str, how: str) -> None:
    if file.startswith("templates") and "empty" in how:
        return  # the text of a mail, with its empty lines
    sound = done(run, *COMMANDS[file]).rstrip("\n")
    path = Path(file)
    path.write_bytes(ACCEPTED[how](path.read_bytes()))
    if file == "event":
        assert "entries" in done(run, *COMMANDS[file])
        assert done(run, "log", "list", "--speaker", "büro").count("Büro") == 3
    else:
        assert done(run, *COMMANDS[file]).rstrip("\n") == sound


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("how", REFUSED)
@pytest.mark.parametrize("file", COMMANDS)
def test_another_file_is_named(run: Run, file: str, how: str) -> None:
    if file.startswith("templates") and how in {"web page", "csv"}:
        return  # a template is any text
    change, words = REFUSED[how]
    path = Path(file)
    path.write_bytes(change(path.read_bytes()))
    err = run(*COMMANDS[file])[2]
    assert f"{file}: {words}" in err
    assert "verify" not in err.removeprefix("orderwatch: ")
    assert "Traceback" not in err


@pytest.mark.usefixtures("files")
def test_an_export_is_read_from_standard_input_too(run: Run) -> None:
    data = Path("export").read_text("utf-8")
    assert "0 entries added, 1 already there" in done(
        run, "log", "import", "-", stdin=f"\ufeff{data}\r\n"
    )
    assert "-: is a table (CSV), not an export" in refused(
        run, "log", "import", "-", stdin="a,b,c\n"
    )


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("verb", ["import", "verify"])
@pytest.mark.parametrize("content", ["", "\n", "\ufeff", "\r\n"])
def test_an_empty_file_is_no_export(run: Run, verb: str, content: str) -> None:
    Path("export").write_text(content, "utf-8")
    assert "export: the file is empty" in refused(run, "log", verb, "export")


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("log", "verify", "--checkpoint", "proof"), "proof: is a proof, not a checkpoint"),
        (("log", "verify", "checkpoint"), "checkpoint: is another kind of file, not an export"),
        (("log", "import", "key"), "key: is a private key, not an export"),
        (("log", "checkpoint", "--sign", "export"), "export: is an export of a log, not a key"),
        (("log", "add", "--file", "config"), "config: is TOML, not an event in JSON"),
        (("--config", "event", "config"), "event: is JSON, not TOML"),
        (("--config", "checkpoint", "config"), "checkpoint: is a checkpoint, not TOML"),
        (("log", "verify", "config"), "config: is TOML, not an export"),
        (("log", "add", "--file", "export"), "export: is an export of a log, not an event"),
        (("--config", "register", "config"), "register: is a register, not a configuration"),
    ],
)
def test_one_file_for_another_is_named(run: Run, argv: tuple[str, ...], words: str) -> None:
    assert words in refused(run, *argv)


@pytest.mark.usefixtures("files")
def test_another_file_in_place_of_a_proof_is_named(run: Run) -> None:
    err = refused(run, "log", "verify-proof", "checkpoint", code=4)
    assert "checkpoint: is a checkpoint, not a proof" in err


@pytest.mark.usefixtures("files")
def test_a_configuration_is_no_register(run: Run) -> None:
    for argv in (("register", "validate", "config"), ("--orders", "config", "status")):
        assert "config: is a configuration file, not a register" in refused(run, *argv, code=3)


@pytest.mark.usefixtures("files")
def test_an_export_in_latin_1_is_named_and_nothing_is_accused(run: Run) -> None:
    path = Path("export")
    path.write_bytes(path.read_text("utf-8").encode("latin-1"))
    letter = "(0xFC, in Latin-1 or Windows-1252 ü)"
    for verb in ("verify", "import"):
        err = refused(run, "log", verb, "export", code=4)
        assert "not UTF-8 at byte" in err
        assert letter in err
        assert "backup" not in err


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("name", "words"),
    [("checkpoint", "size of the checkpoint is not a number"), ("proof", "not a proof")],
)
def test_what_a_mail_program_added_is_named_with_its_file(run: Run, name: str, words: str) -> None:
    path = Path(name)
    argv = COMMANDS[name]
    original = path.read_text("utf-8")
    for change in (lambda line: f"{line} ", lambda line: f"> {line}"):
        path.write_text("\n".join(map(change, original.split("\n"))), "utf-8")
        err = run(*argv)[2]
        assert err.startswith(f"orderwatch: {name}: "), err
        assert words in err
        assert "changed" not in err


@pytest.mark.usefixtures("files")
def test_an_answer_of_ours_is_no_event(run: Run) -> None:
    for command in (("status", "rafah"), ("log", "show", "1"), ("log", "list")):
        Path("answer").write_text(done(run, *command, "--format", "json"), "utf-8")
        err = refused(run, "log", "add", "--file", "answer")
        assert err.startswith('orderwatch: answer: is a document "orderwatch/')
        assert err.count("\n") <= 2


@pytest.mark.usefixtures("files")
def test_a_listing_as_json_is_no_export(run: Run) -> None:
    for style in ("json", "csv", "plain", "markdown"):
        Path("list").write_text(done(run, "log", "list", "--format", style), "utf-8")
        for verb in ("import", "verify"):
            err = refused(run, "log", verb, "list")
            assert ", not an export of `orderwatch log export`" in err
            assert "backup" not in err


@pytest.mark.usefixtures("files")
def test_an_export_of_two_files_with_marks_is_one(run: Run, tmp_path: Path) -> None:
    line = b"\xef\xbb\xbf" + Path("export").read_bytes()
    Path("both").write_bytes(line + line)
    log = ("--log", str(tmp_path / "new.sqlite"))
    done(run, *log, "init")
    assert "1 entry added, 1 already there" in done(run, *log, "log", "import", "both")


@pytest.mark.usefixtures("files")
def test_a_checkpoint_that_was_changed_is_still_found(run: Run) -> None:
    kept = Path("checkpoint").read_text("utf-8")
    key = done(run, "log", "keygen", "other", "--name", kept.split("\n")[0]).strip()
    signed = done(run, "log", "checkpoint", "--sign", "other")
    Path("checkpoint").write_text(signed.replace("\n1\n", "\n2\n"), "utf-8")
    err = refused(run, "log", "verify", "--checkpoint", "checkpoint", "--key", key, code=4)
    assert "was changed after it was signed" in err
