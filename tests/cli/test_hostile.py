"""Hostile text through every output: nothing but what can be seen reaches anybody."""

import csv
import io
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterable
from itertools import cycle, islice, product
from pathlib import Path
from unicodedata import category

import pyte
import pytest

from orderwatch.frozen import replace
from orderwatch.render import reminder_mail
from orderwatch.render.sanitize import sanitize
from orderwatch.render.terminal import Screen
from tests.conftest import Run
from tests.support import hostile
from tests.support.log_commands import REPORT
from tests.support.reminder_letters import TEXT, VIEW, items, named, read_subject, whole
from tests.support.render_examples import spoiled
from tests.support.render_outputs import COMMANDS, RENDERERS, drawn
from tests.support.smtp_servers import parsed

OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b\x07]*;[!-~]*\x1b\\")
"""The styles and links that we write ourselves."""
FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]")
ACTING = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}

GROUPS = {
    "terminal": hostile.TERMINAL,
    "unseen": hostile.UNSEEN,
    "markup": hostile.MARKUP,
    "formulas": hostile.FORMULAS,
    "headers": hostile.HEADERS,
    "names": hostile.NAMES,
    "words": tuple(text for text in hostile.WORDS if len(text) < 1000),
}
every = pytest.mark.parametrize("group", GROUPS)


SHORT = tuple(text for group in GROUPS.values() for text in group)


def acting(shown: str, *, joiners: bool = True) -> set[str]:
    """Find what acts in a text, but for line ends, and joiners within a script."""
    found = {sign for sign in shown if category(sign) in ACTING} - {"\n"}
    return found - {"\u200c", "\u200d"} if joiners else found


def shared_out(group: str, turn: int = 0) -> Iterable[tuple[str, str]]:
    """Pair each text with one command, each command with many texts.

    The laws of every output pair them all, at random.
    """
    commands = islice(cycle(COMMANDS), turn, None)
    return zip(GROUPS[group], commands, strict=False)


@every
@pytest.mark.parametrize("name", RENDERERS)
def test_no_output_holds_what_acts(name: str, group: str) -> None:
    for text, command in shared_out(group, list(RENDERERS).index(name)):
        record = spoiled(text)
        shown = drawn(RENDERERS[name], command, record)
        if name == "bright":
            shown = OURS.sub("", shown)
        assert acting(shown.replace("\r\n", "\n")) == set()


@every
def test_a_terminal_shows_what_was_written_and_obeys_none_of_it(group: str) -> None:
    for text, command in zip(GROUPS[group], cycle(("overview", "show")), strict=False):
        shown = drawn(Screen(width=80, colour=True), command, spoiled(text))
        screen = pyte.HistoryScreen(80, len(shown.split("\n")) + 5)
        replies: list[str] = []
        screen.write_process_input = replies.append  # type: ignore[assignment]
        stream = pyte.Stream(screen)
        stream.feed(shown.replace("\n", "\r\n"))
        assert (screen.title, screen.icon_name, replies) == ("", "", [])
        assert not screen.cursor.hidden
        # Whatever the columns of a sign are to the emulator, none went missing.
        letters = "".join("".join(line.split()) for line in screen.display)
        for word in ("20Jun2024", "oursummary,nottheCourt'swords"):
            assert word in letters


@every
def test_json_holds_the_text_itself(group: str) -> None:
    for text in GROUPS[group]:
        document = json.loads(drawn(RENDERERS["json"], "events", spoiled(text)))
        (event, _) = document["events"]
        assert (event["speaker"], event["summary"], event["finding"]) == (text,) * 3


@every
def test_no_cell_is_a_formula(group: str) -> None:
    for text, command in product(GROUPS[group], COMMANDS):
        shown = drawn(RENDERERS["csv"], command, spoiled(text))
        rows = list(csv.reader(io.StringIO(shown, newline="")))
        assert len({len(row) for row in rows}) == 1
        for cell in (cell for row in rows[1:] for cell in row):
            assert re.fullmatch(r"-?\d+", cell) or not FORMULA.match(cell)


@every
def test_markdown_has_no_markup_but_ours(group: str) -> None:
    for text, command in shared_out(group):
        shown = drawn(RENDERERS["markdown"], command, spoiled(text))
        assert not re.search(r"<(?!https?://|br>)", shown)
        for link in re.findall(r"(?<!\\)\]\(([^)]*)\)", shown):
            assert link.lstrip("<").startswith(("https://", "http://"))
            assert "@" not in link


@every
def test_a_mail_has_the_headers_that_we_gave_it(group: str) -> None:
    for text in GROUPS[group]:
        mail_is_as_usual(text)


def mail_is_as_usual(text: str) -> None:
    letter = reminder_mail.ReminderMail(view=VIEW, items=items(named(text)), stop=text)
    wire = whole(letter)
    usual = whole(reminder_mail.ReminderMail(view=VIEW, items=items(named("usual")), stop="s"))
    read = parsed(wire)
    assert read.keys() == parsed(usual).keys()
    assert [part.get_content_type() for part in read.walk()] == [
        part.get_content_type() for part in parsed(usual).walk()
    ]
    assert acting(read_subject(read)) == set()
    shown = reminder_mail.text(letter, TEXT, width=72)
    assert acting(shown) == set()
    for part in read.walk():
        assert str(part.get_filename() or "deadlines.ics") == "deadlines.ics"


FORMATS = ("table", "plain", "json", "csv", "markdown")


def test_whole_commands_show_a_log_of_hostile_entries(run: Run, tmp_path: Path) -> None:
    recorded = 0
    for number, text in enumerate(SHORT):
        if number % 3:
            continue
        event = {
            "about": [REPORT],
            "kind": "assessment",
            "on": "2024-06-24",
            "role": "ngo",
            **dict.fromkeys(("speaker", "summary", "finding", "scale"), text),
            **dict.fromkeys(("source", "archive"), f"https://e.example/{number}"),
        }
        path = tmp_path / "event.json"
        path.write_text(json.dumps(event))
        code, out, err = run("log", "add", "--file", str(path))
        assert code in {0, 2}
        assert acting(out + err) == set()
        recorded += code == 0
    assert recorded > 20
    for argv in (["log"], ["status", "rafah/3"], ["show", "rafah/3"]):
        for name in FORMATS:
            code, out, err = run(*argv, "--format", name)
            assert (code, err) == (0, "")
            assert acting(out.replace("\r\n", "\n")) == set()
            assert "2024" in out
    for number in range(1, recorded + 1):
        assert acting(run("log", "show", str(number))[1]) == set()
    assert run("log", "verify")[0] == 0


@every
def test_no_error_holds_what_acts(run: Run, group: str) -> None:
    ways = [
        ["show", "--"],
        ["status", "--party"],
        ["schema", "--"],
        ["log", "show", "--"],
        ["log", "verify-proof", "--"],
    ]
    for text, way in zip(GROUPS[group], cycle(ways), strict=False):
        argv = [*way, text]
        code, out, err = run(*argv)
        # Words that orders have are an answer.
        assert code in {2, 3, 4} or way[0] == "show"
        assert acting(out + err) == set()
        assert code == 0 or (out == "" and err.startswith("orderwatch: "))


def test_a_file_keeps_its_name_as_text_and_gets_another_on_disk(
    run: Run, tmp_path: Path, sealed: Path
) -> None:
    kept, names = (
        0,
        [text for text in SHORT if text and len(text.encode("utf-8", "replace")) < 256],
    )
    for name in names[::3]:
        if re.search("[/\0\ud800-\udfff]", name):
            continue
        source = tmp_path / name
        source.write_bytes(name.encode())
        code, out, err = run(
            *("log", "add", "192", "--kind", "note", "--on", "2024-06-24", "--speaker"),
            *("x", "--role", "other", "--summary", "y", "--attach", str(source)),
        )
        assert code in {0, 2}
        assert acting(out + err) == set()
        kept += code == 0
    for argv in (["log", "show", "1"], ["log", "--format", "plain"]):
        assert acting(run(*argv)[1]) == set()
    folder = sealed / "data" / "orderwatch" / "log.sqlite.evidence"
    files = [path.name for path in folder.rglob("*") if path.is_file()]
    assert len(files) == kept > 20
    assert all(re.fullmatch("[0-9a-f]{64}", one) for one in files)


@pytest.mark.parametrize("name", ["plain", "json", "csv", "markdown", "table"])
def test_a_text_of_a_megabyte_is_drawn(name: str) -> None:
    for text in ("x" * 1_000_000, "\u202e" * 20_000):
        record = spoiled("y")
        record = replace(record, events=tuple(replace(one, summary=text) for one in record.events))
        assert acting(OURS.sub("", drawn(RENDERERS[name], "events", record))) <= {"\r"}


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux, which .ci/run installs")
def test_a_real_terminal_stays_as_it_was(tmp_path: Path) -> None:
    shown = "".join(
        drawn(Screen(width=100, colour=True, links=True), "show", spoiled(text))
        for text in hostile.TERMINAL
    )
    (tmp_path / "shown").write_text(f"{shown}the end\n")
    (tmp_path / "conf").write_text("set -g history-limit 100000\n")
    tmux = ["tmux", "-S", str(tmp_path / "socket"), "-f", str(tmp_path / "conf")]

    def ask(*argv: str) -> str:
        return subprocess.check_output([*tmux, *argv], text=True)  # noqa: S603 - tmux

    command = f"printf ready; cat {tmp_path}/shown; exec cat"
    subprocess.check_call(  # noqa: S603 - tmux
        [*tmux, "new-session", "-d", "-x", "100", "-y", "50", command]
    )
    try:
        title = ask("display", "-p", "#{pane_title}")
        for _ in range(100):
            screen = ask("capture-pane", "-p", "-S", "-")
            if "the end" in screen:
                break
            time.sleep(0.05)
        assert "ready" in screen
        assert "the end" in screen
        state = "#{pane_title}#{alternate_on}#{cursor_flag}#{pane_in_mode}"
        assert ask("display", "-p", state) == f"{title.rstrip()}010\n"
        assert "owned" not in ask("display", "-p", "#{pane_title}#{window_name}")
        assert ask("list-buffers") == ""
        assert "<U+001B>]0;owned<U+0007>" in screen
    finally:
        ask("kill-server")


def test_what_hides_or_piles_up_is_written_out() -> None:
    for text in hostile.UNSEEN:
        assert "<U+" in sanitize(text)
    for text in ("⚖\ufe0f", "1\ufe0f\u20e3", "葛\U000e0100", "e\u0301", "שָׁלוֹם"):
        assert sanitize(text) == text
