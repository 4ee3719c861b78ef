"""`log correct`, `retract`, `redact`, `show`: what becomes of an entry."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.support.folder_state import untouched
from tests.support.log_commands import (
    ASSESSED,
    MYANMAR,
    SUBMITTED,
    add,
    adding,
    default_log,
    done,
    evidence,
    printed,
    refused,
)

pytestmark = pytest.mark.usefixtures("store")

WHOLE = {
    "by": ["Israel"],
    "further": ["https://news.example/2"],
    "archive": "https://archive.example/1",
    "private": True,
    "ends": True,
    "extends_to": "2024-07-24",
}
WITNESS = "Miriam of the lighthouse saw it"


def shown(run: Run, entry: int | str) -> dict[str, Any]:
    return printed(run, "log", "show", str(entry))


# Correcting


@pytest.mark.parametrize("how", ["number", "id", "beginning", "capitals"])
def test_an_entry_is_named_by_its_number_or_its_id(run: Run, how: str) -> None:
    uid = add(run)["id"]
    name = {"number": "1", "id": uid, "beginning": uid[:13], "capitals": uid.upper()}
    placed = printed(run, "log", "correct", name[how], "--on", "2024-06-25")
    assert (placed["schema"], placed["seq"]) == ("orderwatch/entry/1", 2)
    found = shown(run, 2)
    assert (found["kind"], found["target"]) == ("correction", uid)
    assert found["event"]["on"] == "2024-06-25"


def test_what_a_correction_does_not_give_stays(run: Run, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF")
    add(run, **WHOLE, attach=str(paper))
    done(run, "log", "correct", "1", "--summary", "Said otherwise.")
    before, after = shown(run, 1), shown(run, 2)
    assert after["private"] is True
    own = {"id", "seq", "summary", "fate", "counts"}
    assert {k: v for k, v in after["event"].items() if k not in own} == {
        k: v for k, v in before["event"].items() if k not in own
    }
    assert after["event"]["summary"] == "Said otherwise."


def test_a_correction_from_a_file_gives_no_more_than_it_holds(run: Run) -> None:
    add(run, **WHOLE)
    text = '{"summary": "Said otherwise.", "extends_to": null, "ends": false}'
    done(run, "log", "correct", "1", "--file", "-", stdin=text)
    found = shown(run, 2)
    assert found["private"] is True
    event = found["event"]
    assert (event["speaker"], event["summary"]) == ("Reuters", "Said otherwise.")
    assert (event["extends_to"], event["ends"]) == (None, False)


def test_what_is_given_as_empty_is_taken_away(run: Run) -> None:
    add(run, base=ASSESSED, further="https://ngo.example/2")
    empty = ("--finding", "", "--scale", "", "--further", "")
    done(run, "log", "correct", "1", "--kind", "statement", *empty)
    event = shown(run, 2)["event"]
    assert (event["kind"], event["finding"], event["scale"]) == (*("statement", None, None),)
    assert event["further"] == []


def test_a_field_that_an_event_must_have_cannot_be_taken_away(run: Run, sealed: Path) -> None:
    add(run)
    with untouched(sealed):
        err = refused(run, "log", "correct", "1", "--speaker", "", "--source", "")
    assert "speaker: required" in err
    assert 'source: required for an event of kind "submission"' in err


def test_a_correction_adds_to_the_files_that_are_kept(
    run: Run, sealed: Path, tmp_path: Path
) -> None:
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_bytes(b"one")
    two.write_bytes(b"two")
    add(run, attach=str(one))
    done(run, "log", "correct", "1", "--attach", str(one), "--attach", str(two))
    names = [file["name"] for file in shown(run, 2)["event"]["attachments"]]
    assert names == ["one.txt", "two.txt"]
    assert sorted(evidence(sealed).values()) == [b"one", b"two"]


def test_who_submitted_follows_what_it_is_about(run: Run) -> None:
    add(run)
    done(run, "log", "correct", "1", "--about", MYANMAR)
    event = shown(run, 2)["event"]
    assert (event["about"], event["by"]) == ([MYANMAR], ["Myanmar"])


def test_who_was_said_to_have_submitted_stays(run: Run) -> None:
    add(run, by="The embassy of Israel")
    done(run, "log", "correct", "1", "--about", "192/2024-01-26/6")
    assert shown(run, 2)["event"]["by"] == ["The embassy of Israel"]


REFUSED = [
    (["correct", "2", "--on", "2024-06-27"], "corrected by entry 3: use that number"),
    (["retract", "2", "--why", "wrong"], "corrected by entry 3: use that number"),
    (["correct", "4", "--on", "2024-06-27"], "entry 4 was retracted by entry 5"),
    (["retract", "4", "--why", "wrong"], "entry 4 was retracted by entry 5"),
    (["correct", "5", "--on", "2024-06-27"], "entry 5 has no event to correct"),
    (["retract", "5", "--why", "wrong"], "entry 5 is a retraction: only events"),
    (["correct", "6", "--on", "2024-06-27"], "entry 6 has no event to correct"),
    (["retract", "6", "--why", "wrong"], "entry 6 was redacted by entry 7"),
    (["redact", "6", "--why", "x", "--yes"], "entry 6 is redacted already"),
    (["correct", "8", "--on", "2024-06-27"], "there is no entry 8: the log has 7"),
    (["correct", "fff", "--on", "2024-06-27"], "no entry begins with 'fff'"),
    (["correct", "1"], "nothing to correct"),
    (["correct", "1", "--on", "2027-01-01"], "is in the future"),
    (["correct", "1", "--about", "raffah"], "Did you mean South Africa v. Israel (rafah)?"),
    (["correct", "1", "--source", "x"], "invalid"),
    (["retract", "1", "--why", ""], "nothing was recorded: 0 characters"),
    (["redact", "1", "--why", "", "--yes"], "nothing was recorded: 0 charac"),
    (["retract", "1"], "--why is missing"),
    (["redact", "1", "--yes"], "--why is missing"),
    (["redact", "1", "--why", "at risk"], "cannot be undone; set --yes"),
]


def test_what_cannot_be_done_to_an_entry(run: Run, sealed: Path, tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_bytes(b"paper")
    other = tmp_path / "other.txt"
    other.write_bytes(b"other")
    add(run, attach=str(other))
    add(run)
    done(run, "log", "correct", "2", "--on", "2024-06-25")
    add(run)
    done(run, "log", "retract", "4", "--why", "The source withdrew it.")
    add(run)
    done(run, "log", "redact", "6", "--why", "At risk.", "--yes")
    for command, words in REFUSED:
        more = ("--attach", str(paper)) if "--on" in command else ()
        with untouched(sealed, times=False):
            assert words in refused(run, "log", *command, *more)


def test_an_entry_that_is_not_there_is_refused(run: Run, sealed: Path) -> None:
    add(run)
    more = {
        "correct": ("--on", "2024-06-25"),
        "redact": ("--why", "x", "--yes"),
        "retract": ("--why", "x"),
    }
    with untouched(sealed):
        for command in ("correct", "redact", "retract", "show", "prove"):
            for name in ("2", "x", "-1", "99999999999999999999", ""):
                refused(run, "log", command, *more.get(command, ()), "--", name)


def test_a_beginning_that_two_ids_have_names_no_entry(run: Run) -> None:
    uid = add(run)["id"]
    add(run)
    assert "several entries begin" in refused(run, "log", "show", uid[:8])


def test_a_correction_can_be_corrected_and_retracted(run: Run) -> None:
    add(run)
    done(run, "log", "correct", "1", "--on", "2024-06-25")
    done(run, "log", "correct", "2", "--on", "2024-06-27")
    assert shown(run, 2)["event"]["fate"] == "corrected by entry 3"
    done(run, "log", "retract", "3", "--why", "The source withdrew it.")
    assert printed(run, "log", "--origin", "log")["events"] == []
    fates = [
        event["fate"] for event in printed(run, "log", "--origin", "log", "--history")["events"]
    ]
    assert sorted(fates, key=str) == [
        *(None, "corrected by entry 2", "corrected by entry 3"),
        "retracted by entry 4",
    ]


# Showing


def test_an_entry_is_shown_with_its_place_its_hash_and_its_fate(run: Run) -> None:
    placed = add(run, private=True)
    done(run, "log", "correct", "1", "--on", "2024-06-25")
    found = shown(run, 1)
    assert (found["id"], found["leaf"]) == (placed["id"], placed["leaf"])
    assert [(e["seq"], e["kind"]) for e in found["effects"]] == [(2, "correction")]
    lines = done(run, "log", "show", "1").splitlines()
    for line in (
        *("entry: 1", f"id: {placed['id']}", "does: event"),
        *("recorded: 2026-11-23 12:00:00 UTC", "private: yes"),
        *(f"leaf (SHA-256): {placed['leaf']}", "later: corrected by entry 2"),
        *("speaker: Reuters (media)", "kept in: log, entry 1"),
    ):
        assert line in lines


def test_a_reason_is_shown(run: Run) -> None:
    uid = add(run)["id"]
    done(run, "log", "retract", "1", "--why", "The source withdrew it.")
    found = shown(run, 2)
    assert (found["kind"], found["target"]) == ("retraction", uid)
    assert (found["why"], found["event"]) == ("The source withdrew it.", None)
    assert "why: The source withdrew it." in done(run, "log", "show", "2")


# Redacting


def test_a_person_is_asked_before_a_redaction(run: Run, sealed: Path) -> None:
    add(run)
    argv = ("log", "redact", "1", "--why", "at risk")
    for answer in ("n\n", "\n", "perhaps\nno\n", ""):
        with untouched(sealed):
            code, out, err = run(*argv, tty=True, stdin=answer)
        assert (code, out) == (130, "")
        assert "Delete the text of entry 1 permanently?" in err
        end = "Nothing was deleted." if answer else "orderwatch: interrupted"
        assert err.endswith(f"{end}\n")
    code, out, _ = run(*argv, tty=True, stdin="YES\n")
    assert (code, out.startswith("Entry 2 redacts entry 1")) == (0, True)


def test_what_was_redacted_is_nowhere(run: Run, sealed: Path, tmp_path: Path) -> None:
    paper = tmp_path / f"{WITNESS}.txt"
    paper.write_bytes(WITNESS.encode())
    add(run, summary=WITNESS, speaker=WITNESS, attach=str(paper))
    add(run, summary="Something else.")
    done(run, "log", "redact", "1", "--why", "at risk", "--yes")
    for path in (p for p in sealed.rglob("*") if p.is_file()):
        assert WITNESS.encode() not in path.read_bytes(), path
    for argv in (("log", "--history"), ("log", "export"), ("log", "show", "1")):
        assert WITNESS not in done(run, *argv)
    for argv in (("log", "--history"), ("log", "show", "1")):
        assert "redacted by entry 3" in done(run, *argv)
    found = printed(run, "log", "verify")
    assert (found["size"], found["redacted"], found["files"]) == (3, 1, 0)


def test_a_redaction_names_the_other_versions_that_are_left(run: Run) -> None:
    add(run, summary=WITNESS)
    for number, day in (("1", "25"), ("2", "27")):
        done(run, "log", "correct", number, "--on", f"2024-06-{day}")
    for entry, left in (("2", "1, 3"), ("3", "1"), ("1", None)):
        argv = ("log", "redact", entry, "--why", "at risk", "--yes")
        code, _, err = run(*argv)
        assert code == 0
        assert (left is None) == (err == "")
        assert err.endswith(f"were not redacted: entry {left}\n") or left is None
    assert WITNESS not in done(run, "log", "export")


def test_only_files_that_nothing_else_names_are_removed(
    run: Run, sealed: Path, tmp_path: Path
) -> None:
    shared, own = tmp_path / "shared.txt", tmp_path / "own.txt"
    shared.write_bytes(b"shared")
    own.write_bytes(b"own")
    add(run, attach=[str(shared), str(own)])
    add(run, attach=str(shared))
    done(run, "log", "redact", "1", "--why", "at risk", "--yes")
    assert evidence(sealed) == {sha256(b"shared").hexdigest(): b"shared"}
    done(run, "log", "redact", "2", "--why", "at risk", "--yes")
    assert evidence(sealed) == {}
    assert not list(default_log(sealed).parent.glob("*.evidence"))


def test_a_redaction_can_be_redacted(run: Run) -> None:
    add(run)
    done(run, "log", "redact", "1", "--why", WITNESS, "--yes")
    assert shown(run, 2)["why"] == WITNESS
    done(run, "log", "redact", "2", "--why", "It named somebody.", "--yes")
    assert (shown(run, 2)["why"], shown(run, 2)["redacted"]) == (None, True)
    assert "text: redacted\n" in done(run, "log", "show", "2")
    assert WITNESS not in done(run, "log", "export")
    assert done(run, "log", "verify")


def test_each_command_says_what_it_did_in_json(run: Run) -> None:
    done(run, *adding())
    done(run, *adding())
    for argv in (["retract", "1"], ["redact", "2", "--yes"]):
        placed = printed(run, "log", *argv, "--why", "wrong")
        assert placed["schema"] == "orderwatch/entry/1"
    assert sorted(SUBMITTED) == sorted(
        key for key in SUBMITTED if shown(run, 1)["event"][key] == SUBMITTED[key]
    )
