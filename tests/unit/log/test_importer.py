"""An import gives the same log, however many lines are written at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orderwatch.errors import LogError
from orderwatch.log import importer, writer
from orderwatch.log.formats import jsonl
from orderwatch.log.sqlite import SqliteLog, connection
from orderwatch.log.types import EntryFilter
from orderwatch.model.entry import Entry
from tests.support.entries import Scribe


def history() -> list[Entry]:
    """Record events, corrections, and a redaction far from its target."""
    ana = Scribe()
    entries = [ana.event(f"Word{number}.") for number in range(20)]
    entries += [ana.correct(entries[1]), ana.retract(entries[2])]
    entries += [ana.redact(entries[3]), ana.redact(entries[19])]
    return entries + [ana.event(f"Later{number}.") for number in range(20)]


def lines(entries: list[Entry]) -> list[bytes]:
    """Write the lines of an export, without what was redacted."""
    gone = {3, 19}
    return [
        jsonl.encode_line(one.raw, None, None)
        if place in gone
        else jsonl.encode_line(one.raw, one.salt, one.payload)
        for place, one in enumerate(entries)
    ]


@pytest.mark.parametrize("bare", [True, False])
@pytest.mark.parametrize(
    ("at_once", "words", "rows"), [(1, 7, 1), (3, 1, 2), (4, 99, 3), (99, 99, 99)]
)
def test_how_many_lines_are_written_at_once_does_not_show(  # noqa: PLR0913, PLR0917 - cases
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    at_once: int,
    words: int,
    rows: int,
    bare: bool,  # noqa: FBT001 - pytest gives it
) -> None:
    monkeypatch.setattr(importer, "LINES_PER_PAGE", at_once)
    monkeypatch.setattr(writer, "_INDEX_BATCH", words)
    monkeypatch.setattr(connection, "_ROWS_PER_STATEMENT", rows)
    entries = history()
    given = (
        lines(entries)
        if bare
        else [jsonl.encode_line(one.raw, one.salt, one.payload) for one in entries]
    )
    with SqliteLog(tmp_path / "log.sqlite", write=True, must_exist=False) as log:
        # Some of it is there already.
        assert log.append_many(given[:2]).added == 2
        done = log.append_many(given)
        assert (done.added, done.skipped, done.size) == (42, 2, 44)
        report = log.verify()
        assert (report.problem, report.redacted, report.root) == (None, 2, done.root)
        assert [*log.export()] == lines(entries)
        for word, places in (("word5", [6]), ("word3", []), ("later19", [44])):
            found = [one.seq for one in log.history(EntryFilter(search=word))]
            assert (word, found) == (word, places)


def test_a_bad_last_line_undoes_what_was_written_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "LINES_PER_PAGE", 2)
    given = lines(history())
    with SqliteLog(tmp_path / "log.sqlite", write=True, must_exist=False) as log:
        log.append_many(given[:1])
        head = log.head()
        with pytest.raises(LogError, match="line 45: "):
            log.append_many([*given, b"{}\n"])
        assert log.head() == head
        assert log.append_many(given).size == 44


def test_long_lines_are_read_a_few_at_a_time(tmp_path: Path) -> None:
    read = []

    def long() -> Iterator[bytes]:
        for number in range(60):
            read.append(number)
            yield b"x" * 1_000_000
            if number == 20:
                raise OSError(5, "Input/output error")

    with (
        SqliteLog(tmp_path / "log.sqlite", write=True, must_exist=False) as log,
        pytest.raises(LogError, match="Input/output error"),
    ):
        log.append_many(long())
    assert len(read) == 21


def test_empty_lines_are_counted_and_nothing_else(tmp_path: Path) -> None:
    given = lines(history())
    with SqliteLog(tmp_path / "log.sqlite", write=True, must_exist=False) as log:
        with pytest.raises(LogError, match="line 4: ") as refused:
            log.append_many([given[0], b"\n", b" \n", b"no entry\n", b"\xff\n"])
        assert "line 5: not UTF-8 at byte" in str(refused.value)
        assert log.append_many([b"\n", *given, b"\n"]).size == 44
