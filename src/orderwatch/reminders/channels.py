"""The ways in which a reminder leaves: standard output, mail, apprise."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files as packaged
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.fs import files
from orderwatch.ledger.said import Recipient
from orderwatch.model import View
from orderwatch.reminders import apprise
from orderwatch.reminders.plan import Key, Reminder
from orderwatch.settings import Mail, Remind

if TYPE_CHECKING:
    from orderwatch.reminders.smtp import Post, Server
    from orderwatch.render.reminder_mail import Letter

_LARGEST = 1_000_000
"""Of a template, in bytes."""
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
STANDARD_OUTPUT = Recipient(channel="stdout", name="-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is said to one recipient in one run."""

    view: View
    reminders: Sequence[Reminder]
    now: datetime


class Channel(Protocol):
    """One recipient on one way."""

    recipient: Recipient

    def id(self, message: Message) -> str:
        """Name a message, the same whenever it is tried; empty if it has no name."""

    def preview(self, message: Message) -> str:
        """Write what would be sent."""

    def write(self, message: Message) -> bytes:
        """Make the whole of what is sent."""

    def send(self, content: bytes) -> None:
        """Deliver what was written; raise `DeliveryError` if it was not."""


def keys(reminders: Sequence[Reminder]) -> list[str]:
    """Write down what reminders are about."""
    return [key(one.key) for one in reminders]


def key(found: Key) -> str:
    """Write a key on one line."""
    return " ".join(str(part) for part in found)


class Printed:
    """Standard output, which cron mails."""

    recipient = STANDARD_OUTPUT

    def __init__(self, remind: Remind) -> None:
        self._remind = remind

    def id(self, message: Message) -> str:  # noqa: ARG002 - as every channel
        """Name nothing: what is printed has no id."""
        return ""

    def preview(self, message: Message) -> str:
        """Write a line like a subject, then the text, no line broken."""
        from orderwatch.render.reminder_mail import subject, text

        letter = _letter(
            message,
            "To stop these messages, take `orderwatch remind` out of the crontab or "
            "the timer that runs it.",
        )
        body = text(letter, template(self._remind, "message.txt"))
        return f"{subject(letter.items)}\n\n{body}"

    def write(self, message: Message) -> bytes:
        """Make the whole of what is printed."""
        return self.preview(message).encode()

    def send(self, content: bytes) -> None:
        """Print it."""
        streams.emit(content.decode())


class Mailed:
    """A mail address."""

    def __init__(self, to: str, server: "Server", post: "Post", remind: Remind) -> None:
        from orderwatch.reminders.mime import address

        self.recipient = Recipient(channel="mail", name=address(to).addr_spec)
        self._to = to
        self._server = server
        self._post = post
        self._remind = remind

    def id(self, message: Message) -> str:
        """Name a message by what it says to whom."""
        from orderwatch.reminders.mime import message_id

        name = self.recipient.name
        return message_id(self._server.sender, name, keys(message.reminders))

    def preview(self, message: Message) -> str:
        """Write subject and text."""
        from orderwatch.render.reminder_mail import MAIL_WIDTH, subject, text

        letter = self._letter(message)
        body = text(letter, template(self._remind, "message.txt"), width=MAIL_WIDTH)
        return f"{subject(letter.items)}\n\n{body}"

    def write(self, message: Message) -> bytes:
        """Build the whole of it."""
        from orderwatch.reminders.mime import Content, build, encoded
        from orderwatch.render.ics import reminder
        from orderwatch.render.reminder_mail import MAIL_WIDTH, html, subject, text

        letter = self._letter(message)
        plain = template(self._remind, "message.txt")
        content = Content(
            subject=subject(letter.items),
            text=text(letter, plain, width=MAIL_WIDTH),
            html=html(letter, template(self._remind, "message.html")),
            calendar=reminder(letter.items, message.now),
            id=self.id(message),
        )
        sender = self._server.sender
        built = build(content, sender=sender, recipient=self._to, date=message.now)
        return encoded(built)

    def send(self, content: bytes) -> None:
        """Hand it in."""
        from orderwatch.reminders.mime import address

        sender = address(self._server.sender).addr_spec
        self._post.send(content, sender=sender, recipient=self.recipient.name)

    def _letter(self, message: Message) -> "Letter":
        return _letter(
            message,
            "To stop these messages, answer this one and ask: whoever sends them takes "
            f"{self.recipient.name} out of the recipients of `orderwatch remind`.",
        )


class Notified:
    """A service of apprise."""

    def __init__(self, url: str, remind: Remind) -> None:
        apprise.check(url)
        self.recipient = Recipient(channel="notify", name=apprise.name(url))
        self._url = url
        self._remind = remind

    def id(self, message: Message) -> str:  # noqa: ARG002 - as every channel
        """Name nothing: services give ids of their own."""
        return ""

    def preview(self, message: Message) -> str:
        """Write title and text."""
        from orderwatch.render.reminder_mail import subject, text

        letter = _letter(
            message,
            "To stop these messages, ask whoever runs `orderwatch remind` to take "
            "this service out of its recipients.",
        )
        body = text(letter, template(self._remind, "message.txt"))
        return f"{subject(letter.items)}\n\n{body}"

    def write(self, message: Message) -> bytes:
        """Make the whole of it."""
        return self.preview(message).encode()

    def send(self, content: bytes) -> None:
        """Hand it over."""
        title, _, body = content.decode().partition("\n\n")
        apprise.send(self._url, title=title, body=body)


@contextmanager
def opened(
    mail: Mail, remind: Remind, mail_to: Sequence[str], urls: Sequence[str]
) -> Iterator[list[Channel]]:
    """Give a channel for each recipient, or standard output if there is none."""
    with ExitStack() as stack:
        channels: list[Channel] = []
        if mail_to:
            from orderwatch.reminders.smtp import Post

            reached = server(mail)
            post = stack.enter_context(Post(reached))
            channels += [Mailed(to, reached, post, remind) for to in mail_to]
        channels += [Notified(url, remind) for url in urls]
        # A recipient who is named twice is told once.
        yield list({one.recipient: one for one in reversed(channels)}.values())[
            ::-1
        ] or [Printed(remind)]


def template(remind: Remind, name: str) -> str:
    """Read a template: the user's, where there is one, else ours."""
    folder = remind.templates
    own = None if folder is None else folder / name
    try:
        if folder is not None and not folder.is_dir():
            raise UsageError(f"remind.templates: {folder} is no folder")
        if own is not None and files.is_there(own):
            return _own(own)
        return (packaged("orderwatch") / "templates" / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{own or name}: cannot be read: {error}") from error


def _own(path: Path) -> str:
    data = files.read(path, _LARGEST)
    if len(data) > _LARGEST:
        raise UsageError(f"{path}: is larger than {_LARGEST:,} bytes")
    return data.decode()


def _letter(message: Message, stop: str) -> "Letter":
    from orderwatch.render.reminder_mail import Letter

    items = [(one.status, one.item) for one in message.reminders]
    return Letter(view=message.view, items=items, stop=stop)


def server(mail: Mail) -> "Server":
    """Gather what is needed to reach a server; say what is missing."""
    from orderwatch.reminders.mime import address
    from orderwatch.reminders.smtp import Security, Server, password

    for name, value in (("host", mail.host), ("from", mail.sender)):
        if value is None:
            raise UsageError(
                f"mail.{name} is not set: mail needs a table [mail] with host and "
                "from in the configuration file (`orderwatch config` names it)"
            )
    address(str(mail.sender))
    if mail.user is not None and not (mail.password or mail.password_command):
        raise UsageError(
            "mail.user is set, and no password: set mail.password_command, or "
            "ORDERWATCH_MAIL_PASSWORD in the environment"
        )
    if mail.user is not None and mail.security == "none":
        raise UsageError(
            'mail.security = "none" would send the password for all to read: leave '
            'mail.user out, or set "starttls" or "tls"'
        )
    return Server(
        host=str(mail.host),
        port=mail.port or _PORTS[mail.security],
        security=Security(mail.security),
        sender=str(mail.sender),
        user=mail.user,
        password=lambda: mail.password or password(mail.password_command),
    )
