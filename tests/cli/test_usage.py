"""Wrong usage: words that people guess, options of neighbouring programs, values that are wrong."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orderwatch.cli.command_docs import COMMAND_DOCS, OPTION_SYNONYMS
from orderwatch.cli.guesses import SYNONYMS
from orderwatch.cli.lazy_group import COMMANDS, _load_command
from tests.conftest import Run
from tests.support.log_commands import NOTE, adding, done, refused

INTERNALS = re.compile(
    r"Input should|Value error|validation error|unable to parse|pydantic|typer|click|Traceback"
    r"|\[SSL|_ssl\.c|Errno|object has no|NoneType|invalid literal|out of range|Invalid value"
    r"|Invalid isoformat|is not one of|Got unexpected|No such (option|command)|fromisoformat"
)
WRONG = ["", " ", "abc", "-5", "1.5", "1e9", "9" * 30, "2024-13-01", "0000-00-00", "x" * 5000]


def leaves() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each command that runs, with its words."""

    def walk(path: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401 - Typer's
        children = getattr(command, "commands", {})
        if not children:
            yield path, command
        for name, child in children.items():
            yield from walk((*path, name), child)

    for name in COMMANDS:
        yield from walk((name,), _load_command(name))


PLUGINS = {"check", "court check"}
"""Commands with the exit codes of a monitor."""
LEAVES = {" ".join(path): command for path, command in leaves()}
VALUED = [
    (path, param.opts[0])
    for path, command in LEAVES.items()
    for param in command.params
    if param.param_type_name == "option" and not param.is_flag
]
ARGUMENTS = {"form": "ics", "folder": "public", "file": "given", "entry": "1", "entry_name": "1"}


def arguments(path: str, folder: Path) -> list[str]:
    """Return valid arguments for a command, where it requires them."""
    values = [
        ARGUMENTS.get(param.name, "rafah")
        for param in LEAVES[path].params
        if param.param_type_name == "argument" and param.required
    ]
    if path == "court check":
        values = ["given"]  # without a file, it asks the Court's site
    return [str(folder / value) if value in {"public", "given"} else value for value in values]


@pytest.mark.parametrize(("path", "option"), VALUED)
def test_a_wrong_value_is_refused_in_words(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, option: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for value in WRONG:
        code, out, err = run(*path.split(), *arguments(path, tmp_path), option, value)
        assert code in ({0, 1, 2, 3} if path in PLUGINS else {0, 2, 3, 4, 5}), (value, err)
        message = err + (out if path in PLUGINS else "")
        assert not INTERNALS.search(message), (value, message)
        assert code == 0 or message.strip(), value


@pytest.mark.parametrize(("path", "option"), VALUED)
def test_an_option_without_its_value_says_so(run: Run, path: str, option: str) -> None:
    code, out, err = run(*path.split(), option)
    assert code == (3 if path in PLUGINS else 2)
    assert f"{option} needs a value" in out + err


REQUIRED = {
    "dossier": ["--output", "x"],
    "log handover": ["--from", "x", "--to", "x", "--on", "today", "--what", "x"],
    "log redact": ["--why", "x"],
    "log retract": ["--why", "x"],
}
"""Options without which an argument too many is not the first problem."""


@pytest.mark.parametrize("path", LEAVES)
def test_an_unknown_option_and_a_surplus_argument_are_named(run: Run, path: str) -> None:
    words = path.split()
    code, out, err = run(*words, "--frobnicate")
    assert code == (3 if path in PLUGINS else 2)
    assert "unknown option --frobnicate" in out + err
    takes_many = any(param.nargs == -1 for param in LEAVES[path].params)
    if not takes_many:
        _, out, err = run(*words, *REQUIRED.get(path, []), *["1"] * 9)
        assert "too many arguments: 1 " in out + err


GUESSES = [
    # typed | the command to run
    ("edit", "log correct ENTRY"),
    ("delete", "log retract ENTRY"),
    ("undo", "log retract ENTRY"),
    ("rm", "log retract ENTRY"),
    ("log edit", "log correct ENTRY"),
    ("log edit 3 --summary x", "log correct 3"),
    ("log delete 3", "log retract 3"),
    ("log undo", "log retract ENTRY"),
    ("log erase 3", "log retract 3"),
    ("search genocide", "find genocide"),
    ("list", "orders"),
    ("due", "countdown"),
    ("next", "countdown"),
    ("upcoming", "countdown"),
    ("overdue", "deadlines --passed"),
    ("calendar", "export ics"),
    ("subscribe", "export ics"),
    ("rss", "export atom"),
    ("verify", "log verify"),
    ("Add", "log add"),
    ("validate", "register validate"),
    ("orders schema", "schema register"),
    ("orders show rafah", "show rafah"),
    ("log search genocide", "log list --search genocide"),
    ("mail", "remind"),
    ("website", "publish DIR"),
]


@pytest.mark.parametrize(("line", "command"), GUESSES)
def test_a_word_that_people_guess_names_the_command(run: Run, line: str, command: str) -> None:
    assert f'is not a command. Run "orderwatch {command}".' in refused(run, *line.split())


def test_each_synonym_leads_to_a_command_and_hides_none() -> None:
    for group, commands in SYNONYMS.items():
        words = [word for text in commands.values() for word in text.split()]
        assert len(words) == len(set(words)), group
        assert not {f"{group} {word}".strip() for word in words} & set(COMMAND_DOCS), group
        for command in commands:
            path = command.split()
            assert {" ".join(path[:2]), path[0]} & {*COMMAND_DOCS, "--help"}, command
            assert "redact" not in command


def test_only_redact_leads_to_redact(run: Run) -> None:
    for word in ("redat", "redac", "redacted", "reddact", "remove", "purge", "erase", "delete"):
        for argv in ((word,), ("log", word), ("log", word, "3")):
            code, _, err = run(*argv)
            assert code == 2
            assert "redact`" not in err.replace(f'"log {word}"', ""), argv
            assert "redact" not in err.split("Run ")[-1].split("Did you mean")[-1], argv


def test_an_option_of_another_program_names_ours(run: Run) -> None:
    rows = [
        ("status --state Israel", "--party"),
        ("log --from 2024-01-01", "--since"),
        ("log --author Israel", "--speaker"),
        ("log add --comment x", "--summary"),
        ("status --overdue", "--passed"),
        ("status --csv", "--format csv"),
        ("countdown --top 3", "--limit"),
        ("export ics --out x.ics", "--output"),
        ("remind --email a@example.org", "--mail-to"),
        ("publish site --what-if", "--dry-run"),
        ("log retract 1 --reason x", "--why"),
    ]
    for line, option in rows:
        assert f"; did you mean {option}?" in refused(run, *line.split()), line


def test_each_option_that_is_offered_exists() -> None:
    options = {
        name for command in LEAVES.values() for param in command.params for name in param.opts
    }
    for targets in OPTION_SYNONYMS.values():
        assert {target.split()[0] for target in targets} <= options | {"--log"}


@pytest.mark.parametrize(
    "path",
    [path for path, option in VALUED if option == "--format" and not path.startswith("log ")],
)
def test_json_is_format_json(run: Run, path: str) -> None:
    extra = {"show": ["rafah"], "explain": ["rafah"], "remind": ["--list"]}.get(path, [])
    words = [*path.split(), *extra]
    assert run(*words, "--json")[:2] == run(*words, "-f", "json")[:2]


def test_global_options_stand_before_or_after_the_command(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("c.toml").write_text('recorder = "Ana"\n')
    done(run, "init", "--log", "desk.db")
    done(run, *adding("rafah/3", base=NOTE), "--config", "c.toml", "--log", "desk.db")
    before = done(run, "--log", "desk.db", "log", "list", "--json")
    assert done(run, "log", "list", "--log=desk.db", "--json") == before
    assert done(run, "log", "--log", "desk.db", "--json") == before
    assert "Ana" in {event["recorder"] for event in json.loads(before)["events"]}
    # The last counts; a value of another option is no option.
    assert done(run, "--log", "none.db", "log", "list", "--log", "desk.db", "--json") == before
    assert "there is no log at none.db" in refused(run, "status", "--log", "none.db", code=4)
    assert "no such configuration file" in refused(run, "schema", "--config", "none.toml")
    assert "none.toml" in refused(run, "show", "rafah", "--orders", "none.toml", code=3)
    code, out, _ = run("check", "--log", "none.db")
    assert (code, out[:19]) == (3, "orderwatch UNKNOWN ")
    assert "--speaker needs a name" in refused(run, "log", "list", "--speaker", " ")


def test_a_register_can_be_added_after_the_command(run: Run, tmp_path: Path) -> None:
    register = str(tmp_path / "own.toml")
    done(run, "register", "new", register)
    both = done(run, "--orders", "shipped", "--orders", register, "orders")
    assert done(run, "--orders", "shipped", "orders", "list", "--orders", register) == both


def test_a_limit_says_how_many_there_are(run: Run) -> None:
    code, out, err = run("orders", "-n", "2", "--json")
    orders = json.loads(out)["orders"]
    every = json.loads(done(run, "orders", "--json"))["orders"]
    assert (code, orders) == (0, every[-2:])
    assert err == f"orderwatch: showing 2 of {len(every)}\n"
    for argv in (("log",), ("status", "--all"), ("countdown", "--as-of", "2024-02-01")):
        code, _, err = run(*argv, "--limit", "1")
        assert code == 0
        assert re.fullmatch(r"orderwatch: (the first|showing) 1 of \d+\n", err)
    assert done(run, "countdown", "-n", "999") == done(run, "countdown")


def test_a_document_is_written_with_o(run: Run, tmp_path: Path) -> None:
    done(run, "export", "csv", "-o", str(tmp_path / "a.csv"))
    assert (tmp_path / "a.csv").read_bytes()
    assert done(run, "-V") == done(run, "--version") == done(run, "version")
    assert done(run, "help", "log", "add") == done(run, "log", "add", "--help")
    assert done(run, "help") == done(run, "--help")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "log --since 2024-07-01 --until 2024-06-01",
            "--since 2024-07-01 is after --until 2024-06-01",
        ),
        ("log --since 2024-07-01 --as-of 2024-06-01", "after the as-of date, 2024-06-01"),
        ("orders --year 2025 --as-of 2024-06-01", "after the as-of date, 2024-06-01"),
        ("orders --year 24", "--year takes a year, such as 2024, not '24'"),
        ("status --limit 0", "--limit takes a number, such as 20, from 1, not '0'"),
        ("status --passed=yes", "--passed takes no value"),
        ("status --format JSN", "--format takes table, plain, json, csv or markdown, not 'JSN'"),
        ("log --kind submision", "did you mean submission?"),
        ("status --as-of 5/6/2024", "can be 2024-06-05 or 2024-05-06; write one of them"),
        ("show rafah --as-of 24/05/2024", "is not a date, such as 2024-05-24"),
    ],
)
def test_what_can_hold_nothing_is_refused(run: Run, line: str, message: str) -> None:
    assert message in refused(run, *line.split())


def test_days_are_read_as_people_type_them(run: Run) -> None:
    argv = ("status", "rafah", "--format", "JSON", "--as-of")
    assert done(run, *argv, "20 June 2024") == done(run, *argv, "2024-06-20")
    assert done(run, *argv, "yesterday") == done(run, *argv, "2026-11-22")
    assert done(run, *argv, "last Friday") == done(run, *argv, "2026-11-20")


def test_the_day_of_an_entry_is_read_as_people_type_it(run: Run) -> None:
    add = ("log", "add", "rafah/3", "--kind", "note", "--speaker", "Desk", "--role", "media")
    said = ("--summary", "Rang.", "--json")
    for day in ("yesterday", "22 November 2026", "2026-11-22"):
        assert run(*add, "--on", day, *said)[0] == 0
    listed = json.loads(done(run, "log", "--origin", "log", "--json"))["events"]
    assert [event["on"] for event in listed] == ["2026-11-22"] * 3
    assert run("log", "correct", "1", "--on", "20 Nov 2026")[0] == 0
    err = refused(run, *add, "--on", "5/6/2024", *said)
    assert "on: '5/6/2024' can be 2024-06-05 or 2024-05-06" in err
