"""Build reminder letters about hostile obligations."""

from datetime import UTC, date, datetime
from email.message import EmailMessage
from importlib.resources import files

from orderwatch.frozen import replace
from orderwatch.model import (
    DeadlineStatus,
    Obligation,
    Provenance,
    Status,
    TreeHead,
)
from orderwatch.reminders.smtp import Content, build, encode, message_id
from orderwatch.render import ics, reminder_mail
from orderwatch.render.reminder_mail import ReminderMail
from orderwatch.revisions import Revisions
from orderwatch.status import assess_within
from tests.support import build as make

DAY = date(2024, 6, 20)
NOW = datetime(2024, 6, 20, 6, tzinfo=UTC)
VIEW = Provenance(
    as_of=DAY,
    known_on=None,
    reviewed=DAY,
    register_sha256="0" * 64,
    seen_to=None,
    log=TreeHead(size=0, root=bytes(32)),
    courts=(make.COURT,),
)


def template(name: str) -> str:
    return (files("orderwatch") / "templates" / name).read_text(encoding="utf-8")


TEXT, HTML = template("message.txt"), template("message.html")


def items(*duties: Obligation) -> list[tuple[Status, DeadlineStatus]]:
    found = [assess_within(duty, (), today=DAY, days=30) for duty in duties]
    return [(status, item) for status in found for item in status.deadlines]


def named(text: str) -> Obligation:
    """Build an obligation that has a text wherever a register has one of its own."""
    case = replace(make.PENDING, short=text, title=text)
    order = replace(make.order(case=case), url=text)
    return make.obligation(order=order, summary=text, addressees=(text,))


def whole(letter: ReminderMail) -> bytes:
    content = Content(
        subject=reminder_mail.subject(letter.items),
        text=reminder_mail.text(letter, TEXT, width=72),
        html=reminder_mail.html(letter, HTML),
        calendar=ics.reminder((*item, Revisions().of(item[1].deadline)) for item in letter.items),
        id=message_id("o@example.org", "d@example.org", ["key"]),
    )
    built = build(content, sender="o@example.org", recipient="d@example.org", date=NOW)
    wire = encode(built)
    assert wire.isascii()
    assert all(len(line) <= 998 and b"\r" not in line for line in wire.split(b"\r\n"))
    return wire


def read_subject(read: EmailMessage) -> str:
    """Read a subject as a mail program does: a fold at its begin is no part of it."""
    return str(read["Subject"]).removeprefix(" ")
