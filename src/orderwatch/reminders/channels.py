"""Delivery channels of reminders: standard output, SMTP, apprise."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from orderwatch import fs
from orderwatch.errors import UsageError, install_command
from orderwatch.frozen import Frozen
from orderwatch.log.outbox import Recipient
from orderwatch.model import Provenance
from orderwatch.reminders.plan import Reminder, ReminderKey
from orderwatch.revisions import Revisions
from orderwatch.settings import Mail, Remind
from orderwatch.text import TextError

if TYPE_CHECKING:
    from orderwatch.reminders.smtp import Server, SmtpClient
    from orderwatch.render.reminder_mail import ReminderMail
import logging
from hashlib import sha256
from typing import TYPE_CHECKING

from orderwatch.errors import DeliveryError
from orderwatch.translation import _

if TYPE_CHECKING:
    from apprise import NotifyBase


_TEMPLATE_MAX = 1_000_000
"""The maximum size of a template, in bytes."""
_DEFAULT_PORTS = {"starttls": 587, "tls": 465, "none": 25}
STANDARD_OUTPUT = Recipient(channel="stdout", name="-")


class Message(Frozen):
    """Reminders for one recipient in one run."""

    view: Provenance
    reminders: Sequence[Reminder]
    now: datetime
    is_repeat: bool = False
    """Whether it repeats one that was sent, and thus needs an id of its own."""


class Channel(Protocol):
    """A recipient on one delivery channel."""

    recipient: Recipient

    def message_id(self, message: Message) -> str:
        """Return an id that is the same on each retry, or "" without one."""

    def preview(self, message: Message) -> str:
        """Render what would be sent."""

    def encode(self, message: Message) -> bytes:
        """Encode the message as the bytes to send."""

    def send(self, content: bytes) -> None:
        """Send an encoded message; raise `DeliveryError` on failure."""


def format_keys(reminders: Sequence[Reminder]) -> list[str]:
    """Format the keys of reminders, one line each."""
    return [format_key(reminder.key) for reminder in reminders]


def format_key(reminder_key: ReminderKey) -> str:
    """Format a key as one line."""
    return " ".join(str(part) for part in reminder_key)


class StdoutChannel:
    """Standard output, which cron mails."""

    recipient = STANDARD_OUTPUT

    def __init__(self, remind: Remind, write: Callable[[str], None]) -> None:
        self._remind = remind
        self._write = write

    def message_id(self, message: Message) -> str:  # noqa: ARG002 - as every channel
        """Return "": printed text has no id."""
        return ""

    def preview(self, message: Message) -> str:
        """Render the subject and the text, without wrapping lines."""
        from orderwatch.render.reminder_mail import subject, text

        letter = _build_letter(
            message,
            _(
                "To stop these messages, remove `orderwatch remind` from the crontab "
                "or timer that runs it."
            ),
        )
        body = text(letter, read_template(self._remind, "message.txt"))
        return f"{subject(letter.items)}\n\n{body}"

    def encode(self, message: Message) -> bytes:
        """Encode the printed text."""
        return self.preview(message).encode()

    def send(self, content: bytes) -> None:
        """Print the text."""
        self._write(content.decode())


class MailChannel:
    """A mail address, reached by SMTP."""

    def __init__(self, to: str, server: "Server", smtp: "SmtpClient", remind: Remind) -> None:
        from orderwatch.settings import parse_address

        self.recipient = Recipient(channel="mail", name=parse_address(to).addr_spec)
        self._address = to
        self._server = server
        self._smtp = smtp
        self._remind = remind

    def message_id(self, message: Message) -> str:
        """Return a Message-ID computed from sender, recipient and reminders."""
        from orderwatch.reminders.smtp import message_id

        name = self.recipient.name
        keys = format_keys(message.reminders)
        if message.is_repeat:
            keys.append(message.now.isoformat())
        return message_id(self._server.sender, name, keys)

    def preview(self, message: Message) -> str:
        """Render the subject and the text part."""
        from orderwatch.render.reminder_mail import MAIL_WIDTH, subject, text

        letter = self._build_letter(message)
        body = text(letter, read_template(self._remind, "message.txt"), width=MAIL_WIDTH)
        return f"{subject(letter.items)}\n\n{body}"

    def encode(self, message: Message) -> bytes:
        """Build and encode the MIME message."""
        from orderwatch.reminders.smtp import Content, build, encode
        from orderwatch.render.ics import reminder
        from orderwatch.render.names import localized
        from orderwatch.render.reminder_mail import MAIL_WIDTH, html, subject, text

        letter = self._build_letter(message)
        text_template = read_template(self._remind, "message.txt")
        content = Content(
            subject=subject(letter.items),
            text=text(letter, text_template, width=MAIL_WIDTH),
            html=html(letter, read_template(self._remind, "message.html")),
            calendar=reminder(
                (item.status, item.item, item.revision or Revisions().of(item.item.deadline))
                for item in localized(tuple(message.reminders))
            ),
            id=self.message_id(message),
        )
        sender = self._server.sender
        mime_message = build(content, sender=sender, recipient=self._address, date=message.now)
        return encode(mime_message)

    def send(self, content: bytes) -> None:
        """Send the message by SMTP."""
        from orderwatch.settings import parse_address

        sender = parse_address(self._server.sender).addr_spec
        self._smtp.send(content, sender=sender, recipient=self.recipient.name)

    def _build_letter(self, message: Message) -> "ReminderMail":
        return _build_letter(
            message,
            _(
                "To stop these messages, reply and ask the sender to remove {name} "
                "from the recipients of `orderwatch remind`."
            ).format(name=self.recipient.name),
        )


class AppriseChannel:
    """A notification service, reached by apprise."""

    def __init__(self, url: str, remind: Remind) -> None:
        validate(url)
        self.recipient = Recipient(channel="notify", name=service_name(url))
        self._url = url
        self._remind = remind

    def message_id(self, message: Message) -> str:  # noqa: ARG002 - as every channel
        """Return "": services assign their own ids."""
        return ""

    def preview(self, message: Message) -> str:
        """Render the title and the text."""
        from orderwatch.render.reminder_mail import subject, text

        letter = _build_letter(
            message,
            _(
                "To stop these messages, ask the operator of `orderwatch remind` to "
                "remove this service from its recipients."
            ),
        )
        body = text(letter, read_template(self._remind, "message.txt"))
        return f"{subject(letter.items)}\n\n{body}"

    def encode(self, message: Message) -> bytes:
        """Encode the title and the text."""
        return self.preview(message).encode()

    def send(self, content: bytes) -> None:
        """Send the notification."""
        title, body = content.decode().partition("\n\n")[::2]
        send(self._url, title=title, body=body)


def recipients(
    table: Remind, mail_to: Sequence[str], notify: Sequence[str]
) -> tuple[Sequence[str], Sequence[str]]:
    """Return the recipients of the options, else of the configuration."""
    if not mail_to and not notify:
        return table.mail_to, table.notify
    addresses: list[str] = []
    for text in mail_to:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if not parts:
            raise UsageError(_("--mail-to: no address in {text!r}").format(text=text))
        addresses += parts
    if not all(notify):
        raise UsageError(_("--notify: empty service URL"))
    return addresses, notify


@contextmanager
def open_channels(
    mail: Mail,
    remind: Remind,
    mail_to: Sequence[str],
    urls: Sequence[str],
    write: Callable[[str], None],
) -> Iterator[list[Channel]]:
    """Open a channel for each recipient; standard output without recipients."""
    with ExitStack() as stack:
        channels: list[Channel] = []
        if mail_to:
            from orderwatch.reminders.smtp import SmtpClient

            mail_server = build_server(mail)
            smtp = stack.enter_context(SmtpClient(mail_server))
            channels += [MailChannel(to, mail_server, smtp, remind) for to in mail_to]
        channels += [AppriseChannel(url, remind) for url in urls]
        # Remove duplicate recipients: each gets one message.
        yield list({channel.recipient: channel for channel in reversed(channels)}.values())[
            ::-1
        ] or [StdoutChannel(remind, write)]


def read_template(remind: Remind, name: str) -> str:
    """Read a template: the custom file if it exists, else the packaged one."""
    folder = remind.templates
    custom_path = None if folder is None else folder / name
    try:
        if folder is not None and not folder.is_dir():
            raise UsageError(_("remind.templates: {folder} is not a folder").format(folder=folder))
        if custom_path is not None and fs.may_exist(custom_path):
            return fs.read_text(custom_path, _TEMPLATE_MAX)
        from importlib.resources import files

        return (files("orderwatch") / "templates" / name).read_text(encoding="utf-8")
    except TextError as error:
        raise UsageError(f"{custom_path}: {error}") from error
    except OSError as error:
        raise UsageError(
            _("cannot read {path}: {error}").format(path=custom_path or name, error=error)
        ) from error


def _build_letter(message: Message, footer: str) -> "ReminderMail":
    from orderwatch.render.names import localized
    from orderwatch.render.reminder_mail import ReminderMail

    items = [(reminder.status, reminder.item) for reminder in message.reminders]
    return localized(ReminderMail(view=message.view, items=items, stop=footer))


def build_server(mail: Mail) -> "Server":
    """Build the SMTP server settings; raise `UsageError` if one is missing."""
    from orderwatch.reminders.smtp import Security, Server, read_password
    from orderwatch.settings import parse_address

    for name, value in (("host", mail.host), ("from", mail.sender)):
        if value is None:
            raise UsageError(
                _(
                    "mail.{name} is not set: mail needs a [mail] table with host and from "
                    "in the configuration file (`orderwatch config` shows its path)"
                ).format(name=name)
            )
    parse_address(str(mail.sender))
    if mail.user is not None and not (mail.password or mail.password_command):
        raise UsageError(
            _(
                "mail.user is set without a password: set mail.password_command, or "
                "ORDERWATCH_MAIL_PASSWORD in the environment"
            )
        )
    if mail.user is not None and mail.security == "none":
        raise UsageError(
            _(
                'mail.security = "none" would send the password unencrypted: remove '
                'mail.user, or set "starttls" or "tls"'
            )
        )
    return Server(
        host=str(mail.host),
        port=mail.port or _DEFAULT_PORTS[mail.security],
        security=Security(mail.security),
        sender=str(mail.sender),
        user=mail.user,
        password=lambda: mail.password or read_password(mail.password_command),
    )


def service_name(url: str) -> str:
    """Return scheme and fingerprint of a service URL, which contains secrets."""
    scheme = url.partition("://")[0] if "://" in url else "?"
    # Arguments can contain bytes that are not UTF-8.
    digest = sha256(url.encode(errors="surrogatepass")).hexdigest()
    return f"{scheme[:20]}://…{digest[:12]}"


def validate(url: str) -> None:
    """Raise `UsageError` unless apprise supports the service URL."""
    _create_service(url)


def send(url: str, *, title: str, body: str) -> None:
    """Send a message to a service; raise `DeliveryError` if it is refused."""
    if not _create_service(url).notify(title=title, body=body):
        raise DeliveryError(
            _("{service} did not accept the message").format(service=service_name(url))
        )


def _create_service(url: str) -> "NotifyBase":
    try:
        from apprise import Apprise
    except ImportError:
        raise UsageError(
            _("--notify needs apprise: {command}").format(command=install_command("notify"))
        ) from None
    # Drop apprise's warnings, which contain the service URL.
    logging.getLogger("apprise").disabled = True
    service = Apprise.instantiate(url)
    if service is None:
        raise UsageError(
            _("{service}: apprise does not support this service, or the URL is incomplete").format(
                service=service_name(url)
            )
        )
    return service
