"""What calendars and feeds say after each change to the log, run whole."""

import xml.etree.ElementTree as ET
from datetime import datetime

import pytest
from icalendar import Calendar

from tests.conftest import Run
from tests.support.log_commands import NOTE, REPORT, adding, done

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
    calendar, feed = _calendar(run), _feed(run)
    assert run(*then)[0] == 0
    after, feed_after = _calendar(run), _feed(run)
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


def _calendar(run: Run) -> dict[str, tuple[int, datetime, str]]:
    found = Calendar.from_ical(done(run, "export", "ics", "192"))
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
