"""Build a message for one recipient."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import quote

from orderwatch.frozen import Frozen
from orderwatch.settings.mail_address import parse_address


class Content(Frozen):
    """Content of a message to one recipient."""

    subject: str
    text: str
    html: str
    calendar: bytes
    id: str


def message_id(sender: str, recipient: str, keys: Sequence[str]) -> str:
    """Return a Message-ID derived from sender, recipient and keys; equal on retry."""
    text = "\n".join([recipient, *sorted(keys)])
    return f"<{sha256(text.encode()).hexdigest()[:40]}@{parse_address(sender).domain}>"


def build(
    content: Content, *, sender: str, recipient: str, date: datetime
) -> EmailMessage:
    """Build a message: text, HTML, and the dates as a calendar file."""
    message = EmailMessage()
    from_address, to_address = parse_address(sender), parse_address(recipient)
    message["From"] = from_address
    message["To"] = to_address
    # Python would decode text that looks like an encoded word, line breaks too.
    message["Subject"] = content.subject.replace("=?", "= ?")
    message["Date"] = format_datetime(date)
    message["Message-ID"] = content.id
    message["Auto-Submitted"] = "auto-generated"
    unsubscribe = f"mailto:{quote(from_address.addr_spec, safe='@')}"
    message["List-Unsubscribe"] = f"<{unsubscribe}?subject=unsubscribe>"
    # Every server accepts short ASCII lines.
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


def encode(message: EmailMessage) -> bytes:
    """Encode a message as sent over SMTP."""
    addresses = (*message["From"].addresses, *message["To"].addresses)
    is_ascii = all(item.addr_spec.isascii() for item in addresses)
    return message.as_bytes(policy=SMTP if is_ascii else SMTPUTF8)
