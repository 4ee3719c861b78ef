"""Logs of every version open, verify and grow in the newest; see `old_logs.py`."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwatch.ledger import connection, payload, query, schema
from tests import old_logs
from tests.build import event
from tests.conftest import Run
from tests.entries import DAY
from tests.folders import untouched
from tests.log_commands import done, printed, refused

ROOTS = {
    "1": "fSvxitYtBUb9/2BQJ+Dj/pH1bEDBeXZzfC0N/b3IAcA=",
    "2": "R+/z8hNKwiOLekEOzMVKIUoX1eI4vfOcMVJinaJQF4k=",
    "3": "O09Ej9HEyHZUKBk8y4FUvhzVaiBIS1KyjQtX57csFEY=",
    "3-without-index": "BHzQykjRmJHXM+BwSzgSVdYh8Caqm1/HhZQu+vg3194=",
    "4": "T2Ppxyol7msra6k/Op8biYn5FrlEU+M4yGKVph04z8w=",
    "5": "VhKNssiUwuI+xFzoyhffgEzpwuEY0+d65UhU2ULo2dc=",
    "6": "qp0aRMuq1UojGxwEG10eyakK0XEzbpnSFpBux4KJLuM=",
}
"""The logs that are kept, and the root that the program of the time gave."""
every = pytest.mark.parametrize("name", ROOTS)


@pytest.fixture
def log(name: str, tmp_path: Path) -> Path:
    """Unpack a log that an older version wrote."""
    path = old_logs.unpacked(name, tmp_path / "old")
    assert inside(path, "PRAGMA user_version") == int(name.partition("-")[0])
    return path


def inside(path: Path, sql: str) -> object:
    """Ask a file, behind the back of the program."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as con:
        return con.execute(sql).fetchone()[0]


def told(run: Run, log: Path) -> list[str]:
    """Read all that a log says, in several ways."""
    named = ("--log", str(log))
    return [
        *(done(run, *named, "log", "show", str(seq)) for seq in range(1, 8)),
        done(run, *named, "log", "--origin", "log", "--history"),
        done(run, *named, "log", "--search", "registry"),
        done(run, *named, "status", "rafah", "--as-of", "2024-07-01"),
        done(run, *named, "remind", "--list"),
        done(run, *named, "log", "export"),
    ]


def test_a_log_of_every_version_is_kept() -> None:
    assert {path.stem for path in old_logs.KEPT.iterdir()} == set(ROOTS)
    kept = {int(name.partition("-")[0]) for name in ROOTS}
    assert kept == set(range(1, schema.latest() + 1))


@every
def test_an_older_log_is_read_and_verified_and_not_touched(
    run: Run, log: Path, name: str
) -> None:
    with untouched(log.parent):
        found = printed(run, "--log", str(log), "log", "verify")
        assert (found["size"], found["redacted"], found["files"]) == (7, 1, 1)
        assert found["root"] == ROOTS[name]
        entries, *_ = told(run, log)
        assert "Israel is said to have handed in its report." in entries


@every
def test_an_older_log_says_the_same_when_it_has_been_brought_up_to_date(
    run: Run, log: Path, name: str
) -> None:
    before = told(run, log)
    assert ("192/2024-05-24/3@2024-06-24" in before[-2]) is (name != "1")
    add = ("log", "add", "150", "--file", "-")
    event = (
        '{"kind": "note", "on": "2024-07-02", "speaker": "Ana", "role": "ngo",'
        ' "summary": "Later."}'
    )
    done(run, "--log", str(log), *add, stdin=event)
    assert inside(log, "PRAGMA user_version") == schema.latest()
    assert inside(log, "SELECT count(*) FROM sqlite_schema WHERE name = 'attached'")
    after = told(run, log)
    # The new entry, and the size and root of the log, at the end of each output.
    assert after[:7] == before[:7]
    assert after[-1].startswith(before[-1])
    assert after[-2] == before[-2]
    found = printed(run, "--log", str(log), "log", "verify")
    assert (found["size"], found["redacted"], found["files"]) == (8, 1, 1)


@every
def test_evidence_of_an_older_log_is_still_looked_at(run: Run, log: Path) -> None:
    [file] = [one for one in log.parent.rglob("*/*") if one.is_file()]
    file.chmod(0o600)
    file.write_text("Something else.")
    err = refused(run, "--log", str(log), "log", "verify", code=4)
    assert "entry 4" in err


@every
def test_a_changed_entry_of_an_older_log_is_found(run: Run, log: Path) -> None:
    with closing(sqlite3.connect(log)) as con:
        con.execute("DROP TRIGGER payload_kept")
        con.execute("UPDATE payload SET body = replace(body, 'Rang', 'Sang')")
        con.commit()
    err = refused(run, "--log", str(log), "log", "verify", code=4)
    assert "entry 4" in err


@pytest.mark.parametrize("name", ["3"])
@pytest.mark.parametrize(
    "argv", ["status rafah", "log", "log verify", "log retract 4 --why x", "remind"]
)
def test_an_older_program_leaves_a_newer_log_alone(
    run: Run, log: Path, monkeypatch: pytest.MonkeyPatch, argv: str
) -> None:
    monkeypatch.setattr(schema, "STEPS", schema.STEPS[:2])
    with untouched(log.parent):
        err = refused(run, "--log", str(log), *argv.split(), code=4)
    assert "newer version of orderwatch; update orderwatch" in err


texts = st.sampled_from(
    ["Rang.", 'Said: "so"', "\\", "two\nlines", "élève “x”", "null"]
)
perhaps = st.none() | texts


@given(texts, texts, st.lists(texts, max_size=2), perhaps, perhaps, perhaps)
def test_the_words_of_a_payload_are_those_of_every_version(  # noqa: PLR0913, PLR0917 - what is said
    speaker: str,
    summary: str,
    by: list[str],
    finding: str | None,
    trigger: str | None,
    why: str | None,
) -> None:
    body = payload.encode_why(why or "So.")
    if why is None:
        body = payload.encode_event(
            event(
                DAY,
                speaker=speaker,
                summary=summary,
                by=tuple(by),
                finding=finding,
                trigger=trigger,
            )
        )
    said = set()
    for version in range(1, schema.latest() + 1):
        with closing(connection.empty(version)) as con:
            con.execute("INSERT INTO entry VALUES (1, x'00', '', x'')")
            con.execute("INSERT INTO payload VALUES (1, x'', ?)", (body.decode(),))
            said.add(tuple(con.execute("SELECT text FROM said").fetchone()[0].split()))
    assert len(said) == 1, said


@pytest.mark.parametrize("version", [1, 4, 5, schema.latest()])
def test_what_has_attachments_is_looked_up_in_logs_of_every_version(
    version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(connection.empty(version)) as con:
        asked = list[str]()

        def ask(_: object, sql: str) -> list[object]:
            asked.append(sql)
            return []

        monkeypatch.setattr(query, "fetch", ask)
        assert not query.with_attachments(con)
        [plan] = con.execute(f"EXPLAIN QUERY PLAN {asked[0]}").fetchall()
    assert b"USING INDEX attached" in plan[-1]
