"""What was said to whom is kept in the file of the log."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orderwatch.log import open_store, open_writer
from orderwatch.log.outbox import (
    LeaseHolder,
    PendingMessage,
    Recipient,
    RecipientState,
    SentReminder,
)
from orderwatch.log.sqlite import connection

ONE = Recipient(channel="mail", name="zoë@example.org")
NOW = datetime(2024, 6, 20, 7, tzinfo=UTC)
MARK = SentReminder(
    recipient=ONE,
    obligation="192/2024-05-24/3",
    deadline="192/2024-05-24/3@2024-06-24",
    due=date(2024, 6, 24),
    days=-7,
    message="<a@example.org>",
    at=NOW,
)
SENDING = PendingMessage(content=b"From: \xc3\xab\r\n\x00", reminders=(MARK,))


@pytest.fixture
def log(tmp_path: Path) -> str:
    """Make a log without entries."""
    path = tmp_path / "log.sqlite"
    connection.create(path)
    return str(path)


def claimed(log: str, now: datetime = NOW) -> RecipientState | LeaseHolder:
    with open_writer(log) as writer:
        return writer.claim([ONE], now.date(), now)[ONE]


def test_a_reader_leaves_a_file_as_it_is(log: str) -> None:
    before = Path(log).read_bytes()
    with open_store(log) as reader:
        assert reader.recipient_state(ONE) == RecipientState()
        assert reader.sent_reminders() == ()
    assert Path(log).read_bytes() == before
    assert claimed(log) == RecipientState()
    with open_store(log) as reader:
        assert reader.recipient_state(ONE) == RecipientState(since=NOW.date())


def test_what_is_being_sent_is_kept_until_it_is_settled(log: str) -> None:
    with open_writer(log) as writer:
        writer.claim([ONE], NOW.date(), NOW)
        assert writer.store_pending(ONE)
        assert writer.store_pending(ONE, SENDING)
    assert claimed(log) == RecipientState(since=NOW.date(), pending=SENDING)
    with open_writer(log) as writer:
        writer.claim([ONE], NOW.date(), NOW)
        writer.record_sent(ONE, SENDING.reminders)
    assert claimed(log) == RecipientState(since=NOW.date(), reminders=(MARK,))


def test_what_was_refused_is_as_if_never_sent(log: str) -> None:
    with open_writer(log) as writer:
        writer.claim([ONE], NOW.date(), NOW)
        writer.store_pending(ONE, SENDING)
        writer.record_sent(ONE, ())
        assert not writer.store_pending(ONE), "it is released"
    assert claimed(log) == RecipientState(since=NOW.date())


def test_nothing_is_kept_without_a_claim(log: str) -> None:
    with open_writer(log) as writer:
        assert not writer.store_pending(ONE, SENDING)
    assert claimed(log) == RecipientState()
