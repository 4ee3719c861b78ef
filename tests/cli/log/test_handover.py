"""`log handover`: who gave an entry, or a file of it, to whom."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support import captures
from tests.support.entries import Scribe, line
from tests.support.log_commands import NOTE, add, adding, done, printed

GIVEN = ("--from", "Ana", "--to", "Ben", "--on", "2024-06-21", "--what", "A USB stick, by hand")


def test_a_handover_is_shown_with_its_entry(run: Run, tmp_path: Path) -> None:
    done(run, *adding(), *captures.write(tmp_path, "html", "pdf"))
    out = done(run, "log", "handover", "1", *GIVEN, "--file", "page.pdf")
    assert out.startswith("Entry 2 is a handover of entry 1 (")
    file = printed(run, "log", "show", "1")["event"]["attachments"][1]["sha256"]
    done(run, "log", "correct", "1", "--on", "2024-06-25")
    done(run, "log", "handover", "3", *GIVEN[:-1], "by post", "--file", file[:6])
    for name in ("1", "3"):
        document = printed(run, "log", "show", name)
        assert [
            (row["seq"], row["date"], row["giver"], row["receiver"], row["what"], row["file"])
            for row in document["custody"]
        ] == [
            (2, "2024-06-21", "Ana", "Ben", "A USB stick, by hand", file),
            (4, "2024-06-21", "Ana", "Ben", "by post", file),
        ]
        assert [effect["kind"] for effect in document["effects"]] == ["correction"][: name == "1"]
    assert "\n\nhandover: 2024-06-21\nfrom: Ana\nto: Ben\n" in done(run, "log", "show", "1")
    own = printed(run, "log", "show", "2")
    assert (own["kind"], own["handover"]["what"], own["custody"]) == (
        "handover",
        "A USB stick, by hand",
        [],
    )
    assert "2024-06-21: Ana to Ben: A USB stick, by hand" in done(run, "log", "show", "2")
    assert "2024-06-21: Ana to Ben: by post" in done(run, "log", "list", "--history")
    assert "2024-06-21: Ana to Ben: by post" in done(run, "changes", "--since", "2024-01-01")
    assert done(run, "log", "verify").startswith("Everything matches: 4 entries")


def test_a_handover_changes_nothing_that_counts(run: Run) -> None:
    add(run)
    add(run, base=NOTE)
    commands = ("status rafah/3", "deadlines rafah/3", "log list --origin log")
    before = [json.loads(done(run, *words.split(), "--format", "json")) for words in commands]
    done(run, "log", "handover", "1", *GIVEN)
    done(run, "log", "handover", "2", *GIVEN)
    after = [json.loads(done(run, *words.split(), "--format", "json")) for words in commands]
    assert [{**item, "log": None} for item in before] == [{**item, "log": None} for item in after]


def test_a_handover_of_a_private_entry_is_private(run: Run, tmp_path: Path) -> None:
    add(run, base=NOTE, private=True, summary="Zanzibar.")
    done(run, "log", "handover", "1", *GIVEN)
    assert printed(run, "log", "show", "2")["private"] is True
    code, out, err = run("log", "export")
    assert (code, "USB" in out, "2 private" in err) == (0, False, True)
    add(run)
    assert run("publish", str(tmp_path / "site"), "rafah")[0] == 0
    for path in (tmp_path / "site").rglob("*"):
        assert path.is_dir() or b"USB" not in path.read_bytes()


def test_a_handover_can_be_redacted(run: Run) -> None:
    add(run)
    done(run, "log", "handover", "1", *GIVEN)
    done(run, "log", "redact", "2", "--why", "names a person", "--yes")
    document = printed(run, "log", "show", "1")
    (row,) = document["custody"]
    assert (row["seq"], row["what"], row["giver"], row["date"]) == (2, None, None, None)
    assert "redacted or withheld" in done(run, "log", "show", "1")
    assert printed(run, "log", "list", "--origin", "log")["events"][0]["counts"] is True
    done(run, "log", "verify")


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        (("2", *GIVEN), "entry 2 is a handover: only events and corrections can be"),
        (("1", *GIVEN[:-1], ""), "nothing was recorded: "),
        (("1", *GIVEN[:5], "2099-01-01", *GIVEN[6:]), "--on: 2099-01-01 is in the future"),
        (("1", *GIVEN, "--file", "x"), "entry 1 has no single file 'x'; its files: none"),
    ],
)
def test_what_is_wrong_is_refused(run: Run, argv: tuple[str, ...], error: str) -> None:
    add(run)
    done(run, "log", "handover", "1", *GIVEN)
    code, out, err = run("log", "handover", *argv)
    assert (code, out) == (2, "")
    assert error in err


def test_only_who_may_amend_an_entry_hands_it_over(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(run)
    done(run, "log", "keygen", str(tmp_path / "eve.key"), "--name", "example.org/eve")
    monkeypatch.setenv("ORDERWATCH_KEY", str(tmp_path / "eve.key"))
    code, out, err = run("log", "handover", "1", *GIVEN)
    assert (code, out) == (2, "")
    assert "entry 1 is not yours to amend: a handover of it counts by its signer" in err


def test_a_handover_by_a_stranger_has_no_effect(run: Run, tmp_path: Path) -> None:
    ana, ben = Scribe("Ana", seed=b"a" * 32), Scribe("Ben", seed=b"b" * 32)
    event = ana.event("Says so.")
    own, foreign = ana.hand_over(event), ben.hand_over(event, "Stolen.", private=True)
    path = tmp_path / "log.jsonl"
    path.write_bytes(line(event) + line(own))
    done(run, "log", "import", str(path))
    path.write_bytes(line(foreign))
    code, _out, err = run("log", "import", str(path))
    assert (code, "it is a handover of entry 1 of this log, not signed by" in err) == (4, True)
    done(run, "log", "import", str(path), "--effects")
    document = printed(run, "log", "show", "1")
    assert [row["seq"] for row in document["custody"]] == [2]
    assert [item["kind"] for item in document["void_effects"]] == ["handover"]
    assert document["private"] is False
    done(run, "log", "verify")
