"""`log list`: what is chosen of the public record and of the log."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from orderwatch.cli.terminal import pager
from tests.conftest import Run
from tests.support.day import TODAY
from tests.support.folder_state import untouched
from tests.support.log_commands import (
    ASSESSED,
    MYANMAR,
    NOTE,
    REPORT,
    add,
    done,
    printed,
    refused,
)

pytestmark = pytest.mark.usefixtures("store")

REGISTER = """\
schema = 1
reviewed = 2026-11-23

[source.ministry]
url = "https://example.org/1"
grade = "secondary"

[[case]]
number = 192
short = "Atlantis v. Lemuria"
title = "Lighthouse (Atlantis v. Lemuria)"
applicants = ["Atlantis"]
respondents = ["Lemuria"]

  [[case.order]]
  date = 2024-05-24
  outcome = "indicated"

    [[case.order.obligation]]
    point = "(3)"
    kind = "report"
    addressees = ["Lemuria"]
    summary = "Report on the lighthouse."
    deadline = { within = { months = 1 } }

[[event]]
id = "ev-192-2024-06-20-1"
date = 2024-06-20
kind = "statement"
speaker = "Ministère of Lemuria"
role = "party"
about = ["192/2024-05-24/3"]
source = "ministry"
summary = "Il répond : cease-fire at the LIGHTHOUSE, Straße 12; naïve."
"""
SAID = {
    "kind": "statement",
    "on": "2024-06-20",
    "speaker": "Ministère of Lemuria",
    "role": "party",
    "source": "https://example.org/1",
    "summary": "Il répond : cease-fire at the LIGHTHOUSE, Straße 12; naïve.",
}


def listed(run: Run, *argv: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = printed(run, "log", "list", *argv)["events"]
    return found


def seqs(run: Run, *argv: str) -> list[int]:
    """List the places of the log's own events."""
    return [event["seq"] for event in listed(run, "--origin", "log", *argv)]


@pytest.fixture
def filled(run: Run) -> Run:
    """Log five events on three cases."""
    add(run, on="2024-06-26")
    add(run, f"{REPORT}@2024-06-24", base=NOTE, on="2024-06-25")
    add(run, "rafah", base=NOTE, on="2024-06-01", speaker="Bob of the desk")
    add(run, MYANMAR, "192", base=ASSESSED, on="2024-07-01")
    add(run, "178", base=NOTE, on="2024-08-01", speaker="ana maría")
    return run


def test_a_list_is_sorted_by_day_and_holds_both_records(filled: Run) -> None:
    events = listed(filled, "rafah")
    assert {event["origin"] for event in events} == {"register", "log"}
    days = [event["on"] for event in events]
    assert days == sorted(days)
    assert [e["seq"] for e in events if e["origin"] == "log"] == [3, 2, 1]
    assert listed(filled, "rafah", "--origin", "register") == [
        event for event in events if event["origin"] == "register"
    ]


CHOSEN = [
    (["192"], [3, 2, 1, 4]),
    (["rafah"], [3, 2, 1]),
    (["rafah/3"], [2, 1]),
    ([f"{REPORT}@2024-06-24"], [2]),
    (["178"], [4, 5]),
    (["178/2020-01-23"], [4]),
    (["rafah/3", "178"], [2, 1, 4, 5]),
    (["rafah/2a"], []),
    (["--kind", "note"], [3, 2, 5]),
    (["--kind", "assessment"], [4]),
    (["--speaker", "ANA"], [2, 5]),
    (["--speaker", "desk"], [3]),
    (["--speaker", "MARÍA"], [5]),
    (["--since", "2024-06-26"], [1, 4, 5]),
    (["--until", "2024-06-26"], [3, 2, 1]),
    (["--since", "2024-06-25", "--until", "2024-06-26"], [2, 1]),
    (["--as-of", "2024-06-25"], [3, 2]),
    (["--as-of", "2024-06-25", "--until", "2024-06-01"], [3]),
    (["--known-on", "2026-11-22"], []),
    (["--search", "REGISTRY rang"], [3, 2, 5]),
    (["--search", "Human found"], [4]),
    (["--search", "Registr"], []),
    (["--search", "registry handed"], []),
    (["--search", "rights", "--kind", "note"], []),
]


def test_events_of_the_log_are_chosen(
    filled: Run,
) -> None:
    for argv, expected in CHOSEN:
        assert (argv, seqs(filled, *argv)) == (argv, expected)


def test_bare_log_lists(filled: Run) -> None:
    assert done(filled, "log", "rafah") == done(filled, "log", "list", "rafah")
    assert done(filled, "log") == done(filled, "log", "list")


def test_the_two_records_are_told_apart(filled: Run) -> None:
    lines = done(filled, "log", "list", "rafah").splitlines()
    assert lines.count("kept in: public record") > 1
    assert [line for line in lines if line.startswith("kept in: log")] == [
        f"kept in: log, entry {seq}" for seq in (1, 2, 3)
    ]


WORDS = [
    ("lighthouse", True),
    ("Lighthouse répond", True),
    ("REPOND lighthouse", True),
    ("ministere", True),
    ("naive", True),
    ("naïve", True),
    ("cease-fire", True),
    ("fire", True),
    ("fire-cease", False),
    ("fire cease", True),
    ("house", False),
    ("light", False),
    ("répond lemuria 12", True),
    ("répond atlantis", False),
    ("lighthouse -", True),
    ('"lighthouse', True),
    ("lighthouse OR atlantis", False),
    ("lighthouse*", True),
    ("light*", False),
    ("summary:lighthouse", False),
    ("STRASSE", True),
    ("straße", True),
    ("STRAẞE", True),
    ("stra\u00adße", True),
    ("strase", False),
    ("_lighthouse_", True),
]


def test_register_and_log_are_searched_alike(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = tmp_path / "orders.toml"
    register.write_text(REGISTER, encoding="utf-8")
    monkeypatch.setenv("ORDERWATCH_ORDERS", str(register))
    add(run, base=SAID)
    for words, found in WORDS:
        origins = [event["origin"] for event in listed(run, "--search", words)]
        assert (words, origins) == (words, ["register", "log"] if found else [])


@pytest.mark.parametrize("words", ["", " ", "?!", "_"])
def test_a_search_for_no_word_is_refused(run: Run, words: str) -> None:
    assert "no word to search for" in refused(run, "log", "--search", words)


def test_a_history_holds_what_counts_no_longer(filled: Run) -> None:
    done(filled, "log", "correct", "1", "--on", "2024-06-27")
    done(filled, "log", "retract", "2", "--why", "It was another.")
    done(filled, "log", "redact", "3", "--why", "At risk.", "--yes")
    assert seqs(filled) == [6, 4, 5]
    whole = {e["seq"]: e for e in listed(filled, "--origin", "log", "--history")}
    assert sorted(whole) == list(range(1, 9))
    assert [whole[seq]["fate"] for seq in range(1, 9)] == [
        *("corrected by entry 6", "retracted by entry 7", "redacted by entry 8"),
        *(None, None, None, None, None),
    ]
    assert whole[3]["summary"] == "[event whose text was redacted]"
    assert whole[7]["summary"].endswith("It was another.")
    assert seqs(filled, "--history", "rafah/3") == [2, 1, 6]


def test_reading_writes_nothing(filled: Run, sealed: Path) -> None:
    with untouched(sealed):
        for argv in (["list"], ["show", "1"], ["export"], ["verify"], ["checkpoint"]):
            done(filled, "log", *argv)
        done(filled, "log", "prove", "1")
        done(filled, "status", "rafah")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--since", "soon"], "is not a date"),
        (["--kind", "gossip"], "gossip"),
        (["--origin", "elsewhere"], "elsewhere"),
        (["raffah"], "Did you mean South Africa v. Israel (rafah)?"),
        (["rafah", "--as-of", "2024-05-23"], "use a later --as-of"),
    ],
)
def test_what_cannot_be_asked_is_refused(run: Run, argv: list[str], words: str) -> None:
    assert words in refused(run, "log", "list", *argv)


@pytest.mark.parametrize(
    ("summary", "words"),
    [
        ("The e\ufb03cient o\ufb03ce \ufb01led it.", "efficient office filed"),
        ("Conflict \ufb02ares up, a\ufb00ects all.", "FLARES affects"),
        ("The Govern\u00adment of Myan\u00admar.", "government myanmar"),
        ("Bauern\u017ftube, fa\ufb06.", "bauernstube fast"),
        ("Une \u0152uvre.", "oeuvre"),
        ("An oeuvre.", "\u0153uvre"),
        ("De\u0301cision.", "d\u00e9cision"),
    ],
)
def test_letters_that_are_several_are_found_by_their_spelling(
    run: Run, summary: str, words: str
) -> None:
    add(run, base=NOTE, summary=summary)
    assert seqs(run, "--search", words) == [1]


def test_a_redaction_removes_spelled_out_words_from_the_search(run: Run) -> None:
    add(run, base=NOTE, summary="Straße \ufb01rst.")
    done(run, "log", "redact", "1", "--why", "asked for", "--yes")
    assert seqs(run, "--search", "strasse") == seqs(run, "--search", "first") == []


@pytest.mark.parametrize(
    "speaker", ["Ana Mari\u0301a", "ANA\u00a0MARÍA", "ana  maría", "Mari\u0301", "an\u00ada m"]
)
def test_a_speaker_is_found_in_any_unicode_form(filled: Run, speaker: str) -> None:
    assert seqs(filled, "--speaker", speaker) == [5]


def test_a_long_list_is_written_in_parts_as_at_once(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(run, "rafah/3", base=NOTE)
    add(run, "rafah/2a", base=ASSESSED)
    lines = [
        ["log", *options]
        for options in (
            *([], ["-n", "7"], ["--oldest-first"], ["rafah", "--json"], ["--origin", "log"]),
            *(["--format", "csv"], ["--format", "csv", "--excel"], ["--format", "markdown"]),
            *(["--history", "--json"], ["--speaker", "israel"], ["--search", "registry"]),
            *(["--search", "nothing of this kind", "--json"], ["--format", "markdown", "-n", "3"]),
        )
    ]
    lines += [["show", "rafah/3", *options] for options in ([], ["--json"], ["-n", "2"])]
    whole = [run(*line) for line in lines]
    assert {code for code, _out, _err in whole} == {0}
    for name in ("log.list", "show"):
        monkeypatch.setattr(import_module(f"orderwatch.cli.commands.{name}"), "PAGE", -1)
    monkeypatch.setattr(pager, "show", lambda *_, **__: pytest.fail("was written at once"))
    assert [run(*line) for line in lines] == whole


def test_a_history_has_the_day_of_the_recording_for_what_has_none(run: Run) -> None:
    for _number in range(3):
        add(run, "rafah/3", base=NOTE)
    done(run, "log", "retract", "1", "--why", "an error of mine")
    done(run, "log", "redact", "2", "--why", "asked for", "--yes")
    whole = listed(run, "--origin", "log", "--history")
    days = {item["seq"]: item["on"] for item in whole}
    today = str(TODAY)
    assert days == {1: NOTE["on"], 2: today, 3: NOTE["on"], 4: today, 5: today}
    assert [item["seq"] for item in whole] == [1, 3, 2, 4, 5]
    assert seqs(run, "--history", "--search", "error") == [4]
    assert seqs(run, "--history", "--origin", "log", "--until", "2026-12-31") == [1, 3]
