"""`log add`: options, a file, a conversation; what is kept and made on the way."""

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support.folder_state import untouched
from tests.support.log_commands import (
    ASSESSED,
    REPORT,
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


def test_an_event_is_appended_with_all_that_was_said(run: Run) -> None:
    placed = add(
        run,
        "RAFAH/3",
        "192/2024-05-24/3@2024-06-24",
        by=["Israel", "Its embassy"],
        further=["https://news.example/2", "http://other.example/"],
        archive="https://archive.example/1",
        extends_to="2024-07-24",
        ends=True,
        private=True,
    )
    assert placed["seq"] == placed["size"] == 1
    assert placed["leaf"] == placed["root"]
    names = ["counts_for", "effect", "id", "leaf", "root", "schema", "seq", "size"]
    assert sorted(placed) == names
    assert placed["schema"] == "orderwatch/entry/1"
    shown = printed(run, "log", "show", "1")
    assert shown["private"] is True
    event = shown["event"]
    assert event["about"] == [REPORT, f"{REPORT}@2024-06-24"]
    assert event["by"] == ["Israel", "Its embassy"]
    assert event["further"] == ["https://news.example/2", "http://other.example/"]
    assert event["archive"] == "https://archive.example/1"
    assert event["extends_to"] == "2024-07-24"
    assert event["ends"] is True
    assert {key: event[key] for key in SUBMITTED} == SUBMITTED
    assert event["recorded"] == "2026-11-23T12:00:00Z"


def test_an_assessment_keeps_its_finding_and_its_scale(run: Run) -> None:
    add(run, base=ASSESSED)
    event = printed(run, "log", "show", "1")["event"]
    assert (event["finding"], event["scale"]) == ("not complied with", "its own words")


def test_words_and_ids_are_read_without_regard_to_case(run: Run) -> None:
    add(run, "Rafah/3", kind="Submission", role="MEDIA", summary="  So they say. ")
    event = printed(run, "log", "show", "1")["event"]
    assert (event["kind"], event["role"]) == ("submission", "media")
    assert event["summary"] == "So they say."


def test_one_addressee_is_taken_for_who_submitted(run: Run) -> None:
    add(run)
    assert printed(run, "log", "show", "1")["event"]["by"] == ["Israel"]


def test_the_recorder_is_who_the_settings_name(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERWATCH_RECORDER", "Ana at the office")
    add(run)
    assert printed(run, "log", "show", "1")["recorder"] == "Ana at the office"
    assert "recorder: Ana at the office\n" in done(run, "log", "show", "1")


def test_people_are_told_the_number_the_id_and_the_root(run: Run) -> None:
    code, out, err = run(*adding())
    assert (code, err) == (0, "")
    placed, effect, size = out.splitlines()
    assert placed.startswith("Entry 1 is recorded (0")
    assert effect == "It counts as the submission for 24 June 2024."
    assert size.startswith("The log has 1 entry, root ")


# The event as JSON


@pytest.mark.parametrize("name", ["-", "event.json"])
def test_an_event_comes_from_a_file_or_from_standard_input(
    run: Run, tmp_path: Path, name: str
) -> None:
    text = json.dumps({"about": ["rafah/3"], **SUBMITTED, "ends": False, "by": None})
    file = tmp_path / "event.json"
    file.write_text(text, encoding="utf-8")
    given = name if name == "-" else str(file)
    done(run, "log", "add", "--file", given, stdin=text)
    event = printed(run, "log", "show", "1")["event"]
    assert {key: event[key] for key in SUBMITTED} == SUBMITTED
    assert event["by"] == ["Israel"]


def test_a_file_and_options_are_joined(run: Run) -> None:
    rest = {"kind": "note", "on": "2024-06-01"}
    argv = ["log", "add", "rafah", "--speaker", "Ana", "--role", "ngo", "--file", "-"]
    done(run, *argv, stdin=json.dumps({**rest, "summary": "Said so."}))
    event = printed(run, "log", "show", "1")["event"]
    assert (event["about"], event["summary"]) == (["192/2024-05-24"], "Said so.")


def test_a_person_is_not_asked_while_a_file_is_given(run: Run) -> None:
    text = json.dumps({"about": "rafah/3", **SUBMITTED, "role": None})
    code, out, err = run("log", "add", "--file", "-", stdin=text, tty=True)
    assert (code, out) == (2, "")
    assert "role: required" in err


# Where it is kept


@pytest.mark.file
def test_the_first_event_makes_the_default_log_for_its_owner_alone(
    run: Run, sealed: Path, tmp_path: Path
) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF")
    mask = os.umask(0)
    try:
        done(run, "log", "list")
        assert not default_log(sealed).parent.exists()
        done(run, *adding(attach=str(paper)))
    finally:
        os.umask(mask)
    log = default_log(sealed)
    modes = {p.name: p.stat().st_mode & 0o777 for p in log.parent.rglob("*")}
    [head] = (log.parent / "tree-heads").iterdir()
    digest = sha256(b"%PDF").hexdigest()
    assert modes == {
        "log.sqlite": 0o600,
        "tree-heads": 0o700,
        head.name: 0o600,
        "log.sqlite.evidence": 0o700,
        digest[:2]: 0o700,
        digest: 0o400,
    }
    assert log.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("how", ["option", "environment"])
def test_a_log_that_was_named_is_not_made_by_the_way(
    run: Run, sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    (tmp_path / "office.log").touch()
    named = tmp_path / "ofice.log"
    argv = ["--log", str(named)] if how == "option" else []
    if how == "environment":
        monkeypatch.setenv("ORDERWATCH_LOG", str(named))
    with untouched(sealed, tmp_path):
        code, out, err = run(*argv, *adding())
    assert (code, out) == (4, "")
    assert f"did you mean {tmp_path / 'office.log'}?" in err


def test_init_makes_a_log_that_was_named(run: Run, sealed: Path, tmp_path: Path) -> None:
    named = tmp_path / "office.log"
    with untouched(sealed, tmp_path):
        err = refused(run, "--log", str(named), *adding(), code=4)
    assert "creates a new log there" in err
    done(run, "--log", str(named), "init")
    done(run, "--log", str(named), *adding())
    assert printed(run, "--log", str(named), "log", "verify")["size"] == 1
    assert not default_log(sealed).exists()


# Evidence


def test_files_are_kept_under_their_hash_once(run: Run, sealed: Path, tmp_path: Path) -> None:
    first, second, again = (tmp_path / name for name in ("a.pdf", "b.txt", "c.pdf"))
    first.write_bytes(b"one")
    again.write_bytes(b"one")
    second.write_bytes(b"two")
    done(run, *adding(attach=[str(first), str(first), str(second)]))
    done(run, *adding(attach=str(again)))
    one, two = sha256(b"one").hexdigest(), sha256(b"two").hexdigest()
    assert evidence(sealed) == {one: b"one", two: b"two"}
    same = {"size": 3, "capture": None}
    assert printed(run, "log", "show", "1")["event"]["attachments"] == [
        {"sha256": one, "name": "a.pdf", "media_type": "application/pdf", **same},
        {"sha256": two, "name": "b.txt", "media_type": "text/plain", **same},
    ]
    (kept,) = printed(run, "log", "show", "2")["event"]["attachments"]
    assert (kept["sha256"], kept["name"]) == (one, "c.pdf")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("link", "is a symbolic link"),
        ("folder", "is not a file"),
        ("/dev/null", "is not a file"),
        ("pipe", "is not a file"),
        ("nothing", "cannot read"),
    ],
)
def test_only_plain_files_are_attached_and_none_if_one_is_not(
    run: Run, sealed: Path, tmp_path: Path, bad: str, words: str
) -> None:
    good = tmp_path / "good.txt"
    good.write_bytes(b"good")
    (tmp_path / "link").symlink_to(good)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with untouched(sealed):
        code, out, err = run(*adding(attach=[str(good), str(tmp_path / bad)]))
    assert (code, out) == (2, "")
    assert words in err
    assert str(tmp_path / bad) in err


def test_files_of_an_entry_that_is_refused_are_not_kept(
    run: Run, sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    old.write_bytes(b"old")
    new.write_bytes(b"new")
    done(run, *adding(attach=str(old)))
    monkeypatch.setenv("ORDERWATCH_RECORDER", "x" * 201)
    code, out, _ = run(*adding(attach=[str(old), str(new)]))
    assert (code, out) == (2, "")
    assert evidence(sealed) == {sha256(b"old").hexdigest(): b"old"}


# Without a person


def test_without_a_person_what_is_missing_is_named(run: Run, sealed: Path) -> None:
    with untouched(sealed):
        code, out, err = run("log", "add")
    assert (code, out) == (2, "")
    for key in ("about", "kind", "on", "speaker", "role", "summary"):
        assert f"{key}: required" in err
