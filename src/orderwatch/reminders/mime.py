"""Build a message for one recipient."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import quote

from orderwatch.errors import UsageError

_LONGEST = 320


"""Of an address: 64 characters, an @, and 255 more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is to be said to one recipient."""

    subject: str
    text: str
    html: str
    calendar: bytes
    id: str


def address(text: str) -> Address:
    """Read an address, with or without a name; raise `UsageError` for others."""
    name, bracket, rest = text.strip().rpartition("<")
    spec = rest.removesuffix(">") if bracket else text.strip()
    local, _, domain = spec.rpartition("@")
    with suppress(HeaderParseError, ValueError, IndexError):
        if (
            local
            and domain
            and len(spec) <= _LONGEST
            and text.isprintable()
            and not set(' <>()[]\\,;:"') & set(spec)
            and bool(bracket) == text.strip().endswith(">")
        ):
            host = domain.encode("idna").decode("ascii").lower()
            shown = name.strip().strip('"')
            return Address(display_name=shown, username=local, domain=host)
    raise UsageError(f"{text}: is no mail address; one looks like desk@example.org")


def message_id(sender: str, recipient: str, keys: Sequence[str]) -> str:
    """Name a message by what it says to whom, the same whenever it is tried."""
    said = "\n".join([recipient, *sorted(keys)])
    return f"<{sha256(said.encode()).hexdigest()[:40]}@{address(sender).domain}>"


def build(
    content: Content, *, sender: str, recipient: str, date: datetime
) -> EmailMessage:
    """Build a message: text, page, and the dates as a calendar file."""
    message = EmailMessage()
    origin, goal = address(sender), address(recipient)
    message["From"] = origin
    message["To"] = goal
    # Python would decode what looks like an encoded word, line breaks in it too.
    message["Subject"] = content.subject.replace("=?", "= ?")
    message["Date"] = format_datetime(date)
    message["Message-ID"] = content.id
    message["Auto-Submitted"] = "auto-generated"
    stop = f"mailto:{quote(origin.addr_spec, safe='@')}"
    message["List-Unsubscribe"] = f"<{stop}?subject=unsubscribe>"
    # Every server takes lines that are short and ASCII.
    message.set_content(content.text, cte="quoted-printable")
    message.add_alternative(content.html, subtype="html", cte="quoted-printable")
    message.add_attachment(
        content.calendar,
        maintype="text",
        subtype="calendar",
        cte="base64",
        filename="deadlines.ics",
        params={"charset": "utf-8", "method": "PUBLISH"},
    )
    return message


def encoded(message: EmailMessage) -> bytes:
    """Write a message as it goes over the wire."""
    both = (*message["From"].addresses, *message["To"].addresses)
    plain = all(one.addr_spec.isascii() for one in both)
    return message.as_bytes(policy=SMTP if plain else SMTPUTF8)
