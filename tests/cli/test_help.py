"""What each help says is true: its examples work, and it says what they touch."""

import json
import os
import re
import shlex
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from orderwatch.cli.command_docs import COMMAND_DOCS, EXIT_CODES
from orderwatch.cli.lazy_group import COMMANDS, SECTIONS
from orderwatch.errors import OrderwatchError
from orderwatch.log.formats.signed_note import Verifier
from tests.conftest import Run
from tests.support.commands import HELPS, NAMES, result
from tests.support.entries import public
from tests.support.folder_state import untouched
from tests.support.log_commands import NOTE, SUBMITTED, adding, done
from tests.support.paths import GOLDEN, SMALL
from tests.support.smtp_servers import office

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
    Path("my-orders.toml").write_bytes(SMALL.read_bytes())
    Path("page.pdf").write_bytes(b"%PDF")
    Path("event.json").write_text(json.dumps({"about": ["rafah/3"], **SUBMITTED}))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep what `make` made: it takes a second, and there are many examples."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def world(
    kept: Path, tmp_path: Path, sealed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
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


@pytest.mark.parametrize("file", HELP_FILES, ids=lambda file: file.stem)
def test_each_command_has_two_or_three_examples(file: Path) -> None:
    assert len(EXAMPLE.findall(file.read_text("utf-8"))) in {2, 3}


def parts(line: str) -> tuple[list[str], str, str]:
    """Split an example: its arguments, and the files it reads from and writes to."""
    command, _, target = line.partition(" > ")
    command, _, source = command.partition(" < ")
    # It would run until interrupted: `test_processes.py` does that.
    line = command.replace("~", os.environ["HOME"])
    argv = [word for word in shlex.split(line)[1:] if word != "--live"]
    return argv, source, target


@pytest.mark.parametrize(
    ("command", "line"), [pair for pair in EXAMPLES if "--mail-to" not in pair[1]]
)
def test_every_example_works(run: Run, world: Path, command: str, line: str) -> None:
    argv, source, target = parts(line)
    if command == "orderwatch-log-keygen":
        (world / "office.key").unlink()
    answers = PERSON.get(line)
    typed = (world / source).read_text("utf-8") if source else ""
    typed += "".join(f"{answer}\n" for answer in answers or ())
    code, out, err = run(*argv, stdin=typed, tty=bool(answers))
    assert code == 0 or (command == "orderwatch-check" and code in {1, 2}), err
    # What goes to a file has to be said; a run of `remind` can have nothing to say.
    assert out or "--output" in argv or argv == ["remind"]
    if target:
        assert out.strip()


def test_the_example_that_mails_does_so(run: Run, world: Path, sealed: Path) -> None:
    (line,) = [line for _, line in EXAMPLES if "--mail-to" in line]
    folder = sealed / "config" / "orderwatch"
    folder.mkdir(parents=True)
    with office() as held:
        (folder / "config.toml").write_text(
            f'[mail]\nhost = "127.0.0.1"\nport = {held.port}\nsecurity = "none"\n'
            'from = "orderwatch@example.org"\n'
        )
        code, _, err = run(*parts(line)[0], today=date(2024, 6, 20))
    assert (code, err) == (0, "")
    assert held.recipients() == ["desk@example.org"]
    assert world.is_dir()


def test_there_are_no_answers_for_examples_that_are_gone() -> None:
    assert set(PERSON) <= {line for _, line in EXAMPLES}


def test_each_command_says_what_it_reads_and_writes(run: Run) -> None:
    assert {" ".join(words) for words in HELPS if words} == set(COMMAND_DOCS)
    for words, manual in COMMAND_DOCS.items():
        flat = " ".join(result(run, *words.split(), "--help").split())
        assert flat.endswith(" ".join(manual.epilog().split()))


READING = [
    line
    for command, line in EXAMPLES
    if NAMES[command] and COMMAND_DOCS[NAMES[command]].writes == "nothing"
]


@pytest.mark.parametrize("line", READING)
def test_what_is_said_to_write_nothing_writes_nothing(
    run: Run, world: Path, sealed: Path, line: str
) -> None:
    with untouched(sealed, world):
        run(*parts(line)[0])


def test_every_command_stands_in_the_overview_once() -> None:
    assert [name for names in SECTIONS.values() for name in names] == list(COMMANDS)


def test_the_codes_are_those_of_the_errors() -> None:
    for words, manual in COMMAND_DOCS.items():
        if words != "check":
            assert set(manual.codes) <= set(EXIT_CODES)
    known = {error.exit_code for error in OrderwatchError.__subclasses__()}
    assert known == {2, 3, 4, 5} < set(EXIT_CODES)
