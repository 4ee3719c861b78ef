"""What calendars and feeds say after each change to the log, run whole."""

import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path

import pytest
from icalendar import Calendar

from tests.conftest import Run
from tests.support.log_commands import NOTE, REPORT, adding, done
from tests.support.mail_settings import configure
from tests.support.smtp_servers import office

ATOM = "{http://www.w3.org/2005/Atom}"
OTHER = "192/2024-03-28/3"
EXTEND = adding(kind="court-decision", role="court", extends_to="2024-07-24")
RETRACT = ["log", "retract", "1", "--why", "A mistake."]
REDACT = ["log", "redact", "1", "--why", "A name.", "--yes"]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (adding(), RETRACT),
        (adding(), REDACT),
        (adding(), ["log", "correct", "1", "--on", "2024-06-25"]),
        (adding(), ["log", "correct", "1", "--about", OTHER]),
        (EXTEND, RETRACT),
        (EXTEND, REDACT),
        (EXTEND, ["log", "correct", "1", "--extends-to", "2024-08-24"]),
        (adding("192/2024-05-24", kind="court-decision", role="court", ends=True), RETRACT),
        (adding(base=NOTE), RETRACT),
        (adding(base=NOTE), REDACT),
    ],
)
def test_what_is_taken_back_moves_calendar_and_feed(
    run: Run, first: list[str], then: list[str]
) -> None:
    done(run, *first)
    before = _calendar(run), _feed(run)
    assert run(*then)[0] == 0
    _require_later(before, (_calendar(run), _feed(run)))


CONFIRMED = adding(kind="submission", role="court", speaker="ICJ", on="2024-06-20")
WHY = ("--why", "A mistake.")
CHAIN: list[list[str]] = [
    adding(),
    ["log", "correct", "1", "--on", "2024-06-25"],
    CONFIRMED,
    ["log", "retract", "3", *WHY],
    EXTEND,
    adding(kind="court-decision", role="court", extends_to="2024-08-24"),
    ["log", "retract", "6", *WHY],
    ["log", "correct", "5", "--about", OTHER, "--extends-to", "2024-07-30"],
    ["log", "correct", "2", "--by", "South Africa"],
    ["log", "correct", "9", "--by", "Israel"],
    adding("192", kind="step", role="court", ends=True, private=True),
    ["log", "retract", "11", *WHY],
    ["log", "redact", "10", *WHY, "--yes"],
    adding(f"{REPORT}@2024-06-24", speaker="Anybody", role="other"),
    ["log", "redact", "14", *WHY, "--yes"],
]


def test_no_step_of_a_long_history_moves_calendar_or_feed_back(run: Run) -> None:
    before = _calendar(run), _feed(run)
    for command in CHAIN:
        assert run(*command)[0] == 0, command
        after = _calendar(run), _feed(run)
        _require_later(before, after)
        before = after


def test_an_entry_that_becomes_private_moves_nothing_back(run: Run) -> None:
    done(run, *adding())
    done(run, *EXTEND)
    before = _calendar(run), _feed(run)
    for command in (["log", "correct", "1", "--private"], ["log", "correct", "2", "--private"]):
        assert run(*command)[0] == 0
        after = _calendar(run), _feed(run)
        _require_later(before, after)
        before = after


def test_the_calendar_of_a_mail_is_that_of_the_export(run: Run, sealed: Path) -> None:
    with office() as post:
        configure(sealed, post.port)
        for step, command in enumerate([EXTEND, RETRACT, EXTEND]):
            assert run(*command)[0] == 0
            day = "2024-06-24" if step == 1 else "2024-07-24"
            mail = ("--as-of", day, "--mail-to", f"desk{step}@example.org")
            assert run("remind", REPORT, "--before", "0", *mail)[0] == 0
            [dates] = post.arrived[-1][1].iter_attachments()
            [event] = Calendar.from_ical(dates.get_content()).walk("VEVENT")
            exported = _calendar(run, "--as-of", day)[str(event["UID"])]
            assert int(str(event["SEQUENCE"])) == exported[0]
            assert event.decoded("DTSTAMP") == exported[1]


Published = tuple[dict[str, tuple[int, datetime, str]], dict[str, tuple[str, str]]]


def _require_later(before: Published, after_change: Published) -> None:
    """Require that what changed its meaning moved on, and that nothing went back."""
    (calendar, feed), (after, feed_after) = before, after_change
    feed, feed_after = dict(feed), dict(feed_after)
    assert calendar.keys() <= after.keys()
    for uid, (number, modified, text) in calendar.items():
        later = after[uid]
        assert later[0] >= number
        assert later[1] >= modified
        if later[2] != text:
            assert later[0] > number
            assert later[1] > modified
    assert feed_after.pop("") >= feed.pop("")
    for id_, (updated, text) in feed.items():
        if id_ in feed_after and feed_after[id_][1] != text:
            assert feed_after[id_][0] > updated


def _calendar(run: Run, *argv: str) -> dict[str, tuple[int, datetime, str]]:
    found = Calendar.from_ical(done(run, "export", "ics", "192", *argv))
    return {
        str(event["UID"]): (
            int(str(event["SEQUENCE"])),
            event.decoded("LAST-MODIFIED"),
            "|".join(str(event.get(key)) for key in ("DESCRIPTION", "STATUS"))
            + str(event.decoded("DTSTART")),
        )
        for event in found.walk("VEVENT")
        if event.decoded("DTSTAMP") == event.decoded("LAST-MODIFIED")
    }


def _feed(run: Run) -> dict[str, tuple[str, str]]:
    root = ET.fromstring(done(run, "export", "atom", REPORT))  # noqa: S314 - of ours
    entries = {
        entry.findtext(f"{ATOM}id", ""): (
            entry.findtext(f"{ATOM}updated", ""),
            entry.findtext(f"{ATOM}title", "") + entry.findtext(f"{ATOM}content", ""),
        )
        for entry in root.iter(f"{ATOM}entry")
    }
    return {**entries, "": (root.findtext(f"{ATOM}updated", ""), "")}
