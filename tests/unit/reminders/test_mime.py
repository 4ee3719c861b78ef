"""Messages about whatever a register can hold: nothing acts, all is read as meant."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from orderwatch.model import (
    EventKind,
    Role,
)
from orderwatch.reminders.smtp import message_id
from orderwatch.render import ics, reminder_mail
from orderwatch.render.reminder_mail import ReminderMail
from orderwatch.render.sanitize import sanitize
from orderwatch.revisions import Revisions
from orderwatch.status import assess_within
from tests.support import build as make
from tests.support.reminder_letters import (
    DAY,
    HTML,
    VIEW,
    items,
    named,
    read_subject,
    whole,
)
from tests.support.smtp_servers import parsed

HOSTILE = [
    "two\r\nBcc: everybody@example.org",
    "\u2028line\u2029paragraph\x85next",
    "\u202eright to left",
    "<script>alert(1)</script> & \"quoted\" 'too'",
    "{{ 7 * 7 }}{% raw %}",
    "國際法院 \u2013 Ž\u0301 ÅÄÖ العربية 👩‍👩‍👧",
    "=?utf-8?q?encoded=0D=0ABcc=3A_x=40example.org?=",
    "x" * 500,
    ".\r\n.",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_hostile_is_read_and_does_nothing(text: str) -> None:
    letter = ReminderMail(view=VIEW, items=items(named(text)), stop="Ask.")
    read = parsed(whole(letter))
    assert sorted(read.keys()) == sorted(
        [
            *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
            *("List-Unsubscribe", "MIME-Version", "Content-Type"),
        ]
    )
    assert read_subject(read) == reminder_mail.subject(letter.items).replace("=?", "= ?")
    body, page = read.get_body(("plain",)), read.get_body(("html",))
    assert body is not None
    assert page is not None
    plain = " ".join(body.get_content().split())
    assert " ".join(sanitize(text).split()) in plain
    shown = page.get_content()
    assert "<script>" not in shown
    assert "javascript:" not in shown
    [dates] = read.iter_attachments()
    [event] = Calendar.from_ical(dates.get_content()).walk("VEVENT")
    assert sanitize(text) in str(event["DESCRIPTION"])


@given(st.text(max_size=60).filter(str.strip))
@settings(max_examples=40)
def test_any_text_survives_the_way(text: str) -> None:
    letter = ReminderMail(view=VIEW, items=items(named(text)), stop="Ask.")
    read = parsed(whole(letter))
    assert read_subject(read) == reminder_mail.subject(letter.items).replace("=?", "= ?")
    body = read.get_body(("plain",))
    assert body is not None
    # Lines are broken between words, and nowhere else.
    assert "".join(sanitize(text).split()) in "".join(body.get_content().split())


def test_a_link_leads_only_to_the_web() -> None:
    for url in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"):
        letter = ReminderMail(view=VIEW, items=items(named(url)))
        assert "<a " not in reminder_mail.html(letter, HTML)
    letter = ReminderMail(view=VIEW, items=items(named('https://a.org/"><b>')))
    assert '<a href="https://a.org/%22%3E%3Cb%3E">' in reminder_mail.html(letter, HTML)


@pytest.mark.slow
def test_two_thousand_deadlines_are_one_message() -> None:
    duty = make.obligation()
    [one] = items(duty)
    many = [one] * 1_999 + items(named("Zoë & 東京"))
    read = parsed(whole(ReminderMail(view=VIEW, items=many)))
    assert str(read["Subject"]).startswith(
        "2000 deadlines, first: Atlantis's report to the ICJ is due"
    )
    body = read.get_body(("plain",))
    assert body is not None
    assert body.get_content().count("Due in 4 days") == 2_000
    [dates] = read.iter_attachments()
    assert dates.get_content().count("BEGIN:VEVENT") == 2_000


def test_a_message_is_named_by_what_it_says_to_whom() -> None:
    names = [
        message_id("o@example.org", "a@example.org", ["x", "y"]),
        message_id("o@example.org", "b@example.org", ["x", "y"]),
        message_id("o@example.org", "a@example.org", ["x"]),
    ]
    assert len(set(names)) == 3
    again = message_id("Desk <o@example.org>", "a@example.org", ["y", "x"])
    assert again == names[0]


def test_an_event_that_moves_keeps_its_uid_and_counts_on() -> None:
    duty = make.obligation()
    found = []
    for number in range(3):
        events = [
            make.event(
                DAY,
                f"{duty.id}@2024-06-24",
                kind=EventKind.COURT_DECISION,
                role=Role.COURT,
                extends_to=date(2024, 7, 1) + timedelta(n),
                number=n,
            )
            for n in range(number)
        ]
        status = assess_within(duty, events, today=DAY, days=30)
        made = ics.reminder(
            [(status, status.deadlines[0], Revisions(events).of(status.deadlines[0].deadline))]
        )
        [event] = Calendar.from_ical(made).walk("VEVENT")
        facts = (int(str(event["SEQUENCE"])), event.decoded("DTSTART"))
        found.append((str(event["UID"]), *facts))
    assert len({uid for uid, _, _ in found}) == 1
    assert all(one[1] < two[1] and one[2] < two[2] for one, two in pairwise(found))
